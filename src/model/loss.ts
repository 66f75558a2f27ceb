import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { requireKnown } from "../tensor/knownOptions.ts";
import { shown } from "../tensor/shown.ts";
import { didYouMean } from "../tensor/suggest.ts";
import type { ElementType, Shape } from "../tensor/tensor.ts";
import { type Activation, logitsOf } from "./losses/activation.ts";
import { bceWithLogits } from "./losses/binary.ts";
import { crossEntropy } from "./losses/crossEntropy.ts";
import { klDivergence } from "./losses/divergence.ts";
import { focal, sigmoidFocal } from "./losses/focal.ts";
import { huber, l1, mse, smoothL1 } from "./losses/regression.ts";
import { equalWeights, type WeightedLoss } from "./losses/weightedLoss.ts";

/** A loss as training, `gradients` and `compile` take it. */
export interface Loss {
  readonly name: LossName;
  /** Those that were given. */
  readonly options: LossOptions;
  /** What the sum is divided by at least: 1 where a window may hold nothing that weighs anything, else 0. */
  readonly leastWeight: number;
  /** What the target is to it: classes, numbers from 0 to 1, any numbers; null where the loss has none. */
  readonly aim: "classes" | "probabilities" | "numbers" | null;
  /** What the target looks like for an output of this shape; null where the loss has none. */
  target(output: Value): { readonly type: ElementType; readonly shape: Shape } | null;
  build(g: Builder, output: Value, target: Value | null): WeightedLoss;
}

/** The options of all losses; each takes those that `losses` names. */
export interface LossOptions {
  readonly classWeights?: readonly number[] | undefined;
  readonly labelSmoothing?: number | undefined;
  readonly ignoreIndex?: number | undefined;
  readonly focalGamma?: number | undefined;
  readonly focalAlpha?: readonly number[] | undefined;
  readonly focalNormalizer?: "all" | "positives" | undefined;
  readonly positiveWeight?: readonly number[] | undefined;
  readonly huberDelta?: number | undefined;
  readonly smoothL1Beta?: number | undefined;
}

/** The losses by their names on the command line. */
export type LossName =
  | "cross_entropy"
  | "focal"
  | "bce_with_logits"
  | "sigmoid_focal"
  | "kl_divergence"
  | "mse"
  | "l1"
  | "huber"
  | "smooth_l1"
  | "none";

export interface LossKind {
  /** One line of help. */
  readonly about: string;
  readonly options: readonly (keyof LossOptions)[];
  readonly aim: Loss["aim"];
  readonly target: Loss["target"];
  /** What the loss applies to the output itself, and therefore takes back where the model ends in it (`logitsOf`). */
  readonly activation?: Activation;
  build(g: Builder, output: Value, target: Value, options: LossOptions): WeightedLoss;
}

const label: Loss["target"] = (output) => ({ type: "int64", shape: output.shape.slice(0, -1) });
const alike: Loss["target"] = (output) => ({ type: output.type, shape: output.shape });

const focalOptions = ({ focalGamma, focalAlpha, focalNormalizer, ignoreIndex }: LossOptions) => ({
  gamma: focalGamma,
  alpha: focalAlpha,
  normalizer: focalNormalizer,
  ignoreIndex,
});

