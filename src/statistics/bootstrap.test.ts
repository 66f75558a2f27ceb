import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { bootstrapIntervals } from "./bootstrap.ts";

test("the interval of a mean is that of the normal approximation, and covers the truth as often as it says", () => {
  const source = random(7);
  const n = 200;
  let covered = 0;
  for (let round = 0; round < 100; round++) {
    const values = Float64Array.from({ length: n }, () => 3 + 2 * source.normal());
    const [mean] = bootstrapIntervals([values], ([sum]) => [sum! / n]);
    if (mean!.lower <= 3 && 3 <= mean!.upper) covered++;
    expect(mean!.upper - mean!.lower).toBeCloseTo((2 * 1.96 * 2) / Math.sqrt(n), 0);
  }
  expect(covered).toBeGreaterThanOrEqual(86);
});

test("what is not defined is NaN, and one example has no bounds", () => {
  expect(bootstrapIntervals([Float64Array.of(1, 2, 3)], () => [Number.NaN])).toEqual([
    { value: Number.NaN, lower: Number.NaN, upper: Number.NaN },
  ]);
  expect(bootstrapIntervals([Float64Array.of(4)], ([sum]) => [sum!])).toEqual([
    { value: 4, lower: Number.NaN, upper: Number.NaN },
  ]);
});
