import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { compareUnpaired } from "./unpairedComparison.ts";

const a = [1.2, 0.8, 1.5, 1.1, 0.9];
const b = [1.9, 1.4, 1.6, 2.2, 1.3, 1.75];

test("agrees with SciPy's Welch interval and permutation test", () => {
  const found = compareUnpaired(a, b);
  expect(found).toMatchObject({ paired: false, seeds: 5, baselineSeeds: 6, method: "welch", verdict: "better" });
  expect(found.difference.lower).toBeCloseTo(-1.0051136134, 8);
  expect(found.p).toBeCloseTo(0.015151515, 8);
  expect(found.probabilityOfImprovement.value).toBeCloseTo(28 / 30, 12);
  expect(compareUnpaired(a, b, { smallerIsBetter: false })).toMatchObject({
    verdict: "worse",
    difference: found.difference,
  });
});

test.each([
  [3, 3, null],
  [3, 4, null],
  [4, 4, 2 / 70],
])("%d and %d seeds that do not overlap have p %s", (n, m, p) => {
  const low = Array.from({ length: n }, (_, i) => i / 10);
  const high = Array.from({ length: m }, (_, i) => 5 + i / 10);
  const found = compareUnpaired(low, high);
  expect(found.p).toBe(p);
  expect(found.verdict).toBe(p === null ? "too few seeds" : "better");
});

test("failed trials are ranked last, not averaged", () => {
  const found = compareUnpaired([1, 2, 3, 4, 5], [6, 7, 8, null, null]);
  expect(found).toMatchObject({
    censored: { arm: 0, baseline: 2 },
    estimand: "median",
    test: "rank permutation",
    p: expect.closeTo(2 / 252, 12),
    verdict: "better",
    difference: { value: -6, lower: null },
  });
});

test("one run of each has a difference and no interval", () => {
  expect(compareUnpaired([2], [1])).toMatchObject({
    difference: { value: 1, lower: null, upper: null },
    method: null,
    p: null,
    verdict: "too few seeds",
  });
});

test("an arm without values is refused", () => {
  expect(() => compareUnpaired([], [1])).toThrow(UsageError);
  expect(() => compareUnpaired([1], [1], { minimumEffect: -1 })).toThrow(UsageError);
});
