import type { Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { fromNumbers, sizeOf } from "../../tensor/tensor.ts";

/**
 * A loss before any averaging: what each label adds to the sum and to the divisor. The mean over a window is Σ losses /
 * Σ weights, divided once at its end, so that micro-batches of any sizes give the large batch's value and gradient.
 */
export interface WeightedLoss {
  /** [M] w·ℓ per label. */
  readonly losses: Value;
  /** [M] w per label: what the sum is finally divided by. */
  readonly weights: Value;
  /** [M] bool: whether the most probable class is the label. Labels that are not counted are never right. */
  readonly correct?: Value;
  /** [M] bool: labels that are not ignored; all of them where it is left out. Class weights do not change it. */
  readonly counted?: Value;
  /** [M] int64 the most probable class, or a number predicted for each element of the target. */
  readonly predictions?: Value;
  /** [M] ln p_1 − ln p_0 of losses of two classes: what ranks examples by how likely they are of class 1. */
  readonly scores?: Value;
}

/** Losses that all weigh 1, so that their mean is over all elements. */
export function equalWeights(g: Builder, losses: Value): WeightedLoss {
  const count = sizeOf(losses.shape);
  return {
    losses: g.reshape(losses, [count]),
    weights: g.expand(g.constant(fromNumbers(losses.type, [1], [1])), [count]),
  };
}
