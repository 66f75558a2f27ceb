import { expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { pairedProbability, unpairedProbability } from "./probabilityOfImprovement.ts";

test("counts the pairs in which the arm is smaller, ties half", () => {
  expect(pairedProbability([-1, -2, 3, 0]).value).toBe(0.625);
  expect(pairedProbability([-1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]).value).toBeCloseTo(2 / 3, 12);
  // Wilson's interval of 6 of 6.
  expect(pairedProbability([-1, -1, -1, -1, -1, -1])).toEqual({ value: 1, lower: expect.closeTo(0.6097, 3), upper: 1 });
});

test("counts all pairs of independent arms, ties half", () => {
  expect(unpairedProbability([1, 2, 3], [2, 4]).value).toBe((1 + 0.5 + 0 + 3) / 6);
  expect(unpairedProbability([1, 2], [1, 2]).value).toBe(0.5);
});

test("an arm that always wins is not certain to", () => {
  const won = unpairedProbability([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]);
  expect(won).toEqual({ value: 1, lower: expect.closeTo(0.67, 1), upper: 1 });
  const lost = unpairedProbability([7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5, 6]);
  expect([lost.value, lost.lower, lost.upper]).toEqual([0, 0, expect.closeTo(1 - won.lower, 9)]);
});

test("covers P(A < B) of normal arms in 95 % of draws", () => {
  const { normal } = random(4);
  for (const [shift, truth] of [
    [0, 0.5],
    [1, 0.7602],
  ] as const) {
    let covered = 0;
    for (let draw = 0; draw < 1000; draw++) {
      const a = Array.from({ length: 8 }, () => normal());
      const b = Array.from({ length: 8 }, () => normal() + shift);
      const { lower, upper } = unpairedProbability(a, b);
      if (lower <= truth && truth <= upper) covered++;
    }
    expect(covered / 1000).toBeGreaterThan(0.93);
    expect(covered / 1000).toBeLessThan(0.98);
  }
});

test("ends are those of Newcombe's method 5, solved by SciPy", () => {
  const { value, lower, upper } = unpairedProbability([1, 2, 4, 6, 7.5], [3, 5, 6, 8, 9, 11, 2.5]);
  expect(value).toBeCloseTo(0.7285714285714285, 12);
  expect(lower).toBeCloseTo(0.3930556072099214, 7);
  expect(upper).toBeCloseTo(0.9116360040377296, 7);
});
