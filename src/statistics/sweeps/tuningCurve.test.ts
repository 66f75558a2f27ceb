import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { tuningCurve } from "./tuningCurve.ts";

/** The mean best of every choice of n, one by one. */
function exhaustive(values: readonly number[], n: number): number {
  let [sum, count] = [0, 0];
  for (let choice = 0; choice < 2 ** values.length; choice++) {
    const chosen = values.filter((_, i) => (choice >> i) & 1);
    if (chosen.length !== n) continue;
    sum += Math.min(...chosen);
    count++;
  }
  return sum / count;
}

test("equals exhaustive resampling, for losses and for accuracies", () => {
  const { normal } = random(4);
  const values = Array.from({ length: 9 }, () => normal());
  const curve = tuningCurve(values);
  const mirrored = tuningCurve(
    values.map((value) => -value),
    false,
  );
  curve.forEach(({ trials, expectedBest }, k) => {
    expect(expectedBest!).toBeCloseTo(exhaustive(values, trials), 10);
    expect(mirrored[k]!.expectedBest!).toBeCloseTo(-expectedBest!, 10);
  });
  expect(curve.at(-1)!.expectedBest).toBeCloseTo(Math.min(...values), 10);
});

test("failed trials are worse than all others, and are drawn too", () => {
  const curve = tuningCurve([1, null, 3, Number.NaN]);
  expect(curve.map(({ expectedBest }) => expectedBest)).toEqual([
    null,
    null,
    // Of the four choices of three, three hold the 1 and one the 3 with both failures.
    expect.closeTo((3 * 1 + 3) / 4, 10),
    expect.closeTo(1, 10),
  ]);
  expect(tuningCurve([null])).toEqual([{ trials: 1, expectedBest: null, lower: null, upper: null }]);
});

test("the interval of half the trials holds the expectation of the law in about 95 % of sweeps", () => {
  const { uniform } = random(5);
  let covered = 0;
  for (let sweep = 0; sweep < 60; sweep++) {
    const at = tuningCurve(Array.from({ length: 20 }, () => uniform()))[4]!;
    // The least of five uniform numbers is 1/6 on average.
    if (at.lower! <= 1 / 6 && 1 / 6 <= at.upper!) covered++;
  }
  expect(covered).toBeGreaterThan(48);
});

test("no trial is refused", () => {
  expect(() => tuningCurve([])).toThrow(UsageError);
});
