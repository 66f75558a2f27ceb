import type { Gram } from "./types.ts";

/** Length of each row, ‖g_k‖, in loss/parameter. */
export function rowNorms({ products, counts }: Gram): number[] {
  return counts.map((_, k) => Math.sqrt(products[k * counts.length + k]!));
}

/** K × K cosines ⟨g_k, g_l⟩/(‖g_k‖‖g_l‖) in [−1, 1]. A row of zero norm has no direction: NaN in row and column. */
export function cosineMatrix(gram: Gram): number[][] {
  const norms = rowNorms(gram);
  return norms.map((a, k) =>
    norms.map((b, l) => {
      if (a === 0 || b === 0) return Number.NaN;
      // Rounding can carry parallel rows past ±1; a row and itself need no arithmetic.
      return k === l ? 1 : Math.max(-1, Math.min(1, gram.products[k * norms.length + l]! / (a * b)));
    }),
  );
}

/** Mean cosine over the pairs of different rows that both have a direction; NaN when there is no such pair. */
export function meanCosine(cosine: readonly (readonly number[])[]): number {
  const pairs = pairsOf(cosine);
  return pairs.reduce((sum, { value }) => sum + value, 0) / pairs.length;
}

/** The two rows, k < l, with the smallest cosine, the first such pair on ties; [NaN, NaN] when no pair has a cosine. */
export function mostOpposedPair(cosine: readonly (readonly number[])[]): [number, number] {
  const pairs = pairsOf(cosine);
  const first = { value: Number.POSITIVE_INFINITY, k: Number.NaN, l: Number.NaN };
  const { k, l } = pairs.reduce((best, pair) => (pair.value < best.value ? pair : best), first);
  return [k, l];
}

/**
 * |G|²/(|G|² + trΣ/b), the cosine that two independent rows of b examples are expected to have. It equals
 * 1/(1 + noiseScale/b) and stays defined, slightly negative, where |G|² is estimated as negative: rows that split a
 * data set whose gradient is zero do oppose each other a little. NaN when both arguments are zero.
 */
export function expectedCosine(squaredGradientNorm: number, traceCovariance: number, batchSize: number): number {
  return squaredGradientNorm / (squaredGradientNorm + traceCovariance / batchSize);
}

function pairsOf(cosine: readonly (readonly number[])[]): { value: number; k: number; l: number }[] {
  return cosine.flatMap((row, k) =>
    row.flatMap((value, l) => (k < l && !Number.isNaN(value) ? [{ value, k, l }] : [])),
  );
}
