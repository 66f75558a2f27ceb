import { is, requireArguments } from "../../tensor/arguments.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { Interval } from "../types.ts";
import {
  type Comparison,
  type ComparisonOptions,
  inUnit,
  isCensored,
  pairedDifferences,
  type TrialValue,
  verdictOf,
} from "./comparison.ts";
import { bcaInterval, tInterval } from "./meanIntervals.ts";
import { type LevelInterval, medianInterval } from "./medianInterval.ts";
import { pairedProbability } from "./probabilityOfImprovement.ts";
import { deviationOf } from "./sample.ts";
import { seedsNeeded } from "./seedsNeeded.ts";
import { signedRanks, signFlipTest } from "./signFlipTest.ts";

/**
 * Compares an arm with a baseline by the differences of trials that share a seed, and so initial weights and examples.
 *
 *   arm, baseline  [n], the value of each seed in the same order, in any unit; null of a trial that diverged or failed
 *
 * The interval is Student's t of the mean difference: of the methods that docs/comparing.md compares it is the one
 * whose coverage is 95 ± 2 % from 3 seeds on where differences are symmetric, as they are where the arms do not differ.
 * The BCa interval stands beside it. p is that of the exact sign-flip test, null for fewer than 6 seeds, where none can
 * be below 2/2ⁿ > 0.05. Where trials are censored, nothing is averaged: the median of the differences with the interval
 * of the sign test, and p by signed ranks.
 *
 * Throws `UsageError` for no pair, for lists of unequal length and for a minimum effect that is not positive.
 */
export function comparePaired(
  arm: readonly TrialValue[],
  baseline: readonly TrialValue[],
  options: ComparisonOptions = {},
): Comparison {
  requireArguments("comparePaired", { arm, baseline }, { arm: is.list, baseline: is.list });
  const { smallerIsBetter = true, minimumEffect } = options;
  if (arm.length === 0 || arm.length !== baseline.length)
    throw new UsageError(
      `comparePaired: expected as many values of the arm as of the baseline, got ${arm.length} and ${baseline.length}; give both for every seed`,
    );
  assertEffect("comparePaired", minimumEffect);
  const differences = pairedDifferences(arm, baseline, smallerIsBetter);
  const censored = { arm: arm.filter(isCensored).length, baseline: baseline.filter(isCensored).length };
  const ranked = censored.arm + censored.baseline > 0;
  const interval = ranked ? medianInterval(differences) : meanInterval(differences);
  const test = signFlipTest(ranked ? signedRanks(differences) : differences);
  const p = test.smallest > 0.05 ? null : test.p;
  const spread = ranked || differences.length < 2 ? null : deviationOf(differences);
  const bounds = inUnit(interval, smallerIsBetter);
  return {
    paired: true,
    seeds: arm.length,
    baselineSeeds: arm.length,
    censored,
    estimand: ranked ? "median" : "mean",
    difference: bounds,
    level: interval.level,
    method: ranked ? "order statistics" : differences.length < 2 ? null : "t",
    bca: spread === null ? null : (inUnit(bcaInterval(differences), smallerIsBetter) as Interval),
    standardDeviation: spread,
    p,
    test: ranked ? "signed ranks" : "sign flip",
    exact: test.exact,
    smallestP: test.smallest,
    probabilityOfImprovement: pairedProbability(differences),
    seedsNeeded:
      spread === null ? null : seedsNeeded(minimumEffect ?? Math.abs(bounds.value!), spread, differences.length),
    ...verdictOf(interval, p),
  };
}

/** One pair has a difference and no interval. */
function meanInterval(differences: readonly number[]): LevelInterval {
  if (differences.length > 1) return { ...tInterval(differences), level: 0.95 };
  return { value: differences[0]!, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY, level: 0.95 };
}

/** Throws `UsageError` for a minimum effect that is not a positive number. */
export function assertEffect(name: string, effect: number | undefined): void {
  if (effect !== undefined && !(effect > 0 && Number.isFinite(effect)))
    throw new UsageError(
      `${name}: expected a positive minimum effect, got ${effect}; give the smallest difference that matters`,
    );
}
