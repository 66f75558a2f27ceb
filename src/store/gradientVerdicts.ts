import { z } from "zod";
import { count, number } from "./records.ts";
import { noiseScale } from "./statisticRecords.ts";
import { verdict } from "./verdictRecord.ts";

const scaled = { batchSize: number, noiseScale };

/** The answers on gradients that another program saved: of their batch, then of the data. Sizes are in examples. */
export const gradientVerdict = z.discriminatedUnion("kind", [
  /** `gainOfDoubling`: times the progress of an update on twice the batch; at least so, where only a limit is known. */
  verdict("gradientsBelow", { ...scaled, gainOfDoubling: number }),
  verdict("gradientsAbout", scaled),
  verdict("gradientsAbove", scaled),
  /** Above the lower end of a noise scale that nothing bounds from above. */
  verdict("gradientsOpen", scaled),
  /** The whole interval of |G|² lies at or below zero. */
  verdict("gradientsLost", { rows: count }),
  /** As a block, beyond chance. */
  verdict("gradientsOpposed", { found: count, batches: count, cosine: number, p: number }),
  /** More negative cosines than chance gives. */
  verdict("gradientPairsOpposed", { share: number, limit: number }),
  verdict("gradientsAgree", { batches: count }),
]);

export type GradientVerdict = z.infer<typeof gradientVerdict>;

export const gradientTopics = {
  gradientsBelow: "batch",
  gradientsAbout: "batch",
  gradientsAbove: "batch",
  gradientsOpen: "batch",
  gradientsLost: "batch",
  gradientsOpposed: "data",
  gradientPairsOpposed: "data",
  gradientsAgree: "data",
} as const;
