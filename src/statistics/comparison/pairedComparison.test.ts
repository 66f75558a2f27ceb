import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { comparePaired } from "./pairedComparison.ts";

const baseline = [1, 1.2, 0.9, 1.1, 1.3, 1.05];
const better = [0.7, 0.8, 0.65, 0.85, 0.9, 0.8];

test("a loss that is lower for every seed is better", () => {
  const found = comparePaired(better, baseline);
  expect(found).toMatchObject({
    paired: true,
    seeds: 6,
    estimand: "mean",
    method: "t",
    level: 0.95,
    p: 2 / 64,
    exact: true,
    test: "sign flip",
    verdict: "better",
    agrees: true,
    censored: { arm: 0, baseline: 0 },
  });
  expect(found.difference.value).toBeCloseTo(-0.308333, 5);
  expect(found.difference.upper!).toBeLessThan(0);
  expect(found.bca!.lower).toBeGreaterThan(found.difference.lower!);
  expect(found.probabilityOfImprovement.value).toBe(1);
  expect(found.seedsNeeded!.effect).toBeCloseTo(0.308333, 5);
});

test("an accuracy that is lower is worse; its difference keeps its sign", () => {
  const found = comparePaired(better, baseline, { smallerIsBetter: false });
  expect(found.verdict).toBe("worse");
  expect(found.difference).toEqual(comparePaired(better, baseline).difference);
  expect(found.bca!.value).toBeCloseTo(-0.308333, 5);
  expect(found.probabilityOfImprovement.value).toBe(0);
});

test("fewer than six seeds have an interval and no p", () => {
  const found = comparePaired(better.slice(0, 5), baseline.slice(0, 5));
  expect(found).toMatchObject({ p: null, smallestP: 0.0625, verdict: "too few seeds", agrees: null });
  expect(found.difference.upper!).toBeLessThan(0);
});

test("one seed has a difference and nothing else", () => {
  expect(comparePaired([2], [1])).toMatchObject({
    difference: { value: 1, lower: null, upper: null },
    method: null,
    bca: null,
    standardDeviation: null,
    p: null,
    seedsNeeded: null,
  });
});

test("an arm against itself shows no difference", () => {
  expect(comparePaired(baseline, baseline)).toMatchObject({
    difference: { value: 0, lower: 0, upper: 0 },
    p: 1,
    verdict: "no difference shown",
    agrees: true,
    probabilityOfImprovement: { value: 0.5 },
  });
});

test("the minimum effect says what the seeds are needed for", () => {
  expect(comparePaired(better, baseline, { minimumEffect: 0.05 }).seedsNeeded!.effect).toBe(0.05);
});

test.each([null, Number.NaN, Number.POSITIVE_INFINITY])("a trial of %s is worse than every other", (failed) => {
  const found = comparePaired([0, 0, 0, 0, 0, 0, failed], [1, 2, 3, 4, 5, 6, 1]);
  expect(found).toMatchObject({
    censored: { arm: 1, baseline: 0 },
    estimand: "median",
    method: "order statistics",
    test: "signed ranks",
    bca: null,
    standardDeviation: null,
    seedsNeeded: null,
    level: expect.closeTo(0.984375, 12),
  });
  expect(found.difference).toEqual({ value: -3, lower: -6, upper: null });
  // Ranks 1 … 6 against the 7 of the failed trial: 19 choices of signs sum to at most −14, as many to at least 14.
  expect(found.p).toBe(38 / 128);
  expect(found.probabilityOfImprovement.value).toBeCloseTo(6 / 7, 9);
});

test("failures of the baseline alone, even all of them, make the arm better, for either direction", () => {
  for (const smallerIsBetter of [true, false]) {
    const found = comparePaired(
      better,
      better.map(() => null),
      { smallerIsBetter },
    );
    expect(found).toMatchObject({
      verdict: "better",
      p: 2 / 64,
      difference: { value: null, lower: null, upper: null },
    });
  }
});

test("seeds that both arms failed are ties", () => {
  const found = comparePaired([null, null, 1, 1, 1, 1, 1, 1], [null, null, 2, 2, 2, 2, 2, 2]);
  expect(found).toMatchObject({ p: 2 / 64, probabilityOfImprovement: { value: 7 / 8 }, difference: { value: -1 } });
});

test.each([
  ["no pair", [], [], undefined],
  ["lists of unequal length", [1, 2], [1], undefined],
  ["no minimum effect", [1], [1], 0],
  ["NaN as minimum effect", [1], [1], Number.NaN],
])("%s is refused in one line", (_, arm, other, minimumEffect) => {
  expect(() => comparePaired(arm, other, minimumEffect === undefined ? {} : { minimumEffect })).toThrow(UsageError);
});

test("what the interval shows and the exact test does not is not called a difference", () => {
  const arm = [-1, -1.1, -0.9, -1, -1.05, 0.01];
  const found = comparePaired(
    arm,
    arm.map(() => 0),
  );
  expect(found.difference.upper!).toBeLessThan(0);
  expect(found).toMatchObject({ p: 4 / 64, verdict: "no difference shown", agrees: false });
});
