import { expect, test } from "vitest";
import { intervalText, percent, significant, whole } from "./format.ts";

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
