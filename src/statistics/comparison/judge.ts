import { is, requireArguments } from "../../tensor/arguments.ts";
import { UsageError } from "../../tensor/errors.ts";
import { normalTail } from "../normal.ts";
import type { Interval } from "../types.ts";
import { type Spending, spendingBounds } from "./alphaSpending.ts";
import { type DifferenceInterval, inUnit, pairedDifferences, type TrialValue } from "./comparison.ts";
import { tInterval } from "./meanIntervals.ts";
import { medianInterval } from "./medianInterval.ts";
import { assertEffect } from "./pairedComparison.ts";
import { deviationOf } from "./sample.ts";
import { FEWEST_SEEDS, seedsNeeded } from "./seedsNeeded.ts";
import {
  type RepeatedInterval,
  type SequentialLooks,
  type SequentialPlan,
  sequentialLooks,
  sequentialSignFlip,
} from "./sequentialSignFlip.ts";
import { signedRanks } from "./signFlipTest.ts";
import { mayBeTestedForSmall } from "./ties.ts";

/** What is decided before the first look, and never changed. */
export interface JudgePlan extends SequentialPlan {
  /** The smallest difference that matters, in the unit of the values. */
  readonly minimumEffect: number;
  readonly smallerIsBetter: boolean;
}

/** The values of one seed in both arms; null of a trial that diverged or failed. */
export interface SeedPair {
  readonly seed: number;
  readonly arm: TrialValue;
  readonly baseline: TrialValue;
}

/** What is said of the arm; "more seeds" while it cannot be said, "undecided" once the most seeds are used. */
export type JudgeVerdict = "better" | "worse" | "no larger difference" | "more seeds" | "undecided";

/** One look, as it is logged. */
export interface Look {
  /** Pairs seen. */
  readonly seeds: number;
  /** Of the most seeds. */
  readonly share: number;
  /** Of arm − baseline in the unit of the values: mean, or median where trials are censored. */
  readonly difference: DifferenceInterval;
  /** What the interval covers at this look alone, so that it covers at all looks together with 1 − alpha. */
  readonly level: number;
  /** Whether the exact test rejects that the arms are alike. */
  readonly rejects: boolean;
  readonly verdict: JudgeVerdict;
  /** How many more pairs are likely to decide; 0 once decided. Null where nobody can tell. */
  readonly moreSeeds: number | null;
}

/** All that there is to go on from, as plain data. */
export interface Judgement {
  readonly plan: JudgePlan;
  readonly pairs: readonly SeedPair[];
  readonly looks: readonly Look[];
}

/** The defaults: 30 seeds at most, an error of 5 % over all looks, spent as its square. */
const DEFAULTS = { alpha: 0.05, spending: "quadratic" as Spending, mostSeeds: 30, smallerIsBetter: true };

/** No looks yet. Throws `UsageError` for a plan that cannot be meant. */
export function newJudgement(plan: Partial<JudgePlan> & Pick<JudgePlan, "minimumEffect">): Judgement {
  requireArguments("newJudgement", { plan }, { plan: is.object });
  const whole = { ...DEFAULTS, ...plan };
  assertEffect("newJudgement", whole.minimumEffect);
  if (!(Number.isInteger(whole.mostSeeds) && whole.mostSeeds >= FEWEST_SEEDS))
    throw new UsageError(
      `newJudgement: expected at least ${FEWEST_SEEDS} seeds, got ${whole.mostSeeds}; fewer cannot show anything at 5 %`,
    );
  if (!(whole.alpha > 0 && whole.alpha < 1))
    throw new UsageError(`newJudgement: expected an error between 0 and 1, got ${whole.alpha}; 0.05 is usual`);
  return { plan: whole, pairs: [], looks: [] };
}

