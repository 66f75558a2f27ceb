import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { effectiveDimension } from "./effectiveDimension.ts";
import { endsOf, invertInterval, LEVEL } from "./noiseInterval.ts";
import { type Sums, sumsOf, without } from "./sums.ts";
import type { Gram, NoiseScale } from "./types.ts";

/** What the rows say about one example's gradient (mean G, covariance Σ): in loss²/parameter². */
export interface GradientMoments {
  /** tr Σ. Unbiased; of a finite data set drawn without replacement it estimates S², with the N − 1 divisor. */
  readonly traceCovariance: number;
  /** |G|² of the population. Unbiased, so negative when noise dominates; NaN for one row. */
  readonly squaredGradientNorm: number;
  /** ‖ḡ‖² of the mean over all examples: biased upward by tr Σ / Σ b_k. */
  readonly squaredNormOfMean: number;
}

/**
 * Unbiased moments from K ≥ 2 independent rows of b_k examples each, with ḡ = Σ b_k g_k / Σ b_k:
 *
 *   trΣ  = Σ b_k ‖g_k − ḡ‖² / (K − 1)
 *   |G|² = Σ_{k≠l} b_k b_l ⟨g_k, g_l⟩ / Σ_{k≠l} b_k b_l
 *
 * McCandlish et al. 2018 (arXiv 1812.06162), appendix A.1, for unequal batches. NaN for one row.
 */
export function gradientMoments(gram: Gram): GradientMoments {
  return momentsOf(sumsOf(gram));
}

/**
 * trΣ/|G|², the simple noise scale of McCandlish et al. 2018, eq. 2.9: the batch size at which noise and signal are
 * equally large, for fresh data. The ratio of two unbiased estimates is itself slightly biased.
 *
 * The interval is that of θ = 1/noiseScale = |G|²/trΣ, which behaves well when |G|² is near zero or negative, with its
 * ends inverted: a delete-one jackknife over the rows, with Student's t (`endsOf`). bench/coverage.ts measures it: it
 * cannot know of long examples that are so rare that none is among the rows. `value` is NaN when |G|² ≤ 0; `lower`
 * still holds. Both ends are Infinity when the rows show no gradient at all; [0, Infinity] says that fewer than three
 * rows carry no interval. Rows that agree to rounding have noise scale 0.
 */
export function noiseScale(gram: Gram): NoiseScale {
  requireArguments("noiseScale", { gram }, { gram: is.gram });
  return jackknife(gram, 0);
}

/**
 * S²/|G_D|² of the finite data set of which the rows are a part drawn without replacement, each example at most once.
 * Unbiased |G_D|² = (1 − f)|G|² + f‖ḡ‖² with f = Σ b_k / N, which is |G|² + S²/N for equal counts, and exact when the
 * rows hold the whole data set. The jackknife deviations of |G|² shrink by √(1 − f) (finite-population correction),
 * those of S² only where every row is one example: with larger rows S² still depends on who shares a row.
 *
 * Throws `UsageError` when N is less than Σ b_k.
 */
export function datasetNoiseScale(gram: Gram, datasetSize: number): NoiseScale {
  requireArguments("datasetNoiseScale", { gram }, { gram: is.gram });
  const examples = gram.counts.reduce((sum, count) => sum + count, 0);
  if (!(datasetSize >= examples))
    throw new UsageError(
      `datasetNoiseScale: expected a dataset size ≥ the rows' ${examples} examples, got ${datasetSize}; draw each example once`,
    );
  return jackknife(gram, examples / datasetSize);
}

/** |G_D|² as in `datasetNoiseScale`: in loss²/parameter². */
export function squaredDatasetGradientNorm(moments: GradientMoments, fraction: number): number {
  return (1 - fraction) * moments.squaredGradientNorm + fraction * moments.squaredNormOfMean;
}

export interface TwoSizes {
  /** Batch sizes in examples, small < big. */
  readonly small: number;
  readonly big: number;
  /** Mean of ‖g_B‖² over batches of each size, all at the same parameters. */
  readonly meanSquaredNormSmall: number;
  readonly meanSquaredNormBig: number;
}

/**
 * The same quantities from the mean squared gradient norms at two batch sizes (McCandlish et al. 2018, appendix
 * A.1), e.g. of micro-batches and of the windows they make. `noiseScale` is NaN when |G|² ≤ 0.
 * Throws `UsageError` unless 0 < small < big.
 */
