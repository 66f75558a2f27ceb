import type { Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { ShapeError } from "../../tensor/errors.ts";
import { fromNumbers, sizeOf } from "../../tensor/tensor.ts";
import { equalWeights, type WeightedLoss } from "./weightedLoss.ts";

export interface BinaryOptions {
  /** p, one for all outputs or one for each: how much more a positive target counts; by default 1. */
  readonly positiveWeight?: readonly number[] | undefined;
  /**
   * c, one for all outputs or one for each: a factor of the loss, by default 1. No part of the divisor, as in PyTorch.
   */
  readonly classWeights?: readonly number[] | undefined;
}

/**
 * Binary cross-entropy of logits x against targets t in [0, 1], as
 * torch.nn.functional.binary_cross_entropy_with_logits:
 *
 *   ℓ = −c·(p·t·ln σ(x) + (1 − t)·ln(1 − σ(x)))        divided by the number of elements
 *
 *   logits and targets [N, …, outputs]
 *
 * Throws `ShapeError` for a list of weights of another length than 1 or the number of outputs.
 */
export function bceWithLogits(
  g: Builder,
  logits: Value,
  targets: Value,
  { positiveWeight, classWeights }: BinaryOptions = {},
): WeightedLoss {
  const plain = crossEntropyOfLogits(g, logits, targets, positiveWeight);
  const elements = classWeights ? g.mul(plain, perOutput(g, "bce_with_logits", classWeights, logits)) : plain;
  const correct = g.equal(g.greater(logits, 0), g.greater(targets, 0.5));
  return { ...equalWeights(g, elements), correct: g.reshape(correct, [sizeOf(logits.shape)]) };
}

/**
 * −p·t·ln σ(x) − (1 − t)·ln(1 − σ(x)) per element, as p·t·softplus(−x) + (1 − t)·softplus(x): it neither overflows nor
 * takes the logarithm of 0, loses no digits where the prediction is right, and has the slope σ(x) − t at x = 0 too.
 */
export function crossEntropyOfLogits(
  g: Builder,
  logits: Value,
  targets: Value,
  positiveWeight?: readonly number[],
): Value {
  const hit = g.mul(targets, g.softplus(g.neg(logits)));
  const weighted = positiveWeight ? g.mul(hit, perOutput(g, "bce_with_logits", positiveWeight, logits)) : hit;
  return g.add(weighted, g.mul(g.sub(1, targets), g.softplus(logits)));
}

/**
 * A constant that broadcasts along the outputs, the last axis of `logits`. Throws `ShapeError` where it does not fit.
 */
export function perOutput(g: Builder, loss: string, numbers: readonly number[], logits: Value): Value {
  const outputs = logits.shape.at(-1) ?? 1;
  if (numbers.length !== 1 && numbers.length !== outputs)
    throw new ShapeError(
      `${loss}: expected 1 or ${outputs} weights, one for each output, got ${numbers.length}; give one number per output`,
    );
  return g.constant(fromNumbers(logits.type, [...logits.shape.slice(0, -1).map(() => 1), numbers.length], numbers));
}
