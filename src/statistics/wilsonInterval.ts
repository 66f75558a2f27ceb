import type { Interval } from "./types.ts";

/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Share of successes with its 95 % interval after Wilson 1927 (JASA 22:209), which stays inside [0, 1] and keeps its
 * coverage at the ends, where p ± z·√(p(1 − p)/n) shrinks to nothing (Brown, Cai & DasGupta 2001). NaN without trials.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  const p = successes / trials;
  const share = Z ** 2 / trials;
  const centre = (p + share / 2) / (1 + share);
  const half = (Z / (1 + share)) * Math.sqrt((p * (1 - p)) / trials + share / (4 * trials));
  // Rounding alone puts an end just past 0 or 1.
  return { value: p, lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
}
