import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { random } from "../tensor/random.ts";

const MOST_STEPS = 300;

export interface Eigenpair {
  readonly value: number;
  /** n numbers of unit length. */
  readonly vector: Float64Array;
}

/**
 * The `count` algebraically largest eigenvalues of a symmetric n × n operator with their vectors, largest first, by
 * Lanczos with full reorthogonalisation (Golub and Van Loan 2013, §10.3). `apply(x, y)` writes the product with x to y.
 * Stops when every residual is below 1e-9 of the largest |eigenvalue|, or after 300 steps, where eigenvalues that lie
 * so close together have vectors of nearly the same right. Deterministic. A Krylov space that
 * closes is left for a fresh direction, `count` times, because it holds one copy of a repeated eigenvalue. O(steps)
 * products, steps · n numbers of memory.
 */
export function largestEigenpairs(
  apply: (x: Float64Array, y: Float64Array) => void,
  n: number,
  count: number,
): Eigenpair[] {
  const { normal } = random(1);
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let next = unit(
    Float64Array.from({ length: n }, () => normal()),
    basis,
  );
  const most = Math.min(n, MOST_STEPS);
  let closed = 0;
  while (next !== null) {
    basis.push(next);
    const product = new Float64Array(n);
    apply(next, product);
    diagonal.push(dot(next, product));
    const length = orthogonalize(product, basis);
    const scale = Math.max(...diagonal.map(Math.abs), ...beside.map(Math.abs));
    const exhausted = !(length > 1e-12 * scale);
    beside.push(exhausted ? 0 : length);
    if (exhausted) closed++;
    const isDue = closed >= count || (closed === 0 && basis.length >= count && basis.length % 10 === 0);
    if (isDue || basis.length === most) {
      const found = ritzPairs(diagonal, beside, count);
      if (basis.length === most || found.every(({ residual }) => residual <= 1e-9 * scale))
        return found.map(({ value, weights }) => ({ value, vector: combine(basis, weights) }));
    }
    next = exhausted
      ? unit(
          Float64Array.from({ length: n }, () => normal()),
          basis,
        )
      : product.map((x) => x / length);
  }
  return ritzPairs(diagonal, beside, count).map(({ value, weights }) => ({ value, vector: combine(basis, weights) }));
}

/** Eigenpairs of the tridiagonal matrix; the residual of each is |β_m · last weight|. */
function ritzPairs(diagonal: readonly number[], beside: readonly number[], count: number) {
  const size = diagonal.length;
  const matrix = Matrix.zeros(size, size);
  diagonal.forEach((value, i) => {
    matrix.set(i, i, value);
    if (i + 1 < size) {
      matrix.set(i, i + 1, beside[i]!);
      matrix.set(i + 1, i, beside[i]!);
    }
  });
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  // ml-matrix sorts the eigenvalues of a symmetric matrix upwards.
  return Array.from({ length: Math.min(count, size) }, (_, rank) => {
    const weights = eigenvectorMatrix.getColumn(size - 1 - rank);
    return {
      value: realEigenvalues[size - 1 - rank]!,
      weights,
      residual: Math.abs(beside[size - 1]! * weights[size - 1]!),
    };
  });
}

function combine(basis: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const vector = new Float64Array(basis[0]!.length);
  basis.forEach((direction, s) => {
    for (let i = 0; i < vector.length; i++) vector[i]! += weights[s]! * direction[i]!;
  });
  return vector;
}

/** Takes out what lies along the basis, twice, because once leaves rounding; the length that is left. */
function orthogonalize(vector: Float64Array, basis: readonly Float64Array[]): number {
  for (let pass = 0; pass < 2; pass++)
    for (const direction of basis) {
      const share = dot(vector, direction);
      for (let i = 0; i < vector.length; i++) vector[i]! -= share * direction[i]!;
    }
  return Math.sqrt(dot(vector, vector));
}

/** A unit vector at right angles to the basis, or null when that already spans the space. */
function unit(vector: Float64Array, basis: readonly Float64Array[]): Float64Array | null {
  const length = orthogonalize(vector, basis);
  return basis.length < vector.length && length > 0 ? vector.map((x) => x / length) : null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
