import { incompleteBeta } from "./incompleteBeta.ts";

/**
 * The t with P(|T| ≤ t) = `level` for Student's t with ν > 0 degrees of freedom, which need not be whole, e.g. 2.262157
 * for (0.95, 9). P(|T| ≤ t) is the regularised incomplete beta function I_x(1/2, ν/2) at x = t²/(ν + t²) = sin²θ
 * (Abramowitz & Stegun 26.5.27), inverted here by bisection over θ; relative error below 1e-9 for ν ≥ 0.5.
 */
export function studentTQuantile(level: number, degreesOfFreedom: number): number {
  const key = `${level} ${degreesOfFreedom}`;
  const known = knownQuantiles.get(key) ?? computedQuantile(level, degreesOfFreedom);
  if (knownQuantiles.size < MOST_KNOWN) knownQuantiles.set(key, known);
  return known;
}

/** The thousand settings of a sweep ask for the same one. */
const knownQuantiles = new Map<string, number>();
const MOST_KNOWN = 1000;

function computedQuantile(level: number, degreesOfFreedom: number): number {
  let low = 0;
  let high = Math.PI / 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degreesOfFreedom) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(degreesOfFreedom) * Math.tan((low + high) / 2);
}

/** P(|T| ≥ |t|) for Student's t with ν > 0 degrees of freedom: the two-sided p-value; NaN for a t that is NaN. */
export function studentTTail(t: number, degreesOfFreedom: number): number {
  if (Number.isNaN(t) || t === 0) return t === 0 ? 1 : t;
  return Math.max(0, 1 - centralProbability(Math.atan(Math.abs(t) / Math.sqrt(degreesOfFreedom)), degreesOfFreedom));
}

/** P(|T| ≤ √ν tan θ). */
function centralProbability(theta: number, degreesOfFreedom: number): number {
  return incompleteBeta(Math.sin(theta) ** 2, Math.cos(theta) ** 2, 0.5, degreesOfFreedom / 2);
}
