import { z } from "zod";
import { count, number, text } from "./records.ts";
import { verdict } from "./verdictRecord.ts";

/**
 * `value` is null where so many trials diverged, or did not get there, that no number says how far apart they are;
 * `moreSeeds` are those that would show a difference of this size.
 */
const differences = z.array(
  z.object({
    arm: text,
    value: number.nullable(),
    lower: number.nullable(),
    upper: number.nullable(),
    moreSeeds: count.nullable(),
  }),
);

/** The answers of a comparison of arms. */
export const comparisonVerdicts = [
  /** Differences of the final validation loss to the baseline's: shown to be below 0, above, or neither. */
  verdict("armsCompared", { baseline: text, seeds: count, better: differences, worse: differences, open: differences }),
  /** Differences of the seconds of training to a validation loss. */
  verdict("targetCompared", {
    target: number,
    baseline: text,
    seeds: count,
    better: differences,
    worse: differences,
    open: differences,
  }),
  /** `fastest`: the arm that reached it most often, and of those in least time; null where none did. */
  verdict("targetUntested", {
    target: number,
    fastest: text.nullable(),
    seeds: count,
    comparisons: count,
    enough: count,
  }),
  /** With so few seeds nothing can be shown of so many comparisons; `enough` allow a test at 5 %. */
  verdict("armsUntested", { lowest: text, seeds: count, comparisons: count, enough: count }),
  /** Trials are missing, so that nothing is said yet. */
  verdict("armsUnfinished", { ended: count, trials: count, failed: count }),
] as const;
