import { is, requireArguments } from "../../tensor/arguments.ts";
import { UsageError } from "../../tensor/errors.ts";
import {
  type Comparison,
  type ComparisonOptions,
  inUnit,
  isCensored,
  oriented,
  type TrialValue,
  verdictOf,
} from "./comparison.ts";
import { logChoose } from "./distributions.ts";
import { welchInterval } from "./meanIntervals.ts";
import { type LevelInterval, shiftInterval } from "./medianInterval.ts";
import { assertEffect } from "./pairedComparison.ts";
import { permutationTest } from "./permutationTest.ts";
import { unpairedProbability } from "./probabilityOfImprovement.ts";
import { meanOf, midranks } from "./sample.ts";

/**
 * Compares an arm with a baseline that it cannot be paired with, such as another model: the difference of the means
 * with Welch's interval, and p by permutation. Censored trials as in `comparePaired`: then the median of all
 * differences between the arms, and p by permutation of the ranks. The lists may be of unequal length.
 *
 * Throws `UsageError` for an arm without values and for a minimum effect that is not positive.
 */
export function compareUnpaired(
  arm: readonly TrialValue[],
  baseline: readonly TrialValue[],
  options: ComparisonOptions = {},
): Comparison {
  requireArguments("compareUnpaired", { arm, baseline }, { arm: is.list, baseline: is.list });
  const { smallerIsBetter = true, minimumEffect } = options;
  if (arm.length === 0 || baseline.length === 0)
    throw new UsageError(
      `compareUnpaired: expected values of both arms, got ${arm.length} and ${baseline.length}; run at least one seed of each`,
    );
  assertEffect("compareUnpaired", minimumEffect);
  const [a, b] = [arm, baseline].map((values) => values.map((value) => oriented(value, smallerIsBetter)));
  const censored = { arm: arm.filter(isCensored).length, baseline: baseline.filter(isCensored).length };
  const ranked = censored.arm + censored.baseline > 0;
  const interval = ranked ? shiftInterval(a!, b!) : differenceOfMeans(a!, b!);
  const smallest = 2 * Math.exp(-logChoose(a!.length + b!.length, a!.length));
  const test = smallest > 0.05 ? null : testOf(a!, b!, ranked);
  const smallestP = Math.max(smallest, test?.smallest ?? 0);
  const p = smallestP > 0.05 ? null : (test?.p ?? null);
  return {
    paired: false,
    seeds: arm.length,
    baselineSeeds: baseline.length,
    censored,
    estimand: ranked ? "median" : "mean",
    difference: inUnit(interval, smallerIsBetter),
    level: interval.level,
    method: ranked ? "order statistics" : Math.min(a!.length, b!.length) < 2 ? null : "welch",
    bca: null,
    standardDeviation: null,
    p,
    test: test && (ranked ? "rank permutation" : "permutation"),
    exact: test?.exact ?? true,
    smallestP,
    probabilityOfImprovement: unpairedProbability(a!, b!),
    seedsNeeded: null,
    ...verdictOf(interval, p),
  };
}

function testOf(a: readonly number[], b: readonly number[], ranked: boolean) {
  if (!ranked) return permutationTest(a, b);
  const ranks = midranks([...a, ...b]);
  return permutationTest(ranks.slice(0, a.length), ranks.slice(a.length));
}

/** Without a spread of both arms there is a difference and no interval. */
function differenceOfMeans(a: readonly number[], b: readonly number[]): LevelInterval {
  if (Math.min(a.length, b.length) > 1) return { ...welchInterval(a, b), level: 0.95 };
  const value = meanOf(a) - meanOf(b);
  return { value, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY, level: 0.95 };
}
