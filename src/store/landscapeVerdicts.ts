import { z } from "zod";
import { count, number } from "./records.ts";
import { verdict } from "./verdictRecord.ts";

/** The answer of `landscape`. A part that was not measured is null. */
export const landscapeVerdicts = [
  verdict("landscape", {
    place: z
      .object({
        kind: z.enum(["minimum", "maximum", "saddle", "degenerate", "not critical", "undecided"]),
        /** Eigenvalues that are surely negative, of all; at least, unless exact. */
        index: count,
        of: count,
        exact: z.boolean(),
        /** The gradient's norm as a share of the largest of the training. */
        gradientShare: number.nullable(),
      })
      .nullable(),
    /** `share`: how far ASAM's neighbourhood raises the loss, of what training has lowered it; null where unknown. */
    flatness: z
      .object({ kind: z.enum(["flat", "between", "sharp", "unknown"]), rise: number, share: number.nullable() })
      .nullable(),
    /** The next update against the critical rate along it. */
    update: z
      .object({
        kind: z.enum(["found", "ascent", "flat", "still"]),
        learningRate: number,
        criticalRate: number.nullable(),
        stable: z.boolean(),
      })
      .nullable(),
    /** Without any of the three: the largest eigenvalue or the trace, or that only a slice was drawn. */
    trace: number.nullable(),
  }),
] as const;

/** What it is about. */
export const landscapeTopics = { landscape: "landscape" } as const;
