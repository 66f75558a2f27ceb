/** Sums over vectors of one length, in float64. */

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

/** into += factor · from. */
export function addTo(into: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * from[i]!;
}

export function scaled(a: Float64Array, factor: number): Float64Array {
  return a.map((x) => factor * x);
}

/** Σ weights[i] · basis[i]. */
export function combination(basis: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(basis[0]!.length);
  basis.forEach((vector, i) => {
    addTo(sum, weights[i]!, vector);
  });
  return sum;
}

/**
 * Takes out of `vector` what lies along an orthonormal basis, twice, because once leaves rounding. Gives the shares
 * that were taken out and the length that is left.
 */
export function orthogonalize(
  vector: Float64Array,
  basis: readonly Float64Array[],
): { readonly shares: Float64Array; readonly length: number } {
  const shares = new Float64Array(basis.length);
  for (let pass = 0; pass < 2; pass++)
    basis.forEach((direction, i) => {
      const share = dot(vector, direction);
      shares[i]! += share;
      addTo(vector, -share, direction);
    });
  return { shares, length: norm(vector) };
}

/** ±1 with equal chances. */
export function signs(size: number, uniform: () => number): Float64Array {
  return Float64Array.from({ length: size }, () => (uniform() < 0.5 ? -1 : 1));
}
