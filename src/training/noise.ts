import { windowMoments } from "../statistics/noiseOverTime.ts";
import { type GradientMoments, noiseScaleFromTwoSizes } from "../statistics/noiseScale.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import type { Loop } from "./loop.ts";
import type { PassResult, RandomPlace, Totals } from "./microBatch.ts";

/**
 * The noise scale while training, from what is there anyway. A window of several micro-batches shows gradients of two sizes: the sum
 * after its first micro-batch and the sum at its end, one norm each. Of all the sums in between nothing more is to be had: with the best
 * weights their norms lower the variance of |G|² from 0.167 to 0.155 (4 micro-batches, in 2(trΣ/b)²/d_eff), and the inner products of all
 * micro-batches, which the sums no longer hold, would give 0.083. A window of one micro-batch shows the norms of its examples, which
 * cost more, so that only every thirty-second is looked at.
 */
export interface Watch {
  /** Runs a window's micro-batch with the pass that it needs, and looks at what came out. */
  run(indices: Uint32Array, first: boolean, place: RandomPlace): Promise<PassResult>;
  /** Of the window; `normOfSum` is ‖Σ w·∇ℓ‖. */
  moments(sums: Totals, normOfSum: number): GradientMoments | undefined;
}

/** Steps between two windows of one micro-batch that are looked at: the norms of examples may take half a step more. */
const EXAMPLES_EVERY = 32;

/** Looks at a window of so many micro-batches; undefined where there is nothing to look at. */
export function watchWindow(loop: Loop, microBatches: number): Watch | undefined {
  if (!loop.options.noiseScale) return undefined;
  if (microBatches > 1) return watchSums(loop);
  // A window that the data end cuts down to one micro-batch is not worth another graph.
  const { accumulationSteps, step } = loop.progress;
  const isDue = accumulationSteps === 1 && step % EXAMPLES_EVERY === 0;
  return isDue && loop.watching ? watchExamples(loop) : undefined;
}

function watchSums({ gradients, updater, options, scaler }: Loop): Watch {
  let [weight, norm] = [0, Number.NaN];
  return {
    async run(indices, first, place) {
      const result = await gradients.run(options.train, indices, first, place);
      if (!first || result.weight === 0) return result;
      // The factor is that of this window; it changes at its end.
      norm = (await updater.gradientNorm(result.weight)) / Number(scaler?.factor.data[0] ?? 1);
      weight = result.weight;
      return result;
    },
    moments(sums, normOfSum) {
      if (weight === 0 || weight >= sums.weight) return undefined;
      return momentsOfSizes({ weight, norm }, { weight: sums.weight, norm: normOfSum / sums.weight }, sums);
    },
  };
}

interface Mean {
  readonly weight: number;
  /** Of the mean gradient. */
  readonly norm: number;
}

/** A mean counts as many examples as its share of the window's weight, so that the noise scale is in examples whatever weights are. */
function momentsOfSizes(small: Mean, big: Mean, { weight, examples }: Totals): GradientMoments {
  const [meanSquaredNormSmall, meanSquaredNormBig] = [small.norm ** 2, big.norm ** 2];
  const sizes = { small: (small.weight * examples) / weight, big: examples };
  const found = noiseScaleFromTwoSizes({ ...sizes, meanSquaredNormSmall, meanSquaredNormBig });
  return { ...found, squaredNormOfMean: meanSquaredNormBig };
}

function watchExamples(loop: Loop): Watch {
  const { options, scaler } = loop;
  let seen: { readonly squares: number[]; readonly weights: number[] } | undefined;
  return {
    async run(indices, first, place) {
      const result = await runWatched(loop, indices, first, place);
      if (!result) return loop.gradients.run(options.train, indices, first, place);
      const factor = Number(scaler?.factor.data[0] ?? 1);
      seen = {
        squares: Array.from(result.squaredNorms!.data as Float32Array, (square) => square / factor ** 2),
        weights: Array.from(result.weights!.data as Float32Array),
      };
      return result;
    },
    moments: (sums, normOfSum) => (seen ? momentsOfExamples(seen.squares, seen.weights, sums, normOfSum) : undefined),
  };
}

/** Undefined from the first time on that the model's examples turn out not to be separable. */
async function runWatched(loop: Loop, indices: Uint32Array, first: boolean, place: RandomPlace) {
  try {
    return await loop.watching?.run(loop.options.train, indices, first, place);
  } catch (error) {
    // Thrown while the graph is built, so that nothing has been read or changed.
    if (!(error instanceof UnsupportedError)) throw error;
    loop.watching = undefined;
    loop.unwatched = `${error.message.split(";")[0]}; windows of two micro-batches or more would show it`;
    return undefined;
  }
}

function momentsOfExamples(
  squares: readonly number[],
  weights: readonly number[],
  { weight, examples }: Totals,
  normOfSum: number,
): GradientMoments {
  const counted = weights.map((_, i) => i).filter((i) => weights[i]! > 0);
  return windowMoments(
    counted.map((i) => squares[i]! / weights[i]! ** 2),
    counted.map((i) => (weights[i]! * examples) / weight),
    (normOfSum / weight) ** 2,
  );
}
