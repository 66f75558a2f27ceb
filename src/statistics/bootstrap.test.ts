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

const mean = (values: readonly number[]) =>
  bootstrapIntervals([Float64Array.from(values)], ([sum]) => [sum! / values.length])[0]!;
const noBounds = { lower: Number.NaN, upper: Number.NaN };

test("fewer than six examples carry no interval: no interval between them covers the median in 95 %", () => {
  const six = [1, 2, 4, 8, 16, 32];
  for (const n of [1, 2, 3, 4, 5]) expect(mean(six.slice(0, n))).toMatchObject(noBounds);
  const { value, lower, upper } = mean(six);
  expect([value, lower >= 1, lower < value, value < upper, upper <= 32]).toEqual([10.5, true, true, true, true]);
});

test("examples that are all alike bound nothing, nor does what resamples often leave undefined", () => {
  expect(mean(Array(50).fill(3))).toEqual({ value: 3, ...noBounds });
  // Seven of eight are 0, so that a resample holds no other in (7/8)⁸, a third of the draws.
  const rare = Float64Array.of(0, 0, 0, 0, 0, 0, 0, 1);
  const share = ([sum]: readonly number[]) => [sum === 0 ? Number.NaN : 8 / sum!];
  expect(bootstrapIntervals([rare], share)).toEqual([{ value: 8, ...noBounds }]);
});

test("what is not defined is NaN, and one example has no bounds", () => {
  expect(bootstrapIntervals([Float64Array.of(1, 2, 3)], () => [Number.NaN])).toEqual([
    { value: Number.NaN, lower: Number.NaN, upper: Number.NaN },
  ]);
  expect(bootstrapIntervals([Float64Array.of(4)], ([sum]) => [sum!])).toEqual([
    { value: 4, lower: Number.NaN, upper: Number.NaN },
  ]);
});
