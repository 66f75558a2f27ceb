import { z } from "zod";

/** The schema of one kind of answer, with its evidence. */
export function verdict<const Kind extends string, Evidence extends z.ZodRawShape>(kind: Kind, evidence: Evidence) {
  return z.object({ kind: z.literal(kind), ...evidence });
}
