import { ShapeError } from "../tensor/errors.ts";
import { sumsOf } from "./sums.ts";
import type { Gram } from "./types.ts";

export interface BatchTests {
  /** n = Σ b_k, the batch that is tested: all rows together. */
  readonly examples: number;
  readonly norm: number;
  readonly innerProduct: number;
  readonly orthogonality: number;
}

/**
 * Is the mean gradient ḡ of n examples good enough to step along? Three pure numbers that fall as 1/√n; a batch passes
 * a test when its number is at most the threshold θ, and a batch of n (number/θ)² examples would be expected to.
 *
 *   norm           √(trΣ/n) / ‖ḡ‖                     Byrd et al. 2012, Mathematical Programming 134
 *   innerProduct   √(Var⟨g_i, ḡ⟩/n) / ‖ḡ‖²            Bollapragada et al. 2018 (arXiv 1710.11258)
 *   orthogonality  √(E‖g_i − ⟨g_i,ḡ⟩ḡ/‖ḡ‖²‖²/n) / ‖ḡ‖   the same; norm² = innerProduct² + orthogonality²
 *
 * The variances are of one example and estimated, as trΣ is, from K ≥ 2 rows with the K − 1 divisor, so that one
 * example per row gives the papers' formulas. All put ḡ in place of the true gradient, as the papers do: a norm near
 * or above one says that |G|² is not resolved and nothing more, for even without any gradient E norm² is about one.
 * Unlike the noise scale they belong to one batch. NaN for one row and for ḡ = 0.
 */
export function batchTests(gram: Gram): BatchTests {
  const { rows, examples, squares, all, each } = sumsOf(gram);
  const squaredNorm = all / examples ** 2;
  const trace = Math.max(0, (squares - all / examples) / (rows - 1));
  // ⟨g_k, ḡ⟩ − ‖ḡ‖² is the mean of b_k examples, so that b_k times its square stands for one.
  const along = each.map(({ count, withAll }) => count * (withAll / examples - squaredNorm) ** 2);
  const variance = along.reduce((sum, term) => sum + term, 0) / (rows - 1);
  const across = Math.max(0, trace - variance / squaredNorm);
  return {
    examples,
    norm: Math.sqrt(trace / examples / squaredNorm),
    innerProduct: Math.sqrt(variance / examples) / squaredNorm,
    orthogonality: Math.sqrt(across / examples / squaredNorm),
  };
}

export interface CoordinateMoments {
  /** P numbers: mean over n examples of each coordinate of the gradient. */
  readonly mean: Float32Array | Float64Array;
  /** P numbers: variance of one example's, with the n − 1 divisor. */
  readonly variance: Float32Array | Float64Array;
  /** n. */
  readonly examples: number;
}

export interface SignalToNoise {
  /**
   * Σ_j (mean_j² − variance_j/n) / Σ_j variance_j: an estimate of 1/noiseScale, in 1/examples; negative when noise
   * dominates.
   */
  readonly whole: number;
  /** Mean over the coordinates of (mean_j² − variance_j/n)/variance_j: GSNR without the bias that n examples leave. */
  readonly mean: number;
  /** The same as published, mean_j²/variance_j: pure noise gives 1/n and not 0. */
  readonly plugIn: number;
  /** 1 − n · plugIn: above zero when the mean is no larger than its noise, the evidence-based rule to stop. */
  readonly evidenceToStop: number;
  /** Coordinates without variance (e.g. of dead units), which take no part in the means. */
  readonly silent: number;
}

/**
 * Signal-to-noise ratio of each coordinate of the gradient, GSNR (Liu et al. 2020, arXiv 2001.07384), and the
 * rule to stop of Mahsereci et al. 2017 (arXiv 1703.09580). Needs moments of every coordinate, which no Gram
 * holds; of a Gram only `whole` = |G|²/trΣ can be had (`inverseNoiseScale`). NaN where no coordinate varies.
 * Throws `ShapeError` for arrays of different length.
 */
export function gradientSignalToNoise({ mean, variance, examples }: CoordinateMoments): SignalToNoise {
  if (mean.length !== variance.length)
    throw new ShapeError(
      `gradientSignalToNoise: expected ${mean.length} variances, got ${variance.length}; give both of all coordinates`,
    );
  let [ratios, squares, variances, silent] = [0, 0, 0, 0];
  for (let j = 0; j < mean.length; j++) {
    const square = mean[j]! ** 2;
    squares += square;
    variances += variance[j]!;
    if (variance[j]! > 0) ratios += square / variance[j]!;
    else silent++;
  }
  const plugIn = ratios / (mean.length - silent);
  return {
    whole: squares / variances - 1 / examples,
    mean: plugIn - 1 / examples,
    plugIn,
    evidenceToStop: 1 - examples * plugIn,
    silent,
  };
}
