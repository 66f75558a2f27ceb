import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { readHalfLife, readMeasured, writeMeasured } from "./scaleOptions.ts";

test.each([
  ["0.62", { value: 0.62, lower: null, upper: null }],
  ["-0.1", { value: -0.1, lower: null, upper: null }],
  ["0.62:0.5:0.7", { value: 0.62, lower: 0.5, upper: 0.7 }],
  ["700:500:", { value: 700, lower: 500, upper: null }],
  ["Infinity:500:Infinity", { value: Number.POSITIVE_INFINITY, lower: 500, upper: Number.POSITIVE_INFINITY }],
])("%s is a number with its interval, and is written so again", (text, measured) => {
  expect(readMeasured(text)).toEqual(measured);
  expect(readMeasured(writeMeasured(measured))).toEqual(measured);
});

test.each(["", ":1:2", "a", "1:b", "1:2:3:4", "20261130-211806-mlp", "./exponent.json", "0x10"])("%j is none", (text) =>
  expect(readMeasured(text)).toBeNull(),
);

test.each([
  ["2000", { count: 2000, unit: "examples" }],
  ["2e3 examples", { count: 2000, unit: "examples" }],
  ["1e7tokens", { count: 1e7, unit: "tokens" }],
  ["0.5 tokens", { count: 0.5, unit: "tokens" }],
])("the half-life %s", (text, expected) => expect(readHalfLife(text)).toEqual(expected));

test.each(["0", "-1", "NaN", "Infinity", "tokens", "5 epochs", "1e39", "1 2"])(
  "the half-life %j is refused",
  (text) => {
    expect(() => readHalfLife(text)).toThrow(UsageError);
    expect(() => readHalfLife(text)).toThrow(/^`beta2HalfLife`: expected /);
  },
);
