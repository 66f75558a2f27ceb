import { USUAL_OVERHEAD } from "../../statistics/criticalBatch.ts";
import type { NoiseScale } from "../../statistics/types.ts";
import { analysisIn } from "../../store/analysis.ts";
import type { CheckpointAnalysis } from "../../store/schema.ts";
import type { FoundCriticalBatch } from "./criticalBatchFound.ts";

/** A batch size by one definition, in examples; null where nothing is known of it. */
export type BatchDefinition = Ends & {
  /** Of the checkpoint; null of an average over checkpoints. */
  readonly step: number | null;
} & (
    | { readonly name: "branched"; readonly overhead: number }
    | { readonly name: "scaled" | "sign"; readonly optimizer: string }
    | { readonly name: Plain }
  );

type Plain = "doubled" | "alike" | "noiseScale" | "datasetNoiseScale" | "ratioOfMeans" | "meanOfRatios";

interface Ends {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * What is known of each checkpoint that was branched from, by each definition, and the averages of the noise scale over
 * those that were analyzed.
 */
export function definitionsOf({ run, checkpoints }: FoundCriticalBatch): BatchDefinition[] {
  const analysis = analysisIn(run);
  const analyzed = new Map(analysis?.checkpoints.map((one) => [one.step, one]));
  const ofEach = checkpoints.flatMap(({ step, criticalBatchSize, doubled, largestAlike }): BatchDefinition[] => [
    { name: "branched", overhead: USUAL_OVERHEAD, step, ...endsOf(criticalBatchSize) },
    { name: "doubled", step, ...endsOf(doubled) },
    { name: "alike", step, value: largestAlike, lower: null, upper: null },
    ...predicted(analyzed.get(step)),
  ]);
  const { ratioOfMeans = null, meanOfRatios = null } = analysis?.averages ?? {};
  const average = (name: Plain, value: number | null): BatchDefinition[] =>
    value === null || !Number.isFinite(value) ? [] : [{ name, step: null, value, lower: null, upper: null }];
  return [...ofEach, ...average("ratioOfMeans", ratioOfMeans), ...average("meanOfRatios", meanOfRatios)];
}

/** From the gradients at a checkpoint. */
function predicted(analyzed: CheckpointAnalysis | undefined): BatchDefinition[] {
  if (!analyzed) return [];
  const { step, statistics, optimizerNoise: own } = analyzed;
  const { noiseScale, datasetNoiseScale } = statistics;
  const named = (name: Plain, scale: NoiseScale | null): BatchDefinition[] =>
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

function endsOfScale({ value, lower, upper, resolved }: NoiseScale): Ends {
  const finite = (one: number) => (Number.isFinite(one) ? one : null);
  return { value: resolved ? finite(value) : null, lower: finite(lower), upper: finite(upper) };
}

const endsOf = ({ value, lower, upper }: Ends) => ({ value, lower, upper });
