import { z } from "zod";
import type { Interval, NoiseScale, PictureNote } from "../statistics/types.ts";
import { count, number, record, type Schema } from "./records.ts";

/** The schemas of values of `statistics/` that several files hold. */

export const interval = record<Interval>({ value: number, lower: number, upper: number });

export const noiseScale = record<NoiseScale>({
  value: number,
  lower: number,
  upper: number,
  level: number,
  resolved: z.boolean(),
  unit: z.literal("examples"),
});

export const pictureNoteRecord: Schema<PictureNote> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("drawn"), shown: count, rows: count }),
  z.object({ kind: z.literal("fewRows"), rows: count }),
  z.object({ kind: z.literal("perplexityLowered"), wanted: number, perplexity: number, others: count }),
  z.object({ kind: z.literal("undirected"), undirected: count, rows: count }),
]);
