import { z } from "zod";
import { UsageError } from "../../tensor/errors.ts";
import { seedOfCopy } from "../../training/swap.ts";
import type { FieldSpelling } from "./fields.ts";
import type { TrainConfiguration } from "./options.ts";
import { scheduleShape } from "./scheduleOptions.ts";

const whole = z.int().min(1);
const swapSchedules = ["constant", "linear", "cosine"] as const;

/** The copies that SWAP trains where the run itself ends, and averages. */
export const swapShape = {
  swapWorkers: z.int().min(2).optional(),
  swapEpochs: whole.optional(),
  swapBatchSize: whole.optional(),
  swapLearningRate: z.number().positive().optional(),
  swapSchedule: z.enum(swapSchedules).optional(),
};

export type SwapField = keyof typeof swapShape;

const count = { kind: "number", expects: "a whole number of at least 1" } as const;

// biome-ignore format: a table is read by its columns
export const swapFields: Readonly<Record<SwapField, FieldSpelling>> = {
  swapWorkers: { flags: "--swap-workers <n>", kind: "number", expects: "a whole number of at least 2", help: "after the run, train so many copies from where it ended, each in an order of its own, and average their weights (SWAP) (default: none)" },
  swapEpochs: { flags: "--swap-epochs <n>", ...count, help: "epochs of each copy; must be given with --swap-workers" },
  swapBatchSize: { flags: "--swap-batch-size <n>", ...count, help: "examples of an update of a copy (default: --batch-size, without accumulation)" },
  swapLearningRate: { flags: "--swap-learning-rate <x>", kind: "number", expects: "a number above 0", help: "learning rate of the copies (default: that of the run)" },
  swapSchedule: { flags: "--swap-schedule <name>", kind: "text", expects: `one of ${swapSchedules.join(", ")}`, help: `schedule of the copies: ${swapSchedules.join(", ")} (default: constant)` },
};

/** What the copies are, in full; undefined where none are asked for. */
export interface SwapPlan {
  readonly workers: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly schedule: (typeof swapSchedules)[number];
}

/** Throws `UsageError` where an option of the copies stands alone, or two averages are asked for. */
export function swapPlan(given: TrainConfiguration): SwapPlan | undefined {
  const { swapWorkers: workers, swapEpochs: epochs, batchSize, learningRate } = given;
  const asked = (Object.keys(swapShape) as SwapField[]).find((name) => given[name] !== undefined);
  if (workers === undefined) {
    if (asked === undefined) return undefined;
    const flag = swapFields[asked].flags.split(" ")[0];
    throw new UsageError(`${flag}: expected --swap-workers beside it, got none; pass it or leave ${flag} out`);
  }
  if (epochs === undefined)
    throw new UsageError("--swap-workers: expected --swap-epochs beside it, got none; say how long each copy trains");
  if (given.swaStart !== undefined)
    throw new UsageError("--swap-workers: expected one average of weights, got --swa-start too; leave one of them out");
  return {
    workers,
    epochs,
    batchSize: given.swapBatchSize ?? batchSize,
    learningRate: given.swapLearningRate ?? learningRate,
    schedule: given.swapSchedule ?? "constant",
  };
}

/** What a copy has of its own, or what ends with the run: no bound, no changing window, no other average. */
const ownOfCopy: readonly string[] = [
  ...Object.keys(scheduleShape),
  ...Object.keys(swapShape),
  ...["learningRate", "batchSize", "gradientAccumulationSteps", "targetBatchSize", "enableAutoGradientAccumulation"],
  ...["steps", "evaluateSteps", "patience", "stopAccuracy", "accumulationSchedule", "lrScale", "baseBatchSize"],
  ...["swaStart", "swaPeriod", "checkpointSteps", "keepCheckpoints", "name", "description", "tags"],
  ...["fastDevRun", "json", "progress"],
];

/** The options of `train` for copy `copy`, counted from 1, that starts from the checkpoint `initFrom` and is kept in `dir`. */
export function optionsOfCopy(
  given: TrainConfiguration,
  { epochs, batchSize, learningRate, schedule }: SwapPlan,
  { copy, initFrom, dir }: { readonly copy: number; readonly initFrom: string; readonly dir: string },
): Record<string, unknown> {
  const kept = Object.entries(given).filter(([name, value]) => value !== undefined && !ownOfCopy.includes(name));
  const seed = seedOfCopy(given.seed, copy);
  const own = {
    epochs,
    batchSize,
    learningRate,
    schedule,
    seed,
    initFrom,
    dir,
    name: `copy_${copy}`,
    keepCheckpoints: 1,
  };
  return { ...Object.fromEntries(kept), ...own };
}
