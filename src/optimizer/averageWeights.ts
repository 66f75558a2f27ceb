import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError } from "../tensor/errors.ts";

/** The mean of the weights that were added so far. */
export interface WeightAverage {
  /** How many. */
  readonly count: number;
  /** [P] in float64, so that the thousandth changes it as exactly as the second. */
  readonly mean: Float64Array;
}

/**
 * One more set of weights in a running mean: mean + (weights − mean)/(count + 1); `undefined` starts one. Changes
 * neither argument. Stochastic weight averaging, Izmailov et al. 2018, arXiv:1803.05407, Algorithm 1. Running
 * statistics of batch normalisation are not those of the mean: see `recomputeRunningStatistics`. Throws `ShapeError`
 * for weights of another length.
 */
export function averageWeights(average: WeightAverage | undefined, weights: ArrayLike<number>): WeightAverage {
  requireArguments("averageWeights", { average, weights }, { average: is.optional(is.object), weights: is.list });
  if (!average) return { count: 1, mean: Float64Array.from(weights) };
  if (average.mean.length !== weights.length)
    throw new ShapeError(
      `averageWeights: expected ${average.mean.length} weights, got ${weights.length}; average one model's only`,
    );
  const count = average.count + 1;
  return { count, mean: average.mean.map((value, i) => value + (weights[i]! - value) / count) };
}

/** Whether the weights after `epoch` epochs enter the mean: after `start`, and every `period` from there on. */
export function isAveraged(epoch: number, averaging: { start: number; period?: number | undefined }): boolean {
  requireArguments("isAveraged", { epoch, averaging }, { epoch: is.number, averaging: is.object });
  const { start, period = 1 } = averaging;
  return epoch >= start && (epoch - start) % period === 0;
}
