import { expect, test } from "vitest";
import { studentTQuantile, studentTTail } from "./studentT.ts";

// Abramowitz & Stegun, table 26.10, with more digits from SciPy's stats.t.ppf.
test.each([
  [0.95, 1, 12.706204736],
  [0.95, 2, 4.3026527299],
  [0.95, 3, 3.1824463053],
  [0.95, 4, 2.7764451052],
  [0.95, 9, 2.2621571628],
  [0.95, 30, 2.0422724563],
  [0.95, 120, 1.9799304051],
  [0.95, 10001, 1.9602008],
  [0.5, 2, 0.8164965809],
  [0.99, 5, 4.0321429836],
])("|T| is at most t with probability %d for %d degrees of freedom", (level, degreesOfFreedom, t) => {
  expect(studentTQuantile(level, degreesOfFreedom)).toBeCloseTo(t, 6);
});

/** P(|T| ≤ t) by Simpson's rule over θ = atan(t/√ν), where the density is ∝ cos^(ν − 1) θ. */
function centralProbability(t: number, degreesOfFreedom: number): number {
  const integral = (end: number) => {
    const steps = 20_000;
    const weight = (i: number) => (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
    const terms = Array.from({ length: steps + 1 }, (_, i) => {
      const theta = (end * i) / steps;
      return weight(i) * Math.max(0, Math.cos(theta)) ** (degreesOfFreedom - 1);
    });
    return (terms.reduce((sum, term) => sum + term, 0) * end) / steps / 3;
  };
  return integral(Math.atan(t / Math.sqrt(degreesOfFreedom))) / integral(Math.PI / 2);
}

test.each([1.5, 2.5, 3.7, 8.25, 19.9, 480.3])("%d degrees of freedom, which are no whole number", (freedom) => {
  for (const level of [0.5, 0.95, 0.99]) {
    // Simpson's rule is less exact where the density has an infinite slope at the end, ν < 3.
    const digits = freedom < 3 ? 4 : 9;
    expect(centralProbability(studentTQuantile(level, freedom), freedom)).toBeCloseTo(level, digits);
  }
});

test("the tail beyond a quantile is what is left of its level", () => {
  for (const freedom of [1, 4, 9.5, 63])
    for (const level of [0.5, 0.95, 0.999]) {
      const t = studentTQuantile(level, freedom);
      expect(studentTTail(t, freedom)).toBeCloseTo(1 - level, 9);
      expect(studentTTail(-t, freedom)).toBeCloseTo(1 - level, 9);
    }
  expect(studentTTail(0, 5)).toBe(1);
  expect(studentTTail(Number.NaN, 5)).toBeNaN();
});
