import type { Engine } from "../runtime/engine.ts";
import { bracketStableRate, type StableRange, watchDivergence } from "../statistics/stability.ts";
import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import type { TrainingOptions } from "../training/options.ts";
import { lossesOver } from "./learningRateRange.ts";

/** Updates with one rate, and mini-batches whose loss before any update they are compared with. */
export const STABILITY_UPDATES = 50;
const BASE = 10;

export interface StableRateOptions {
  /** What is trained: a copy of the model's weights, as `sweepLearningRates`. */
  readonly training: TrainingOptions;
  /** The least and the largest rate that is tried, and the first one. */
  readonly from: number;
  readonly to: number;
  readonly start: number;
}

/**
 * The largest learning rate at which `STABILITY_UPDATES` updates from the model's weights do not diverge, within a
 * tenth: trainings with one constant rate each (`watchDivergence` says which diverge). A rate that rises with every
 * update, as in a range test, passes the limit before the loss shows it, and by the more the fewer rates there are. On
 * a quadratic it is 2/λ for gradient descent and 2(1 + β)/λ with momentum β and whole batches, less with mini-batches.
 * An optimizer that divides by the gradient's size takes steps of bounded size, and has no such limit: its rate is the
 * largest whose updates stay near. Nothing of the model passed in changes. Throws what `train` throws.
 */
export async function largestStableRate(
  engine: Engine,
  options: StableRateOptions,
  signal?: AbortSignal,
): Promise<StableRange> {
  requireArguments("largestStableRate", { engine }, { engine: is.engine });
  requireOptions("largestStableRate", options, {
    training: is.object,
    from: is.above0,
    to: is.above0,
    start: is.above0,
  });
  const { training, ...range } = options;
  const atRest = { training, learningRates: Array.from({ length: BASE - 1 }, () => 0), isEnough: () => false };
  const base = (await lossesOver(engine, atRest, signal)).losses;
  return bracketStableRate(async (rate) => {
    signal?.throwIfAborted();
    const watch = watchDivergence(base, STABILITY_UPDATES);
    const learningRates = Array.from({ length: STABILITY_UPDATES }, () => rate);
    const { end } = await lossesOver(engine, { training, learningRates, isEnough: watch.take }, signal);
    signal?.throwIfAborted();
    return end !== "not finite" && !watch.diverged();
  }, range);
}
