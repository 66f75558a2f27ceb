import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * Classical multidimensional scaling: the n × 2 coordinates along the two leading principal axes of n points given by
 * their n × n squared distances D (Torgerson 1952): eigenvectors of −½ J D J, J = I − 1/n, times the root of their
 * eigenvalues. Equal to PCA of the points. An axis of no extent is 0; the largest entry of an axis is positive.
 */
export function classicalScaling(squaredDistances: Float64Array, n: number): Float64Array {
  const means = Array.from({ length: n }, (_, i) => squaredDistances.subarray(i * n, (i + 1) * n).reduce(add, 0) / n);
  const mean = means.reduce(add, 0) / n;
  const centered = new Matrix(n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) centered.set(i, j, -(squaredDistances[i * n + j]! - means[i]! - means[j]! + mean) / 2);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(centered, { assumeSymmetric: true });
  const points = new Float64Array(2 * n);
  // ml-matrix sorts the eigenvalues of a symmetric matrix upwards.
  for (let axis = 0; axis < Math.min(2, n); axis++) {
    const vector = eigenvectorMatrix.getColumn(n - 1 - axis);
    const largest = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-9 ? x : best), 0);
    const scale = Math.sign(largest) * Math.sqrt(Math.max(0, realEigenvalues[n - 1 - axis]!));
    for (let i = 0; i < n; i++) points[2 * i + axis] = scale * vector[i]!;
  }
  return points;
}

function add(sum: number, x: number): number {
  return sum + x;
}
