import { expect, test } from "vitest";
import { resolveConfiguration } from "../configuration.ts";
import { readingOptions } from "./readerOptions.ts";

const given = (flags: Record<string, string>) =>
  readingOptions(resolveConfiguration({ model: "mlp", data: "a.csv", ...flags }, {}));

test("nothing said is nothing told", () => {
  expect(given({})).toBeUndefined();
});

test.each([
  [{ features: "a, b c" }, { features: ["a", "b c"] }],
  [{ imageSize: "32" }, { imageSize: [32, 32] }],
  [{ imageSize: "24x32" }, { imageSize: [24, 32] }],
  [{ dataMemory: "3" }, { dataMemory: 3 * 2 ** 20 }],
  [
    { splitBlock: "0", validationSplit: "0.5", splitSeed: "7" },
    { splitBlock: 0, validationSplit: 0.5, splitSeed: 7 },
  ],
  [
    { task: "regression", target: "price", missing: "mean" },
    { task: "regression", target: "price", missing: "mean" },
  ],
])("%o", (flags, options) => {
  expect(Object.fromEntries(Object.entries(given(flags)!).filter(([, value]) => value !== undefined))).toEqual(options);
});

test.each([
  [{ imageSize: "0" }, /^`imageSize`: expected a size in pixels, as 32 or 24x32, got "0"/],
  [{ imageSize: "32x" }, /^`imageSize`: expected a size in pixels, as 32 or 24x32, got "32x"/],
  [{ imageSize: "99999" }, /^`imageSize`: expected images of at most 8192 × 8192 pixels, got 99999; make it smaller/],
  [{ validationSplit: "0" }, /^`validationSplit`: expected a number above 0 and below 1, got 0;/],
  [{ splitBlock: "-1" }, /^`splitBlock`: expected a whole number of at least 0, got -1;/],
  [
    { task: "regresion" },
    /^`task`: expected one of classification, regression, got "regresion"; did you mean "regression"/,
  ],
  [{ dataMemory: "0.5" }, /^`dataMemory`: expected a whole number of at least 1, got 0.5;/],
])("refuses %o", (flags, message) => {
  expect(() => given(flags)).toThrow(message);
});
