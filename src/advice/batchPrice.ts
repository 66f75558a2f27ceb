import type { NoiseScale } from "../statistics/types.ts";
import type { BatchPrice } from "../store/batchVerdicts.ts";

/** Fewer updates than this at the same examples are too few to give any away: optimizers need as many to settle. */
export const LEAST_UPDATES = 100;

/** How long a run went, in updates, and how long it was asked to go: in epochs, or in steps. */
export interface RunLength {
  /** Null where nothing was evaluated. */
  readonly updates: number | null;
  readonly unit: "epochs" | "steps";
  readonly asked: number;
}

/**
 * What batches of `to` examples instead of `from` save and cost on the way to the same loss. Updates go as 1 + N/B, so
 * that (1 + N/from) / (1 + N/to) times fewer are needed, of to/from times the examples each (McCandlish et al. 2018,
 * eq. 2.7 and 2.11). Ends of the interval of the noise scale N give those of both; null is no limit.
 */
export function batchPrice(from: number, to: number, noiseScale: NoiseScale, length: RunLength): BatchPrice {
  const fewer = (scale: number) => (Number.isFinite(scale) ? (1 + scale / from) / (1 + scale / to) : to / from);
  const more = (scale: number) => to / from / fewer(scale);
  const { lower, upper, value, resolved } = noiseScale;
  const known = resolved ? value : lower;
  const { updates, unit, asked } = length;
  return {
    batchSize: to,
    fewerUpdates: { lower: fewer(lower), upper: fewer(upper) },
    moreExamples: { lower: more(upper), upper: more(lower) },
    updatesMade: updates,
    longer: { unit, more: Math.ceil(unit === "epochs" ? asked * more(known) : asked / fewer(known)) },
  };
}
