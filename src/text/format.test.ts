import { expect, test } from "vitest";
import {
  expectedCosineOf,
  finePercent,
  fixedPlaces,
  intervalText,
  percent,
  significant,
  whole,
  withInterval,
} from "./format.ts";

test.each([
  [0, "0"],
  [1, "1.00"],
  [-0.04567, "−0.0457"],
  [999.6, "1,000"],
  [1234, "1,230"],
  [1234567, "1,230,000"],
  [0.000123456, "0.000123"],
  [0.0000123456, "1.23e-5"],
  [12345678, "1.23e+7"],
  [Number.POSITIVE_INFINITY, "∞"],
  [Number.NEGATIVE_INFINITY, "−∞"],
  [Number.NaN, "NaN"],
])("significant(%f) is %s", (value, text) => {
  expect(significant(value)).toBe(text);
});

test("whole numbers keep every digit, shares become per cent", () => {
  expect([whole(60000), whole(999), whole(1234567)]).toEqual(["60,000", "999", "1,234,567"]);
  expect([percent(0.4567), percent(1), percent(Number.NaN)]).toEqual(["45.7 %", "100.0 %", "NaN"]);
});

test("an interval without an upper end is a lower limit, whatever its point estimate", () => {
  expect(intervalText({ value: 1234, lower: 860, upper: 1971, resolved: true })).toBe("1,230 [860, 1,970]");
  expect(intervalText({ value: 5000, lower: 860, upper: Number.POSITIVE_INFINITY, resolved: false })).toBe("≥ 860");
});

test.each([
  [-0.0004, 3, "0.000"],
  [-0.25, 2, "−0.25"],
  [0.125, 2, "0.13"],
])("%d to %d places is %s", (value, places, text) => {
  expect(fixedPlaces(value, places)).toBe(text);
});

test("the expected cosine has only an upper limit where the noise scale has only a lower one", () => {
  const known = { expectedCosine: 0.25, noiseScale: { lower: 90, resolved: true }, batchSize: 30 };
  expect(expectedCosineOf(known)).toEqual({ value: 0.25, text: "0.250" });
  // An estimate of |G|² below zero would give a negative one, which nothing can have.
  const open = { expectedCosine: -0.04, noiseScale: { lower: 90, resolved: false }, batchSize: 30 };
  expect(expectedCosineOf(open)).toEqual({ value: 0.25, text: "≤ 0.250" });
});

test.each([
  [[10.2731, 10.2682, 10.2788], "10.273 [10.268, 10.279]"],
  [[0.3971, 0.3908, 0.4042], "0.397 [0.391, 0.404]"],
  [[1234.56, 1234.1, 1235.2], "1,234.6 [1,234.1, 1,235.2]"],
  [[9.9997, 9.999, 10.0004], "9.99970 [9.99900, 10.0004]"],
  [[-0.0001, -0.3, 0.3], "−0.000100 [−0.300, 0.300]"],
  [[2, 2, 2], "2.00 [2.00, 2.00]"],
  [[1, 0, Number.POSITIVE_INFINITY], "1.00 [0, ∞]"],
  [[1.00000004, 1.00000003, 1.00000005], "1.00000 [1.00000, 1.00000]"],
] as const)("%j shows how wide the interval is: %s", ([value, lower, upper], text) => {
  expect(withInterval({ value, lower, upper })).toBe(text);
});

test("a share below 1 % keeps three digits", () => {
  expect([finePercent(0.00168), finePercent(0.0168), finePercent(0)]).toEqual(["0.168 %", "1.7 %", "0 %"]);
});
