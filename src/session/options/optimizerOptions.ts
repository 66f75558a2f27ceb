import { z } from "zod";
import type { Model } from "../../model/model.ts";
import { withGroups } from "../../optimizer/groups.ts";
import type { Optimizer } from "../../optimizer/optimizer.ts";
import { type OptimizerName, optimizers } from "../../optimizer/optimizers.ts";
import { requireBound } from "../bounds.ts";
import { decimal } from "../numbers.ts";
import type { FieldSpelling } from "./fields.ts";

const positive = z.number().positive();
const notNegative = z.number().min(0);
const fraction = z.number().min(0).lt(1);

/** What every optimizer has. */
const shared = (name: OptimizerName, weightDecay = 0) => ({
  learningRate: positive.default(optimizers[name].learningRate),
  weightDecay: notNegative.default(weightDecay),
  decayWeightsOnly: z.boolean().default(false),
  parameterRates: z.array(z.string().regex(/^.+=(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i)).default([]),
});

const betas = (beta2 = 0.999) => ({ beta1: fraction.default(0.9), beta2: fraction.default(beta2) });
const adam = { ...betas(), epsilon: positive.default(1e-8) };
const amsgrad = z.boolean().default(false);
const trustClip = z.boolean().default(false);

/** The options of each optimizer, with its defaults: torch's, or timm's for lars, lamb and lion (docs/optimizers.md). */
export const optimizerShapes = {
  sgd: {
    ...shared("sgd"),
    momentum: fraction.default(0),
    dampening: fraction.default(0),
    nesterov: z.boolean().default(false),
  },
  adam: { ...shared("adam"), ...adam, amsgrad },
  adamw: { ...shared("adamw", 0.01), ...adam, amsgrad },
  adagrad: {
    ...shared("adagrad"),
    initialAccumulator: notNegative.default(0),
    epsilon: positive.default(1e-10),
  },
  rmsprop: {
    ...shared("rmsprop"),
    alpha: fraction.default(0.99),
    epsilon: positive.default(1e-8),
    centered: z.boolean().default(false),
    momentum: fraction.default(0),
  },
  radam: { ...shared("radam"), ...adam },
  nadam: { ...shared("nadam"), ...adam, momentumDecay: positive.default(4e-3) },
  adadelta: { ...shared("adadelta"), rho: fraction.default(0.9), epsilon: positive.default(1e-6) },
  lars: {
    ...shared("lars", 1e-4),
    momentum: fraction.default(0.9),
    trustCoefficient: positive.default(0.001),
    epsilon: positive.default(1e-8),
    trustClip,
  },
  lamb: {
    ...shared("lamb", 0.01),
    ...betas(),
    epsilon: positive.default(1e-6),
    largestNorm: positive.default(1),
    trustClip,
  },
  lion: { ...shared("lion"), ...betas(0.99), beta2: fraction.gt(0).default(0.99) },
} as const satisfies Record<OptimizerName, z.core.$ZodLooseShape>;

type KeyOfAny<T> = T extends unknown ? keyof T : never;
export type OptimizerField = KeyOfAny<(typeof optimizerShapes)[OptimizerName]>;

/** What an optimizer needs of a configuration; the rest of it does no harm. */
export interface OptimizerChoice {
  readonly optimizer: OptimizerName;
  readonly decayWeightsOnly: boolean;
  /** `pattern=factor`, as the schema has it. */
  readonly parameterRates: readonly string[];
}

/** The optimizer that a configuration asks for, with its groups of the model's parameters. Throws `UsageError` as `withGroups`. */
export function optimizerOf(choice: OptimizerChoice, { parameters }: Pick<Model, "parameters">): Optimizer {
  const { make } = optimizers[choice.optimizer];
  const rates = choice.parameterRates.map((text) => {
    const at = text.lastIndexOf("=");
    const rate = decimal(text.slice(at + 1));
    requireBound("learningRate", "--parameter-rate", rate);
    return [text.slice(0, at), rate] as const;
  });
  const { decayWeightsOnly } = choice;
  // The schema has given this optimizer its own options.
  return withGroups(make(choice as never), parameters, { decayWeightsOnly, parameterRates: Object.fromEntries(rates) });
}

const names = Object.keys(optimizers).join(", ");
const above0 = { kind: "number", expects: "a number above 0" } as const;
const atLeast0 = { kind: "number", expects: "a number of at least 0" } as const;
const below1 = { kind: "number", expects: "a number of at least 0 and below 1" } as const;
const yesOrNo = { kind: "boolean", expects: "true or false" } as const;
const scale = { kind: "list", expects: 'a list of texts like "head.*=0.1"' } as const;

// biome-ignore format: a table is read by its columns
export const optimizerFields: Readonly<Record<OptimizerField | "optimizer", FieldSpelling>> = {
  optimizer: { flags: "--optimizer <name>", kind: "text", expects: `one of ${names}`, help: `${names} (default: adamw)` },
  learningRate: { flags: "--learning-rate <x>", ...above0, help: "learning rate (default: 0.01 for sgd, adagrad and rmsprop, 1 for adadelta and lars, 0.002 for nadam, 0.0001 for lion, else 0.001)" },
  weightDecay: { flags: "--weight-decay <x>", ...atLeast0, help: "weight decay (default: 0.01 for adamw and lamb, 0.0001 for lars, else 0)" },
  decayWeightsOnly: { flags: "--decay-weights-only", ...yesOrNo, help: "no weight decay on biases and normalisation: on arrays of one axis" },
  parameterRates: { flags: "--parameter-rate <pattern=x>", ...scale, help: "factor of the learning rate of some parameters, as in head.*=0.1; 0 freezes them; may be repeated (default: 1)" },
  momentum: { flags: "--momentum <x>", ...below1, help: "momentum of sgd, rmsprop and lars (default: 0.9 for lars, else 0)" },
  dampening: { flags: "--dampening <x>", ...below1, help: "share of the gradient kept out of sgd's momentum (default: 0)" },
  nesterov: { flags: "--nesterov", ...yesOrNo, help: "Nesterov's momentum for sgd" },
  beta1: { flags: "--beta1 <x>", ...below1, help: "decay of the mean of adam and its kin, lamb and lion (default: 0.9)" },
  beta2: { flags: "--beta2 <x>", ...below1, help: "decay of the square of the same (default: 0.999, 0.99 for lion)" },
  epsilon: { flags: "--epsilon <x>", ...above0, help: "keeps denominators from 0 (default: 1e-10 for adagrad, 1e-6 for adadelta and lamb, else 1e-8)" },
  amsgrad: { flags: "--amsgrad", ...yesOrNo, help: "adam and adamw divide by the largest square so far" },
  alpha: { flags: "--alpha <x>", ...below1, help: "decay of rmsprop's square (default: 0.99)" },
  centered: { flags: "--centered", ...yesOrNo, help: "rmsprop divides by the standard deviation" },
  rho: { flags: "--rho <x>", ...below1, help: "decay of adadelta's averages (default: 0.9)" },
  initialAccumulator: { flags: "--initial-accumulator <x>", ...atLeast0, help: "where adagrad's sum of squares starts (default: 0)" },
  momentumDecay: { flags: "--momentum-decay <x>", ...above0, help: "how soon nadam's momentum is full (default: 0.004)" },
  trustCoefficient: { flags: "--trust-coefficient <x>", ...above0, help: "share of its norm by which lars moves a parameter (default: 0.001)" },
  trustClip: { flags: "--trust-clip", ...yesOrNo, help: "lars and lamb never take more than the plain step" },
  largestNorm: { flags: "--largest-norm <x>", ...above0, help: "lamb clips gradients to this norm (default: 1)" },
};
