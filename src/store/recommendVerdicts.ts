import { z } from "zod";
import { count, number } from "./records.ts";
import { interval } from "./statisticRecords.ts";
import { verdict } from "./verdictRecord.ts";

const goal = z.enum(["time", "examples", "updates"]);

/** The answers of pilots of several batches and rates. */
export const recommendVerdicts = [
  /** `saving`: share of the goal against the present setting, to the same loss. `complete`: all pilots were made. */
  verdict("settingAdvised", {
    batchSize: count,
    accumulationSteps: count,
    devices: count,
    effectiveBatchSize: count,
    learningRate: number,
    beta2: number.nullable(),
    goal,
    saving: interval,
    isPresent: z.boolean(),
    complete: z.boolean(),
  }),
  /**
   * `saves`: share of the time that the advice saves against the best setting without accumulation, where it
   * accumulates. `memoryBinds`: no larger micro-batch fits.
   */
  verdict("accumulationAdvised", {
    accumulate: z.boolean(),
    savesNothing: z.boolean(),
    goal,
    batchSize: count,
    accumulationSteps: count,
    memoryBinds: z.boolean(),
    devices: count,
    saves: number.nullable(),
  }),
  /** Pilots of `updates` are shorter than the training of `of`. `near`: a few updates lead to the target. */
  verdict("pilotsShort", { updates: count, of: count, near: z.boolean() }),
  /** By what a run knows, without pilots; all batches between the ends may be as good. */
  verdict("settingExpected", {
    effectiveBatchSize: count,
    lower: count,
    upper: count,
    learningRate: number,
    rateLower: number,
    rateUpper: number,
    goal,
    isPresent: z.boolean(),
  }),
] as const;

/** What each is about. */
export const recommendTopics = {
  settingAdvised: "batch",
  settingExpected: "batch",
  accumulationAdvised: "accumulation",
  pilotsShort: "doubt",
} as const;
