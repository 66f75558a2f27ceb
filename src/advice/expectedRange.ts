import type { GradientStatistics } from "../statistics/table.ts";

type Measured = Pick<GradientStatistics, "nullCosineDeviation" | "noiseScale" | "batchSize" | "rows">;

/**
 * The mean cosine that needs no explanation: the expected cosine 1/(1 + s/B) over the interval of s, widened by twice
 * the standard error that pairs of pure noise give their mean.
 */
export function expectedRange({ nullCosineDeviation, noiseScale, batchSize, rows }: Measured): {
  readonly low: number;
  readonly high: number;
} {
  const error = (2 * nullCosineDeviation) / Math.sqrt((rows * (rows - 1)) / 2);
  const at = (scale: number) => 1 / (1 + scale / batchSize);
  return { low: at(noiseScale.upper) - error, high: at(noiseScale.lower) + error };
}
