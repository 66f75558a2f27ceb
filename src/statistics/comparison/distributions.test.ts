import { expect, test } from "vitest";
import {
  binomialProbability,
  chiSquaredProbability,
  chiSquaredQuantile,
  logChoose,
  normalQuantile,
} from "./distributions.ts";

// SciPy's stats.chi2.ppf.
test.each([
  [0.025, 5, 0.8312116134866625],
  [0.975, 5, 12.832501994030027],
  [0.5, 2, 1.386294361119891],
  [0.975, 29, 45.72228580417452],
  [0.025, 1, 0.0009820691171752555],
])("the %d quantile of χ² with %d degrees of freedom", (p, degreesOfFreedom, x) => {
  expect(chiSquaredQuantile(p, degreesOfFreedom)).toBeCloseTo(x, 9);
  expect(chiSquaredProbability(x, degreesOfFreedom)).toBeCloseTo(p, 12);
});

test("χ² has nothing below 0", () => {
  expect(chiSquaredProbability(0, 3)).toBe(0);
});

test.each([
  [0.975, 1.959963984540054],
  [0.5, 0],
  [0.001, -3.090232306167813],
])("the %d quantile of the normal distribution", (p, z) => {
  expect(normalQuantile(p)).toBeCloseTo(z, 5);
});

test.each([
  [3, 12, 0.5, 0.072998046875],
  [5, 9, 0.3, 0.974705158],
  [-1, 5, 0.5, 0],
  [5, 5, 0.5, 1],
  [0, 3, 0, 1],
])("at most %d of %d successes of probability %d", (k, n, p, probability) => {
  expect(binomialProbability(k, n, p)).toBeCloseTo(probability, 12);
});

test("52 cards give 2,598,960 hands", () => {
  expect(Math.exp(logChoose(52, 5))).toBeCloseTo(2_598_960, 3);
});
