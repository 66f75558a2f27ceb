import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { fitUpdateCost, type UpdateCost } from "./costModel.ts";

const windows: readonly (readonly [number, number])[] = [
  ...[1, 4, 16, 64].map((size) => [size, size] as const),
  ...([
    [16, 4],
    [64, 4],
    [64, 16],
  ] as const),
];

function costs([update, micro, example]: readonly number[], rounds = 1, spread = 0, seed = 1): UpdateCost[] {
  const { normal } = random(seed);
  return windows.map(([batchSize, microBatch]) => {
    const exact = update! + micro! * (batchSize / microBatch) + example! * batchSize;
    const byRound = Array.from({ length: rounds }, () => exact * (1 + spread * normal()));
    return { batchSize, microBatch, seconds: byRound.reduce((sum, x) => sum + x, 0) / rounds, byRound };
  });
}

test.each([[[1e-3, 2e-4, 1e-5]], [[0, 2e-4, 1e-5]], [[1e-3, 0, 1e-5]], [[1e-3, 2e-4, 0]]])(
  "planted costs %j are found",
  (planted) => {
    const found = fitUpdateCost(costs(planted))!;
    const values = [found.perUpdate, found.perMicroBatch, found.perExample].map(({ value }) => value);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(planted[i]!, 9);
    for (const { relative } of found.residuals) expect(Math.abs(relative)).toBeLessThan(1e-6);
  },
);

test("what is measured with noise lies mostly between the lowest and highest round, and never below 0", () => {
  const planted = [1e-3, 2e-4, 1e-5];
  let inside = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const { perUpdate, perMicroBatch, perExample } = fitUpdateCost(costs(planted, 6, 0.05, seed))!;
    for (const [i, { lower, upper, value }] of [perUpdate, perMicroBatch, perExample].entries()) {
      expect([lower >= 0, lower <= value, value <= upper]).toEqual([true, true, true]);
      if (lower <= planted[i]! && planted[i]! <= upper) inside++;
    }
  }
  // Six rounds miss a median once in 32.
  expect(inside / 300).toBeGreaterThan(0.9);
});

test("too few windows, or none of several micro-batches, give no model", () => {
  const all = costs([1e-3, 2e-4, 1e-5]);
  expect(fitUpdateCost(all.slice(-3))).toBeNull();
  expect(fitUpdateCost(all.slice(0, 4))).toBeNull();
  expect(fitUpdateCost(all.slice(0, 5))).not.toBeNull();
});
