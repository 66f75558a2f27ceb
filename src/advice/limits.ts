import type { GradientStatistics } from "../statistics/table.ts";
import type { ReadingFinding } from "../store/analysisFindings.ts";

/** In fewer examples one of a kind that 2 % are of is missing more often than once in 20 times. */
const FEW_EXAMPLES = 150;

/**
 * No n examples show a kind that is rarer than 3 in n (its absence has probability e⁻³ = 5 %). Were its gradients much
 * longer, tr Σ would be larger, and no interval can know by how much.
 */
export function unseenKinds({ rows, batchSize, noiseScale }: GradientStatistics): ReadingFinding | null {
  const examples = rows * batchSize;
  if (!noiseScale.resolved || !(examples < FEW_EXAMPLES)) return null;
  return { kind: "unseenKinds", examples, share: 3 / examples, strength: "limit", tries: [{ kind: "measureMore" }] };
}

/** Noise of rows over their gradient: there tr Σ of float64 products was off by up to 0.05 %, at 10⁻⁷ by up to 11 %. */
const ROUNDING = 1e-6;

/** tr Σ is a difference of products that are all near |G|²; float32 gradients are rounded at 6 · 10⁻⁸ themselves. */
export function rounding({ noiseScale, batchSize }: GradientStatistics): ReadingFinding | null {
  const noiseToGradient = Math.sqrt(noiseScale.value / batchSize);
  if (!(noiseToGradient < ROUNDING)) return null;
  return { kind: "rounding", noiseToGradient, limit: ROUNDING, strength: "unknown" };
}
