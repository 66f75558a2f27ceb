import { random } from "../tensor/random.ts";
import type { Interval } from "./types.ts";

/** Resamples, fewer where the examples are very many and the interval is narrow anyway. */
const RESAMPLES = 1000;
const FEWEST = 200;
const DRAWS = 1e8;

/**
 * Examples that carry an interval. A percentile interval lies between the smallest and the largest of resamples, and
 * with fewer all n examples lie on one side of their median in more than 5 % of draws: 2^(1 − n) > 0.05.
 */
export const FEWEST_EXAMPLES = 6;

/** More resamples than this without a value say that the statistic is not defined often enough for bounds. */
const MOST_UNDEFINED = 0.025;

/**
 * Statistics of sums over examples with their 95 % percentile intervals, by drawing examples with replacement (Efron
 * 1979, doi:10.1214/aos/1176344552).
 *
 *   columns     [columns][n], what each example adds to each sum
 *   statistics  of the sums, in their order
 *
 * NaN where a statistic is not defined. NaN as bounds where the examples carry none: fewer than six, a statistic that
 * resamples often leave undefined, or one that is the same in all of them. The same numbers each time.
 */
export function bootstrapIntervals(
  columns: readonly Float64Array[],
  statistics: (sums: readonly number[]) => readonly number[],
): Interval[] {
  const n = columns[0]!.length;
  const values = statistics(columns.map((column) => column.reduce((a, b) => a + b, 0)));
  const source = random(0);
  const times = Math.round(Math.max(FEWEST, Math.min(RESAMPLES, DRAWS / (n * columns.length))));
  const drawn = Array.from({ length: n < FEWEST_EXAMPLES ? 0 : times }, () => {
    const sums = new Float64Array(columns.length);
    for (let k = 0; k < n; k++) {
      const i = source.integer(n);
      for (let c = 0; c < columns.length; c++) sums[c]! += columns[c]![i]!;
    }
    return statistics([...sums]);
  });
  return values.map((value, s) => {
    const sorted = Float64Array.from(drawn.map((one) => one[s]!).filter((one) => !Number.isNaN(one))).sort();
    const none = { value, lower: Number.NaN, upper: Number.NaN };
    if (drawn.length === 0 || sorted.length < (1 - MOST_UNDEFINED) * drawn.length || sorted[0] === sorted.at(-1))
      return none;
    return { value, lower: quantile(sorted, 0.025), upper: quantile(sorted, 0.975) };
  });
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (at - Math.floor(at)) * (above - below);
}
