import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { fromNumbers, sizeOf } from "../tensor/tensor.ts";

/** Bands that a symmetric matrix is formed in. */
const BANDS = 4;

/** Fewer rows than this are multiplied faster than they are cut. */
const FEWEST_ROWS = 32;

/**
 * A symmetric matrix [K, K] of which `band` forms the rows from…to, right of `from`: [to − from, K − from]. What lies
 * below the diagonal is mirrored, so that the matrix is symmetric to the bit.
 */
export function symmetric(g: Builder, rows: number, band: (from: number, to: number) => Value): Value {
  if (rows < FEWEST_ROWS) return band(0, rows);
  const edges = Array.from({ length: BANDS + 1 }, (_, i) => Math.round((i * rows) / BANDS));
  const bands = edges.slice(0, -1).map((from, i) => g.padAll(band(from, edges[i + 1]!), [0, from, 0, 0]));
  const upper = g.trilu(g.concat(bands, 0), undefined, 1);
  const above = g.trilu(upper, g.constant(fromNumbers("int64", [], [1])), 1);
  return g.add(upper, g.transpose(above, [1, 0]));
}

/** Of the matrix's numbers, those that are computed. */
export function shareFormed(rows: number): number {
  return rows < FEWEST_ROWS ? 1 : (BANDS + 1) / (2 * BANDS);
}

/**
 * Of a larger matrix the copies of bands cost more than they save: K = 512 rows of 10⁶ numbers took twice as long and
 * twice the memory.
 */
const LARGEST = 2 ** 22;

/** X·Xᵀ of X [K, P], in bands where the matrix is small. */
export function timesItsTranspose(g: Builder, matrix: Value): Value {
  const rows = matrix.shape[0]!;
  const from = (row: number, to = rows) => g.slice(matrix, [0], [row], [to], [1]);
  const product = (row: number, to: number) => g.gemm(from(row, to), from(row), undefined, { transB: 1 });
  return sizeOf(matrix.shape) > LARGEST ? product(0, rows) : symmetric(g, rows, product);
}
