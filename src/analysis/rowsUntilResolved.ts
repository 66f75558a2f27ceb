import type { NoiseScale } from "../statistics/types.ts";
import type { RowsChosen } from "../store/rowsChosen.ts";

/** What a search for the number of mini-batches is told. */
export interface RowSearch {
  /** Of the first measurement, and at most. */
  readonly first: number;
  readonly most: number;
  /** All that is to be measured at the number that is found, in measurements like those that look for it. */
  readonly measurements: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly now: () => number;
  /** The noise scale of so many mini-batches, of which the first are always the same; null where they need a sketch. */
  readonly measure: (rows: number) => Promise<NoiseScale | null>;
}

/** The ends of an interval that tells a batch size lie within this factor. */
const RESOLVED = 2;

/**
 * How many mini-batches to measure: twice as many until the interval's ends lie within a factor of two, the data are
 * all seen, or the time would not suffice for twice as many, at a cost in proportion to them. What is measured at a
 * number of mini-batches does not depend on the time; only this number does.
 */
export async function rowsUntilResolved(search: RowSearch): Promise<RowsChosen> {
  const { first, most, measurements, seconds, now, measure } = search;
  const begin = now();
  let rows = Math.min(first, most);
  let before = rows;
  for (;;) {
    const start = now();
    const scale = await measure(rows);
    if (scale === null) return { rows: before, stopped: "memory" };
    if (isResolved(scale)) return { rows, stopped: "resolved" };
    if (rows === most) return { rows, stopped: "data" };
    const next = Math.min(2 * rows, most);
    const cost = (now() - start) * (next / rows) * measurements;
    if (now() - begin + cost > 1000 * seconds) return { rows, stopped: "time" };
    [before, rows] = [rows, next];
  }
}

/** Where the rows are alike, or their mean is lost in noise for good, more of them say the same. */
export function isResolved({ lower, upper, resolved }: NoiseScale): boolean {
  return lower === Number.POSITIVE_INFINITY || (resolved && (upper === 0 || upper <= RESOLVED * lower));
}
