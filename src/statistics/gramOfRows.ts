import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import type { Gram } from "./types.ts";

/** Columns taken at once: 64 rows of them in float64 are half a megabyte, which stays in the cache. */
const BLOCK = 1024;

/**
 * The Gram of K rows of P numbers each (mean gradients, in loss/parameter) with the number of examples behind each row.
 * Every product and sum is in float64. O(K²P) time, K·1024 numbers of memory beside the rows.
 * Throws `ShapeError` for rows of different length, `UsageError` for counts that are not one positive number per row.
 */
export function gramOfRows(rows: readonly (Float32Array | Float64Array)[], counts: readonly number[]): Gram {
  requireArguments(
    "gramOfRows",
    { rows, counts },
    { rows: is.listOf("gradients, one row each,", is.list), counts: is.listOf("numbers of examples", is.anyNumber) },
  );
  const length = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== length);
  if (odd >= 0)
    throw new ShapeError(
      `gramOfRows: expected rows of ${length} numbers, got ${rows[odd]!.length} in row ${odd}; give all parameters`,
    );
  if (counts.length !== rows.length || !counts.every((count) => count > 0 && Number.isFinite(count)))
    throw new UsageError(
      `gramOfRows: expected ${rows.length} positive counts, got [${counts.join(", ")}]; count examples`,
    );
  const products = new Float64Array(rows.length ** 2);
  const block = new Float64Array(rows.length * BLOCK);
  for (let start = 0; start < length; start += BLOCK) {
    // Past the end of the rows the block is zero, so that the loops below have one length.
    if (start + BLOCK > length) block.fill(0);
    rows.forEach((row, k) => {
      block.set(row.subarray(start, start + BLOCK), k * BLOCK);
    });
    addBlock(products, block, rows.length);
  }
  for (let k = 0; k < rows.length; k++)
    for (let l = 0; l < k; l++) products[l * rows.length + k] = products[k * rows.length + l]!;
  return { products, counts };
}

/** Adds the products of one block to the lower triangle, two rows at a time so that each number read serves twice. */
function addBlock(products: Float64Array, block: Float64Array, rows: number): void {
  for (let k = 0; k < rows; k++) {
    for (let l = 0; l <= k; l += 2) {
      const a = k * BLOCK;
      const b = l * BLOCK;
      const c = Math.min(l + 1, k) * BLOCK;
      let first = 0;
      let second = 0;
      for (let i = 0; i < BLOCK; i++) {
        const x = block[a + i]!;
        first += x * block[b + i]!;
        second += x * block[c + i]!;
      }
      products[k * rows + l]! += first;
      if (l < k) products[k * rows + l + 1]! += second;
    }
  }
}
