import { expect, test } from "vitest";
import type { EpochRecord, StepRecord } from "../../store/schema.ts";
import { trainingCurves } from "./trainingCurves.ts";

const steps: StepRecord[] = [1, 2, 3].map((step) => ({
  kind: "step",
  step,
  epoch: 1,
  examples: 8 * step,
  loss: 1 / step,
  gradientNorm: 1,
  learningRate: 0.1,
  seconds: step,
}));
const epoch: EpochRecord = {
  kind: "epoch",
  epoch: 1,
  step: 3,
  examples: 24,
  trainLoss: 0.5,
  validationLoss: 0.4,
  seconds: 3,
};
const drawn = (...epochs: EpochRecord[]) => {
  const { title, option, frame } = trainingCurves({
    steps,
    epochs,
    evaluations: [],
    accumulations: [],
    effectiveBatchSize: 8,
  });
  const { series, grid } = option as unknown as { series: { name: string; data: unknown[] }[]; grid: unknown[] };
  const last = series.at(-1)!;
  return { title, panels: grid.length, height: frame.fixed, last: last.name, data: last.data };
};

test("of classes the second panel is the accuracy, also where an epoch was not evaluated", () => {
  const first = { ...epoch, trainAccuracy: 0.5, validationLoss: Number.NaN };
  const second = { ...epoch, step: 6, trainAccuracy: 0.7, validationAccuracy: 0.625 };
  expect(drawn(first, second)).toEqual({
    title: "Loss and accuracy over training",
    panels: 2,
    height: 526,
    last: "validation",
    data: [{ name: "step 6: 62.5 %", value: [6, 62.5] }],
  });
});

test("of numbers it is R²", () => {
  expect(drawn({ ...epoch, validationScores: { rSquared: 0.91, rmse: 1, mae: 0.5 } })).toEqual({
    title: "Loss and R² over training",
    panels: 2,
    height: 526,
    last: "validation",
    data: [{ name: "step 3: 0.910", value: [3, 0.91] }],
  });
});

test("where there is neither there is no second panel", () => {
  expect(drawn(epoch)).toEqual({
    title: "Loss over training",
    panels: 1,
    height: 320,
    last: "validation loss",
    data: [{ name: "step 3: 0.400", value: [3, 0.4] }],
  });
});
