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

/** Of all pairs of different rows that both have a direction. O(K²), without the K × K matrix. */
export interface CosineSummary {
  /** NaN when there is no such pair. */
  readonly mean: number;
  /** The two rows, k < l, with the smallest cosine, the first such pair on ties; NaN when no pair has a cosine. */
  readonly mostOpposed: readonly [number, number];
}

export function summarizeCosines(gram: Gram): CosineSummary {
  const norms = rowNorms(gram);
  let sum = 0;
  let pairs = 0;
  let least = Number.POSITIVE_INFINITY;
  let mostOpposed: readonly [number, number] = [Number.NaN, Number.NaN];
  for (let k = 0; k < norms.length; k++) {
    if (norms[k] === 0) continue;
    for (let l = k + 1; l < norms.length; l++) {
      if (norms[l] === 0) continue;
      const cosine = Math.max(-1, Math.min(1, gram.products[k * norms.length + l]! / (norms[k]! * norms[l]!)));
      sum += cosine;
      pairs++;
      if (cosine < least) {
        least = cosine;
        mostOpposed = [k, l];
      }
    }
  }
  return { mean: sum / pairs, mostOpposed };
}

/**
 * |G|²/(|G|² + trΣ/b), the cosine that two independent rows of b examples are expected to have. It equals
 * 1/(1 + noiseScale/b) and stays defined, slightly negative, where |G|² is estimated as negative: rows that split a
 * data set whose gradient is zero do oppose each other a little. NaN when both arguments are zero.
 */
export function expectedCosine(squaredGradientNorm: number, traceCovariance: number, batchSize: number): number {
  return squaredGradientNorm / (squaredGradientNorm + traceCovariance / batchSize);
}
