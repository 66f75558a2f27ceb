import { join } from "node:path";
import { readMetrics } from "../../store/metricsReader.ts";
import { readSummary } from "../../store/runs.ts";
import type { EpochRecord, EvaluationRecord, MetricRecord, StepRecord } from "../../store/schema.ts";
import { DataError } from "../../tensor/errors.ts";
import { type UpdateTimes, updateTimes } from "./updateTimes.ts";

/** What the run of a trial recorded. */
export interface TrialResult {
  readonly seed: number;
  readonly run: string;
  /** False where it diverged. */
  readonly whole: boolean;
  readonly steps: readonly StepRecord[];
  /** In the order of examples. */
  readonly evaluations: readonly (EpochRecord | EvaluationRecord)[];
  /** Of training: each update's loss counts as often as it had examples. */
  readonly meanLoss: number;
  /** On the validation data, where training ended; NaN where it diverged. */
  readonly finalLoss: number;
  readonly finalAccuracy: number | null;
  /** Of the last epoch on the training data. */
  readonly trainAccuracy: number | null;
  readonly examples: number;
  readonly times: UpdateTimes;
  readonly peakMemoryBytes: number;
}

/** Reads what a trial's run recorded. Throws `DataError` for a damaged one, and one whose end is lost. */
export function readTrial(directory: string, run: string, seed: number, whole: boolean): TrialResult {
  const path = join(directory, "runs", run);
  const metrics = readMetrics({ path });
  const summary = readSummary({ path });
  const steps = metrics.filter((one) => one.kind === "step");
  const evaluations = metrics.filter(isEvaluation);
  const end = metrics.findLast((one) => one.kind === "epoch" || one.kind === "evaluation");
  // An evaluation before the end is none of what training came to.
  if (whole && summary && end?.examples !== summary.examples)
    throw new DataError(
      `${path}/metrics.jsonl: expected an evaluation after the ${summary.examples} examples of the training, ` +
        `got ${end ? `the last one after ${end.examples}` : "none"}; remove this run, and the study trains it again`,
    );
  const last = end && isEvaluation(end) ? end : undefined;
  return {
    seed,
    run,
    whole,
    steps,
    evaluations,
    meanLoss: meanLoss(steps),
    finalLoss: whole ? (last?.validationLoss ?? Number.NaN) : Number.NaN,
    finalAccuracy: whole ? (last?.validationAccuracy ?? null) : null,
    trainAccuracy: whole ? (end?.trainAccuracy ?? null) : null,
    examples: summary?.examples ?? steps.at(-1)?.examples ?? 0,
    times: updateTimes(metrics),
    peakMemoryBytes: summary?.peakMemoryBytes ?? Number.NaN,
  };
}

function isEvaluation(record: MetricRecord): record is EpochRecord | EvaluationRecord {
  return (record.kind === "epoch" || record.kind === "evaluation") && Number.isFinite(record.validationLoss);
}

function meanLoss(steps: readonly StepRecord[]): number {
  let [sum, weight] = [0, 0];
  for (const [i, { loss, examples }] of steps.entries()) {
    const own = examples - (steps[i - 1]?.examples ?? 0);
    sum += own * loss;
    weight += own;
  }
  return sum / weight;
}
