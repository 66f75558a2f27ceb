import { z } from "zod";
import { count, number } from "./records.ts";
import { verdict } from "./verdictRecord.ts";

const batches = { smallest: count, largest: count };

/** The answers of trainings at several batch sizes and learning rates. */
export const rateExponentVerdicts = [
  /**
   * α of a rate that follows the batch as B^α, with its interval of 95 %. `bends`: one power does not fit all batches;
   * then the exponents between the two smallest and between the two largest.
   */
  verdict("rateExponent", {
    ...{ exponent: number, lower: number, upper: number, ...batches, seeds: count },
    bends: z.object({ first: number, last: number }).nullable(),
  }),
  /** Of too few batches the best rate is known; `batchSize` is the first without one, and why. */
  verdict("rateExponentUnresolved", {
    ...{ batchSize: count, known: count, batches: count, seeds: count },
    state: z.enum(["smallest", "largest", "flat"]),
    rates: count,
  }),
  /** Trainings are missing. */
  verdict("rateExponentUnfinished", { ended: count, trials: count, failed: count }),
] as const;

/** What each is about. */
export const rateExponentTopics = {
  rateExponent: "learningRate",
  rateExponentUnresolved: "learningRate",
  rateExponentUnfinished: "learningRate",
} as const;
