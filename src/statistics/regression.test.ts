import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { regressionScores } from "./regression.ts";

test("scikit-learn's example of two outputs", () => {
  const scores = regressionScores([0, 2, -1, 2, 8, -5], [0.5, 1, -1, 1, 7, -6], 2);
  expect(scores.count).toBe(3);
  expect(scores.mae).toBeCloseTo(0.75, 14);
  expect(scores.rmse).toBeCloseTo(Math.sqrt(4.25 / 6), 14);
  expect(scores.rSquaredByOutput[0]).toBeCloseTo(0.965438, 6);
  expect(scores.rSquaredByOutput[1]).toBeCloseTo(0.908163, 6);
  expect(scores.rSquared).toBeCloseTo(0.936801, 6);
});

test.each([
  ["the targets", [1, 2, 4], 1, 0],
  ["their mean", [7 / 3, 7 / 3, 7 / 3], 0, 10 / 9],
  ["worse than their mean", [4, 4, 1], 1 - 22 / (14 / 3), 8 / 3],
])("predicting %s", (_, predictions, rSquared, mae) => {
  const scores = regressionScores(predictions, [1, 2, 4], 1);
  expect(scores.rSquared).toBeCloseTo(rSquared, 14);
  expect(scores.mae).toBeCloseTo(mae, 14);
});

test("there is no R² where nothing varies, nor anything at all where there is nothing", () => {
  expect(regressionScores([1, 2], [3, 3], 1)).toMatchObject({ rSquared: Number.NaN, mae: 1.5 });
  expect(regressionScores([], [], 1)).toMatchObject({ rmse: Number.NaN, mae: Number.NaN, rSquared: Number.NaN });
});

test.each([
  [[1], [1, 2], 1],
  [[1, 2, 3], [1, 2, 3], 2],
])("predictions %j for targets %j of %d outputs are refused", (predictions, targets, outputs) => {
  const score = () => regressionScores(predictions, targets, outputs);
  expect(score).toThrow(ShapeError);
  expect(score).toThrow(
    /^regressionScores: expected one prediction for each of \d targets, got \d for \d outputs; give all/,
  );
});
