import { random } from "../../tensor/random.ts";
import type { Interval } from "../types.ts";
import { errorSpent, type Spending } from "./alphaSpending.ts";
import { selected } from "./sample.ts";

/** Choices of signs that the data are told apart from; with the data's own one 10,000. */
const DRAWN = 9999;

/** How the looks at a growing list of differences are made. */
export interface SequentialPlan {
  /** Error of all looks together. */
  readonly alpha: number;
  readonly spending: Spending;
  /** The most seeds there will ever be: then all of alpha is spent. */
  readonly mostSeeds: number;
}

/** An interval at one of several looks. */
export interface RepeatedInterval extends Interval {
  /** What it covers at this look alone, so that all looks together cover with 1 − alpha. */
  readonly level: number;
}

export interface SequentialTest {
  /** The first look that rejects, as the number of its differences; null where none does. */
  readonly rejectedAt: number | null;
  /** Of the centre of the differences at the last look that was made; null where the signs are too few to bound it. */
  readonly interval: RepeatedInterval | null;
}

/** What a look says. */
export interface SequentialLook {
  /** Whether this look, or one before it, rejects. */
  readonly rejects: boolean;
  /** Of the centre of the differences, before the next look; null where the signs are too few to bound it. */
  readonly interval: () => RepeatedInterval | null;
}

/** Looks at all differences so far, which begin with those of the look before. */
export type SequentialLooks = (differences: readonly number[]) => SequentialLook;

/** What is summed at a look, such as signed ranks where some differences are infinite; null: the differences. */
export type ScoresOf = ((differences: readonly number[]) => readonly number[]) | null;

/**
 * The sign-flip test at several looks at a growing list of differences, with the error spent over the looks (Lan &
 * DeMets 1983). Given the sizes |d_i| and that the arms do not differ, all 2ⁿ signs are
 * equally likely, at all looks together. So 9,999 choices of signs and the data's own are carried through the looks;
 * each look rejects the most extreme ones that have not been rejected before, so many that their share in all 10,000
 * stays within what may be spent. The data are rejected with a chance of at most alpha over all looks, for differences
 * of any symmetric distribution, however few or discrete they are: nothing is approximated. Looks end with
 * the first that rejects. What comes back remembers its looks, so that each costs the same, however many went before.
 *
 *   sided     "two", or "upper" where only large sums reject, with `alpha` for that side
 */
export function sequentialLooks(plan: SequentialPlan, scoresOf: ScoresOf, sided: "two" | "upper"): SequentialLooks {
  const choices = DRAWN + 1;
  const alive = new Uint8Array(choices).fill(1);
  const sums = new Float64Array(choices);
  const [extremes, left] = [new Float64Array(choices), new Float64Array(choices)];
  let [summed, rejected] = [0, 0];
  return (differences) => {
    const n = differences.length;
    // What is a whole number but for rounding is that number.
    const allowed = Math.floor(spentBy(n / plan.mostSeeds, plan, sided) * choices + 1e-9) - rejected;
    if (!alive[0] || allowed <= 0) return { rejects: !alive[0], interval: () => null };
    if (scoresOf) sums.fill(0);
    add(sums, scoresOf ? scoresOf(differences) : differences, scoresOf ? 0 : summed);
    summed = n;
    let count = 0;
    for (let choice = 0; choice < choices; choice++) {
      extremes[choice] = sided === "two" ? Math.abs(sums[choice]!) : sums[choice]!;
      if (alive[choice]) left[count++] = extremes[choice]!;
    }
    // Sums that are equal but for rounding are rejected together, or not at all.
    const limit = selected(left.subarray(0, count), count - 1 - allowed);
    const bound = limit + 1e-9 * Math.abs(limit) + Number.MIN_VALUE;
    let beyond = 0;
    for (let choice = 0; choice < choices; choice++) {
      if (extremes[choice]! <= bound) continue;
      beyond++;
      rejected += alive[choice]!;
      alive[choice] = 0;
    }
    const bounds = !scoresOf && sided === "two";
    return { rejects: !alive[0], interval: () => (bounds ? subsetMeans(n, sums, beyond) : null) };
  };
}

function spentBy(share: number, { spending, alpha }: SequentialPlan, sided: "two" | "upper"): number {
  return sided === "two" ? errorSpent(spending, alpha, share) : errorSpent(spending, 2 * alpha, share) / 2;
}

/** `sequentialLooks` at so many of the differences each, rising, at most `mostSeeds`; until one rejects. */
export function sequentialSignFlip(
  differences: readonly number[],
  looks: readonly number[],
  plan: SequentialPlan,
  scoresOf: ScoresOf = null,
  sided: "two" | "upper" = "two",
): SequentialTest {
  const look = sequentialLooks(plan, scoresOf, sided);
  let last: SequentialLook | null = null;
  for (const n of looks) {
    last = look(differences.slice(0, n));
    if (last.rejects) return { rejectedAt: n, interval: last.interval() };
  }
  return { rejectedAt: null, interval: last?.interval() ?? null };
}

/**
 * The shifts that a sign-flip test does not reject where so many of its choices of signs are beyond its bound: between
 * the means of random subsets of the differences, of which as many are left out at each end (Hartigan 1969). The test
 * with Σ s_i (d_i − δ) rejects a small δ exactly where few of the means of {i: s_i = −1} lie below δ. Null without a
 * choice beyond the bound, as the interval has no ends then.
 */
function subsetMeans(n: number, sums: Float64Array, beyond: number): RepeatedInterval | null {
  if (beyond === 0) return null;
  const total = sums[0]!;
  const positive = new Uint16Array(sums.length);
  for (let i = 0; i < n; i++) {
    const own = signsOf(i);
    for (let choice = 0; choice < positive.length; choice++) positive[choice]! += Number(own[choice]! > 0);
  }
  const means = new Float64Array(2 * sums.length);
  let count = 0;
  for (let choice = 1; choice < sums.length; choice++) {
    // A choice of signs and its opposite are one in the two-sided test.
    if (positive[choice]! < n) means[count++] = (total - sums[choice]!) / 2 / (n - positive[choice]!);
    if (positive[choice]! > 0) means[count++] = (total + sums[choice]!) / 2 / positive[choice]!;
  }
  const found = means.subarray(0, count);
  return {
    value: total / n,
    lower: selected(found, beyond - 1),
    upper: selected(found, count - beyond),
    level: 1 - beyond / sums.length,
  };
}

/**
 * Adds the scores from the given one on, with every choice of signs; the first choice leaves the scores as they are.
 */
function add(sums: Float64Array, scores: readonly number[], from: number): void {
  for (let i = from; i < scores.length; i++) {
    const [own, score] = [signsOf(i), scores[i]!];
    for (let choice = 0; choice < sums.length; choice++) sums[choice]! += own[choice]! * score;
  }
}

/** The signs of the i-th difference in every choice, the same in every call; +1 in the first. */
function signsOf(i: number): Int8Array {
  while (drawnSigns.length <= i) {
    const signs = new Int8Array(DRAWN + 1);
    for (let choice = 0, bits = 0; choice <= DRAWN; choice++, bits >>>= 1) {
      if (choice % 32 === 0) bits = source.integer(2 ** 32);
      signs[choice] = bits & 1 ? 1 : -1;
    }
    signs[0] = 1;
    drawnSigns.push(signs);
  }
  return drawnSigns[i]!;
}

/**
 * They never change, so that they are drawn once, one after the other from one stream: streams of seeds 0, 1, 2 and 3
 * depend on one another, as the generator is linear.
 */
const drawnSigns: Int8Array[] = [];
const source = random(0);
