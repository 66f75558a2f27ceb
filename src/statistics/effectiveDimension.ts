import { sumsOf } from "./sums.ts";
import type { Gram } from "./types.ts";

/**
 * (trΣ)²/tr(Σ²): how many directions the noise of the rows fills; 1 when all noise lies on one line, the number of
 * parameters when it is equal in all of them. A pure number ≥ 1.
 *
 * Numerator and denominator are U-statistics over four different rows, unbiased for equal counts and noise of any
 * distribution (Chen, Zhang and Zhong 2010, J. American Statistical Association 105), in the O(K²) form of Himeno and
 * Yamada 2014 (J. Multivariate Analysis 130). The naive ratio of tr(S)² to tr(S²) of the sample covariance S never
 * exceeds K − 1. With unequal counts the rows √b_k(g_k − ḡ) stand in, unbiased only up to the fourth cumulants. Their
 * ratio is biased upward: by 9 to 39 % for 8 rows, up to 17 % for 16 and 8 % for 32 (simulated, four spectra).
 *
 * NaN for fewer than four rows and where the estimate of tr(Σ²) is not positive: the rows are too few to tell.
 */
export function effectiveDimension(gram: Gram): number {
  const n = gram.counts.length;
  if (n < 4) return Number.NaN;
  const { products, counts } = gram;
  const { each, examples, all } = sumsOf(gram);
  const offset = Float64Array.from(each, ({ withAll }) => withAll / examples);
  const root = Float64Array.from(counts, Math.sqrt);
  let trace = 0;
  let squaredDiagonal = 0;
  let squares = 0;
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < n; l++) {
      // ⟨√b_k (g_k − ḡ), √b_l (g_l − ḡ)⟩, each row of covariance Σ up to the removal of the mean.
      const centered = products[k * n + l]! - offset[k]! - offset[l]! + all / examples ** 2;
      const product = root[k]! * root[l]! * centered;
      squares += product ** 2;
      if (k !== l) continue;
      trace += product;
      squaredDiagonal += product ** 2;
    }
  }
  // In the names of the paper: (tr S)², tr S² and Q, all with the common factor 1/(n − 1)² taken out.
  const squaredTrace = trace ** 2;
  const q = (n - 1) * squaredDiagonal;
  const traceOfSquare = (n - 1) * (n - 2) * squares + squaredTrace - n * q;
  const squareOfTrace = 2 * squares + (n ** 2 - 3 * n + 1) * squaredTrace - n * q;
  if (!(traceOfSquare > 0)) return Number.NaN;
  return Math.max(1, squareOfTrace / traceOfSquare);
}
