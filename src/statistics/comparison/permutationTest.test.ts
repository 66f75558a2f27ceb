import { expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { permutationTest } from "./permutationTest.ts";

const a = [1.2, 0.8, 1.5, 1.1, 0.9];
const b = [1.9, 1.4, 1.6, 2.2, 1.3, 1.75];

// SciPy's stats.permutation_test of Welch's |t| over all 462 deals, and mannwhitneyu(method="exact").
test("agrees with SciPy", () => {
  expect(permutationTest(a, b)).toEqual({ p: expect.closeTo(0.015151515, 8), exact: true, smallest: 1 / 462 });
  expect(permutationTest([1, 2, 3, 4], [5, 6, 7, 8])).toEqual({ p: 2 / 70, exact: true, smallest: 2 / 70 });
});

test("does not depend on the unit, nor on where 0 is", () => {
  const shifted = (values: readonly number[]) => values.map((value) => 1e6 + 1e-3 * value);
  expect(permutationTest(shifted(a), shifted(b)).p).toBeCloseTo(permutationTest(a, b).p, 12);
});

test("constant arms that differ are as far apart as can be; equal ones not at all", () => {
  expect(permutationTest([1, 1, 1, 1], [2, 2, 2, 2]).p).toBe(2 / 70);
  expect(permutationTest([1, 1, 1, 1], [1, 1, 1, 1]).p).toBe(1);
});

test("deals are drawn where there are more than 20,000, the same each time", () => {
  const { normal } = random(1);
  const [many, more] = [0, 1].map((shift) => Array.from({ length: 12 }, () => normal() + 0.8 * shift));
  const drawn = permutationTest(many!, more!);
  expect(drawn).toEqual(permutationTest(many!, more!));
  expect(drawn).toMatchObject({ exact: false, smallest: 1 / 20_000 });
  expect(drawn.p).toBeGreaterThan(0.001);
  expect(drawn.p).toBeLessThan(0.5);
});

test("drawn arrangements count the one that was seen", () => {
  const { normal } = random(3);
  const [a, b] = [0, 100].map((shift) => Array.from({ length: 12 }, () => shift + normal()));
  expect(permutationTest(a!, b!)).toEqual({ p: 1 / 20_000, exact: false, smallest: 1 / 20_000 });
});
