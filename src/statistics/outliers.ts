import { median } from "simple-statistics";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import type { Gram } from "./types.ts";

export interface Outlier {
  /** Row or example. */
  readonly index: number;
  readonly distance: number;
  /** (distance − median)/(1.4826 MAD) within the group: standard deviations, were the distances normal. */
  readonly robustZ: number;
}

/**
 * ‖g_k − ḡ_(k)‖ of each row to the mean of the OTHER rows of its group, from the Gram alone, with its robust z-score
 * (the modified z-score of Iglewicz and Hoaglin 1993, who call above 3.5 an outlier) over the rows of the group; the
 * largest z first. Rows of unequal counts have unequal noise, so measure with rows of one size. A row alone in its
 * group has NaN; so has z where half the distances of a group are equal. O(K²). Throws `ShapeError` unless each row
 * has a group.
 */
export function gradientOutliers(gram: Gram, groupOf: readonly number[]): Outlier[] {
  const { products, counts } = gram;
  const n = counts.length;
  if (groupOf.length !== n)
    throw new ShapeError(
      `gradientOutliers: expected a group for each of ${n} rows, got ${groupOf.length}; give one name per row`,
    );
  const members = new Map<number, number[]>();
  groupOf.forEach((group, k) => {
    const rows = members.get(group);
    if (rows === undefined) members.set(group, [k]);
    else rows.push(k);
  });
  const outliers = [...members.values()].flatMap((rows) => {
    const withGroup = rows.map((k) => rows.reduce((sum, l) => sum + counts[l]! * products[k * n + l]!, 0));
    const examples = rows.reduce((sum, k) => sum + counts[k]!, 0);
    const all = rows.reduce((sum, k, at) => sum + counts[k]! * withGroup[at]!, 0);
    const distances = rows.map((k, at) => {
      const [own, rest] = [products[k * n + k]!, examples - counts[k]!];
      const cross = (withGroup[at]! - counts[k]! * own) / rest;
      const square = (all - 2 * counts[k]! * withGroup[at]! + counts[k]! ** 2 * own) / rest ** 2;
      return Math.sqrt(Math.max(0, own - 2 * cross + square));
    });
    return scored(rows, distances);
  });
  return outliers.sort(byZ);
}

/** N vectors of D features, row-major. */
export interface Features {
  readonly values: Float32Array | Float64Array;
  readonly width: number;
}

/**
 * Mean distance of each example to its k nearest others in feature space (Ramaswamy et al. 2000, SIGMOD), with the
 * robust z-score over all examples; the largest z first. Exact, O(N² D) time and O(N) memory: 10⁴
 * examples of 64 features are 3 · 10⁹ products. Throws `UsageError` unless 1 ≤ k < N.
 */
export function featureOutliers({ values, width }: Features, neighbors: number): Outlier[] {
  const n = values.length / width;
  if (!(neighbors >= 1 && neighbors < n))
    throw new UsageError(
      `featureOutliers: expected 1 to ${n - 1} neighbours, got ${neighbors}; give fewer than there are examples`,
    );
  const distances = Array.from({ length: n }, (_, i) => {
    const squares = new Float64Array(n);
    for (let j = 0; j < n; j++) squares[j] = i === j ? Number.POSITIVE_INFINITY : squaredDistance(values, width, i, j);
    const near = squares.sort().subarray(0, neighbors);
    return near.reduce((sum, square) => sum + Math.sqrt(square), 0) / neighbors;
  });
  return scored(
    distances.map((_, i) => i),
    distances,
  ).sort(byZ);
}

function squaredDistance(values: Float32Array | Float64Array, width: number, i: number, j: number): number {
  let sum = 0;
  for (let d = 0; d < width; d++) sum += (values[i * width + d]! - values[j * width + d]!) ** 2;
  return sum;
}

function scored(indices: readonly number[], distances: readonly number[]): Outlier[] {
  const middle = median([...distances]);
  const spread = 1.4826 * median(distances.map((distance) => Math.abs(distance - middle)));
  return indices.map((index, at) => ({
    index,
    distance: distances[at]!,
    robustZ: spread > 0 ? (distances[at]! - middle) / spread : Number.NaN,
  }));
}

/** The largest first, NaN last. */
function byZ(a: Outlier, b: Outlier): number {
  if (Number.isNaN(a.robustZ) || Number.isNaN(b.robustZ))
    return Number(Number.isNaN(a.robustZ)) - Number(Number.isNaN(b.robustZ)) || a.index - b.index;
  return b.robustZ - a.robustZ || a.index - b.index;
}
