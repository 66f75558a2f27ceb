import type { CommandUnknownOpts as Command } from "@commander-js/extra-typings";
import { decimal } from "../session/numbers.ts";
import type { Bound } from "../session/options/bounds.ts";
import { counted, mebibytes, real, requireBound, requireThreads } from "../session/options/bounds.ts";
import { type TrainField, trainAliases, trainFields } from "../session/options/options.ts";
import { UsageError } from "../tensor/errors.ts";

/** Of the options that `train` does not have. */
const ofCommands: Readonly<Record<string, Bound>> = {
  maximum: counted,
  memoryBudget: mebibytes,
  from: real,
  to: real,
  rows: { most: 2 ** 15, why: "their inner products take 8 GiB" },
  sketch: { most: 2 ** 24, why: "numbers of one row" },
  perplexity: { most: 2 ** 15, why: "neighbours of a row" },
  datasetSize: { most: Number.MAX_SAFE_INTEGER, why: "what a number counts exactly" },
  folds: { most: 1000, why: "each a model to train" },
  rates: { most: 100_000, why: "each an update" },
  repeats: { most: 1000, why: "each a training" },
  trashDays: { most: 36_525, why: "a century" },
  updates: { most: 100_000, why: "of one trial" },
};

/** The largest number that an option of any command takes; undefined for one that takes none. */
export function boundOf(name: string): Bound | undefined {
  if (Object.hasOwn(ofCommands, name)) return ofCommands[name];
  return Object.hasOwn(trainFields, name) ? trainFields[name as TrainField].bound : undefined;
}

/**
 * Looks at every number that the options of a command were given, before the command does anything. What is no number is left to the
 * command. Throws as `requireBound`.
 */
export function requireBounds(command: Command): void {
  for (const option of command.options) {
    const given: unknown = command.getOptionValue(option.attributeName());
    const name = trainAliases[option.attributeName()] ?? option.attributeName();
    const bound = boundOf(name);
    if (typeof given !== "string" || bound === undefined) continue;
    for (const value of given.split(",").map(decimal)) {
      requireBound(bound, option.long!, value);
      if (name === "threads") requireThreads(option.long!, value);
    }
  }
}

/** Throws `UsageError` for an option of a command that names a file or a folder and was given nothing, which would be as if left out. */
export function requirePaths(command: Command): void {
  for (const option of command.options) {
    const [, kind] = /<(file|folder|path)>$/.exec(option.flags) ?? [];
    const given: unknown = command.getOptionValue(option.attributeName());
    if (kind !== undefined && typeof given === "string" && given.trim() === "")
      throw new UsageError(
        `${option.long}: expected a ${kind}, got ${JSON.stringify(given)}; name it, or leave it out`,
      );
  }
}
