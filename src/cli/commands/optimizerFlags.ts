import { z } from "zod";
import { type OptimizerName, optimizers } from "../../optimizer/optimizers.ts";
import { readField } from "../../session/configuration.ts";
import type { OptimizerChoice } from "../../session/options/optimizer.ts";
import { type OptimizerField, optimizerFields, optimizersWith } from "../../session/options/optimizerOptions.ts";
import { optimizerShapes } from "../../session/options/schema.ts";
import { UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";

/**
 * The options of `declareOptimizerOptions` as commander gives them: text, true for a flag, a list for one that repeats.
 */
export type OptimizerTexts = { readonly [Field in OptimizerField | "optimizer" | "parameterRate"]?: unknown };

/**
 * The optimizer that flags ask for, adamw by default. Throws `UsageError`, naming the flag, for what it does not take.
 */
export function readOptimizer(flags: OptimizerTexts): OptimizerChoice {
  const name = flags.optimizer ?? "adamw";
  if (!isOptimizerName(name))
    throw new UsageError(
      `--optimizer: expected ${optimizerFields.optimizer.expects}, got "${name}"${didYouMean(String(name), Object.keys(optimizers)) || "; choose one of them"}`,
    );
  const { parameterRate: parameterRates, ...rest } = flags;
  const fields = Object.entries<unknown>({ ...rest, parameterRates });
  const given = fields.filter(
    ([field, text]) => text !== undefined && Object.hasOwn(optimizerFields, field) && field !== "optimizer",
  );
  const stray = given.find(([field]) => !Object.hasOwn(optimizerShapes[name], field));
  if (stray)
    throw new UsageError(
      `${flagOf(stray[0])}: expected the optimizer ${optimizersWith(stray[0]).join(" or ")}, got ${name}; leave it out`,
    );
  const values = Object.fromEntries(given.map(([field, text]) => [field, readField(field, text)]));
  const result = z.object(optimizerShapes[name] as z.ZodRawShape).safeParse(values);
  if (result.success) return { ...(result.data as unknown as OptimizerChoice), optimizer: name };
  const field = String(result.error.issues[0]!.path[0]) as OptimizerField;
  const text = (rest as Readonly<Record<string, unknown>>)[field] ?? parameterRates;
  throw new UsageError(
    `${flagOf(field)}: expected ${optimizerFields[field].expects}, got "${String(text)}"; change it or leave it out`,
  );
}

function isOptimizerName(name: unknown): name is OptimizerName {
  return typeof name === "string" && Object.hasOwn(optimizers, name);
}

function flagOf(field: string): string {
  return optimizerFields[field as OptimizerField].flags.split(" ")[0]!;
}
