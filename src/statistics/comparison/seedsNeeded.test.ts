import { expect, test } from "vitest";
import { fewestSeeds, powerOfT, seedsNeeded } from "./seedsNeeded.ts";

// SciPy's stats.nct.sf.
test.each([
  [1, 6, 0.5068166814],
  [1, 8, 0.680830149],
  [1, 10, 0.803096209],
  [0.5, 20, 0.564484897],
  [1.5, 6, 0.832529141],
  [2, 3, 0.470747706],
])("an effect of %d deviations shows with %d seeds as often as SciPy says", (effect, n, power) => {
  expect(powerOfT(effect, 1, n)).toBeCloseTo(power, 3);
});

test("gives the least number of seeds whose power is 0.8, and at least six", () => {
  const { seeds, power, effect } = seedsNeeded(0.5, 1, 10);
  expect([effect, power]).toEqual([0.5, 0.8]);
  expect(powerOfT(0.5, 1, seeds!)).toBeGreaterThanOrEqual(0.8);
  expect(powerOfT(0.5, 1, seeds! - 1)).toBeLessThan(0.8);
  // Cohen's table: 34 pairs for d = 0.5.
  expect(seeds).toBe(34);
  expect(seedsNeeded(100, 1, 6).seeds).toBe(6);
});

test("the interval narrows as the deviation becomes better known", () => {
  const [few, many] = [seedsNeeded(0.5, 1, 6), seedsNeeded(0.5, 1, 60)];
  expect([few.lower, many.lower, many.seeds, many.upper, few.upper]).toEqual(
    [few.lower!, many.lower!, many.seeds!, many.upper!, few.upper!].toSorted((a, b) => a - b),
  );
});

test("no effect needs more seeds than there are", () => {
  expect(seedsNeeded(0, 1, 6)).toMatchObject({ seeds: null, lower: null, upper: null });
  expect(seedsNeeded(0, 0, 6).seeds).toBeNull();
  expect(seedsNeeded(1, 0, 6).seeds).toBe(6);
});

test.each([
  [1, 34],
  [3, 45],
  [10, 58],
])(
  "an effect of half a deviation needs with %i comparisons the %i pairs of SciPy's noncentral t",
  (comparisons, pairs) => {
    expect(seedsNeeded(0.5, 1, 12, comparisons).seeds).toBe(pairs);
  },
);

test("2/2ⁿ is at most 5 % over the number of comparisons from so many seeds on", () => {
  expect([1, 2, 3, 4, 6, 7].map(fewestSeeds)).toEqual([6, 7, 7, 8, 8, 9]);
});
