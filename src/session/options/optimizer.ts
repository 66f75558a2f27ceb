import type { Model } from "../../model/model.ts";
import { withGroups } from "../../optimizer/groups.ts";
import type { Optimizer } from "../../optimizer/optimizer.ts";
import { type OptimizerEntry, type OptimizerName, optimizers } from "../../optimizer/optimizers.ts";
import { option } from "../../tensor/errors.ts";
import { decimal } from "../numbers.ts";
import { real, requireBound } from "./bounds.ts";

/** What an optimizer needs of a configuration, beside its own options. */
export interface OptimizerChoice {
  readonly optimizer: OptimizerName;
  readonly decayWeightsOnly: boolean;
  /** `pattern=factor`, as the schema has it. */
  readonly parameterRates: readonly string[];
}

/**
 * The optimizer that a configuration asks for, with its groups of the model's parameters. Throws `UsageError` as
 * `withGroups`.
 */
export async function optimizerOf(
  choice: OptimizerChoice,
  { parameters }: Pick<Model, "parameters">,
): Promise<Optimizer> {
  const { load, options }: OptimizerEntry = optimizers[choice.optimizer];
  const make = await load();
  const rates = choice.parameterRates.map((text) => {
    const at = text.lastIndexOf("=");
    const rate = decimal(text.slice(at + 1));
    requireBound(real, option("parameterRates"), rate);
    return [text.slice(0, at), rate] as const;
  });
  const { decayWeightsOnly } = choice;
  const own = ["weightDecay", ...Object.keys(options)] as (keyof typeof choice)[];
  // The schema has given this optimizer its own options.
  const given = Object.fromEntries(own.map((name) => [name, choice[name]]));
  return withGroups(make(given as never), parameters, { decayWeightsOnly, parameterRates: Object.fromEntries(rates) });
}