/**
 * Looks at all pairs so far and says what follows, with an error of at most `alpha` over all looks:
 *
 *   better, worse         the exact sequential sign-flip test rejects; the repeated confidence interval (Jennison &
 *                         Turnbull 1989), the same test inverted, is without 0
 *   no larger difference  two one-sided sequential tests against ± the minimum effect both reject, each with `alpha`
 *                         (Schuirmann 1987); said before "better" where both hold, as a difference below the minimum
 *                         does not matter; not where so many are equal that nothing bounds the others
 *   more seeds            none of these yet; `moreSeeds` says how many will likely tell
 *
 * At the first looks too few signs exist to reject or to bound an interval: the interval is then by Student's t. Where
 * trials are censored, signed ranks take the place of the differences and the median that of the mean.
 * Gives the judgement with one look more; throws `UsageError` for pairs that do not begin with those of the looks
 * before, a seed that occurs twice, no new pair, more than the most seeds, or after a verdict.
 */
export function takeLook(judgement: Judgement, pairs: readonly SeedPair[]): Judgement {
  requireArguments(
    "takeLook",
    { judgement, pairs },
    { judgement: is.objectOf("a judgement", { plan: is.object, pairs: is.list, looks: is.list }), pairs: is.list },
  );
  const { plan, looks } = judgement;
  assertGrown(judgement, pairs);
  const differences = differencesOf(pairs, plan.smallerIsBetter);
  const sizes = [...looks.map(({ seeds }) => seeds), pairs.length];
  const tests = testsOf(judgement, differences);
  const { rejects, interval: bySigns } = tests.alike(differences);
  const isEquivalent = tests.isEquivalent(differences);
  const interval = bySigns() ?? parametricInterval(differences, sizes, plan);
  const verdict = verdictAt(differences, plan, { rejects, isEquivalent }, interval);
  const open = verdict === "more seeds" || verdict === "undecided";
  const look: Look = {
    seeds: pairs.length,
    share: pairs.length / plan.mostSeeds,
    difference: inUnit(interval, plan.smallerIsBetter),
    level: interval.level,
    rejects,
    verdict,
    moreSeeds: open ? seedsToCome(differences, plan) : 0,
  };
  const judged = { plan, pairs: [...pairs], looks: [...looks, look] };
  // Nothing follows a verdict.
  if (verdict === "more seeds") carried.set(judged, tests);
  return judged;
}

/** The tests of a judgement, which remember their looks. */
interface Tests {
  /** Whether they are of signed ranks, as some trial is censored. */
  readonly ranked: boolean;
  readonly alike: SequentialLooks;
  /** Whether both one-sided tests against ± the minimum effect reject. */
  readonly isEquivalent: (differences: readonly number[]) => boolean;
}

/**
 * As the last look left them, so that a look costs the same however many went before. Nothing depends on it: of a
 * judgement that was read from JSON the looks are made again.
 */
const carried = new WeakMap<Judgement, Tests>();

function testsOf(judgement: Judgement, differences: readonly number[]): Tests {
  const ranked = !differences.every(Number.isFinite);
  const known = carried.get(judgement);
  // A look changes them, so that a second look from the same judgement must not go on with them.
  carried.delete(judgement);
  if (known?.ranked === ranked) return known;
  const tests = newTests(judgement.plan, ranked);
  for (const { seeds } of judgement.looks) {
    tests.alike(differences.slice(0, seeds));
    tests.isEquivalent(differences.slice(0, seeds));
  }
  return tests;
}

function newTests(plan: JudgePlan, ranked: boolean): Tests {
  const scores = ranked ? signedRanks : null;
  const sides = [-1, 1].map((side) => ({ side, look: sequentialLooks(plan, scores, "upper") }));
  return {
    ranked,
    alike: sequentialLooks(plan, scores, "two"),
    isEquivalent: (differences) => {
      if (!mayBeTestedForSmall(differences, plan)) return false;
      // Above −X and below X: both sums are of what is large where the difference is smaller in size. Both look.
      return sides
        .map(({ side, look }) => look(differences.map((difference) => plan.minimumEffect + side * difference)).rejects)
        .every(Boolean);
    },
  };
}

/**
 * The two-sided p of all looks together: the smallest error over all looks with which one of them would have rejected
 * that the arms are alike, to a tenth; 1 where none would. Null before the first look.
 */
