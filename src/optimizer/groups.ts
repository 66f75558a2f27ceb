import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/tensor.ts";
import type { Optimizer, ParameterGroup } from "./optimizer.ts";
import { requireNotNegative } from "./options.ts";

/** How parameters are told apart by their names: which decay, and at which share of the learning rate each learns. */
export interface GroupRules {
  /**
   * Weight decay only on parameters of two axes or more: none on biases, normalisation and other scales. LARS and LAMB
   * then leave these at the plain step too, as their authors do. Default false.
   */
  readonly decayWeightsOnly?: boolean;
  /**
   * Factors of the learning rate by the parameters' names, where `*` stands for any characters; the last pattern that
   * fits counts. 0 freezes.
   */
  readonly parameterRates?: Readonly<Record<string, number>>;
}

/**
 * The optimizer with a group for each parameter of the model, by rules. Throws `UsageError` for a factor below 0 and
 * for a pattern that no parameter fits.
 */
export function withGroups(
  optimizer: Optimizer,
  parameters: readonly { readonly name: string; readonly initial: { readonly shape: Shape } }[],
  rules: GroupRules,
): Optimizer {
  requireArguments(
    "withGroups",
    { optimizer, parameters, rules },
    { optimizer: is.optimizer, parameters: is.list, rules: is.object },
  );
  const { decayWeightsOnly = false, parameterRates = {} } = rules;
  requireNotNegative("parameter rate", parameterRates);
  const scales = Object.entries(parameterRates).map(([text, scale]) => ({ text, scale, pattern: patternOf(text) }));
  const lost = scales.find(({ pattern }) => !parameters.some(({ name }) => pattern.test(name)));
  if (lost) {
    const names = parameters.map(({ name }) => name);
    const some = names.length > 6 ? `${names.slice(0, 6).join(", ")}, …` : names.join(", ");
    throw new UsageError(
      `parameter rate: expected a pattern that fits a parameter, got "${lost.text}"; the parameters are ${some}`,
    );
  }
  const groupOf = ({ name, shape }: { name: string; shape: Shape }): ParameterGroup => ({
    decays: !decayWeightsOnly || shape.length > 1,
    learningRateScale: scales.findLast(({ pattern }) => pattern.test(name))?.scale ?? 1,
  });
  return decayWeightsOnly || scales.length > 0 ? { ...optimizer, groupOf } : optimizer;
}

function patternOf(text: string): RegExp {
  const literal = text.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "s");
}
