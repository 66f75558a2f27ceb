import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { lossStability } from "./lossStability.ts";

test("averages ten losses at a time", () => {
  const { smoothed, window } = lossStability(Array.from({ length: 12 }, (_, i) => i));
  expect([window, smoothed]).toEqual([10, [4.5, 5.5, 6.5]]);
});

test("a straight line does not scatter, however steep", () => {
  const { standardDeviation, coefficientOfVariation } = lossStability(Array.from({ length: 60 }, (_, i) => 100 - i));
  expect(standardDeviation!).toBeCloseTo(0, 10);
  expect(coefficientOfVariation!).toBeCloseTo(0, 10);
});

test("finds the deviation of noise on a falling loss, which the raw deviation overstates", () => {
  const { normal } = random(3);
  const losses = Array.from({ length: 4000 }, (_, i) => 2 + 3 * Math.exp(-i / 800) + 0.05 * normal());
  const { standardDeviation, coefficientOfVariation } = lossStability(losses);
  expect(standardDeviation!).toBeCloseTo(0.05, 2.5);
  const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
  expect(coefficientOfVariation!).toBeCloseTo(standardDeviation! / mean, 12);
});

test.each([
  ["fewer than two windows", Array(19).fill(1), null, null],
  ["no losses", [], null, null],
  ["a loss that is no number", [...Array(30).fill(1), Number.NaN], null, null],
  ["a mean of 0", Array.from({ length: 40 }, (_, i) => (i % 2 ? 1 : -1)), expect.any(Number), null],
])("%s", (_, losses, deviation, variation) => {
  const found = lossStability(losses);
  expect([found.standardDeviation, found.coefficientOfVariation]).toEqual([deviation, variation]);
});
