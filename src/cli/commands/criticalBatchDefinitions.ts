import { USUAL_OVERHEAD } from "../../statistics/criticalBatch.ts";
import { readAnalysis } from "../../store/analysis.ts";
import { NotFoundError } from "../../tensor/errors.ts";
import type { FoundCriticalBatch } from "./criticalBatchFound.ts";

/** A batch size by one definition, in examples; null where nothing is known of it. */
export type BatchDefinition = {
  readonly step: number;
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
} & ({ readonly name: "branched"; readonly overhead: number } | { readonly name: "doubled" | "alike" | "noiseScale" });

/** What is known of each checkpoint that was branched from, by each definition. */
export function definitionsOf({ run, checkpoints }: FoundCriticalBatch): BatchDefinition[] {
  const analyzed = analyzedSteps(run);
  return checkpoints.flatMap(({ step, criticalBatchSize, doubled, largestAlike }): BatchDefinition[] => {
    const scale = analyzed.get(step);
    const finite = (value: number) => (Number.isFinite(value) ? value : null);
    return [
      { name: "branched", overhead: USUAL_OVERHEAD, step, ...endsOf(criticalBatchSize) },
      { name: "doubled", step, ...endsOf(doubled) },
      { name: "alike", step, value: largestAlike, lower: null, upper: null },
      ...(scale
        ? [
            {
              name: "noiseScale" as const,
              step,
              value: scale.resolved ? scale.value : null,
              lower: finite(scale.lower),
              upper: finite(scale.upper),
            },
          ]
        : []),
    ];
  });
}

const endsOf = ({ value, lower, upper }: FoundCriticalBatch["checkpoints"][number]["doubled"]) => ({
  value,
  lower,
  upper,
});

/** Noise scales of the run's analysis by step; empty where there is none. */
function analyzedSteps(run: FoundCriticalBatch["run"]) {
  try {
    return new Map(readAnalysis(run).checkpoints.map(({ step, statistics }) => [step, statistics.noiseScale]));
  } catch (error) {
    if (error instanceof NotFoundError) return new Map<number, never>();
    throw error;
  }
}