/** Losses by the names that the option `loss` takes: one file, one row and its name above each. */
export const losses: Readonly<Record<LossName, LossKind>> = {
  cross_entropy: {
    about: "classes: −ln of the probability of the label",
    options: ["classWeights", "labelSmoothing", "ignoreIndex"],
    aim: "classes",
    target: label,
    activation: "Softmax",
    build: crossEntropy,
  },
  focal: {
    about: "classes: cross-entropy that counts what is classified well less",
    options: ["focalGamma", "focalAlpha", "focalNormalizer", "ignoreIndex"],
    aim: "classes",
    target: label,
    activation: "Softmax",
    build: (g, output, target, options) => focal(g, output, target, focalOptions(options)),
  },
  bce_with_logits: {
    about: "binary targets: cross-entropy of each output",
    options: ["positiveWeight", "classWeights"],
    aim: "probabilities",
    target: alike,
    activation: "Sigmoid",
    build: bceWithLogits,
  },
  sigmoid_focal: {
    about: "binary targets: focal loss of each output",
    options: ["focalGamma", "focalAlpha", "focalNormalizer"],
    aim: "probabilities",
    target: alike,
    activation: "Sigmoid",
    build: (g, output, target, options) => sigmoidFocal(g, output, target, focalOptions(options)),
  },
  kl_divergence: {
    about: "probabilities: from the softmax of the output to the target",
    options: [],
    aim: "probabilities",
    target: alike,
    activation: "Softmax",
    build: klDivergence,
  },
  mse: { about: "numbers: squared error", options: [], aim: "numbers", target: alike, build: mse },
  l1: { about: "numbers: absolute error", options: [], aim: "numbers", target: alike, build: l1 },
  huber: {
    about: "numbers: squared error near 0, absolute error beyond δ",
    options: ["huberDelta"],
    aim: "numbers",
    target: alike,
    build: (g, output, target, { huberDelta }) => huber(g, output, target, huberDelta),
  },
  smooth_l1: {
    about: "numbers: Huber's loss divided by β",
    options: ["smoothL1Beta"],
    aim: "numbers",
    target: alike,
    build: (g, output, target, { smoothL1Beta }) => smoothL1(g, output, target, smoothL1Beta),
  },
  none: {
    about: "the model's output is the loss itself; of several elements the mean",
    options: [],
    aim: null,
    target: () => null,
    build: (g, output) => equalWeights(g, output),
  },
};

export const lossNames = Object.keys(losses) as LossName[];

const inRange = (low: number, below: number) => (x: number) => x >= low && x < below;
const everyOne =
  (holds: (x: number) => boolean) =>
  (list: readonly number[]): boolean =>
    list.length > 0 && list.every(holds);
const weight = inRange(0, Number.POSITIVE_INFINITY);

/** What each option may be, and how an error says so. */
const domains: { readonly [K in keyof LossOptions]-?: [string, (value: NonNullable<LossOptions[K]>) => boolean] } = {
  classWeights: ["numbers of at least 0", everyOne(weight)],
  labelSmoothing: ["a number of at least 0 and below 1", inRange(0, 1)],
  ignoreIndex: ["a whole number", Number.isSafeInteger],
  focalGamma: ["a number of at least 0", weight],
  focalAlpha: ["numbers of at least 0", everyOne(weight)],
  focalNormalizer: ["all or positives", (name) => name === "all" || name === "positives"],
  positiveWeight: ["numbers of at least 0", everyOne(weight)],
  huberDelta: ["a number above 0", (delta) => delta > 0 && delta < Number.POSITIVE_INFINITY],
  smoothL1Beta: ["a number of at least 0", weight],
};

const keys = Object.fromEntries(Object.keys(domains).map((key) => [key, true as const]));

/**
 * A loss with its options. Throws `UsageError`, naming the option, for one that the loss does not take or out of its
 * domain.
 */
export function createLoss(name: LossName, options: LossOptions = {}): Loss {
  if (!Object.hasOwn(losses, name))
    throw new UsageError(
      `createLoss: expected one of ${lossNames.join(", ")}, got ${shown(name)}${didYouMean(String(name), lossNames) || "; choose one"}`,
    );
  requireKnown("createLoss", options, keys);
  const { options: taken, aim, target, activation, build } = losses[name];
  const given = Object.entries(options).filter(([, value]) => value !== undefined) as [keyof LossOptions, never][];
  for (const [field, value] of given) {
    const owners = lossNames.filter((other) => losses[other].options.includes(field));
    if (!taken.includes(field))
      throw new UsageError(`${option(field)}: expected the loss ${owners.join(" or ")}, got ${name}; leave it out`);
    const [expects, holds] = domains[field];
    if (!holds(value)) throw new UsageError(`${option(field)}: expected ${expects}, got ${String(value)}; change it`);
  }
  return {
    name,
    options: Object.fromEntries(given),
    leastWeight: options.focalNormalizer === "positives" ? 1 : 0,
    aim,
    target,
    build: (g, output, aim) => build(g, activation ? logitsOf(g, output, activation) : output, aim!, options),
  };
}

/** Cross-entropy without options: what is meant where no loss is named. */
export const defaultLoss: Loss = createLoss("cross_entropy");

/** What a sum Σ w·ℓ is divided by, where Σ w is `total`. */
export function divisor({ leastWeight }: Loss, total: number): number {
  return Math.max(total, leastWeight);
}
