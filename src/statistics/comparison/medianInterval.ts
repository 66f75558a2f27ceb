import type { Interval } from "../types.ts";
import { binomialProbability } from "./distributions.ts";
import { ascending, quantile } from "./sample.ts";

/** An interval that says its own level, which need not be what was asked for. */
export interface LevelInterval extends Interval {
  /** What the interval covers for any continuous distribution; less than asked for where the values are too few. */
  readonly level: number;
}

/**
 * The median with the interval between the k-th smallest and the k-th largest value, k the largest for which that
 * covers the median of any distribution with at least `level` (the sign test inverted, Thompson 1936, Annals of
 * Mathematical Statistics 7). Fewer than 6 values cannot reach 95 %: their interval is from the smallest to the
 * largest, and `level` says what it covers. Values may be infinite, and then so may be the ends. Of at least one value.
 */
export function medianInterval(values: readonly number[], level = 0.95): LevelInterval {
  const sorted = ascending(values);
  const n = sorted.length;
  const covered = (outside: number) => 1 - 2 * binomialProbability(outside, n, 0.5);
  let outside = 0;
  while (covered(outside + 1) >= level) outside++;
  return {
    value: quantile(sorted, 0.5),
    lower: sorted[outside]!,
    upper: sorted[n - 1 - outside]!,
    level: Math.max(0, covered(outside)),
  };
}

/**
 * The median of the n·m differences a_i − b_j (Hodges & Lehmann 1963) with the interval between the k-th smallest and
 * the k-th largest of them, k the largest for which the exact distribution of Mann and Whitney's U gives at least
 * `level`: how far one arm lies from the other where both are spread alike. Infinite values may occur; two of them
 * differ by 0.
 */
export function shiftInterval(a: readonly number[], b: readonly number[], level = 0.95): LevelInterval {
  const sorted = ascending(a.flatMap((one) => b.map((other) => (one === other ? 0 : one - other))));
  const chances = distributionOfU(a.length, b.length);
  let outside = 0;
  let tail = chances[0]!;
  while (1 - 2 * (tail + chances[outside + 1]!) >= level) tail += chances[++outside]!;
  return {
    value: quantile(sorted, 0.5),
    lower: sorted[outside]!,
    upper: sorted[sorted.length - 1 - outside]!,
    level: Math.max(0, 1 - 2 * tail),
  };
}

/** P(U = u) for u = 0 … nm where both arms have one distribution (Mann & Whitney 1947): counts by recursion over m. */
function distributionOfU(n: number, m: number): Float64Array {
  // By the generating function Π (1 − x^(n+j))/(1 − x^j), divided as it grows so that it stays a distribution.
  let chances = Float64Array.of(1);
  for (let j = 1; j <= m; j++) {
    const size = n * j + 1;
    const product = new Float64Array(size + j);
    chances.forEach((chance, u) => {
      if (u < size) product[u]! += chance;
      if (u + n + j < size) product[u + n + j]! -= chance;
    });
    for (let u = j; u < size; u++) product[u]! += product[u - j]!;
    chances = product.subarray(0, size).map((count) => (count * j) / (n + j));
  }
  return chances;
}
