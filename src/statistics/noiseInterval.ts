import { studentTQuantile } from "./studentT.ts";

export const LEVEL = 0.95;

interface Estimate {
  readonly value: number;
  /** `value` without each of the rows in turn. */
  readonly replicates: readonly number[];
  readonly linear: number;
  readonly quadratic: number;
  /** The linear part per unit of θ of a gradient that lies as the noise does, and the most that it can be. */
  readonly usual: number;
  readonly steepest: number;
  readonly examples: number;
}

/**
 * The 95 % interval of θ, of which θ̂ has the variance V = L/n + Q/n² over n examples. Each end answers for the value
 * that it names:
 *
 *   low    θ̃ − t√V, with θ̃ the jackknife's estimate without the bias of the ratio (Quenouille 1956), where that is
 *          lower: heavy tails make it so, because rows that missed the tail show a trΣ that is too small
 *   high   θ̂ + t√V + at²/4n: a longer gradient catches more noise, as L = 4 GᵀΣG/(trΣ)² says, so that a ḡ which
 *          happens to be short has too small a V; on the scale √(aθ + Q/n), where the variance of θ̂ is always the
 *          same, the interval is symmetric (Bartlett 1947)
 *
 * a = L/θ is seen where the gradient is, θ̂ ≫ w = t√Q/n. A gradient that is lost in the noise does not say along which
 * directions it lies; there a = 4/effectiveDimension, of one that lies as the noise does: a = (L + w·4/d)/(θ̂ + w), at
 * most 4/√d because GᵀΣG ≤ |G|²√tr(Σ²). The low end takes no such step: it would hold the truth too seldom where rows
 * are few. As L ≥ 0 and Q = 2/effectiveDimension comes from all rows, V > 0. t has `freedomOf` degrees of freedom.
 */
export function endsOf(estimate: Estimate): { low: number; high: number } {
  const { value, replicates, linear, quadratic, usual, steepest, examples } = estimate;
  const rows = replicates.length;
  const t = studentTQuantile(LEVEL, freedomOf(replicates));
  const noise = quadratic / examples ** 2;
  const error = t * Math.sqrt(linear / examples + noise);
  const bias = (rows - 1) * (replicates.reduce((sum, replicate) => sum + replicate, 0) / rows - value);
  const lost = t * Math.sqrt(noise);
  const slope = Math.min(steepest, (linear + usual * lost) / (Math.max(0, value) + lost) || 0) / examples;
  return { low: value - Math.max(0, bias) - error, high: value + error + (t ** 2 * slope) / 4 };
}

/**
 * 2(K − 1)/(κ − 1), with κ the kurtosis of the K replicates less the standard error √(24/K) that it has for normal
 * numbers: a sum of squares with tails has the relative variance (κ − 1)/K, which for κ = 3 is that of K − 1 degrees of
 * freedom, the most that are given. Where a few long rows make the variance it is about twice their number.
 */
export function freedomOf(replicates: readonly number[]): number {
  const rows = replicates.length;
  const mean = replicates.reduce((sum, replicate) => sum + replicate, 0) / rows;
  let [second, fourth] = [0, 0];
  for (const replicate of replicates) {
    second += (replicate - mean) ** 2;
    fourth += (replicate - mean) ** 4;
  }
  const kurtosis = (rows * fourth) / second ** 2 - Math.sqrt(24 / rows);
  return kurtosis > 3 ? (2 * (rows - 1)) / (kurtosis - 1) : rows - 1;
}

/** From the interval of |G|²/trΣ to that of trΣ/|G|²; NaN ends say that there is none. */
export function invertInterval(low: number, high: number): { lower: number; upper: number; resolved: boolean } {
  if (Number.isNaN(low)) return { lower: 0, upper: Number.POSITIVE_INFINITY, resolved: false };
  const upper = low > 0 ? 1 / low : Number.POSITIVE_INFINITY;
  return { lower: high > 0 ? 1 / high : Number.POSITIVE_INFINITY, upper, resolved: low > 0 };
}
