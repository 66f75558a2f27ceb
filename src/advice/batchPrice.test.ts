import { expect, test } from "vitest";
import { batchPrice } from "./batchPrice.ts";

const length = { updates: 1000, unit: "epochs", asked: 10 } as const;

/** Updates to a loss by eq. 2.11: S = S_min (1 + N/B). */
const updatesTo = (scale: number, batch: number) => 1 + scale / batch;

test.each([
  [16, 64, 5],
  [16, 64, 50],
  [16, 64, 5000],
  [1, 7, 300],
])("from %d to %d examples at a noise scale of %d", (from, to, value) => {
  const [lower, upper] = [value / 2, value * 3];
  const price = batchPrice(from, to, { value, lower, upper, level: 0.95, resolved: true, unit: "examples" }, length);
  expect(price.fewerUpdates.lower).toBeCloseTo(updatesTo(lower, from) / updatesTo(lower, to), 10);
  expect(price.fewerUpdates.upper).toBeCloseTo(updatesTo(upper, from) / updatesTo(upper, to), 10);
  const examples = (scale: number) => (to * updatesTo(scale, to)) / (from * updatesTo(scale, from));
  expect(price.moreExamples.lower).toBeCloseTo(examples(upper), 10);
  expect(price.moreExamples.upper).toBeCloseTo(examples(lower), 10);
  expect(price.longer).toEqual({ unit: "epochs", more: Math.ceil(10 * examples(value)) });
  expect(price.moreExamples.lower).toBeGreaterThanOrEqual(1);
});

test("without an upper end the most that can be saved is the ratio of the batches, at no price", () => {
  const open = { value: 90, lower: 40, upper: Number.POSITIVE_INFINITY, level: 0.95, resolved: false } as const;
  const steps = { updates: 500, unit: "steps", asked: 500 } as const;
  const price = batchPrice(4, 40, { ...open, unit: "examples" }, steps);
  expect(price.fewerUpdates).toEqual({ lower: 5.5, upper: 10 });
  expect(price.moreExamples).toEqual({ lower: 1, upper: 10 / 5.5 });
  expect(price.longer).toEqual({ unit: "steps", more: 91 });
});
