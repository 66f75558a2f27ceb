import type { Interval } from "../types.ts";
import type { SeedsNeeded } from "./seedsNeeded.ts";

/** What a comparison says of the arm. */
export type ComparisonVerdict = "better" | "worse" | "no difference shown" | "too few seeds";

/** The 95 % interval of a difference. An end that is not bounded is null. */
export interface DifferenceInterval {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * An arm against a baseline, both over seeds. Differences are arm − baseline in the unit of the values; "better" is
 * smaller unless the options say otherwise.
 */
export interface Comparison {
  readonly paired: boolean;
  /** Values of the arm and of the baseline, censored ones among them; equal where they are paired. */
  readonly seeds: number;
  readonly baselineSeeds: number;
  /** Trials that gave no value, because they diverged or failed: counted as worse than every other. */
  readonly censored: { readonly arm: number; readonly baseline: number };
  /** What `difference` is of: the mean, and where trials are censored the median of pairs. */
  readonly estimand: "mean" | "median";
  readonly difference: DifferenceInterval;
  /** What the interval of `difference` covers: 0.95, or what a median can reach. */
  readonly level: number;
  readonly method: "t" | "welch" | "order statistics" | null;
  /**
   * The BCa bootstrap interval of the same mean, too narrow for few seeds; null without a mean and where not paired.
   */
  readonly bca: Interval | null;
  /** Of the differences; null where there is no mean. */
  readonly standardDeviation: number | null;
  /** Two-sided p of the randomization test; null where no p ≤ 0.05 is possible. */
  readonly p: number | null;
  readonly test: "sign flip" | "signed ranks" | "permutation" | "rank permutation" | null;
  /** Whether every arrangement was tried. */
  readonly exact: boolean;
  /** The smallest p that so many seeds can give: 2/2ⁿ for n pairs. */
  readonly smallestP: number;
  /** How often the arm is the better one: of a pair of one seed, or of two runs drawn from each where not paired. */
  readonly probabilityOfImprovement: Interval;
  /** For the minimum effect, or without one for the difference seen; null where there is no mean or not paired. */
  readonly seedsNeeded: SeedsNeeded | null;
  /** "better" and "worse" where both say so: 0 is outside the interval, and p ≤ 0.05. */
  readonly verdict: ComparisonVerdict;
  /** Whether p ≤ 0.05 says the same as the interval; null without p. */
  readonly agrees: boolean | null;
}

/** What a comparison must know of its values. */
export interface ComparisonOptions {
  /** True for a loss, false for an accuracy. */
  readonly smallerIsBetter?: boolean;
  /** The smallest difference that matters, in the unit of the values. */
  readonly minimumEffect?: number;
}

/** A value, or null of a trial that diverged or failed. Numbers that are not finite count as null. */
export type TrialValue = number | null;

export const isCensored = (value: TrialValue): value is null => value === null || !Number.isFinite(value);

/** `difference` in which smaller is better, so that a censored value is +∞. */
export const oriented = (value: TrialValue, smallerIsBetter: boolean): number =>
  value === null || !Number.isFinite(value) ? Number.POSITIVE_INFINITY : smallerIsBetter ? value : -value;

/** Arm − baseline of each pair where smaller is better; 0 where both are censored. */
export function pairedDifferences(
  arm: readonly TrialValue[],
  baseline: readonly TrialValue[],
  smallerIsBetter: boolean,
): number[] {
  return arm.map((value, i) => {
    const [a, b] = [oriented(value, smallerIsBetter), oriented(baseline[i]!, smallerIsBetter)];
    return a === b ? 0 : a - b;
  });
}

/** An interval in the unit of the values, of one in which smaller is better; what is not finite becomes null. */
export function inUnit({ value, lower, upper }: Interval, smallerIsBetter: boolean): DifferenceInterval {
  const bounded = (end: number) => (Number.isFinite(end) ? end : null);
  if (smallerIsBetter) return { value: bounded(value), lower: bounded(lower), upper: bounded(upper) };
  return { value: bounded(-value), lower: bounded(-upper), upper: bounded(-lower) };
}

/** What the interval of a difference in which smaller is better and its test say together. */
export function verdictOf({ lower, upper }: Interval, p: number | null): Pick<Comparison, "verdict" | "agrees"> {
  if (p === null) return { verdict: "too few seeds", agrees: null };
  const byInterval = upper < 0 ? "better" : lower > 0 ? "worse" : "no difference shown";
  return {
    verdict: p <= 0.05 ? byInterval : "no difference shown",
    agrees: p <= 0.05 === (byInterval !== "no difference shown"),
  };
}
