import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { comparePairedTimes, kaplanMeier, timeToTarget } from "./kaplanMeier.ts";

const reached = (...times: number[]) => times.map((time) => ({ time, reached: true }));
const censored = (...times: number[]) => times.map((time) => ({ time, reached: false }));

// Freireich et al.'s weeks of remission under 6-mercaptopurine, with the estimates that textbooks print.
const weeks = [...reached(6, 6, 6, 7, 10, 13, 16, 22, 23), ...censored(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)];

test("gives the textbook's curve and median", () => {
  expect(kaplanMeier(weeks).map(({ time, waiting }) => [time, waiting])).toEqual([
    [6, expect.closeTo(0.8571, 4)],
    [7, expect.closeTo(0.8067, 4)],
    [10, expect.closeTo(0.7529, 4)],
    [13, expect.closeTo(0.6902, 4)],
    [16, expect.closeTo(0.6275, 4)],
    [22, expect.closeTo(0.5378, 4)],
    [23, expect.closeTo(0.4482, 4)],
  ]);
  expect(timeToTarget(weeks)).toMatchObject({
    trials: 21,
    reached: 9,
    horizon: 35,
    median: { value: 23, lower: 13, upper: null },
  });
  // R's survival: rmean 23.29, se 2.83.
  expect(timeToTarget(weeks).restrictedMean.value).toBeCloseTo(23.287, 2);
});

test("without censoring the restricted mean is the mean, and half reach it by the median", () => {
  const { restrictedMean, median } = timeToTarget(reached(1, 2, 3, 4, 10));
  expect(restrictedMean.value).toBeCloseTo(4, 12);
  expect(median.value).toBe(3);
  // Student's standard error of the same five values.
  const error = Math.sqrt(12.5 / 5);
  expect(restrictedMean.upper - 4).toBeCloseTo(1.96 * error, 1);
});

test("trials that never reach the target count to the horizon, they are not dropped", () => {
  const summary = timeToTarget([...reached(10, 20), ...censored(100, 100, 100)]);
  expect(summary.median).toEqual({ value: null, lower: 10, upper: null });
  expect(summary.restrictedMean.value).toBe((10 + 20 + 300) / 5);
  expect(timeToTarget(censored(5, 5)).median).toEqual({ value: null, lower: null, upper: null });
});

test.each([
  ["none", []],
  ["a negative time", reached(-1)],
  ["a time that is no number", censored(Number.NaN)],
])("%s is refused", (_, trials) => {
  expect(() => timeToTarget(trials)).toThrow(UsageError);
});

test("of pairs, who reached the target is earlier than who was watched as long and did not", () => {
  const arm = [...reached(5, 5, 5, 5, 5, 5), ...censored(10, 3), ...reached(9)];
  const baseline = [...reached(6, 7, 8, 9), ...censored(10, 10, 10), ...reached(5), ...censored(4)];
  expect(comparePairedTimes(arm, baseline)).toMatchObject({
    earlier: 6,
    later: 0,
    ties: 3,
    p: 2 / 64,
    probabilityOfImprovement: { value: 7.5 / 9 },
  });
  expect(comparePairedTimes(censored(1), censored(1)).p).toBeNull();
  expect(() => comparePairedTimes(censored(1), [])).toThrow(UsageError);
});

test("Greenwood's sum, and what is told of pairs", () => {
  const at = (time: number, reached = true) => ({ time, reached });
  const steps = kaplanMeier([at(1), at(2), at(3, false), at(4)]);
  expect(steps.map(({ greenwood }) => greenwood)).toEqual([1 / 12, 1 / 12 + 1 / 6, Number.POSITIVE_INFINITY]);
  // Watched for as long, and not there.
  expect(comparePairedTimes([at(5)], [at(5, false)])).toMatchObject({ earlier: 1, ties: 0 });
  const [first, last] = [[1, 2, 3, 4, 5].map((time) => at(time)), [11, 12, 13, 14, 15].map((time) => at(time))];
  expect(comparePairedTimes(first, last)).toMatchObject({ earlier: 5, p: null });
});
