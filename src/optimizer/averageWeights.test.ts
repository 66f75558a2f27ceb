import { describe, expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { averageWeights, isAveraged, type WeightAverage } from "./averageWeights.ts";

test("is the mean of all, however many", () => {
  const generator = random(2);
  const models = Array.from({ length: 500 }, () => Float32Array.from({ length: 7 }, () => 100 + generator.normal()));
  let average: WeightAverage | undefined;
  for (const weights of models) average = averageWeights(average, weights);
  expect(average!.count).toBe(500);
  average!.mean.forEach((value, i) => {
    const expected = models.reduce((sum, weights) => sum + weights[i]!, 0) / 500;
    expect(value).toBeCloseTo(expected, 10);
  });
});

test("changes neither what it is given nor earlier means", () => {
  const weights = Float32Array.of(1, 2);
  const first = averageWeights(undefined, weights);
  const second = averageWeights(first, Float32Array.of(3, 4));
  expect([first, second]).toEqual([
    { count: 1, mean: Float64Array.of(1, 2) },
    { count: 2, mean: Float64Array.of(2, 3) },
  ]);
  expect(weights).toEqual(Float32Array.of(1, 2));
  weights[0] = 9;
  expect(first.mean[0]).toBe(1);
});

test("refuses weights of another model", () => {
  expect(() => averageWeights(averageWeights(undefined, [1, 2]), [1])).toThrow(ShapeError);
  expect(() => averageWeights(averageWeights(undefined, [1, 2]), [1])).toThrow("expected 2 weights, got 1");
});

describe("the epochs that count", () => {
  const counted = (when: { start: number; period?: number }) =>
    Array.from({ length: 10 }, (_, i) => i + 1).filter((epoch) => isAveraged(epoch, when));
  test("are all from the start on", () => expect(counted({ start: 8 })).toEqual([8, 9, 10]));
  test("or every so many", () => expect(counted({ start: 3, period: 3 })).toEqual([3, 6, 9]));
  test("counted from the start", () => expect(counted({ start: 2, period: 3 })).toEqual([2, 5, 8]));
});