export function noiseScaleFromTwoSizes(sizes: TwoSizes): {
  readonly traceCovariance: number;
  readonly squaredGradientNorm: number;
  readonly noiseScale: number;
} {
  requireArguments("noiseScaleFromTwoSizes", { sizes }, { sizes: is.object });
  const { small, big, meanSquaredNormSmall, meanSquaredNormBig } = sizes;
  if (!(small > 0 && big > small))
    throw new UsageError(
      `noiseScaleFromTwoSizes: expected 0 < small < big, got ${small} and ${big}; measure at two different batch sizes`,
    );
  const squaredGradientNorm = (big * meanSquaredNormBig - small * meanSquaredNormSmall) / (big - small);
  const traceCovariance = (meanSquaredNormSmall - meanSquaredNormBig) / (1 / small - 1 / big);
  return {
    traceCovariance,
    squaredGradientNorm,
    noiseScale: squaredGradientNorm > 0 ? traceCovariance / squaredGradientNorm : Number.NaN,
  };
}

/** `gradientMoments` from the sums alone. */
export function momentsOf(sums: Omit<Sums, "each">): GradientMoments {
  const { rows, examples, squaredCounts, squares, diagonal, all } = sums;
  if (rows < 2)
    return { traceCovariance: Number.NaN, squaredGradientNorm: Number.NaN, squaredNormOfMean: all / examples ** 2 };
  const trace = (squares - all / examples) / (rows - 1);
  return {
    // The difference of two sums of squares: below the rounding of its terms it is no noise at all.
    traceCovariance: trace <= (8 * Number.EPSILON * squares) / (rows - 1) ? 0 : trace,
    squaredGradientNorm: (all - diagonal) / (examples ** 2 - squaredCounts),
    squaredNormOfMean: all / examples ** 2,
  };
}

/** `fraction` is the part of a finite data set that the rows hold, 0 for an infinite population. */
function jackknife(gram: Gram, fraction: number): NoiseScale {
  const { value, low, high } = inverseNoiseScale(gram, fraction);
  const form = { level: LEVEL, unit: "examples" } as const;
  if (value === Number.POSITIVE_INFINITY) return { value: 0, lower: 0, upper: 0, resolved: true, ...form };
  return { value: value > 0 ? 1 / value : Number.NaN, ...invertInterval(low, high), ...form };
}

export interface InverseNoiseScale {
  /** |G|²/trΣ in 1/examples; Infinity when the rows agree, NaN when they are all zero or one. */
  readonly value: number;
  /**
   * Its variance is linear/examples + quadratic/examples², over the examples that were seen. NaN for fewer than three
   * rows.
   */
  readonly linear: number;
  readonly quadratic: number;
  /** Ends of its 95 % interval; NaN for fewer than three rows. */
  readonly low: number;
  readonly high: number;
  /** `value` without each of the rows in turn. */
  readonly withoutRow: readonly number[];
  readonly rows: number;
  /** Σ b_k. */
  readonly examples: number;
}

/** 1/noiseScale, whose errors behave well, with the parts of its variance. `fraction` as in `datasetNoiseScale`. */
export function inverseNoiseScale(gram: Gram, fraction: number): InverseNoiseScale {
  const sums = sumsOf(gram);
  const { rows, examples } = sums;
  const moments = momentsOf(sums);
  const { traceCovariance } = moments;
  const squaredNorm = squaredDatasetGradientNorm(moments, fraction);
  const shrink = Math.sqrt(1 - fraction);
  const traceShrink = gram.counts.every((count) => count === 1) ? shrink : 1;
  const replicates = sums.each.map((_, k) => {
    const deleted = momentsOf(without(sums, k));
    const norm = squaredNorm + shrink * (deleted.squaredGradientNorm - moments.squaredGradientNorm);
    return norm / (traceCovariance + traceShrink * (deleted.traceCovariance - traceCovariance));
  });
  const dimension = effectiveDimension(gram);
  const quadratic = (shrink ** 4 * 2) / dimension || 0;
  // The jackknife counts the part of the variance that is quadratic in the noise twice (Efron and Stein 1981).
  const linear = Math.max(0, jackknifeVariance(replicates) * examples - (2 * quadratic) / examples);
  const value = squaredNorm / traceCovariance;
  const directions = dimension || 1;
  const slopes = { usual: (shrink ** 2 * 4) / directions, steepest: (shrink ** 2 * 4) / Math.sqrt(directions) };
  const ends = endsOf({ value, replicates, linear, quadratic, ...slopes, examples });
  return { value, linear, quadratic, ...ends, withoutRow: replicates, rows, examples };
}

/** (K − 1)/K Σ (θ_k − θ̄)² of the K delete-one replicates (Efron and Tibshirani 1993, chapter 11). */
function jackknifeVariance(replicates: readonly number[]): number {
  const rows = replicates.length;
  const mean = replicates.reduce((sum, replicate) => sum + replicate, 0) / rows;
  const squares = replicates.reduce((sum, replicate) => sum + (replicate - mean) ** 2, 0);
  return ((rows - 1) / rows) * squares;
}
