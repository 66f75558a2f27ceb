import { studentTQuantile, studentTTail } from "./studentT.ts";
import type { Gram, Interval } from "./types.ts";

/** ⟨G_a, G_b⟩ of two groups of independent rows. */
export interface MeanProduct {
  /** Unbiased, in loss²/parameter², with the 95 % interval. NaN ends for a group of one row. */
  readonly product: Interval;
  /** One-sided: were ⟨G_a, G_b⟩ ≥ 0, how often would the estimate be so negative? 1 for a group of one row. */
  readonly p: number;
}

const LEVEL = 0.95;

/**
 * U = ⟨m_a, m_b⟩ of the means of two groups that share no row is unbiased for ⟨G_a, G_b⟩. With u_k = ⟨g_k, m_b⟩ over
 * the rows of a and v_l = ⟨m_a, g_l⟩ over those of b,
 *
 *   Var U = G_bᵀΣ_aG_b/n_a + G_aᵀΣ_bG_a/n_b + tr(Σ_aΣ_b)/(n_a n_b)
 *
 * s²(u)/n_a and s²(v)/n_b hold the last term once each, so it is taken off once, estimated without bias by the squares
 * of the doubly centred products; never below the larger of the two, which is right where the noise fills one
 * direction. Student's t with the degrees of freedom of Welch 1947. Rows of unequal counts weigh b_k in their group's
 * mean.
 */
export function meanProduct({ products, counts }: Gram, a: readonly number[], b: readonly number[]): MeanProduct {
  const n = counts.length;
  const [weightsA, weightsB] = [weightsOf(a, counts), weightsOf(b, counts)];
  const u = a.map((k) => b.reduce((sum, l, j) => sum + weightsB[j]! * products[k * n + l]!, 0));
  const v = b.map((l) => a.reduce((sum, k, i) => sum + weightsA[i]! * products[k * n + l]!, 0));
  const value = u.reduce((sum, x, i) => sum + weightsA[i]! * x, 0);
  if (a.length < 2 || b.length < 2) return { product: { value, lower: Number.NaN, upper: Number.NaN }, p: 1 };
  let both = 0;
  a.forEach((k, i) => {
    b.forEach((l, j) => {
      both += (weightsA[i]! * weightsB[j]! * (products[k * n + l]! - u[i]! - v[j]! + value)) ** 2;
    });
  });
  const share = (rows: readonly number[]) => rows.length / (rows.length - 1);
  both *= share(a) * share(b);
  const ofA = share(a) * u.reduce((sum, x, i) => sum + (weightsA[i]! * (x - value)) ** 2, 0);
  const ofB = share(b) * v.reduce((sum, x, j) => sum + (weightsB[j]! * (x - value)) ** 2, 0);
  const variance = Math.max(ofA + ofB - both, ofA, ofB);
  const freedom = (ofA + ofB) ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  return judged(value, Math.sqrt(variance), freedom);
}

/** Groups that agree to the last digit have no error, and no degrees of freedom. */
function judged(value: number, error: number, freedom: number): MeanProduct {
  if (!(error > 0)) return { product: { value, lower: value, upper: value }, p: value < 0 ? 0 : 1 };
  const half = studentTQuantile(LEVEL, freedom) * error;
  const tail = studentTTail(value / error, freedom) / 2;
  return { product: { value, lower: value - half, upper: value + half }, p: value < 0 ? tail : 1 - tail };
}

function weightsOf(rows: readonly number[], counts: readonly number[]): number[] {
  const total = rows.reduce((sum, k) => sum + counts[k]!, 0);
  return rows.map((k) => counts[k]! / total);
}
