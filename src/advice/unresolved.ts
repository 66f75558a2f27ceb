import type { GradientStatistics } from "../statistics/table.ts";

/**
 * Examples that a noise scale without an upper end takes to be bounded: the width of the interval of 1/noiseScale
 * shrinks at best as 1/n in the number of examples n, so its lower end leaves zero after about n · (value/lower − 1)
 * examples; without a value, noise alone needs n = 1.96 · scale · √(2/d_eff) (SD of |G|² over trΣ). Both say "at
 * least": the true scale may be larger. No finite number where the rows are too few to say.
 */
export function examplesToBound(statistics: GradientStatistics): number {
  const { noiseScale, rows, batchSize, effectiveDimension } = statistics;
  const seen = rows * batchSize;
  const scale = noiseScale.value > 0 && Number.isFinite(noiseScale.value) ? noiseScale.value : noiseScale.lower;
  const byNoise = 1.96 * scale * Math.sqrt(2 / effectiveDimension);
  return Math.max(2 * seen, seen * (scale / noiseScale.lower - 1), byNoise);
}
