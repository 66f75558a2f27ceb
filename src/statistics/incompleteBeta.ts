import { gammaln } from "simple-statistics";

/** The regularised I_x(a, b), of x and 1 − x, from whichever end the continued fraction converges fast. */
export function incompleteBeta(x: number, complement: number, a: number, b: number): number {
  const logBeta = gammaln(a) + gammaln(b) - gammaln(a + b);
  const front = Math.exp(a * Math.log(x) + b * Math.log(complement) - logBeta);
  if (x < (a + 1) / (a + b + 2)) return (front / a) * betaFraction(x, a, b);
  return 1 - (front / b) * betaFraction(complement, b, a);
}

/** P(F ≥ f) of Fisher's F with ν₁ and ν₂ degrees of freedom (Abramowitz & Stegun 26.6.2); 1 of an f of 0. */
export function fisherTail(f: number, first: number, second: number): number {
  if (!(f > 0)) return f === 0 ? 1 : Number.NaN;
  if (f === Number.POSITIVE_INFINITY) return 0;
  const whole = second + first * f;
  return incompleteBeta(second / whole, (first * f) / whole, second / 2, first / 2);
}

/** The continued fraction of I_x(a, b), Abramowitz & Stegun 26.5.8, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}
