import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type ElementType, fromNumbers, type Shape, show, sizeOf } from "../tensor/tensor.ts";

/** A loss before any averaging, so that sums over micro-batches stay exact (SCIENCE.md b-3). */
export interface WeightedLoss {
  /** [M] w·ℓ per label. */
  readonly losses: Value;
  /** [M] w per label: what the sum is finally divided by. */
  readonly weights: Value;
  /** [M] bool: whether the most probable class is the label, for losses of classes. Labels of weight 0 are never counted. */
  readonly correct?: Value;
}

/** A loss as training, `gradients` and `compile` take it. */
export interface Loss {
  /** What the target looks like for an output of this shape; null where the loss has none. */
  target(output: Value): { readonly type: ElementType; readonly shape: Shape } | null;
  build(g: Builder, output: Value, target: Value | null): WeightedLoss;
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

/** ℓ per element of the output and of a target of its shape; every element has weight 1, so the mean is over all elements. */
function elementwise(element: (g: Builder, output: Value, target: Value) => Value): Loss {
  return {
    target: (output) => ({ type: output.type, shape: output.shape }),
    build: (g, output, target) => equalWeights(g, element(g, output, target!)),
  };
}

function equalWeights(g: Builder, losses: Value): WeightedLoss {
  const count = sizeOf(losses.shape);
  return {
    losses: g.reshape(losses, [count]),
    weights: g.expand(g.constant(fromNumbers(losses.type, [1], [1])), [count]),
  };
}

export type LossName = "cross_entropy" | "mse" | "l1" | "bce_with_logits" | "none";

/** Losses by the names that `--loss` takes; each divides by its weights once, at the end. */
export const losses: Readonly<Record<LossName, Loss>> = {
  cross_entropy: {
    target: (output) => ({ type: "int64", shape: output.shape.slice(0, -1) }),
    build: (g, output, target) => crossEntropy(g, output, target!),
  },
  /** (output − target)². */
  mse: elementwise((g, output, target) => {
    const difference = g.sub(output, target);
    return g.mul(difference, difference);
  }),
  /** |output − target|. */
  l1: elementwise((g, output, target) => g.abs(g.sub(output, target))),
  /**
   * −t·ln σ(x) − (1 − t)·ln(1 − σ(x)) for logits x and targets t in [0, 1], as max(x, 0) − x·t + ln(1 + e^−|x|), which neither
   * overflows nor takes the logarithm of 0 (torch.nn.functional.binary_cross_entropy_with_logits).
   */
  bce_with_logits: elementwise((g, output, target) => {
    const softplus = g.log(g.add(g.exp(g.neg(g.abs(output))), 1));
    return g.add(g.sub(g.relu(output), g.mul(output, target)), softplus);
  }),
  /** The model's output is the loss itself; of several elements the mean is taken. */
  none: { target: () => null, build: (g, output) => equalWeights(g, output) },
};
