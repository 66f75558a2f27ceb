import { medianOf } from "../statistics/comparison/sample.ts";
import type { GradientStatistics } from "../statistics/table.ts";
import type { ReadingFinding } from "../store/analysisFindings.ts";
import { expectedRange } from "./expectedRange.ts";

/** Above this a handful of rows holds most of the squared length, and the prediction rests on them alone. */
const COMPARABLE_LENGTHS = 4;

/**
 * mean ‖g‖² / (mean ‖g‖)², 1 for gradients of one length. Where length and direction are independent, ⟨g_k, g_l⟩ has
 * the mean E[cos]·(E‖g‖)², so that the mean cosine is |G|²/(E‖g‖)²: the expected cosine |G|²/E‖g‖² times this.
 */
function inequalityOfLengths(norms: readonly number[]): number {
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
  return norms.reduce((sum, norm) => sum + norm * norm, 0) / norms.length / (mean * mean);
}

/**
 * Whether two batches agree as the noise scale lets expect, as far as their lengths can be compared. Of batches that
 * were drawn elsewhere nobody knows whether they share examples.
 */
export function meanCosine(statistics: GradientStatistics, drawnHere: boolean): ReadingFinding | null {
  const { meanCosine: mean, expectedCosine, noiseScale, batchSize, norms } = statistics;
  if (Number.isNaN(mean)) return null;
  const { low, high } = expectedRange(statistics);
  const evidence = { meanCosine: mean, expectedCosine, batchSize, noiseScale, low, high };
  const inequality = inequalityOfLengths(norms);
  const longestToMedian = Math.max(...norms) / medianOf(norms);
  if (inequality > COMPARABLE_LENGTHS)
    return { kind: "cosineDwarfed", ...evidence, longestToMedian, strength: "unknown" };
  if (mean > high && mean <= high * inequality)
    return {
      kind: "cosineUnequal",
      ...evidence,
      longestToMedian,
      allowedCosine: expectedCosine * inequality,
      strength: "chance",
    };
  if (mean > high) {
    const tries = drawnHere ? {} : { tries: [{ kind: "checkSharedExamples" } as const] };
    return { kind: "cosineHigh", ...evidence, strength: "clear", ...tries };
  }
  if (mean < low) return { kind: "cosineLow", ...evidence, strength: "clear", tries: [{ kind: "checkMix" }] };
  if (Number.isNaN(low)) return { kind: "cosineUnknown", ...evidence, strength: "unknown" };
  return { kind: "cosineUsual", ...evidence, strength: "chance" };
}
