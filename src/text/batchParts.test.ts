import { expect, test } from "vitest";
import { foundBatch } from "./batchParts.ts";

test.each([
  [{ value: 142.4, lower: 98.2, upper: 210 }, "142 [98, 210]"],
  [{ value: 106, lower: 25, upper: null }, "106 [25, ∞]"],
  [{ value: 128, lower: null, upper: null }, "128"],
  [{ value: null, lower: 128, upper: null }, "≥ 128"],
  [{ value: null, lower: 16, upper: 32 }, "[16, 32]"],
  [{ value: null, lower: null, upper: 16 }, "≤ 16"],
  [{ value: null, lower: null, upper: null }, "–"],
])("%j is %s", (found, expected) => {
  expect(foundBatch(found)).toBe(expected);
});
