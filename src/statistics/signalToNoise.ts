import { ShapeError } from "../tensor/errors.ts";
import { inverseNoiseScale } from "./noiseScale.ts";
import type { Gram, Interval } from "./types.ts";

export interface CoordinateMoments {
  /** Mean over all examples of each coordinate of the gradient, in loss/parameter. */
  readonly mean: Float32Array | Float64Array;
  /** Variance of one example's: b times that of rows of b examples, with the K − 1 divisor over K rows. */
  readonly variance: Float32Array | Float64Array;
}

/**
 * What coordinates add to the signal-to-noise ratio: these sums of different coordinates may be added, and weighted.
 */
export interface CoordinateSums {
  readonly coordinates: number;
  /** Of them, those whose gradient is not the same in all rows. */
  readonly varying: number;
  /** Σ mean_j²/variance_j over the varying ones, in 1/examples. */
  readonly ratios: number;
}

export interface SignalToNoise {
  /**
   * Mean over the varying coordinates of G_j²/Σ_jj, freed of its bias: GSNR, in 1/examples. NaN for fewer than four
   * rows.
   */
  readonly mean: number;
  /** The same as published, mean_j²/variance_j of n examples: pure noise gives about 1/n and not 0. */
  readonly plugIn: number;
  /** 1 − n · plugIn: above zero when the mean is no larger than its noise, the evidence-based rule to stop. */
  readonly evidenceToStop: number;
  /** Share of coordinates that never vary (e.g. of dead units), which take no part in the means, 0–1. */
  readonly silent: number;
}

/**
 * The sums of some coordinates. Throws `ShapeError` for arrays of different length.
 */
export function sumCoordinates({ mean, variance }: CoordinateMoments): CoordinateSums {
  if (mean.length !== variance.length)
    throw new ShapeError(
      `sumCoordinates: expected ${mean.length} variances, got ${variance.length}; give both of all coordinates`,
    );
  let [ratios, varying] = [0, 0];
  for (let j = 0; j < mean.length; j++) {
    if (!(variance[j]! > 0)) continue;
    ratios += mean[j]! ** 2 / variance[j]!;
    varying++;
  }
  return { coordinates: mean.length, varying, ratios };
}

/**
 * Signal-to-noise ratio of the coordinates of the gradient, GSNR (Liu et al. 2020, arXiv 2001.07384: the squared
 * mean of one coordinate over the variance of one example's), and the rule to stop of Mahsereci et al. 2017 (arXiv
 * 1703.09580), from K independent rows of n examples in all.
 *
 *   mean = (K − 3)/(K − 1) · plugIn − 1/n
 *
 * has no bias where the rows' coordinates are normal: a squared mean of n examples is too large by variance/n, and the
 * inverse of a variance from K rows by (K − 1)/(K − 3). What the paper and Cockpit print is `plugIn`. NaN where no
 * coordinate varies. Needs moments of every coordinate, which no Gram holds; of a Gram see `batchSignalToNoise`.
 */
export function gradientSignalToNoise(
  { coordinates, varying, ratios }: CoordinateSums,
  { rows, examples }: { readonly rows: number; readonly examples: number },
): SignalToNoise {
  const plugIn = ratios / varying;
  return {
    mean: rows > 3 ? ((rows - 3) / (rows - 1)) * plugIn - 1 / examples : Number.NaN,
    plugIn,
    evidenceToStop: 1 - examples * plugIn,
    silent: 1 - varying / coordinates,
  };
}

/**
 * |G|²/(trΣ/B): the squared length of the gradient over that of the noise in one row, for rows of B examples on
 * average; a pure number with a 95 % interval, B divided by the noise scale. Near and below one, noise is as long as
 * the gradient; negative where noise hides it. All Infinity where the rows agree; an interval of NaN for fewer than
 * three rows.
 */
export function batchSignalToNoise(gram: Gram): Interval {
  const { value, low, high, rows, examples } = inverseNoiseScale(gram, 0);
  if (value === Number.POSITIVE_INFINITY) return { value, lower: value, upper: value };
  const batchSize = examples / rows;
  return { value: batchSize * value, lower: batchSize * low, upper: batchSize * high };
}
