import { option, UsageError } from "../tensor/errors.ts";

/**
 * Inner products of all columns of the rows, or of sketches of them. "auto" chooses the sketch beyond `MOST_PASSES`
 * passes.
 */
export type ProductsOf = "auto" | "exact" | "sketch";

/** So many passes over the mini-batches are made for exact products, unless asked for more. */
const MOST_PASSES = 8;

/** Fewer numbers than this for a parameter say nothing. */
const FEWEST_DIMENSIONS = 64;

/** Columns from … to of a parameter's rows, of which a pass keeps `width` numbers: all, or a sketch. */
export interface ColumnRange {
  /** Position among the model's parameters. */
  readonly parameter: number;
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

export interface RowCosts {
  /** K. */
  readonly groups: number;
  /** Times that each row is held. Default 1. */
  readonly copies?: number;
  /** Numbers in each parameter. */
  readonly sizes: readonly number[];
  /** Bytes that a run which computes rows holds. */
  readonly runBytes: number;
  readonly memoryBudget: number;
}

/**
 * Which columns of the K rows are kept in each pass over the mini-batches: as many as the budget leaves room for, so
 * that the passes are as few as can be. Throws `UsageError` where the budget has no room beside a run that computes
 * rows.
 */
export function planPasses(costs: RowCosts, products: ProductsOf): readonly (readonly ColumnRange[])[] {
  const { groups: rows, copies = 1, sizes, runBytes, memoryBudget } = costs;
  const groups = rows * copies;
  const width = Math.floor((memoryBudget - runBytes) / (groups * Float32Array.BYTES_PER_ELEMENT));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const least = Math.min(total, FEWEST_DIMENSIONS * sizes.length);
  if (width < least) {
    const needed = runBytes + least * groups * Float32Array.BYTES_PER_ELEMENT;
    throw new UsageError(
      `${option("memoryBudget")}: expected at least ${Math.ceil(needed / 2 ** 20)} MiB for ${rows} rows of this model, got ${Math.floor(memoryBudget / 2 ** 20)}; raise it, or lower ${option("rows")}`,
    );
  }
  const passes = Math.ceil(total / width);
  const sketched = passes > 1 && (products === "sketch" || (products === "auto" && passes > MOST_PASSES));
  return sketched ? [sketches(sizes, width)] : ranges(sizes, Math.ceil(total / passes));
}

/** Cuts all columns, one parameter after the other, into passes of `width`. */
function ranges(sizes: readonly number[], width: number): ColumnRange[][] {
  const passes: ColumnRange[][] = [[]];
  let room = width;
  sizes.forEach((size, parameter) => {
    for (let from = 0; from < size; ) {
      if (room === 0) {
        passes.push([]);
        room = width;
      }
      const to = Math.min(size, from + room);
      passes.at(-1)!.push({ parameter, from, to, width: to - from });
      room -= to - from;
      from = to;
    }
  });
  return passes;
}

/** Small parameters whole, all larger ones by equally many numbers, `width` in all. */
function sketches(sizes: readonly number[], width: number): ColumnRange[] {
  let [low, high] = [0, Math.max(...sizes)];
  while (low < high) {
    const most = Math.ceil((low + high) / 2);
    if (sizes.reduce((sum, size) => sum + Math.min(size, most), 0) <= width) low = most;
    else high = most - 1;
  }
  return sizes.map((size, parameter) => ({ parameter, from: 0, to: size, width: Math.min(size, low) }));
}
