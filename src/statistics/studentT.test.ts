import { expect, test } from "vitest";
import { studentTQuantile } from "./studentT.ts";

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
