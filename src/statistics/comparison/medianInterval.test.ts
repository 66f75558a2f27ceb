import { expect, test } from "vitest";
import { medianInterval, shiftInterval } from "./medianInterval.ts";

const infinity = Number.POSITIVE_INFINITY;

// 1 − 2 P(X ≤ k − 1), X binomial.
test.each([
  [[3, 1, 2], 2, 1, 3, 0.75],
  [[1, 2, 3, 4, 5, 6], 3.5, 1, 6, 0.96875],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9], 5, 2, 8, 0.9609375],
  [[1, 2, 3, 4, 5, infinity], 3.5, 1, infinity, 0.96875],
  [[-infinity, -infinity, infinity, infinity, infinity, infinity], infinity, -infinity, infinity, 0.96875],
  [[7], 7, 7, 7, 0],
])("the median of %j", (values, value, lower, upper, level) => {
  expect(medianInterval(values)).toEqual({ value, lower, upper, level: expect.closeTo(level, 12) });
});

test("the shift between arms covers by the exact distribution of U", () => {
  // Of the 70 deals of 4 and 4, U is 0 in one and 1 in one: 1 − 2/70 covers with all differences, 1 − 4/70 does not.
  expect(shiftInterval([5, 6, 7, 8], [1, 2, 3, 4])).toEqual({ value: 4, lower: 1, upper: 7, level: 1 - 2 / 70 });
  // Table of Mann and Whitney's U for 6 and 6, two-sided 5 %: at most 5, of which 1 − 2 P(U ≤ 5) = 1 − 2·19/924.
  const spread = shiftInterval([60, 61, 62, 63, 64, 65], [0, 10, 20, 30, 40, 50]);
  expect(spread.level).toBeCloseTo(1 - (2 * 19) / 924, 12);
});

test("a failed trial of both arms is a tie, of one an infinite difference", () => {
  expect(shiftInterval([infinity, 1], [infinity, 2]).value).toBe(-0.5);
  expect(shiftInterval([1, 2, 3, 4], [infinity, infinity, infinity, infinity]).upper).toBe(-infinity);
});

test("five values against five leave two differences out at each end", () => {
  const [a, b] = [
    [1, 2.1, 4.3, 7.7, 9.2],
    [0.4, 1.7, 3.9, 8.1, 12.6],
  ];
  const differences = a.flatMap((x) => b.map((y) => x - y)).toSorted((x, y) => x - y);
  const { lower, upper, level } = shiftInterval(a, b);
  expect([lower, upper]).toEqual([differences[2], differences[22]]);
  // P(U ≤ 2) = 4/252 of Mann and Whitney's table.
  expect(level).toBeCloseTo(1 - 8 / 252, 12);
});
