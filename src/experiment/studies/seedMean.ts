import { tInterval } from "../../statistics/comparison/meanIntervals.ts";

/** A mean over seeds with its 95 % interval by Student's t; without one for a single seed. */
export interface SeedMean {
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Of the numbers that there are. */
export function seedMean(given: readonly (number | null)[]): SeedMean {
  const values = given.filter((value): value is number => value !== null && Number.isFinite(value));
  if (values.length === 0) return { value: Number.NaN, lower: null, upper: null };
  if (values.length === 1) return { value: values[0]!, lower: null, upper: null };
  const { value, lower, upper } = tInterval(values);
  return { value, lower, upper };
}

/** The interval cut at what the quantity can be, where Student's t reaches beyond. */
export function within(least: number, most: number, { value, lower, upper }: SeedMean): SeedMean {
  return {
    value,
    lower: lower === null ? null : Math.max(least, lower),
    upper: upper === null ? null : Math.min(most, upper),
  };
}

/** The interval of a loss, which is at least 0 by every `loss` but that which a model gives itself. */
export function cutLoss(mean: SeedMean, loss: unknown): SeedMean {
  return loss === "none" ? mean : within(0, Number.POSITIVE_INFINITY, mean);
}

/** As `seedMean`, of losses. */
export const lossMean = (values: readonly (number | null)[], loss: unknown) => cutLoss(seedMean(values), loss);
