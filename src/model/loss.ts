import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show, sizeOf } from "../tensor/tensor.ts";

/** A loss before any averaging, so that sums over micro-batches stay exact (SCIENCE.md b-3). */
export interface WeightedLoss {
  /** [M] w·ℓ per label. */
  readonly losses: Value;
  /** [M] w per label: what the sum is finally divided by. */
  readonly weights: Value;
  /** [M] bool: whether the most probable class is the label. Labels of weight 0 are never counted. */
  readonly correct: Value;
}

/** Labels with this value carry no loss and no weight, as in torch.nn.functional.cross_entropy. */
export const IGNORED_LABEL = -100;

/**
 * ℓ = −ln softmax(logits)[label], with weight 1, or 0 where the label is −100.
 *
 *   logits [N, …, C], labels [N, …] int64; M = N·… labels in row-major order, so that the labels of an example stay together
 */
export function crossEntropy(g: Builder, logits: Value, labels: Value): WeightedLoss {
  const classes = logits.shape.at(-1);
  const count = sizeOf(labels.shape);
  if (classes === undefined || sizeOf(logits.shape) !== count * classes)
    throw new ShapeError(
      `crossEntropy: expected logits [..., C] with one label each, got ${show(logits)} and ${show(labels)}; check the model's output`,
    );
  const flat = g.reshape(labels, [count]);
  const scores = g.reshape(logits, [count, classes]);
  const kept = g.not(g.equal(flat, IGNORED_LABEL));
  const weights = g.cast(kept, logits.type);
  const safe = g.reshape(g.where(kept, flat, 0), [count, 1]);
  const chosen = g.reshape(g.gatherElements(g.logSoftmax(scores), safe, 1), [count]);
  return { losses: g.neg(g.mul(chosen, weights)), weights, correct: g.equal(g.argMax(scores, 1), flat) };
}
