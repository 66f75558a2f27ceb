import { z } from "zod";
import { count, number, text } from "./records.ts";
import { verdict } from "./verdictRecord.ts";

/** A batch size in examples; an end that nothing bounds is null, and so is a value outside of the batches tried. */
const batch = { value: number.nullable(), lower: number.nullable(), upper: number.nullable() };

/** The answers of branches of several batch sizes. */
export const criticalBatchVerdicts = [
  /**
   * The largest batch that needs at most `overhead` more examples than `smallest`, of those up to `largest`. `before`:
   * at the first checkpoint, where there are several; `change` says whether their intervals lie apart.
   */
  verdict("criticalBatch", {
    ...batch,
    step: count,
    overhead: number,
    smallest: count,
    largest: count,
    seeds: count,
    before: z.object({ ...batch, step: count }).nullable(),
    change: z.enum(["grows", "shrinks", "open"]).nullable(),
  }),
  /** The smallest batch made no progress that shows, so that none can be lost. */
  verdict("criticalBatchNoProgress", { step: count, smallest: count, examples: count, seeds: count }),
  /** From trainings to a target in several batch sizes, each with its own rate. */
  verdict("paretoCriticalBatch", { ...batch, target: number, smallest: count, largest: count, seeds: count }),
  /** They lie farther from the hyperbola than seeds explain, with the probability `p`. */
  verdict("paretoUnfit", { target: number, p: number, schedule: text, batches: count, seeds: count }),
  /** Too few of them reach the target with every seed (`reaches`), or none bounds the critical batch. */
  verdict("paretoUnknown", { target: number, reaches: count, batches: count }),
  /** Branches are missing. */
  verdict("criticalBatchUnfinished", { ended: count, trials: count, failed: count }),
] as const;

/** What each is about. */
export const criticalBatchTopics = {
  criticalBatch: "batch",
  criticalBatchNoProgress: "batch",
  criticalBatchUnfinished: "batch",
} as const;
