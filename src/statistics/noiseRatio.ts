import { gradientMoments, noiseScale, squaredDatasetGradientNorm } from "./noiseScale.ts";
import { type Sums, sumsOf } from "./sums.ts";
import type { Gram, NoiseRatio } from "./types.ts";

/**
 * E‖g_B − G‖²/‖G‖² at the batch size of the rows, B = the mean of b_k: pure numbers that depend on B, unlike the noise
 * scale. Some call this ratio the gradient noise scale: thresholds of 0.01 and 0.1 are for it.
 *
 * `plugIn` puts the mean ḡ of the rows in place of the true gradient and divides by K: exact when the rows are the
 * whole data set, too low otherwise. `population` is noiseScale / B (McCandlish et al. 2018, eq. 2.9), NaN when the
 * noise scale is unresolved. `finitePopulation` is S²(1/B − 1/N)/|G_D|², for B of the N examples drawn without
 * replacement; NaN without N or when |G_D|² ≤ 0.
 */
export function noiseRatio(gram: Gram, datasetSize: number | null): NoiseRatio {
  const sums = sumsOf(gram);
  const batchSize = sums.examples / sums.rows;
  const moments = gradientMoments(gram);
  const scale = noiseScale(gram);
  return {
    batchSize,
    plugIn: meanSquaredDeviation(sums) / moments.squaredNormOfMean,
    population: scale.resolved ? scale.value / batchSize : Number.NaN,
    finitePopulation: datasetSize === null ? Number.NaN : finite(datasetSize),
  };

  function finite(size: number): number {
    const squaredNorm = squaredDatasetGradientNorm(moments, sums.examples / size);
    return squaredNorm > 0 ? (moments.traceCovariance * (1 / batchSize - 1 / size)) / squaredNorm : Number.NaN;
  }
}

/** (1/K) Σ ‖g_k − ḡ‖², every row counting once. */
function meanSquaredDeviation({ each, rows, examples, all }: Sums): number {
  const sum = each.reduce((total, row) => total + row.square - (2 * row.withAll) / examples, 0);
  return Math.max(0, sum / rows + all / examples ** 2);
}
