import { expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { balancedWeights } from "./balanced.ts";

test("every class weighs the same in all, and a label weighs 1 in the mean", () => {
  const labels = Int32Array.from([0, 0, 0, 0, 0, 0, 1, 1, 2, 0]);
  const weights = balancedWeights(labels, 3);
  expect(weights).toEqual([10 / 21, 10 / 6, 10 / 3]);
  const total = Array.from(labels).reduce((sum, label) => sum + weights[label]!, 0);
  expect(total).toBeCloseTo(10, 12);
});

test("a class without examples is named", () => {
  const weigh = () => balancedWeights(Int32Array.from([0, 2, 2]), 5);
  expect(weigh).toThrow(DataError);
  expect(weigh).toThrow("balanced: expected examples of each of 5 classes, got none of 1, 3, 4; use more examples");
});
