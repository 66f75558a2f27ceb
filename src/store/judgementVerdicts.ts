import { z } from "zod";
import { count, number, text } from "./records.ts";
import { judgeMetrics } from "./studies/study.ts";

/** `value` is null where so many trials diverged that no number says how far apart the sides are. */
const difference = { value: number.nullable(), lower: number.nullable(), upper: number.nullable() };
const of = { arm: text, baseline: text, metric: z.enum(judgeMetrics) };

function verdict<const Kind extends string, Evidence extends z.ZodRawShape>(kind: Kind, evidence: Evidence) {
  return z.object({ kind: z.literal(kind), ...evidence });
}

/** The answers of a judgement. Differences are of the arm minus the baseline, their intervals hold at any look. */
export const judgementVerdicts = [
  verdict("judged", { ...of, ...difference, isBetter: z.boolean(), seeds: count }),
  /** No difference as large as the minimum effect. */
  verdict("judgedAlike", { ...of, ...difference, minimumEffect: number, seeds: count }),
  /** `looked`: seeds of the last look, 0 before the first. `moreSeeds`: that likely tell; null where nobody can say. */
  verdict("judgedOpen", {
    ...of,
    ...difference,
    looked: count,
    complete: count,
    mostSeeds: count,
    moreSeeds: count.nullable(),
  }),
  /** An arm against itself with other seeds: whether a difference was said. */
  verdict("judgedItself", { arm: text, metric: z.enum(judgeMetrics), ...difference, said: z.boolean(), seeds: count }),
] as const;
