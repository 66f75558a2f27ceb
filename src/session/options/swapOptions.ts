import { option } from "../../tensor/errors.ts";
import { copies, examples } from "./bounds.ts";
import { above0, count, oneOf, optional, rowsOf, type Zod } from "./option.ts";

export const swapSchedules = ["constant", "linear", "cosine"] as const;

const workers = {
  ...count,
  schema: (z: Zod) => z.int().min(2),
  expects: "a whole number of at least 2",
  bound: copies,
};

/** The copies that SWAP trains where the run itself ends, and averages. */
// biome-ignore format: a table is read by its columns
export const swapFields = rowsOf({ heading: "Weight averaging options:", study: false, copy: false }, {
  swapWorkers: { flags: "--swap-workers <n>", ...optional(workers), help: "after the run, train so many copies from where it ended, each in an order of its own, and average their weights (SWAP) (default: none)" },
  swapEpochs: { flags: "--swap-epochs <n>", ...optional(count), help: `epochs of each copy; must be given with ${option("swapWorkers")}` },
  swapBatchSize: { flags: "--swap-batch-size <n>", ...optional({ ...count, bound: examples }), help: `examples of an update of a copy (default: ${option("batchSize")}, without accumulation)` },
  swapLearningRate: { flags: "--swap-learning-rate <x>", ...optional(above0), help: "learning rate of the copies (default: that of the run)" },
  swapSchedule: { flags: "--swap-schedule <name>", ...optional(oneOf(swapSchedules)), help: `schedule of the copies: ${swapSchedules.join(", ")} (default: constant)` },
});

export type SwapField = keyof typeof swapFields;
