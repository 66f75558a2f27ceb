import { normalTail } from "../normal.ts";
import { invert, normalQuantile } from "./distributions.ts";

/** How the error is spent over the looks: little at first and most at the end, evenly, or in between. */
export type Spending = "obrien-fleming" | "pocock" | "quadratic";

/**
 * The two-sided type-I error spent by the share `t` of the seeds, of `alpha` in all (Lan & DeMets 1983): per side 2 −
 * 2Φ(z/√t) with z the 1 − α/4 quantile, like the bounds of O'Brien & Fleming 1979; α ln(1 + (e − 1)t), like those of
 * Pocock 1977; or αt² (Kim & DeMets 1987).
 */
export function errorSpent(spending: Spending, alpha: number, t: number): number {
  if (t <= 0) return 0;
  if (spending === "pocock") return alpha * Math.log(1 + (Math.E - 1) * Math.min(1, t));
  if (spending === "quadratic") return alpha * Math.min(1, t) ** 2;
  return 4 * normalTail(-normalQuantile(alpha / 4) / Math.sqrt(Math.min(1, t)));
}

/** Beyond this many standard deviations nothing is left that a float64 would notice. */
const FARTHEST = 8.5;

/**
 * The bounds c_k of |Z_k| at looks after the shares `t` (rising, in (0, 1]) of the seeds, such that the chance to cross
 * one by the k-th look is `errorSpent` where the mean is 0: Z_k√t_k is a Brownian motion, whose density between the
 * bounds is carried from look to look by Simpson's rule (Armitage, McPherson & Rowe 1969). To about 1e-3.
 */
export function spendingBounds(t: readonly number[], alpha: number, spending: Spending): readonly number[] {
  const key = JSON.stringify([spending, alpha, t]);
  const known = knownBounds.get(key) ?? computedBounds(t, alpha, spending);
  if (knownBounds.size < MOST_KNOWN) knownBounds.set(key, known);
  return known;
}

/** Looks of one plan have the same bounds each time; a tenth of a second is much in a simulation. */
const knownBounds = new Map<string, readonly number[]>();
const MOST_KNOWN = 1000;

function computedBounds(t: readonly number[], alpha: number, spending: Spending): readonly number[] {
  let density: Density = { points: [0], weights: [1] };
  return t.map((share, k) => {
    const step = Math.sqrt(share - (t[k - 1] ?? 0));
    const spend = errorSpent(spending, alpha, share) - errorSpent(spending, alpha, t[k - 1] ?? 0);
    const crossing = (bound: number) =>
      density.points.reduce(
        (sum, point, i) =>
          sum + density.weights[i]! * (normalTail((bound - point) / step) + normalTail((bound + point) / step)),
        0,
      );
    const bound = invert((x) => -crossing(x), -spend, 0, FARTHEST * Math.sqrt(share));
    density = carried(density, bound, step);
    return bound / Math.sqrt(share);
  });
}

/** A density times the weights of Simpson's rule at its points. */
interface Density {
  readonly points: readonly number[];
  readonly weights: readonly number[];
}

/** The density of what is still between ±bound after one more step of this standard deviation. */
function carried({ points, weights }: Density, bound: number, step: number): Density {
  const half = Math.min(1000, Math.max(40, 2 * Math.ceil((2 * bound) / step)));
  const gap = bound / half;
  const next = Array.from({ length: 2 * half + 1 }, (_, i) => (i - half) * gap);
  const constant = 1 / (step * Math.sqrt(2 * Math.PI));
  const values = next.map((to, i) => {
    let sum = 0;
    for (let j = 0; j < points.length; j++) {
      const z = (to - points[j]!) / step;
      if (Math.abs(z) < FARTHEST) sum += weights[j]! * Math.exp(-0.5 * z * z);
    }
    return sum * constant * (gap / 3) * (i === 0 || i === 2 * half ? 1 : i % 2 === 1 ? 4 : 2);
  });
  return { points: next, weights: values };
}
