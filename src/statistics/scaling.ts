import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type Eigenpair, largestEigenpairs } from "./lanczos.ts";

/** Up to here the whole decomposition, O(n³), is fast. */
const MOST_DENSE = 200;

export interface PrincipalAxes {
  /** n × 2, row-major. */
  readonly points: Float64Array;
  /** Share of the points' whole variance that lies along each axis, 0–1; NaN when they coincide. */
  readonly explained: readonly [number, number];
}

/**
 * Classical multidimensional scaling: the n × 2 coordinates along the two leading principal axes of n points given by
 * their n × n squared distances D (Torgerson 1952): eigenvectors of −½ J D J, J = I − 1/n, times the root of their
 * eigenvalues. Equal to PCA of the points. An axis of no extent is 0; the largest entry of an axis is positive.
 * O(n²) for each of at most 300 steps, and no second matrix, for more than 200 points.
 */
export function principalAxes(squaredDistances: Float64Array, n: number): PrincipalAxes {
  const pairs = n <= MOST_DENSE ? densePairs(squaredDistances, n) : iterated(squaredDistances, n);
  // tr(−½ J D J) = Σ D / 2n: the variance of all points, without any decomposition.
  const whole = squaredDistances.reduce((sum, d) => sum + d, 0) / (2 * n);
  const points = new Float64Array(2 * n);
  pairs.forEach(({ value, vector }, axis) => {
    const largest = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-9 ? x : best), 0);
    const scale = Math.sign(largest) * Math.sqrt(Math.max(0, value));
    for (let i = 0; i < n; i++) points[2 * i + axis] = scale * vector[i]!;
  });
  const share = (axis: number) => Math.max(0, pairs[axis]?.value ?? 0) / whole;
  return { points, explained: [share(0), share(1)] };
}

function densePairs(squaredDistances: Float64Array, n: number): Eigenpair[] {
  const centered = new Matrix(n, n);
  const apply = centering(squaredDistances, n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    apply(
      Float64Array.from({ length: n }, (_, i) => (i === j ? 1 : 0)),
      column,
    );
    for (let i = 0; i < n; i++) centered.set(i, j, column[i]!);
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(centered, { assumeSymmetric: true });
  // ml-matrix sorts the eigenvalues of a symmetric matrix upwards.
  return Array.from({ length: Math.min(2, n) }, (_, axis) => ({
    value: realEigenvalues[n - 1 - axis]!,
    vector: Float64Array.from(eigenvectorMatrix.getColumn(n - 1 - axis)),
  }));
}

function iterated(squaredDistances: Float64Array, n: number): Eigenpair[] {
  return largestEigenpairs(centering(squaredDistances, n), n, 2);
}

/** x → −½ J D J x, entry by entry. */
function centering(squaredDistances: Float64Array, n: number): (x: Float64Array, y: Float64Array) => void {
  const center = (vector: Float64Array) => {
    const mean = vector.reduce((sum, value) => sum + value, 0) / n;
    return vector.map((value) => value - mean);
  };
  return (x, y) => {
    const from = center(x);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += squaredDistances[i * n + j]! * from[j]!;
      y[i] = -sum / 2;
    }
    y.set(center(y));
  };
}
