import type { Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { equalWeights, type WeightedLoss } from "./weightedLoss.ts";

/**
 * Losses of numbers: outputs and targets of one shape, d = output − target, and the mean over all elements, as
 * PyTorch's of the same names.
 */

/** ℓ = d². */
export function mse(g: Builder, output: Value, target: Value): WeightedLoss {
  const difference = g.sub(output, target);
  return ofNumbers(g, output, g.mul(difference, difference));
}

/** ℓ = |d|. */
export function l1(g: Builder, output: Value, target: Value): WeightedLoss {
  return ofNumbers(g, output, g.abs(g.sub(output, target)));
}

/** ℓ = d²/2 where |d| < δ, else δ(|d| − δ/2), for δ > 0 (Huber 1964; torch.nn.functional.huber_loss). */
export function huber(g: Builder, output: Value, target: Value, delta = 1): WeightedLoss {
  return ofNumbers(g, output, huberOf(g, g.sub(output, target), delta));
}

/**
 * ℓ = d²/2β where |d| < β, else |d| − β/2: Huber's divided by β, and |d| for β = 0 (Girshick 2015, arXiv:1504.08083,
 * eq. 3).
 */
export function smoothL1(g: Builder, output: Value, target: Value, beta = 1): WeightedLoss {
  if (beta === 0) return l1(g, output, target);
  return ofNumbers(g, output, g.div(huberOf(g, g.sub(output, target), beta), beta));
}

function huberOf(g: Builder, difference: Value, delta: number): Value {
  const size = g.abs(difference);
  const quadratic = g.mul(g.mul(difference, difference), 0.5);
  return g.where(g.less(size, delta), quadratic, g.mul(g.sub(size, delta / 2), delta));
}

function ofNumbers(g: Builder, output: Value, elements: Value): WeightedLoss {
  return { ...equalWeights(g, elements), predictions: g.reshape(output, [sizeOf(output.shape)]) };
}
