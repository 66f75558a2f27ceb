import type { Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { fromNumbers, sizeOf } from "../../tensor/tensor.ts";
import { crossEntropyOfLogits, perOutput } from "./binary.ts";
import { ofClasses, ofLabels } from "./crossEntropy.ts";
import { equalWeights, type WeightedLoss } from "./weightedLoss.ts";

export interface FocalOptions {
  /** γ ≥ 0, by default 2: how much less an example counts that is classified well already; 0 is cross-entropy. */
  readonly gamma?: number | undefined;
  /** α, see each loss. */
  readonly alpha?: readonly number[] | undefined;
  /**
   * What the sum is divided by: "all" labels (the mean), or the "positives", as RetinaNet does because its many easy
   * negatives would dilute the mean (Lin et al. 2017, §4.1); then at least by 1.
   */
  readonly normalizer?: "all" | "positives" | undefined;
  /** Of `focal`: label that carries no loss and no weight, by default −100. */
  readonly ignoreIndex?: number | undefined;
}

/**
 * Focal loss over classes, with p = softmax(logits) and y the label (Lin et al. 2017, arXiv:1708.02002, eq. 5):
 *
 *   ℓ = −α_y·(1 − p_y)^γ·ln p_y        α [C] one factor per class, or [1] for two classes: α_1 = α and α_0 = 1 − α
 *
 * α is no part of the divisor. Positives are all labels but class 0, the background.
 *
 *   logits [N, …, C], labels [N, …] int64
 */
export function focal(
  g: Builder,
  logits: Value,
  labels: Value,
  { gamma = 2, alpha, normalizer = "all", ignoreIndex }: FocalOptions = {},
): WeightedLoss {
  const classes = ofClasses(g, "focal", logits, labels, ignoreIndex);
  const { chosen, kept, answers } = classes;
  const counted = g.cast(kept, logits.type);
  const modulated = g.mul(chosen, modulation(g, g.sub(1, g.exp(chosen)), gamma));
  const count = classes.logProbabilities.shape[1]!;
  const perClass = alpha?.length === 1 && count === 2 ? [1 - alpha[0]!, alpha[0]!] : alpha;
  const scaled = perClass ? g.mul(modulated, ofLabels(g, "focal", perClass, classes)) : modulated;
  // Ignored labels stand as class 0, which is no positive.
  const positive = () => g.cast(g.not(g.equal(classes.labels, 0)), logits.type);
  return {
    losses: g.neg(g.mul(scaled, counted)),
    weights: normalizer === "positives" ? positive() : counted,
    ...answers,
  };
}

/**
 * Focal loss of independent binary targets, as torchvision.ops.sigmoid_focal_loss: x are logits, t targets in [0, 1],
 * p = σ(x):
 *
 *   ℓ = α_t·(1 − p_t)^γ·BCE(x, t)        p_t = p·t + (1 − p)(1 − t)        α_t = α·t + (1 − α)(1 − t)
 *
 * α is one number for all outputs or one for each, by default 0.25; positives are targets above ½.
 */
export function sigmoidFocal(
  g: Builder,
  logits: Value,
  targets: Value,
  { gamma = 2, alpha = [0.25], normalizer = "all" }: FocalOptions = {},
): WeightedLoss {
  const opposite = g.sub(1, targets);
  const wrong = g.add(g.mul(targets, g.sigmoid(g.neg(logits))), g.mul(opposite, g.sigmoid(logits)));
  const factor = perOutput(g, "sigmoid_focal", alpha, logits);
  const balance = g.add(g.mul(targets, factor), g.mul(opposite, g.sub(1, factor)));
  const elements = g.mul(g.mul(balance, modulation(g, wrong, gamma)), crossEntropyOfLogits(g, logits, targets));
  const mean = equalWeights(g, elements);
  const positive = g.greater(targets, 0.5);
  const count = sizeOf(logits.shape);
  return {
    losses: mean.losses,
    weights: normalizer === "positives" ? g.reshape(g.cast(positive, logits.type), [count]) : mean.weights,
    correct: g.reshape(g.equal(g.greater(logits, 0), positive), [count]),
  };
}

/** Below it, 1 − p is nothing but rounding: the spacing of float32 and float64 numbers just under 1. */
const rounding = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/** (1 − p)^γ. For 0 < γ < 1 its slope is infinite at p = 1, where rounding puts p; so it ends where rounding begins. */
function modulation(g: Builder, rest: Value, gamma: number): Value {
  if (gamma === 0) return g.expand(g.constant(fromNumbers(rest.type, [1], [1])), rest.shape);
  if (gamma >= 1) return gamma === 1 ? rest : g.pow(rest, gamma);
  const least = rounding[rest.type as keyof typeof rounding];
  return g.pow(g.where(g.greater(rest, least), rest, g.number(rest.type, least)), gamma);
}
