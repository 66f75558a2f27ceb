import { binomialProbability } from "./distributions.ts";

/**
 * Whether differences of which most are equal, as those of an accuracy in steps, may be tested for being small at all.
 * The sign-flip test takes them for symmetric about their mean, which they are not: where one seed in ten differs by
 * much, nine may well be equal. Of n seeds, k of which differ from the others by at most d, a share of π may differ
 * truly that k would still be seen of with a chance of more than `alpha` (Clopper & Pearson 1934; for k = 0 the rule of
 * three, Hanley & Lippman-Hand 1983), and the mean be πd: that must be below the minimum effect. Where none differs
 * nobody knows by how much others may, and all seeds are waited for.
 *
 *   differences    n ≥ 1, in which some may be infinite
 *   minimumEffect  in their unit
 */
export function mayBeTestedForSmall(
  differences: readonly number[],
  { minimumEffect, alpha, mostSeeds }: Readonly<Record<"minimumEffect" | "alpha" | "mostSeeds", number>>,
): boolean {
  const n = differences.length;
  const sorted = differences.toSorted((a, b) => a - b);
  // More than half are equal only where the middle one is among them.
  const common = sorted[Math.floor(n / 2)]!;
  const others = sorted.filter((one) => one !== common);
  if (others.length >= n / 2) return true;
  if (others.length === 0) return n >= mostSeeds;
  const largest = Math.max(...others.map((one) => Math.abs(one - common)));
  const share = (minimumEffect - Math.abs(common)) / largest;
  return share >= 1 || (share > 0 && binomialProbability(others.length, n, share) <= alpha);
}
