import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { fitPeakMemory, fitStepCost, secondsOfStep, undisturbedMedian } from "./stepCost.ts";

const places = [8, 16, 32, 64, 128].flatMap((batchSize) =>
  [8, 16, 32].filter((microBatch) => microBatch <= batchSize).map((microBatch) => ({ batchSize, microBatch })),
);
const [o, a, c] = [3e-3, 1e-3, 2e-4];
const costOf = ({ batchSize, microBatch }: (typeof places)[number]) =>
  o + a * Math.ceil(batchSize / microBatch) + c * batchSize;

test("finds planted costs", () => {
  const cost = fitStepCost(places.map((place) => ({ ...place, seconds: [costOf(place)] })));
  expect([cost.perUpdate.value, cost.perMicroBatch!.value, cost.perExample.value]).toEqual(
    [o, a, c].map((value) => expect.closeTo(value, 9)),
  );
  expect(cost.range).toEqual({ batchSize: [8, 128], microBatch: [8, 32] });
  expect(secondsOfStep(cost, 100, 20)).toBeCloseTo(o + 5 * a + 100 * c, 9);
});

test("disturbed times and one disturbed place change little; intervals cover", () => {
  const { normal, uniform } = random(11);
  let covered = 0;
  for (let draw = 0; draw < 100; draw++) {
    const measured = places.map((place) => {
      // What a place differs by as a whole is not averaged away.
      const own = costOf(place) * (1 + 0.03 * normal());
      return {
        ...place,
        seconds: Array.from({ length: 15 }, () => own * (1 + 0.02 * Math.abs(normal())) * (uniform() < 0.2 ? 3 : 1)),
      };
    });
    const { perMicroBatch } = fitStepCost(measured);
    if (perMicroBatch!.lower <= 1.0135 * a && 1.0135 * a <= perMicroBatch!.upper) covered++;
  }
  expect(covered).toBeGreaterThan(87);
  const one = places.map((place, i) => ({ ...place, seconds: [costOf(place) * (i === 7 ? 5 : 1)] }));
  expect(fitStepCost(one).perExample.value).toBeCloseTo(c, 5);
});

test("costs are never negative", () => {
  const falling = fitStepCost(
    [8, 16, 32].map((size) => ({ batchSize: size, microBatch: size, seconds: [1 - size / 100] })),
  );
  expect(falling.perExample).toMatchObject({ value: 0, lower: 0 });
});

test("without accumulation the cost of a micro-batch is part of that of an update", () => {
  const cost = fitStepCost([4, 8, 16].map((size) => ({ batchSize: size, microBatch: size, seconds: [1 + size] })));
  expect(cost.perMicroBatch).toBeNull();
  expect(cost.perUpdate.value).toBeCloseTo(1, 9);
  expect(secondsOfStep(cost, 10, 10)).toBeCloseTo(11, 9);
});

test.each([
  [4, 8],
  [256, 8],
  [64, 4],
  [64, 64],
])("a batch of %d in micro-batches of %d was not measured, so nothing is said", (batchSize, microBatch) => {
  const cost = fitStepCost(places.map((place) => ({ ...place, seconds: [costOf(place)] })));
  expect(() => secondsOfStep(cost, batchSize, microBatch)).toThrow(UsageError);
});

test("of times the disturbed ones are left out and counted", () => {
  expect(undisturbedMedian([1, 1.01, 0.99, 1, 5, 7, 1.02, 1])).toEqual({ seconds: 1, disturbed: 0.25 });
  expect(undisturbedMedian([2])).toEqual({ seconds: 2, disturbed: 0 });
});

test("peak memory is fixed bytes and bytes per example", () => {
  const { fixed, perExample } = fitPeakMemory(
    [1, 2, 4, 8].map((microBatch) => ({ microBatch, bytes: 1000 + 50 * microBatch })),
  );
  expect([fixed.value, perExample.value]).toEqual([expect.closeTo(1000, 6), expect.closeTo(50, 6)]);
});

test.each([
  ["two batch sizes", () => fitStepCost([1, 2].map((size) => ({ batchSize: size, microBatch: size, seconds: [1] })))],
  ["no times", () => fitStepCost([1, 2, 3].map((size) => ({ batchSize: size, microBatch: size, seconds: [] })))],
  ["one micro-batch size", () => fitPeakMemory([{ microBatch: 1, bytes: 1 }])],
  [
    "no bytes",
    () =>
      fitPeakMemory([
        { microBatch: 1, bytes: 1 },
        { microBatch: 2, bytes: 0 },
      ]),
  ],
])("%s are refused", (_, act) => {
  expect(act).toThrow(UsageError);
});
