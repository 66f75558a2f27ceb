import type { Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { is, requireArguments } from "../../tensor/arguments.ts";
import { ShapeError } from "../../tensor/errors.ts";
import { IGNORED_LABEL } from "../../tensor/ignoredLabel.ts";
import { fromNumbers, show, sizeOf } from "../../tensor/tensor.ts";
import type { WeightedLoss } from "./weightedLoss.ts";

export interface CrossEntropyOptions {
  /** [C] w_c of each class; 1 for all by default. */
  readonly classWeights?: readonly number[] | undefined;
  /** ε of label smoothing, by default 0. */
  readonly labelSmoothing?: number | undefined;
  /** Label that carries no loss and no weight, by default −100. */
  readonly ignoreIndex?: number | undefined;
}

/**
 * Cross-entropy with class weights and label smoothing, exactly as torch.nn.functional.cross_entropy; y is the label,
 * p = softmax(logits):
 *
 *   w·ℓ = −(1 − ε)·w_y·ln p_y − ε/C·Σ_c w_c·ln p_c        w = w_y, and both are 0 where y is the ignored label
 *
 * Without class weights this is the cross-entropy against (1 − ε)·onehot(y) + ε/C (Szegedy et al. 2016,
 * arXiv:1512.00567, §7).
 *
 *   logits [N, …, C], labels [N, …] int64; M = N·… labels in row-major order: those of an example stay together
 *
 * Throws `ShapeError` for labels, or weights, that do not fit the logits.
 */
export function crossEntropy(
  g: Builder,
  logits: Value,
  labels: Value,
  options: CrossEntropyOptions = {},
): WeightedLoss {
  requireArguments(
    "crossEntropy",
    { g, logits, labels, options },
    { g: is.builder, logits: is.value, labels: is.value, options: is.object },
  );
  const { classWeights, labelSmoothing = 0, ignoreIndex } = options;
  const classes = ofClasses(g, "crossEntropy", logits, labels, ignoreIndex);
  const { kept, chosen, logProbabilities, answers } = classes;
  const weights = classWeights
    ? g.mul(ofLabels(g, "crossEntropy", classWeights, classes), g.cast(kept, logits.type))
    : g.cast(kept, logits.type);
  const hard = g.neg(g.mul(chosen, weights));
  if (labelSmoothing === 0) return { losses: hard, weights, ...answers };
  const count = logProbabilities.shape[1]!;
  const shared = g.constant(fromNumbers(logits.type, [1, count], classWeights ?? Array<number>(count).fill(1)));
  const spread = g.mul(g.reduceSum(g.mul(logProbabilities, shared), [1]), g.cast(kept, logits.type));
  const losses = g.sub(g.mul(hard, 1 - labelSmoothing), g.mul(spread, labelSmoothing / count));
  return { losses, weights, ...answers };
}

/** What every loss of classes starts from. */
export interface Classes {
  /** [M, C] ln p. */
  readonly logProbabilities: Value;
  /** [M] ln p_y; of class 0 where the label is ignored. */
  readonly chosen: Value;
  /** [M] int64 labels, 0 where they are ignored. */
  readonly labels: Value;
  /** [M] bool: not ignored. */
  readonly kept: Value;
  readonly answers: Pick<WeightedLoss, "correct" | "counted" | "predictions" | "scores">;
}

/** Throws `ShapeError` in the name of `loss` unless there is one label for each row of logits. */
export function ofClasses(
  g: Builder,
  loss: string,
  logits: Value,
  labels: Value,
  ignoreIndex: number = IGNORED_LABEL,
): Classes {
  const classes = logits.shape.at(-1);
  const count = sizeOf(labels.shape);
  if (classes === undefined || sizeOf(logits.shape) !== count * classes)
    throw new ShapeError(
      `${loss}: expected logits [..., C] with one label each, got ${show(logits)} and ${show(labels)}; check the model's output`,
    );
  const flat = g.reshape(labels, [count]);
  const rows = g.reshape(logits, [count, classes]);
  const kept = g.not(g.equal(flat, ignoreIndex));
  const safe = g.where(kept, flat, 0);
  const logProbabilities = g.logSoftmax(rows);
  const chosen = g.reshape(g.gatherElements(logProbabilities, g.reshape(safe, [count, 1]), 1), [count]);
  const predictions = g.argMax(rows, 1);
  const correct = g.and(kept, g.equal(predictions, flat));
  const scores =
    classes === 2
      ? { scores: g.reshape(g.matMul(rows, g.constant(fromNumbers(rows.type, [2, 1], [-1, 1]))), [count]) }
      : {};
  return { logProbabilities, chosen, labels: safe, kept, answers: { correct, counted: kept, predictions, ...scores } };
}

/** [M] each label's entry in a list of one number per class. Throws `ShapeError` for a list of another length. */
export function ofLabels(
  g: Builder,
  loss: string,
  perClass: readonly number[],
  { labels, logProbabilities }: Classes,
): Value {
  const classes = logProbabilities.shape[1]!;
  if (perClass.length !== classes)
    throw new ShapeError(
      `${loss}: expected ${classes} class weights, one for each class, got ${perClass.length}; give one number per class`,
    );
  return g.gather(g.constant(fromNumbers(logProbabilities.type, [classes], perClass), "classWeights"), labels, 0);
}
