import { existsSync } from "node:fs";
import { join } from "node:path";
import { findingsOf } from "../advice/findings.ts";
import { type RunFacts, runVerdicts } from "../advice/runVerdicts.ts";
import { dataSources } from "../data/registry.ts";
import { resolveAccumulation } from "../session/options/accumulation.ts";
import { rateRuleFor } from "../session/options/batchSchedule.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { rareClassesTried } from "../session/rareClassesTried.ts";
import { STOPPED_EARLY } from "../session/record.ts";
import { readRunConfiguration } from "../session/runConfiguration.ts";
import { readAnalysis } from "../store/analysis.ts";
import type { AnalysisFinding } from "../store/analysisFindings.ts";
import { listCheckpoints } from "../store/checkpoints.ts";
import { readRecordText } from "../store/file.ts";
import { landscapeIn } from "../store/landscape.ts";
import { judgedRecord } from "../store/lost.ts";
import { metricRecords } from "../store/metricsReader.ts";
import { type Run, readSummary } from "../store/runs.ts";
import type { AnalysisFile, MetricRecord, StepRecord } from "../store/schema.ts";
import { thinnedSteps } from "../store/thinnedSteps.ts";
import { firstUpdateSize } from "../store/updateSize.ts";
import type { RunVerdict } from "../store/verdicts.ts";
import { DataError } from "../tensor/errors.ts";

/** What is told of a run, read from its records. */

export function analysisOf(run: Run): AnalysisFile | null {
  return existsSync(join(run.path, "analysis.json")) ? readAnalysis(run) : null;
}

/** The analysis that another one adds to; null too where it is damaged, as it is made anew. */
export function earlierAnalysis(run: Run): AnalysisFile | null {
  try {
    return analysisOf(run);
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

/** What was found when the analysis was made; an analysis of an earlier version does not hold it. */
export function findingsIn(analysis: AnalysisFile | null): readonly AnalysisFinding[] {
  return analysis === null ? [] : (analysis.findings ?? findingsOf(analysis));
}

/** Records of a run that `readReported` needs. */
export const reportRecords = ["config.yaml", "summary.json"] as const;

/** What a report tells of a run beside its analysis, as it is on disk now. Throws as the readers of its records. */
export function readReported(run: Run) {
  return {
    run: judgedRecord(run),
    path: run.path,
    configuration: readRunConfiguration(run),
    analyzable: listCheckpoints(run).length > 0,
    summary: readSummary(run),
    trained: readRecordText(join(run.path, "command.txt"))?.trim(),
    records: recordsOf(run),
    landscape: landscapeIn(run),
  };
}

export type Reported = ReturnType<typeof readReported>;

/** The answers that come before all else. */
export function answerOf(reported: Reported, analysis: AnalysisFile | null): RunVerdict[] {
  return runVerdicts(factsOf(reported, analysis));
}

function factsOf(
  { run, configuration, summary, records, analyzable }: Reported,
  analysis: AnalysisFile | null,
): RunFacts {
  const { steps, epochs, evaluations, accumulations } = records;
  const { effectiveBatchSize, batchSize: microBatch } = resolveAccumulation(configuration);
  const checkpoints = analysis?.checkpoints ?? [];
  return {
    run: run.id,
    status: run.status,
    analyzable,
    microBatch,
    effectiveBatchSize:
      accumulations.at(-1)?.effectiveBatchSize ?? firstUpdateSize({ ...configuration }) ?? effectiveBatchSize,
    trainExamples: checkpoints.at(-1)?.statistics.datasetSize ?? epochs[0]?.examples ?? null,
    checkpoints,
    whileTraining: summary?.noiseScale ?? null,
    last: epochs.at(-1) ?? evaluations.at(-1) ?? null,
    plannedSteps: configuration.accumulationSchedule !== undefined,
    scaledRate: rateRuleFor(configuration) !== "none",
    length: lengthOf(configuration, summary?.steps ?? (epochs.at(-1) ?? evaluations.at(-1))?.step ?? null),
    adaptive: !LINEAR.includes(configuration.optimizer),
    steps,
    epochs,
    evaluations,
    evaluation: summary?.evaluation ?? null,
    stepsAsked: configuration.steps ?? null,
    patience: configuration.patience ?? null,
    stoppedEarly: run.exitReason === STOPPED_EARLY,
    rareClasses: rareClassesTried(configuration),
    cannotAugment: configuration.augment !== undefined || !hasPictures(configuration),
    limited: configuration.limitExamples !== undefined,
    overfitBatches: configuration.overfitBatches ?? null,
  };
}

function lengthOf({ steps, epochs }: TrainConfiguration, updates: number | null): RunFacts["length"] {
  return steps === undefined ? { updates, unit: "epochs", asked: epochs } : { updates, unit: "steps", asked: steps };
}

/** Optimizers whose steps are as long as the gradient, so that the rate goes with the batch (Goyal et al. 2017). */
const LINEAR: readonly string[] = ["sgd", "lars"];

/** Of grey levels or colours, as far as the configuration tells. */
function hasPictures({ data, imageSize }: TrainConfiguration): boolean {
  const shape = Object.entries(dataSources).find(([name]) => name.toLowerCase() === data.toLowerCase())?.[1].example
    ?.shape;
  return imageSize !== undefined || (shape?.length === 3 && (shape[0] === 1 || shape[0] === 3));
}

/** Of millions of steps those that a figure shows. */
function recordsOf(run: Run) {
  const thinned = thinnedSteps();
  // Few steps carry the noise scale or a sharpness, and those that a loss would keep may carry none.
  const measured = thinnedSteps(2 ** 13);
  const others: Exclude<MetricRecord, StepRecord>[] = [];
  for (const record of metricRecords(run)) {
    if (record.kind !== "step") others.push(record);
    else {
      thinned.add(record);
      if (record.noiseScaleLow !== undefined || record.criticalSharpness !== undefined) measured.add(record);
    }
  }
  const steps = new Set([...thinned.steps(), ...measured.steps()]);
  return {
    steps: [...steps].sort((a, b) => a.step - b.step),
    epochs: others.filter((record) => record.kind === "epoch"),
    curvature: landscapeIn(run),
    evaluations: others.filter((record) => record.kind === "evaluation"),
    accumulations: others.filter((record) => record.kind === "accumulation"),
  };
}