export function sequentialP({ plan, pairs, looks }: Judgement): number | null {
  if (looks.length === 0) return null;
  const differences = differencesOf(pairs, plan.smallerIsBetter);
  const sizes = looks.map(({ seeds }) => seeds);
  const rejects = (alpha: number) =>
    sequentialSignFlip(differences, sizes, { ...plan, alpha }, scoresFor(differences)).rejectedAt !== null;
  if (!rejects(1)) return 1;
  // Of 10,000 choices of signs none is rarer.
  let [lower, upper] = [1e-4, 1];
  if (rejects(lower)) return lower;
  // Rounded up to a tenth, it would deny a verdict that stands.
  if (rejects(plan.alpha)) upper = plan.alpha;
  else lower = plan.alpha;
  while (upper / lower > 1.1) {
    const middle = Math.sqrt(lower * upper);
    if (rejects(middle)) upper = middle;
    else lower = middle;
  }
  return upper;
}

/** Of pairs, where smaller is better. */
export function differencesOf(pairs: readonly SeedPair[], smallerIsBetter: boolean): number[] {
  return pairedDifferences(
    pairs.map(({ arm }) => arm),
    pairs.map(({ baseline }) => baseline),
    smallerIsBetter,
  );
}

function verdictAt(
  differences: readonly number[],
  { mostSeeds }: JudgePlan,
  { rejects, isEquivalent }: { readonly rejects: boolean; readonly isEquivalent: boolean },
  interval: Interval,
): JudgeVerdict {
  if (isEquivalent) return "no larger difference";
  if (rejects) return direction(differences, interval) < 0 ? "better" : "worse";
  return differences.length >= mostSeeds ? "undecided" : "more seeds";
}

/** Below 0 where the arm is better; by ranks where the median is not a number to go by. */
function direction(differences: readonly number[], { value }: Interval): number {
  if (differences.every(Number.isFinite)) return value;
  return signedRanks(differences).reduce((sum, rank) => sum + rank, 0);
}

const scoresFor = (differences: readonly number[]) => (differences.every(Number.isFinite) ? null : signedRanks);

/** Where signs bound no interval: by Student's t or of the median, at the level that the bounds of all looks leave. */
function parametricInterval(
  differences: readonly number[],
  sizes: readonly number[],
  { spending, mostSeeds, alpha }: JudgePlan,
): RepeatedInterval {
  const shares = sizes.map((size) => size / mostSeeds);
  const level = 1 - 2 * normalTail(spendingBounds(shares, alpha, spending).at(-1)!);
  if (differences.every(Number.isFinite)) return { ...tInterval(differences, level), level };
  const median = medianInterval(differences, level);
  // So few seeds do not reach the level.
  if (median.level < level)
    return { value: median.value, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY, level };
  return median;
}

/** Repeated looks need some more seeds than one. */
const INFLATION = 1.1;

function seedsToCome(differences: readonly number[], { minimumEffect }: JudgePlan): number | null {
  const n = differences.length;
  if (!differences.every(Number.isFinite)) return null;
  const { seeds } = seedsNeeded(minimumEffect, deviationOf(differences), n);
  return seeds === null ? null : Math.max(1, Math.ceil(INFLATION * seeds) - n);
}

function assertGrown({ plan, pairs: before, looks }: Judgement, pairs: readonly SeedPair[]): void {
  const last = looks.at(-1)?.verdict ?? "more seeds";
  const wrong =
    last !== "more seeds"
      ? `a judgement that is open, got one that ended with "${last}"; begin a new one on other seeds`
      : pairs.length < Math.max(FEWEST_SEEDS, before.length + 1) || pairs.length > plan.mostSeeds
        ? `from ${Math.max(FEWEST_SEEDS, before.length + 1)} to ${plan.mostSeeds} pairs, got ${pairs.length}; run more seeds, or judge fewer`
        : new Set(pairs.map(({ seed }) => seed)).size < pairs.length
          ? "every seed once, got one twice; leave the second out"
          : before.some((pair, i) => !isSame(pair, pairs[i]!))
            ? "the pairs of the looks before first, got others; keep their order and values"
            : null;
  if (wrong) throw new UsageError(`takeLook: expected ${wrong}`);
}

const isSame = (a: SeedPair, b: SeedPair) =>
  a.seed === b.seed && Object.is(a.arm, b.arm) && Object.is(a.baseline, b.baseline);
