import { describe, expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { accumulatedWindows, parseBatchSizes, predictedPeak, withinData } from "./profilePlan.ts";

describe("a list of batch sizes", () => {
  test.each([
    ["1,2,4,…,1024", [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]],
    ["1,2,...,10", [1, 2, 4, 8, 10]],
    ["10, 25, …, 60", [10, 25, 40, 55, 60]],
    ["3,9,…,81,100", [3, 9, 27, 81, 100]],
    ["7", [7]],
  ])("%s", (text, sizes) => {
    expect(parseBatchSizes("--batch-sizes", text)).toEqual(sizes);
  });

  test.each(["", "0", "1,,2", "4,2", "2,2", "1,…,8", "…,8", "1,2,…", "1,2,…,2", "1.5", "-1", "1e3", "x", "1,2,…,…,9"])(
    "%j is refused",
    (text) => {
      expect(() => parseBatchSizes("--batch-sizes", text)).toThrow(UsageError);
    },
  );

  test("of more sizes than a figure tells apart is refused", () => {
    expect(() => parseBatchSizes("--batch-sizes", "1,2,3,5,6,…,9999999")).toThrow(/at most 64 sizes/);
  });

  test("is cut where an epoch ends, and refused where it has none of them", () => {
    expect(withinData([1, 8, 64], 63)).toEqual({ kept: [1, 8], beyond: [64] });
    expect(withinData([63], 63)).toEqual({ kept: [63], beyond: [] });
    expect(() => withinData([64, 128], 63)).toThrow(
      "`batchSizes`: expected a size of at most the 63 examples of an epoch, got 64; lower it",
    );
  });
});

test.each([
  [
    [1, 2, 4, 8, 16, 32, 64],
    [
      [16, 4],
      [64, 16],
      [64, 4],
    ],
  ],
  [[4], [[4, 1]]],
  [[3, 5, 7], []],
  [[10, 20, 30], [[20, 5]]],
])("of the sizes %j windows %j are accumulated", (sizes, windows) => {
  expect(accumulatedWindows(sizes)).toEqual(windows);
});

test("a peak is foretold from the last two, and is no less than the last", () => {
  const peak = (batchSize: number, peakBytes: number) => ({ batchSize, peakBytes });
  expect(predictedPeak([], 4)).toBeNaN();
  expect(predictedPeak([peak(1, 100)], 4)).toBeNaN();
  expect(predictedPeak([peak(1, 500), peak(4, 100), peak(8, 140)], 16)).toBe(220);
  expect(predictedPeak([peak(4, 150), peak(8, 140)], 16)).toBe(140);
});
