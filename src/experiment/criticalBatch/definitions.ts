import { basename } from "node:path";
import { readRunConfiguration } from "../../session/runConfiguration.ts";
import { USUAL_OVERHEAD } from "../../statistics/criticalBatch.ts";
import type { NoiseScale } from "../../statistics/types.ts";
import { analysisIn } from "../../store/analysis.ts";
import type { BatchDefinition, BatchEnds, PlainDefinition } from "../../store/batchDefinitions.ts";
import type { Run } from "../../store/runs.ts";
import type { AnalysisFile, CheckpointAnalysis } from "../../store/schema.ts";
import { type BatchStudies, batchStudies } from "./batchStudies.ts";
import type { BranchedCheckpoint } from "./run.ts";

type Branched = Pick<BranchedCheckpoint, "step" | "criticalBatchSize" | "doubled" | "largestAlike">;

/**
 * What is known of each checkpoint that was branched from, by each definition, the averages of the noise scale over
 * those that were analyzed, and what a study of the same model and data says.
 */
export function definitionsOf(run: Run, checkpoints: readonly Branched[]): BatchDefinition[] {
  const analysis = analysisIn(run);
  const analyzed = new Map(analysis?.checkpoints.map((one) => [one.step, one]));
  const ofEach = checkpoints.flatMap(({ step, criticalBatchSize, doubled, largestAlike }): BatchDefinition[] => [
    { name: "branched", overhead: USUAL_OVERHEAD, step, ...endsOf(criticalBatchSize) },
    { name: "doubled", step, ...endsOf(doubled) },
    { name: "alike", step, value: largestAlike, lower: null, upper: null },
    ...predicted(analyzed.get(step)),
  ]);
  return [...ofEach, ...averagesOf(analysis), ...paretoOf(batchStudies(run, readRunConfiguration(run)))];
}

/** The same of a run as it was analyzed: its last checkpoint, and what branches from the run came to. */
export function definitionsOfRun(run: Pick<Run, "path">, analysis: AnalysisFile | null): BatchDefinition[] {
  const studies = batchStudies(run, readRunConfiguration(run));
  const { branched } = studies;
  const last = analysis?.checkpoints.at(-1);
  return [
    {
      ...{ name: "branched", overhead: branched?.overhead ?? USUAL_OVERHEAD, step: branched?.step ?? null },
      run: basename(run.path),
      ...(branched === null ? unknown : endsOf(branched)),
    },
    ...predicted(last),
    ...averagesOf(analysis),
    ...paretoOf(studies),
  ];
}

const unknown: BatchEnds = { value: null, lower: null, upper: null };

const paretoOf = ({ pareto }: BatchStudies) => paretoDefinitions(pareto?.id ?? null, pareto?.said ?? null);

/** One run cannot give them: they are of trainings in several batch sizes. */
export function paretoDefinitions(study: string | null, said: BatchEnds | null): BatchDefinition[] {
  const times = (one: number | null, factor: number) => (one === null ? null : factor * one);
  const ends = (factor: number): BatchEnds =>
    said === null
      ? unknown
      : { value: times(said.value, factor), lower: times(said.lower, factor), upper: times(said.upper, factor) };
  return [
    { name: "pareto", step: null, study, ...ends(1) },
    { name: "paretoOverhead", overhead: USUAL_OVERHEAD, step: null, study, ...ends(USUAL_OVERHEAD) },
  ];
}

function averagesOf(analysis: AnalysisFile | null): BatchDefinition[] {
  const { ratioOfMeans = null, meanOfRatios = null } = analysis?.averages ?? {};
  const average = (name: PlainDefinition, value: number | null): BatchDefinition[] =>
    value === null || !Number.isFinite(value) ? [] : [{ name, step: null, value, lower: null, upper: null }];
  return [...average("ratioOfMeans", ratioOfMeans), ...average("meanOfRatios", meanOfRatios)];
}

/** From the gradients at a checkpoint. */
function predicted(analyzed: CheckpointAnalysis | undefined): BatchDefinition[] {
  if (!analyzed) return [];
  const { step, statistics, optimizerNoise: own } = analyzed;
  const { noiseScale, datasetNoiseScale } = statistics;
  const named = (name: PlainDefinition, scale: NoiseScale | null): BatchDefinition[] =>
    scale ? [{ name, step, ...endsOfScale(scale) }] : [];
  const isOther = own?.noiseScale && (own.kind === "scaled" || own.kind === "sign");
  return [
    ...(isOther
      ? [{ name: own.kind as "scaled" | "sign", optimizer: own.optimizer, step, ...endsOfScale(own.noiseScale!) }]
      : []),
    ...named("noiseScale", noiseScale),
    ...named("datasetNoiseScale", datasetNoiseScale),
  ];
}

function endsOfScale({ value, lower, upper, resolved }: NoiseScale): BatchEnds {
  const finite = (one: number) => (Number.isFinite(one) ? one : null);
  return { value: resolved ? finite(value) : null, lower: finite(lower), upper: finite(upper) };
}

const endsOf = ({ value, lower, upper }: BatchEnds): BatchEnds => ({ value, lower, upper });
