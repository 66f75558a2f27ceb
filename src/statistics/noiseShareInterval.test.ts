import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { labelNoise } from "./labelNoise.ts";
import { noiseShareInterval } from "./noiseShareInterval.ts";

/** Three classes far apart, and a share of labels turned into another class. */
function planted(seed: number, count: number, noise: number) {
  const { normal, uniform, integer } = random(seed);
  const values = new Float64Array(3 * count);
  let wrong = 0;
  const labels = Array.from({ length: count }, (_, i) => {
    const truth = integer(3);
    for (let c = 0; c < 3; c++) values[3 * i + c] = normal() + (c === truth ? 9 : 0);
    const isWrong = uniform() < noise;
    wrong += Number(isWrong);
    return isWrong ? (truth + 1 + integer(2)) % 3 : truth;
  });
  return { model: { values, classes: 3 }, labels, share: wrong / count };
}

test("the interval holds the rate that errors were made by in most draws, and is about as wide as their count scatters", () => {
  let [held, width] = [0, 0];
  for (let draw = 0; draw < 20; draw++) {
    const { model, labels } = planted(40 + 4 * draw, 200, 0.1);
    const { lower, upper } = noiseShareInterval(model, labels, labelNoise(model, labels), random(4 * draw), 19);
    held += Number(lower <= 0.1 && 0.1 <= upper);
    width += (upper - lower) / 20;
  }
  // 95 % of 20, less three standard errors.
  expect(held).toBeGreaterThanOrEqual(16);
  // 2 · 2.1 · √(0.1 · 0.9/200).
  expect(Math.abs(width / (4.2 * Math.sqrt(0.09 / 200)) - 1)).toBeLessThan(0.15);
});

test("of right labels it reaches down to nothing; the same each time; of none that is judged there is none", () => {
  const { model, labels } = planted(3, 200, 0);
  const found = labelNoise(model, labels);
  const interval = noiseShareInterval(model, labels, found, random(5), 19);
  expect(interval.lower).toBe(0);
  expect(interval.value).toBe(found.noise);
  expect(noiseShareInterval(model, labels, found, random(5), 19)).toEqual(interval);
  const none = labelNoise(model, labels, () => false);
  expect(noiseShareInterval(model, labels, none, random(5), 19)).toEqual({
    value: Number.NaN,
    lower: Number.NaN,
    upper: Number.NaN,
  });
});
