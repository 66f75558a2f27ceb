import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import type { Interval } from "./types.ts";

/**
 * How well a classifier tells two samples apart that it has not seen: the area under its ROC curve, 0.5 where they are
 * alike (Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests"). The classifier is linear discriminant
 * analysis with a ridge over the features and their squares, so that it sees shifts of means and of spreads; folds are
 * drawn from the seed. The interval of 95 % is Hanley & McNeil's (1982, Radiology 143, eq. 2), widened as folds share
 * the rows they learn from.
 *
 *   a, b: rows of equally many numbers
 *
 * Null below 20 rows a side. Throws `ShapeError` for rows of several lengths.
 */
export function twoSampleAuc(a: readonly Float64Array[], b: readonly Float64Array[], seed = 0): Interval | null {
  if (Math.min(a.length, b.length) < FEWEST) return null;
  const width = a[0]!.length;
  const odd = [...a, ...b].find((row) => row.length !== width);
  if (odd)
    throw new ShapeError(`twoSampleAuc: expected rows of ${width} numbers, got one of ${odd.length}; make them alike`);
  const rows = expanded([...a, ...b]);
  const isB = rows.map((_, i) => i >= a.length);
  const foldOf = foldsOf(a.length, b.length, seed);
  const scores = new Float64Array(rows.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const learned = [...rows.keys()].filter((i) => foldOf[i] !== fold);
    const weights = discriminant(rows, learned, isB);
    for (const [i, row] of rows.entries()) if (foldOf[i] === fold) scores[i] = dot(row, weights);
  }
  // Scores of one fold are compared with each other alone: another fold has another scale.
  const areas = Array.from({ length: FOLDS }, (_, fold) =>
    areaUnderCurve(
      [...rows.keys()].filter((i) => foldOf[i] === fold && !isB[i]).map((i) => scores[i]!),
      [...rows.keys()].filter((i) => foldOf[i] === fold && isB[i]).map((i) => scores[i]!),
    ),
  );
  return hanley(areas.reduce((x, y) => x + y, 0) / FOLDS, a.length, b.length);
}

const FEWEST = 20;
const FOLDS = 5;
/** Of the mean variance. */
const RIDGE = 0.1;

/** Standardised over both, with the squares of what comes of it. */
function expanded(rows: readonly Float64Array[]): Float64Array[] {
  const [n, width] = [rows.length, rows[0]!.length];
  const [mean, deviation] = [new Float64Array(width), new Float64Array(width)];
  for (const row of rows) for (let j = 0; j < width; j++) mean[j]! += row[j]! / n;
  for (const row of rows) for (let j = 0; j < width; j++) deviation[j]! += (row[j]! - mean[j]!) ** 2 / n;
  return rows.map((row) => {
    const more = new Float64Array(2 * width);
    for (let j = 0; j < width; j++) {
      const z = deviation[j]! > 0 ? (row[j]! - mean[j]!) / Math.sqrt(deviation[j]!) : 0;
      // A single wild value would decide alone.
      more[j] = Math.max(-LARGEST, Math.min(LARGEST, z));
      more[width + j] = more[j]! ** 2 - 1;
    }
    return more;
  });
}

const LARGEST = 5;

function foldsOf(a: number, b: number, seed: number): Uint8Array {
  const order = random(seed);
  const fold = (count: number) => {
    const places = new Uint8Array(count);
    for (const [i, at] of order.permutation(count).entries()) places[at] = i % FOLDS;
    return places;
  };
  return Uint8Array.from([...fold(a), ...fold(b)]);
}

/** (S + ridge)⁻¹ (mean of b − mean of a), with the pooled covariance S. */
function discriminant(
  rows: readonly Float64Array[],
  learned: readonly number[],
  isB: readonly boolean[],
): Float64Array {
  const width = rows[0]!.length;
  const means = [false, true].map((side) => {
    const own = learned.filter((i) => isB[i] === side);
    const mean = new Float64Array(width);
    for (const i of own) for (let j = 0; j < width; j++) mean[j]! += rows[i]![j]! / own.length;
    return mean;
  });
  const covariance = Array.from({ length: width }, () => new Float64Array(width));
  const rest = new Float64Array(width);
  for (const i of learned) {
    const mean = means[Number(isB[i])]!;
    for (let j = 0; j < width; j++) rest[j] = rows[i]![j]! - mean[j]!;
    for (let j = 0; j < width; j++) {
      const line = covariance[j]!;
      const factor = rest[j]! / learned.length;
      for (let k = 0; k <= j; k++) line[k]! += factor * rest[k]!;
    }
  }
  const trace = covariance.reduce((sum, line, j) => sum + line[j]!, 0) / width;
  for (let j = 0; j < width; j++) covariance[j]![j]! += RIDGE * trace + 1e-9;
  return solved(
    covariance,
    means[1]!.map((x, j) => x - means[0]![j]!),
  );
}

/** A x = y by Cholesky, A by its lower half, which is overwritten. */
function solved(lower: Float64Array[], y: Float64Array): Float64Array {
  const n = y.length;
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let sum = lower[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  const x = Float64Array.from(y);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= lower[k]![i]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** How often one of `b` is above one of `a`, ties as half. */
function areaUnderCurve(a: readonly number[], b: readonly number[]): number {
  let above = 0;
  for (const x of a) for (const y of b) above += y > x ? 1 : y === x ? 0.5 : 0;
  return above / (a.length * b.length);
}

/**
 * Folds learn from the same rows: of samples that are alike the area spreads so many times as far (200 draws of 60 to
 * 500).
 */
const SHARED_ROWS = 1.4;

function hanley(area: number, n: number, m: number): Interval {
  const [q1, q2] = [area / (2 - area), (2 * area ** 2) / (1 + area)];
  const variance = (area * (1 - area) + (n - 1) * (q1 - area ** 2) + (m - 1) * (q2 - area ** 2)) / (n * m);
  const half = 1.96 * SHARED_ROWS * Math.sqrt(Math.max(0, variance));
  return { value: area, lower: Math.max(0, area - half), upper: Math.min(1, area + half) };
}
