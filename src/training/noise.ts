import { flopsOf } from "../model/flops.ts";
import { windowMoments } from "../statistics/noiseOverTime.ts";
import { type GradientMoments, noiseScaleFromTwoSizes } from "../statistics/noiseScale.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { gradientGraph } from "./graphs.ts";
import type { TrainingLoop } from "./loop.ts";
import type { PassResult, RandomPlace, Totals } from "./microBatch.ts";
import { EXAMPLES_EVERY } from "./noiseMemory.ts";
import type { TrainingOptions } from "./options.ts";

/**
 * The noise scale while training, from what is there anyway. A window of several micro-batches shows gradients of two
 * sizes. The large one is the sum at its end. The small ones are the examples of its first micro-batch, where their
 * norms take no more operations than one more norm of a whole gradient; otherwise the sum after the first micro-batch.
 * With 4 micro-batches of 16 the variance of |G|² is 0.065 with examples and 0.167 with sums, in 2(trΣ/b)²/d_eff; the
 * norms of the sums in between would lower it to 0.155, and the inner products of all micro-batches, which the sums no
 * longer hold, to 0.083. A window of one micro-batch shows the norms of its examples, which may cost more, so that only
 * every thirty-second is looked at.
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
  if (microBatches > 1) {
    loop.examplesAreCheap ??= examplesAreCheap(loop.options);
    return loop.examplesAreCheap ? watchExamples(loop, false) : watchSums(loop);
  }
  // A window that the data end cuts down to one micro-batch is not worth another graph.
  const { accumulationSteps, step } = loop.progress;
  const isDue = accumulationSteps === 1 && step % EXAMPLES_EVERY === 0;
  return isDue && loop.watching ? watchExamples(loop, true) : undefined;
}

/**
 * Whether the norms of a micro-batch's examples take no more operations than that of a gradient. False where there are
 * none.
 */
function examplesAreCheap({ model, window: [examples = 1], loss }: TrainingOptions): boolean {
  const flops = (squaredNorms?: number) => {
    const { nodes } = gradientGraph(model, examples, { accumulate: false, loss, squaredNorms });
    return nodes.reduce((sum, node) => sum + flopsOf(node), 0);
  };
  try {
    const parameters = model.parameters.reduce((sum, { initial }) => sum + sizeOf(initial.shape), 0);
    return flops(examples) - flops() <= 2 * parameters;
  } catch (error) {
    if (error instanceof UnsupportedError) return false;
    throw error;
  }
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

/** `alone`: the window is one micro-batch. */
function watchExamples(loop: TrainingLoop, alone: boolean): NoiseMeter {
  const { options, scaler } = loop;
  let seen: Examples | undefined;
  return {
    async run(indices, first, place) {
      const result = first ? await runWatched(loop, indices, first, place) : undefined;
      if (!result) return loop.gradients.run(options.train, indices, first, place);
      seen = examplesOf(result, Number(scaler?.factor.data[0] ?? 1));
      return result;
    },
    moments(sums, normOfSum) {
      if (!seen || seen.weights.length === 0) return undefined;
      if (alone) return momentsOfExamples(seen, sums, normOfSum);
      const small = { weight: seen.weight / seen.weights.length, norm: Math.sqrt(seen.squaredNorm) };
      if (small.weight >= sums.weight) return undefined;
      return momentsOfSizes(small, { weight: sums.weight, norm: normOfSum / sums.weight }, sums);
    },
  };
}

/** Those that count. */
interface Examples {
  /** ‖∇ℓ‖² and w of each. */
  readonly squaredNorms: readonly number[];
  readonly weights: readonly number[];
  /** Σ w. */
  readonly weight: number;
  /** Σ w·‖∇ℓ‖² / Σ w. */
  readonly squaredNorm: number;
}

function examplesOf({ squaredNorms, weights }: PassResult, factor: number): Examples {
  const [squares, each] = [squaredNorms!.data as Float32Array, weights!.data as Float32Array];
  const kept: { squaredNorms: number[]; weights: number[] } = { squaredNorms: [], weights: [] };
  let [weight, sum] = [0, 0];
  for (let i = 0; i < each.length; i++) {
    const [w, square] = [each[i]!, squares[i]! / factor ** 2];
    if (!(w > 0)) continue;
    kept.weights.push(w);
    kept.squaredNorms.push(square / w ** 2);
    weight += w;
    sum += square / w;
  }
  return { ...kept, weight, squaredNorm: sum / weight };
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
  { squaredNorms, weights }: Examples,
  { weight, examples }: Totals,
  normOfSum: number,
): GradientMoments {
  const counts = weights.map((w) => (w * examples) / weight);
  return windowMoments(squaredNorms, counts, (normOfSum / weight) ** 2);
}
