import {
  type OptimizerEntry,
  type OptimizerName,
  type OptimizerOption,
  optimizers,
} from "../../optimizer/optimizers.ts";
import { above0, below1, from0, type OptionRow, oneOf, preset, rowsOf, yesOrNo, type Zod } from "./option.ts";
import { defaultsInWords, listed } from "./words.ts";

export const optimizerNames = Object.keys(optimizers) as [OptimizerName, ...OptimizerName[]];
const table: Readonly<Record<OptimizerName, OptimizerEntry>> = optimizers;

const rates = {
  schema: (z: Zod) => z.array(z.string().regex(/^.+=(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i)),
  kind: "list",
  expects: 'a list of texts like "head.*=0.1"',
} as const;

/** The optimizers that have an option which not all have. */
export function optimizersWith(option: string): OptimizerName[] {
  return optimizerNames.filter((name) => Object.hasOwn(table[name].options, option));
}

/** The same in words. */
function owners(option: OptimizerOption): string {
  return listed(optimizersWith(option), "and");
}

/** The defaults of an option, in words. */
function defaultsOf(option: OptimizerOption | "learningRate" | "weightDecay"): string {
  const defaults = optimizerNames.flatMap((name) => {
    const { learningRate, weightDecay = 0, options } = table[name];
    const values: OptimizerEntry["options"] = { learningRate, weightDecay, ...options };
    const value = values[option];
    return value === undefined ? [] : [[name, value] as const];
  });
  return defaultsInWords(defaults, "for");
}

/** The options of optimizers. What each has, and its defaults, stand in the table of optimizers. */
// biome-ignore format: a table is read by its columns
export const optimizerFields = rowsOf({ heading: "Optimizer options:" }, {
  optimizer: { flags: "--optimizer <name>", ...oneOf(optimizerNames), help: `${optimizerNames.join(", ")} (default: adamw)` },
  learningRate: { flags: "--learning-rate <x>", ...above0, study: false, copy: false, help: `learning rate (default: ${defaultsOf("learningRate")})` },
  weightDecay: { flags: "--weight-decay <x>", ...from0, help: `weight decay (default: ${defaultsOf("weightDecay")})` },
  decayWeightsOnly: { flags: "--decay-weights-only", ...preset(yesOrNo, false), help: "no weight decay on biases and normalisation: on arrays of one axis" },
  parameterRates: { flags: "--parameter-rate <pattern=x>", ...preset(rates, []), aliases: ["parameterRate"], help: "factor of the learning rate of some parameters, as in head.*=0.1; 0 freezes them; may be repeated (default: 1)" },
  momentum: { flags: "--momentum <x>", ...below1, help: `momentum of ${owners("momentum")} (default: ${defaultsOf("momentum")})` },
  dampening: { flags: "--dampening <x>", ...below1, help: `share of the gradient kept out of ${owners("dampening")}'s momentum (default: ${defaultsOf("dampening")})` },
  nesterov: { flags: "--nesterov", ...yesOrNo, help: `Nesterov's momentum for ${owners("nesterov")}` },
  beta1: { flags: "--beta1 <x>", ...below1, help: `decay of the mean gradient of ${owners("beta1")} (default: ${defaultsOf("beta1")})` },
  beta2: { flags: "--beta2 <x>", ...below1, help: `decay of the mean squared gradient of the same optimizers (default: ${defaultsOf("beta2")})` },
  epsilon: { flags: "--epsilon <x>", ...above0, help: `keeps denominators from 0 (default: ${defaultsOf("epsilon")})` },
  amsgrad: { flags: "--amsgrad", ...yesOrNo, help: `${owners("amsgrad")} divide by the largest square so far` },
  alpha: { flags: "--alpha <x>", ...below1, help: `decay of ${owners("alpha")}'s square (default: ${defaultsOf("alpha")})` },
  centered: { flags: "--centered", ...yesOrNo, help: `${owners("centered")} divides by the standard deviation` },
  rho: { flags: "--rho <x>", ...below1, help: `decay of ${owners("rho")}'s averages (default: ${defaultsOf("rho")})` },
  initialAccumulator: { flags: "--initial-accumulator <x>", ...from0, help: `where ${owners("initialAccumulator")}'s sum of squares starts (default: ${defaultsOf("initialAccumulator")})` },
  momentumDecay: { flags: "--momentum-decay <x>", ...above0, help: `how soon ${owners("momentumDecay")}'s momentum is full (default: ${defaultsOf("momentumDecay")})` },
  trustCoefficient: { flags: "--trust-coefficient <x>", ...above0, help: `share of its norm by which ${owners("trustCoefficient")} moves a parameter (default: ${defaultsOf("trustCoefficient")})` },
  trustClip: { flags: "--trust-clip", ...yesOrNo, help: `${owners("trustClip")} never take more than the plain step` },
  largestNorm: { flags: "--largest-norm <x>", ...above0, help: `${owners("largestNorm")} clips gradients to this norm (default: ${defaultsOf("largestNorm")})` },
}) satisfies Record<OptimizerOption, OptionRow>;

type OfAll = "learningRate" | "weightDecay" | "decayWeightsOnly" | "parameterRates";
export type OptimizerField = OptimizerOption | OfAll;

/** The fields that belong to single optimizers: choosing another makes them void. */
export const optimizerOwnFields: readonly string[] = [
  ...new Set(optimizerNames.flatMap((name) => Object.keys(table[name].options))),
].filter((option) => optimizersWith(option).length < optimizerNames.length);
