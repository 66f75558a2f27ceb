import { expect, test } from "vitest";
import { type CoverageCase, coverage } from "./coverage.ts";

/** The cases of `bench/coverage.ts` in small: 600 draws of a true 0.95 have a standard error of 0.009. */
test.each<[string, CoverageCase, number?]>([
  ["few rows", { rows: 8, count: 8, spectrum: "flat, 200", scaleOverSeen: 0.5 }],
  ["a clear gradient", { rows: 32, count: 8, spectrum: "1/√d, 64", scaleOverSeen: 0.1 }],
  [
    "noise of many directions as large as the gradient",
    { rows: 32, count: 8, spectrum: "flat, 200", scaleOverSeen: 2 },
  ],
  ["heavy tails", { rows: 48, count: 4, spectrum: "1/√d, 64", scaleOverSeen: 0.1, tail: 0.5 }],
  [
    "half of a data set, example by example",
    { rows: 128, count: 1, spectrum: "1/√d, 64", scaleOverSeen: 0.3, tail: 0.5, datasetSize: 256 },
  ],
  [
    "single examples with heavy tails",
    { rows: 64, count: 1, spectrum: "1/√d, 64", scaleOverSeen: 0.1, tail: 0.7 },
    0.7,
  ],
  [
    "a gradient along the noisiest direction",
    { rows: 48, count: 8, spectrum: "1/d, 40", scaleOverSeen: 0.02, noisiest: true },
  ],
  [
    "noise of few directions in many rows, as large as the gradient",
    { rows: 64, count: 8, spectrum: "flat, 16", scaleOverSeen: 0.9 },
    0.2,
  ],
  ["a few very long examples", { rows: 48, count: 8, spectrum: "flat, 24", scaleOverSeen: 0.03, rareLong: true }],
])("the interval holds the truth as often as it says: %s", (_, plan, least = 0.8) => {
  const { covered, tooHigh, tooLow, resolved } = coverage(plan, 600, 1);
  expect(covered).toBeGreaterThan(0.92);
  expect(covered).toBeLessThan(0.98);
  expect(Math.max(tooHigh, tooLow)).toBeLessThan(0.055);
  expect(tooHigh + tooLow).toBeCloseTo(1 - covered, 12);
  expect(resolved).toBeGreaterThan(least);
});
