import { random } from "../../tensor/random.ts";
import { midranks } from "./sample.ts";

/** Up to here all 2ⁿ signs are tried; above, this many drawn ones. */
const MOST_ENUMERATED = 16;
const DRAWN = 19_999;

export interface RandomizationTest {
  /** Two-sided. */
  readonly p: number;
  /** Whether every arrangement was tried, so that `p` is exact; else it is of drawn ones. */
  readonly exact: boolean;
  /** The smallest p that data of this size can give. */
  readonly smallest: number;
}

/**
 * The sign-flip test of paired differences (Fisher 1935, The Design of Experiments, §21): where the two arms do not
 * differ, each difference is as likely to be −d as d, whatever its distribution. p is the share of the 2ⁿ choices of
 * signs whose |Σ ±d_i| is at least as large as that of the data. All are tried for n ≤ 16; above, 19,999 are drawn and
 * those of the data count as one more, p = (1 + hits)/(1 + draws), which keeps the level (Phipson & Smyth 2010). The
 * same p for the same differences each time.
 *
 *   differences  n ≥ 1 finite numbers in any unit; the scores of `signedRanks` make it Wilcoxon's signed-rank test
 */
export function signFlipTest(differences: readonly number[]): RandomizationTest {
  const n = differences.length;
  const sizes = differences.map(Math.abs);
  const total = sizes.reduce((a, b) => a + b, 0);
  // What differs by rounding alone is as large.
  const least = Math.abs(differences.reduce((a, b) => a + b, 0)) - 1e-12 * total;
  if (n <= MOST_ENUMERATED) return { p: enumerated(sizes, total, least), exact: true, smallest: 2 / 2 ** n };
  const source = random(n);
  let hits = 0;
  for (let draw = 0; draw < DRAWN; draw++) {
    let sum = 0;
    // One number has 32 signs, so that a draw costs one number for each 32 differences.
    for (let i = 0, bits = 0; i < n; i++, bits >>>= 1) {
      if (i % 32 === 0) bits = source.integer(2 ** 32);
      sum += bits & 1 ? sizes[i]! : -sizes[i]!;
    }
    if (Math.abs(sum) >= least) hits++;
  }
  return { p: (1 + hits) / (1 + DRAWN), exact: false, smallest: 1 / (1 + DRAWN) };
}

/** The one-sided p of the same test: the share of signs whose sum is at least that of the data. */
export function upperSignFlip(differences: readonly number[]): number {
  const { p } = signFlipTest(differences);
  // Sums are as likely as their negatives.
  return differences.reduce((a, b) => a + b, 0) > 0 ? p / 2 : 1 - p / 2;
}

/** The first sign stays, for −Σ is as large as Σ; of the others each step turns one (Gray's code). */
function enumerated(sizes: readonly number[], total: number, least: number): number {
  const count = 2 ** (sizes.length - 1);
  const signs = sizes.map(() => 1);
  let sum = total;
  let hits = 0;
  for (let k = 1; ; k++) {
    if (Math.abs(sum) >= least) hits++;
    if (k >= count) return hits / count;
    const turned = 1 + Math.log2(k & -k);
    signs[turned] = -signs[turned]!;
    sum += 2 * signs[turned]! * sizes[turned]!;
  }
}

/**
 * Sign × rank of |d|, equal sizes sharing their mean rank; 0 of a difference of 0. Infinite differences, where one of a
 * pair failed, share the largest ranks. Flipping their signs is Wilcoxon's signed-rank test (Wilcoxon 1945, Biometrics
 * Bulletin 1), with the differences of 0 treated as Pratt 1959 does.
 */
export function signedRanks(differences: readonly number[]): number[] {
  const ranks = midranks(differences.map(Math.abs));
  return differences.map((difference, i) => Math.sign(difference) * ranks[i]!);
}
