import { decimal } from "../session/numbers.ts";
import type { NumberBound } from "../session/options/bounds.ts";
import {
  counted,
  examples,
  mebibytes,
  real,
  requireBound,
  requireThreads,
  seeds,
  share,
} from "../session/options/bounds.ts";
import { type TrainField, trainAliases, trainFields } from "../session/options/options.ts";
import { UsageError } from "../tensor/errors.ts";
import type { CommandUnknownOpts as Command } from "./commander.ts";

/** Of the options that `train` does not have. */
const ofCommands: Readonly<Record<string, NumberBound>> = {
  maximum: counted,
  batchSizes: examples,
  devices: counted,
  secondsPerSync: real,
  seconds: real,
  targetLoss: real,
  microBatch: examples,
  learningRates: real,
  mostRates: { most: 1000, why: "each a training" },
  rounds: { most: 1000, why: "each a process for every size" },
  factors: { most: 100_000, why: "each a training" },
  examples,
  limit: counted,
  memoryBudget: mebibytes,
  from: real,
  to: real,
  points: { most: 1000, why: "squared, on a plane" },
  top: { most: 100, why: "each two vectors of all parameters" },
  rows: { most: 2 ** 15, why: "their inner products take 8 GiB" },
  sketch: { most: 2 ** 24, why: "numbers of one row" },
  perplexity: { most: 2 ** 15, why: "neighbours of a row" },
  datasetSize: { most: Number.MAX_SAFE_INTEGER, why: "what a number counts exactly" },
  folds: { most: 1000, why: "each a model to train" },
  rates: { most: 100_000, why: "each an update" },
  repeats: { most: 1000, why: "each a training" },
  trashDays: { most: 36_525, why: "a century" },
  seeds,
  jobs: { most: 1000, why: "each a process" },
  tuneSeeds: { most: 1000, why: "each a training" },
  retries: { most: 1000, why: "each a training" },
  lostAfter: { most: 86_400, why: "a day" },
  minimumEffect: real,
  mostSeeds: { most: 1000, why: "each a training of both" },
  confirmationShare: share,
  trials: { most: 100_000, why: "each a training" },
  sweepSeed: seeds,
  reduction: { most: 1000, why: "one of so many goes on" },
};

/** The largest number that an option of any command takes; undefined for one that takes none. */
export function boundOf(name: string): NumberBound | undefined {
  if (Object.hasOwn(ofCommands, name)) return ofCommands[name];
  return Object.hasOwn(trainFields, name) ? trainFields[name as TrainField].bound : undefined;
}

/**
 * Looks at every number that the options of a command were given, before the command does anything. What is no number
 * is left to the command. Throws as `requireBound`.
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

/**
 * Throws `UsageError` for an option of a command that was given nothing, or blanks, where it takes a value: to many
 * that would be as if left out. A text may be nothing, as a description.
 */
export function requireValues(command: Command): void {
  for (const option of command.options) {
    const [, kind] = /<(.+)>$/.exec(option.flags) ?? [];
    if (kind === undefined || kind === "text") continue;
    const given = [command.getOptionValue(option.attributeName())].flat() as unknown[];
    const blank = given.find((value) => typeof value === "string" && value.trim() === "");
    if (blank !== undefined)
      throw new UsageError(
        `${option.long}: expected ${expectedOf(option.attributeName(), kind)}, got ${JSON.stringify(blank)}; change it or leave it out`,
      );
  }
}

const kinds: Readonly<Record<string, string>> = {
  file: "a file",
  folder: "a folder",
  path: "a path",
  run: "a run",
  "key=value": "a key=value",
};

function expectedOf(name: string, kind: string): string {
  if (Object.hasOwn(kinds, kind)) return kinds[kind]!;
  const field = trainAliases[name] ?? name;
  if (Object.hasOwn(trainFields, field)) return trainFields[field as TrainField].expects;
  return kind.length === 1 ? "a number" : "a value";
}
