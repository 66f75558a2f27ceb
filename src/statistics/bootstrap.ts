import { random } from "../tensor/random.ts";
import type { Interval } from "./types.ts";

/** Resamples, fewer where the examples are very many and the interval is narrow anyway. */
const RESAMPLES = 1000;
const FEWEST = 200;
const DRAWS = 1e8;

/**
 * Statistics of sums over examples with their 95 % percentile intervals, by drawing examples with replacement (Efron
 * 1979, doi:10.1214/aos/1176344552).
 *
 *   columns     [columns][n], what each example adds to each sum
 *   statistics  of the sums, in their order
 *
 * NaN where a statistic is not defined, and no bounds from fewer than two examples. The same numbers each time.
 */
export function bootstrapIntervals(
  columns: readonly Float64Array[],
  statistics: (sums: readonly number[]) => readonly number[],
): Interval[] {
  const n = columns[0]!.length;
  const values = statistics(columns.map((column) => column.reduce((a, b) => a + b, 0)));
  const source = random(0);
  const times = Math.round(Math.max(FEWEST, Math.min(RESAMPLES, DRAWS / (n * columns.length))));
  const drawn = Array.from({ length: n < 2 ? 0 : times }, () => {
    const sums = new Float64Array(columns.length);
    for (let k = 0; k < n; k++) {
      const i = source.integer(n);
      for (let c = 0; c < columns.length; c++) sums[c]! += columns[c]![i]!;
    }
    return statistics([...sums]);
  });
  return values.map((value, s) => {
    const sorted = Float64Array.from(drawn.map((one) => one[s]!).filter((one) => !Number.isNaN(one))).sort();
    return { value, lower: quantile(sorted, 0.025), upper: quantile(sorted, 0.975) };
  });
}

function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (at - Math.floor(at)) * (above - below);
}
