import { expect, test } from "vitest";
import { random } from "../src/tensor/random.ts";
import { growth } from "./soakGrowth.ts";

test("a line's slope, whatever one point says", () => {
  const line = Array.from({ length: 10 }, (_, i) => [10 * i, 3 + 2 * i] as const);
  expect(growth(line)).toEqual({ slope: 0.2, lower: 0.2, upper: 0.2 });
  expect(growth([...line.slice(0, 9), [90, 1000]]).slope).toBeCloseTo(0.2);
});

test("noise around a level has an interval with 0 in it 95 times of 100", () => {
  const generator = random(5);
  let covered = 0;
  for (let i = 0; i < 1000; i++) {
    const { lower, upper } = growth(Array.from({ length: 10 }, (_, at) => [at, generator.normal()] as const));
    if (lower <= 0 && upper >= 0) covered++;
  }
  expect(covered).toBeGreaterThan(930);
});

test("one point has no slope", () => {
  expect(growth([[1, 1]]).slope).toBeNaN();
});
