import { z } from "zod";
import { count, number, text } from "./records.ts";

const difference = z.object({ arm: text, value: number, lower: number.nullable(), upper: number.nullable() });
const differences = z.array(difference);
const times = z.array(difference.extend({ value: number.nullable() }));

function verdict<const Kind extends string, Evidence extends z.ZodRawShape>(kind: Kind, evidence: Evidence) {
  return z.object({ kind: z.literal(kind), ...evidence });
}

/** The answers of a comparison of arms. */
export const comparisonVerdicts = [
  /** Differences of the final validation loss to the baseline's: shown to be below 0, above, or neither. */
  verdict("armsCompared", { baseline: text, seeds: count, better: differences, worse: differences, open: differences }),
  /**
   * Differences of the seconds of training to a validation loss; `value` is null where an arm mostly does not reach it.
   */
  verdict("targetCompared", { target: number, baseline: text, seeds: count, better: times, worse: times, open: times }),
  /** `fastest`: the arm that reached it most often, and of those in least time; null where none did. */
  verdict("targetUntested", { target: number, fastest: text.nullable(), seeds: count, enough: count }),
  /** With so few seeds nothing can be shown; `enough` allow a test at 5 %. */
  verdict("armsUntested", { lowest: text, seeds: count, enough: count }),
  /** Trials are missing, so that nothing is said yet. */
  verdict("armsUnfinished", { ended: count, trials: count, failed: count }),
] as const;
