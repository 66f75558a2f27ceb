/** A number that was measured, with the ends of its interval where they are known. */
export interface Measured {
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** What makes up most of a mini-batch's gradient. */
export type BatchRegime = "noise" | "between" | "signal";

/** Noise or signal rules where it is more than so many times the other. */
export const CLEAR = 4;

/**
 * Which part rules in the mean gradient of `batchSize` examples: its noise has noise scale/B times the square of its
 * signal (McCandlish et al. 2018, arXiv:1812.06162, §2). Said only where the whole interval of the noise scale says so;
 * an end that is not known is the value. `ratio` is B over the noise scale, which is 0 to `upper` where the noise scale
 * has no upper end.
 */
export function batchRegime(
  batchSize: number,
  { value, lower, upper }: Measured,
): { readonly regime: BatchRegime; readonly ratio: Measured } {
  const [least, most] = [lower ?? value, upper ?? value];
  const regime = batchSize * CLEAR < least ? "noise" : batchSize > CLEAR * most ? "signal" : "between";
  const over = (scale: number | null) => (scale === null ? null : batchSize / scale);
  return { regime, ratio: { value: batchSize / value, lower: over(upper), upper: over(lower) } };
}
