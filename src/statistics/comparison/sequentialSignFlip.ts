import { random } from "../../tensor/random.ts";
import { errorSpent, type Spending } from "./alphaSpending.ts";

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

/**
 * The sign-flip test at several looks at a growing list of differences, with the error spent over the looks (Lan &
 * DeMets 1983). Given the sizes |d_i| and that the arms do not differ, all 2ⁿ signs are
 * equally likely, at all looks together. So 9,999 choices of signs and the data's own are carried through the looks;
 * each look rejects the most extreme ones that have not been rejected before, so many that their share in all 10,000
 * stays within what may be spent. The data are rejected with a chance of at most alpha over all looks, for differences
 * of any symmetric distribution, however few or discrete they are: nothing is approximated. Gives the first look that
 * rejects, as the number of its differences; null where none does.
 *
 *   looks     differences seen at each look, rising, at most `mostSeeds`
 *   scoresOf  what is summed at a look, such as signed ranks where some are infinite; null: the differences
 *   sided     "two", or "upper" where only large sums reject, with `alpha` for that side
 */
export function sequentialSignFlip(
  differences: readonly number[],
  looks: readonly number[],
  plan: SequentialPlan,
  scoresOf: ((differences: readonly number[]) => readonly number[]) | null = null,
  sided: "two" | "upper" = "two",
): number | null {
  const choices = DRAWN + 1;
  const signs = differences.map((_, i) => signsOf(i));
  const alive = new Uint8Array(choices).fill(1);
  const sums = new Float64Array(choices);
  const [extremes, left] = [new Float64Array(choices), new Float64Array(choices)];
  let summed = 0;
  let rejected = 0;
  for (const n of looks) {
    const share = n / plan.mostSeeds;
    const spent =
      sided === "two"
        ? errorSpent(plan.spending, plan.alpha, share)
        : errorSpent(plan.spending, 2 * plan.alpha, share) / 2;
    // What is a whole number but for rounding is that number.
    const allowed = Math.floor(spent * choices + 1e-9) - rejected;
    if (allowed <= 0) continue;
    if (scoresOf) {
      sums.fill(0);
      add(sums, signs, scoresOf(differences.slice(0, n)), 0);
    } else add(sums, signs, differences.slice(0, n), summed);
    summed = n;
    let count = 0;
    for (let choice = 0; choice < choices; choice++) {
      extremes[choice] = sided === "two" ? Math.abs(sums[choice]!) : sums[choice]!;
      if (alive[choice]) left[count++] = extremes[choice]!;
    }
    // Sums that are equal but for rounding are rejected together, or not at all.
    const limit = left.subarray(0, count).sort()[count - 1 - allowed]!;
    const bound = limit + 1e-9 * Math.abs(limit) + Number.MIN_VALUE;
    for (let choice = 0; choice < choices; choice++) {
      if (!alive[choice] || extremes[choice]! <= bound) continue;
      alive[choice] = 0;
      rejected++;
    }
    if (!alive[0]) return n;
  }
  return null;
}

/**
 * Adds the scores from the given one on, with every choice of signs; the first choice leaves the scores as they are.
 */
function add(sums: Float64Array, signs: readonly Int8Array[], scores: readonly number[], from: number): void {
  for (let i = from; i < scores.length; i++) {
    const [own, score] = [signs[i]!, scores[i]!];
    for (let choice = 0; choice < sums.length; choice++) sums[choice]! += own[choice]! * score;
  }
}

/** The signs of the i-th difference in every choice, the same in every call; +1 in the first. */
function signsOf(i: number): Int8Array {
  const known = drawnSigns[i];
  if (known) return known;
  const source = random(i, 1);
  const signs = new Int8Array(DRAWN + 1);
  for (let choice = 0, bits = 0; choice <= DRAWN; choice++, bits >>>= 1) {
    if (choice % 32 === 0) bits = source.integer(2 ** 32);
    signs[choice] = bits & 1 ? 1 : -1;
  }
  signs[0] = 1;
  drawnSigns[i] = signs;
  return signs;
}

/** They never change, so that they are drawn once. */
const drawnSigns: Int8Array[] = [];
