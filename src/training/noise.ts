import { windowMoments } from "../statistics/noiseOverTime.ts";
import { type GradientMoments, noiseScaleFromTwoSizes } from "../statistics/noiseScale.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import type { TrainingLoop } from "./loop.ts";
import type { PassResult, RandomPlace, Totals } from "./microBatch.ts";
import { SUMS_INSTEAD } from "./noiseMemory.ts";

/**
 * The noise scale while training, from what is there anyway. The norms of all examples of a window and that of its sum
 * show gradients of two sizes: of all that the inner products of its examples say, nothing is lost. They take more than
 * the step alone, so that a step is looked at only now and then (`examplesEvery`). A window of several micro-batches
 * whose examples are dear, or cannot be told apart, shows at each step the sum after its first micro-batch beside that
 * at its end: of LeNet on Fashion-MNIST, 4 × 4 examples, |G|² has four times the variance a step so.
 */
export interface NoiseMeter {
  /** Runs a window's micro-batch with the pass that it needs, and looks at what came out. */
  run(indices: Uint32Array, first: boolean, place: RandomPlace): Promise<PassResult>;
  /** Of the window; `normOfSum` is ‖Σ w·∇ℓ‖. */
  moments(sums: Totals, normOfSum: number): GradientMoments | undefined;
}

/** Looks at a window of so many micro-batches; undefined where there is nothing to look at. */
export function watchWindow(loop: TrainingLoop, microBatches: number): NoiseMeter | undefined {
  if (!loop.options.noiseScale) return undefined;
  if (microBatches > 1 && !(loop.watching && loop.examplesEvery <= SUMS_INSTEAD)) return watchSums(loop);
  return loop.progress.step % loop.examplesEvery === 0 && loop.watching ? watchExamples(loop) : undefined;
}

function watchSums({ gradients, updater, options, scaler }: TrainingLoop): NoiseMeter {
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

/**
 * A mean counts as many examples as its share of the window's weight, so that the noise scale is in examples whatever
 * weights are.
 */
function momentsOfSizes(small: Mean, big: Mean, { weight, examples }: Totals): GradientMoments {
  const [meanSquaredNormSmall, meanSquaredNormBig] = [small.norm ** 2, big.norm ** 2];
  const sizes = { small: (small.weight * examples) / weight, big: examples };
  const found = noiseScaleFromTwoSizes({ ...sizes, meanSquaredNormSmall, meanSquaredNormBig });
  return { ...found, squaredNormOfMean: meanSquaredNormBig };
}

/** Nothing of a window with a micro-batch that the data end cuts: it is not worth another graph. */
function watchExamples(loop: TrainingLoop): NoiseMeter {
  const { options, scaler } = loop;
  const fewest = Math.min(...options.window);
  let seen: Examples[] | undefined = [];
  return {
    async run(indices, first, place) {
      const result = seen && indices.length >= fewest ? await runWatched(loop, indices, first, place) : undefined;
      if (result) seen!.push(examplesOf(result, Number(scaler?.factor.data[0] ?? 1)));
      else seen = undefined;
      return result ?? loop.gradients.run(options.train, indices, first, place);
    },
    moments(sums, normOfSum) {
      return seen && momentsOfExamples(seen, sums, normOfSum);
    },
  };
}

/** Those that count: ‖∇ℓ‖² and w of each. */
interface Examples {
  readonly squaredNorms: readonly number[];
  readonly weights: readonly number[];
}

function examplesOf({ squaredNorms, weights }: PassResult, factor: number): Examples {
  const [squares, each] = [squaredNorms!.data as Float32Array, weights!.data as Float32Array];
  const kept: { squaredNorms: number[]; weights: number[] } = { squaredNorms: [], weights: [] };
  for (let i = 0; i < each.length; i++) {
    const w = each[i]!;
    if (!(w > 0)) continue;
    kept.weights.push(w);
    kept.squaredNorms.push(squares[i]! / factor ** 2 / w ** 2);
  }
  return kept;
}

/** Undefined from the first time on that the model's examples turn out not to be separable. */
async function runWatched(loop: TrainingLoop, indices: Uint32Array, first: boolean, place: RandomPlace) {
  try {
    return await loop.watching?.run(loop.options.train, indices, first, place);
  } catch (error) {
    // Thrown while the graph is built, so that nothing has been read or changed.
    if (!(error instanceof UnsupportedError)) throw error;
    loop.watching = undefined;
    loop.unwatched = error.message.split(";")[0];
    return undefined;
  }
}

function momentsOfExamples(
  seen: readonly Examples[],
  { weight, examples }: Totals,
  normOfSum: number,
): GradientMoments | undefined {
  const counts = seen.flatMap(({ weights }) => weights.map((w) => (w * examples) / weight));
  const squaredNorms = seen.flatMap((one) => one.squaredNorms);
  return counts.length === 0 ? undefined : windowMoments(squaredNorms, counts, (normOfSum / weight) ** 2);
}
