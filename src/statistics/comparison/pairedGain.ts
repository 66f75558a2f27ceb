import { studentTQuantile } from "../studentT.ts";
import type { Interval } from "../types.ts";

/**
 * By how much a loss fell over paired seeds: the mean of before − after with Student's t interval of 95 %, widened for
 * `tried` comparisons after Bonferroni. A pair of which one side diverged counts as ±∞: where all say the same, so does
 * the value, with no interval; else the interval is everything. NaN below two pairs.
 *
 *   before[i], after[i]: the loss of seed i, NaN where it diverged
 */
export function pairedGain(before: readonly number[], after: readonly number[], tried = 1): Interval {
  const gains = before.map((loss, i) => gainOf(loss, after[i]!));
  const n = gains.length;
  if (n < 2) return { value: Number.NaN, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  const value = gains.reduce((a, b) => a + b, 0) / n;
  if (gains.every((gain) => gain === gains[0])) return { value, lower: value, upper: value };
  if (!gains.every(Number.isFinite)) return { value, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  const deviation = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - value) ** 2, 0) / (n - 1));
  const half = studentTQuantile(1 - 0.05 / tried, n - 1) * (deviation / Math.sqrt(n));
  return { value, lower: value - half, upper: value + half };
}

/** A training that diverged is worse than any that did not. */
function gainOf(before: number, after: number): number {
  if (Number.isNaN(before) && Number.isNaN(after)) return 0;
  if (Number.isNaN(before)) return Number.POSITIVE_INFINITY;
  return Number.isNaN(after) ? Number.NEGATIVE_INFINITY : before - after;
}
