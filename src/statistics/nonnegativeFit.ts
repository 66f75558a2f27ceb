import { studentTQuantile } from "./studentT.ts";
import type { Interval } from "./types.ts";

/** y ≈ Σ_k β_k x_k with every β_k ≥ 0, for relative errors of y of one size. */
export interface NonnegativeFit {
  readonly coefficients: readonly Interval[];
  /** y over what the fit gives, minus 1. */
  readonly residuals: readonly number[];
  /** Standard deviation of the relative errors, Σr²/(n − coefficients that are not 0); NaN without any to spare. */
  readonly deviation: number;
  /** The fit at a row of x with its 95 % interval. */
  readonly at: (row: readonly number[]) => Interval;
}

/**
 * Least squares of relative errors with coefficients that cannot be negative (Lawson & Hanson 1974): the best of the
 * 2^k choices of which are 0, k being 2 or 3. Robust by Huber's weights (Huber 1964) with a scale from the median, so
 * that one point that was disturbed does not turn the line. Intervals are by Student's t, cut at 0; the upper end of a
 * coefficient that is 0 is that of the fit in which it may be negative. Of columns that cannot be told apart the first
 * is kept and the others are 0, with no upper end (NaN).
 *
 *   rows  [n][k], n ≥ 1    y  [n], positive
 */
export function nonnegativeFit(rows: readonly (readonly number[])[], y: readonly number[]): NonnegativeFit {
  const scaled = rows.map((row, i) => row.map((x) => x / y[i]!));
  let weights = y.map(() => 1);
  let solved = solveNonnegative(scaled, weights);
  for (let iteration = 0; iteration < 20; iteration++) {
    const errors = scaled.map((row) => Math.abs(1 - dot(row, solved.beta)));
    const scale = 1.4826 * errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]!;
    weights = errors.map((error) => (error <= 1.345 * scale || scale === 0 ? 1 : (1.345 * scale) / error));
    solved = solveNonnegative(scaled, weights);
  }
  const { beta, kept, inverse } = solved;
  const residuals = rows.map((row, i) => y[i]! / dot(row, beta) - 1);
  const spare = rows.length - kept.length;
  const squares = scaled.reduce((sum, row, i) => sum + weights[i]! * (1 - dot(row, beta)) ** 2, 0);
  const deviation = spare > 0 ? Math.sqrt(squares / spare) : Number.NaN;
  const t = spare > 0 ? studentTQuantile(0.95, spare) : Number.NaN;
  const at = (row: readonly number[]): Interval => {
    const own = kept.map((k) => row[k]!);
    const variance = own.reduce((sum, a, i) => sum + a * dot(own, inverse[i]!), 0) * deviation ** 2;
    const value = dot(row, beta);
    const half = t * Math.sqrt(Math.max(0, variance));
    return { value, lower: Math.max(0, value - half), upper: value + half };
  };
  const unit = (k: number) => beta.map((_, i) => (i === k ? 1 : 0));
  const coefficients = beta.map((_, k) =>
    kept.includes(k) ? at(unit(k)) : { value: 0, lower: 0, upper: upperOfNone(scaled, weights, [...kept, k]) },
  );
  return { coefficients, residuals, deviation, at };
}

type Row = readonly number[];

interface Solution {
  readonly beta: readonly number[];
  /** The columns whose coefficients were fitted. */
  readonly kept: readonly number[];
  /** (XᵀWX)⁻¹ of those columns. */
  readonly inverse: readonly (readonly number[])[];
  readonly error: number;
}

/** Fits 1 by the rows. */
function solveNonnegative(rows: readonly (readonly number[])[], weights: readonly number[]): Solution {
  const width = rows[0]!.length;
  let best: Solution = { beta: Array(width).fill(0), kept: [], inverse: [], error: Number.POSITIVE_INFINITY };
  // Choices with the first columns come first, so that of equal ones they win.
  for (let choice = 1; choice < 2 ** width; choice++) {
    const kept = Array.from({ length: width }, (_, k) => k).filter((k) => (choice >> k) & 1);
    const fit = leastSquares(rows, weights, kept);
    if (!fit || fit.solved.some((value) => value < 0)) continue;
    const { solved, inverse } = fit;
    const beta = Array<number>(width).fill(0);
    kept.forEach((k, i) => {
      beta[k] = solved[i]!;
    });
    const error = rows.reduce((sum, row, i) => sum + weights[i]! * (1 - dot(row, beta)) ** 2, 0);
    if (error < best.error * (1 - 1e-9) - 1e-24) best = { beta, kept, inverse, error };
  }
  return best;
}

/** The upper end of the last of these columns' coefficients, which is 0 where none may be negative. */
function upperOfNone(rows: readonly Row[], weights: readonly number[], columns: readonly number[]): number {
  const spare = rows.length - columns.length;
  const fit = leastSquares(rows, weights, columns);
  if (!fit || spare < 1) return Number.NaN;
  const errorOf = (row: Row) => 1 - columns.reduce((sum, k, i) => sum + row[k]! * fit.solved[i]!, 0);
  const squares = rows.reduce((sum, row, i) => sum + weights[i]! * errorOf(row) ** 2, 0);
  const half = studentTQuantile(0.95, spare) * Math.sqrt((squares / spare) * fit.inverse.at(-1)!.at(-1)!);
  return Math.max(0, fit.solved.at(-1)! + half);
}

/** Weighted, of 1 by some of the columns; null where these cannot be told apart. */
function leastSquares(rows: readonly Row[], weights: readonly number[], columns: readonly number[]) {
  const product = columns.map((a) =>
    columns.map((b) => rows.reduce((sum, row, i) => sum + weights[i]! * row[a]! * row[b]!, 0)),
  );
  const inverse = inverseOf(product);
  if (!inverse) return null;
  const right = columns.map((a) => rows.reduce((sum, row, i) => sum + weights[i]! * row[a]!, 0));
  return { solved: inverse.map((row) => dot(row, right)), inverse };
}

/** By Gauss and Jordan; null of a matrix that is singular but for rounding. */
function inverseOf(matrix: readonly (readonly number[])[]): number[][] | null {
  const n = matrix.length;
  const scale = matrix.map((row, i) => Math.sqrt(row[i]!));
  if (scale.some((size) => size === 0)) return null;
  const work = matrix.map((row, i) => [
    ...row.map((value, j) => value / scale[i]! / scale[j]!),
    ...row.map((_, j) => (i === j ? 1 : 0)),
  ]);
  for (let column = 0; column < n; column++) {
    const pivot = work[column]![column]!;
    // Correlations within 1e-9 of 1.
    if (pivot < 1e-9) return null;
    work[column] = work[column]!.map((value) => value / pivot);
    work.forEach((row, i) => {
      if (i !== column) work[i] = row.map((value, j) => value - row[column]! * work[column]![j]!);
    });
  }
  return work.map((row, i) => row.slice(n).map((value, j) => value / scale[i]! / scale[j]!));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
