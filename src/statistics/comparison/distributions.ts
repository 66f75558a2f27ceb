import { gammaln } from "simple-statistics";
import { normalTail } from "../normal.ts";

/** The z with P(Z ≤ z) = p for a standard normal Z, by bisection of `normalTail`: to 1e-7. */
export function normalQuantile(p: number): number {
  return invert((z) => 1 - normalTail(z), p, -38, 38);
}

/** P(X ≤ x) for χ² with ν > 0 degrees of freedom: the regularised incomplete gamma function P(ν/2, x/2). */
export function chiSquaredProbability(x: number, degreesOfFreedom: number): number {
  if (x <= 0) return 0;
  const [a, y] = [degreesOfFreedom / 2, x / 2];
  const front = Math.exp(a * Math.log(y) - y - gammaln(a));
  return y < a + 1 ? front * gammaSeries(y, a) : 1 - front * gammaFraction(y, a);
}

/** The x with P(X ≤ x) = p for χ² with ν > 0 degrees of freedom. */
export function chiSquaredQuantile(p: number, degreesOfFreedom: number): number {
  return invert((x) => chiSquaredProbability(x, degreesOfFreedom), p, 0, 20 * (degreesOfFreedom + 20));
}

/** P(X ≤ k) for X successes in n trials of probability p; 0 for k < 0. */
export function binomialProbability(k: number, n: number, p: number): number {
  let sum = 0;
  for (let i = 0; i <= Math.min(k, n); i++)
    sum += Math.exp(logChoose(n, i) + (i === 0 ? 0 : i * Math.log(p)) + (i === n ? 0 : (n - i) * Math.log1p(-p)));
  return Math.min(1, sum);
}

/** ln of n over k. */
export function logChoose(n: number, k: number): number {
  return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
}

/** Where a rising function takes a value, between two ends, to the last bits. */
export function invert(rising: (x: number) => number, value: number, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let i = 0; i < 80; i++) {
    const middle = (below + above) / 2;
    if (rising(middle) < value) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}

/** Σ y^k / (a (a + 1) … (a + k)), Abramowitz & Stegun 6.5.29. */
function gammaSeries(y: number, a: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < 1000 && term > sum * 1e-16; k++) {
    term *= y / (a + k);
    sum += term;
  }
  return sum;
}

/** The continued fraction of Γ(a, y), Abramowitz & Stegun 6.5.31, by Lentz's method. */
function gammaFraction(y: number, a: number): number {
  let b = y + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 1000; k++) {
    const factor = -k * (k - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}
