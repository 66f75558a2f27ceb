import type { Interval } from "../types.ts";
import { wilsonInterval } from "../wilsonInterval.ts";
import { invert } from "./distributions.ts";

/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * P(d < 0) + ½P(d = 0) for the difference d of a pair, with Wilson's 95 % interval: how often the first arm is the
 * smaller of a pair. Infinite differences count by their sign.
 */
export function pairedProbability(differences: readonly number[]): Interval {
  return wilsonInterval(countBelow(differences, 0), differences.length);
}

/**
 * P(A < B) + ½P(A = B) for independent draws of two arms, U/(nm) of Mann & Whitney 1947: the probability of improvement
 * of rliable (Agarwal et al. 2021, arXiv:2108.13264). 95 % interval by method 5 of Newcombe 2006 (Statistics in
 * Medicine 25), whose ends stay inside [0, 1] and do not shrink to nothing where one arm always wins.
 */
export function unpairedProbability(a: readonly number[], b: readonly number[]): Interval {
  const pairs = a.length * b.length;
  const value = b.reduce((sum, against) => sum + countBelow(a, against), 0) / pairs;
  const extra = (a.length + b.length) / 2 - 1;
  const variance = (theta: number) =>
    (theta * (1 - theta) * (1 + extra * ((1 - theta) / (2 - theta) + theta / (1 + theta)))) / pairs;
  /** How many standard errors the estimate is below θ. */
  const below = (theta: number) => (theta - value) / Math.sqrt(variance(theta));
  return {
    value,
    lower: value === 0 ? 0 : invert(below, -Z, 0, value),
    upper: value === 1 ? 1 : invert(below, Z, value, 1),
  };
}

function countBelow(values: readonly number[], limit: number): number {
  return values.reduce((sum, value) => sum + (value < limit ? 1 : value === limit ? 0.5 : 0), 0);
}
