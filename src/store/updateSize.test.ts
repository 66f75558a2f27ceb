import { expect, test } from "vitest";
import { learningRateFactor } from "../training/learningRate.ts";
import { firstUpdateSize, scaledRate } from "./updateSize.ts";

test.each([
  [{ batchSize: 8 }, 8],
  [{ batchSize: 8, gradientAccumulationSteps: 3 }, 24],
  [{ batchSize: 3, enableAutoGradientAccumulation: true }, 12],
  [{ batchSize: 4, enableAutoGradientAccumulation: true }, 8],
  [{ batchSize: 8, targetBatchSize: 20 }, 20],
  [{ batchSize: 8, accumulationSchedule: "0:2,5:4" }, 16],
  [{ batchSize: 8, gradientAccumulationSteps: 2, accumulationSchedule: "noise-scale" }, 16],
  [{ batchSize: 8, accumulationSchedule: "ramp:32@0,64@900" }, 32],
  [{ batchSize: 8, gradientAccumulationSteps: 2, accumulationSchedule: "ramp:32@900" }, 16],
  [{ batchSize: 8, accumulationSchedule: "cbs:25.3@0,64@900" }, 24],
  [{ batchSize: 8, accumulationSchedule: "cbs:900@0", maxAccumulationSteps: 4 }, 32],
  [{ batchSize: 8, gradientAccumulationSteps: 2, accumulationSchedule: "cbs:9@0" }, 16],
  [{ batchSize: 8, gradientAccumulationSteps: 2, accumulationSchedule: "cbs:99@900" }, 16],
  [{ batchSize: 8, accumulationSchedule: "seesaw" }, 8],
  [{}, null],
])("the first update of %o has %s examples", (config, expected) => expect(firstUpdateSize(config)).toBe(expected));

test.each(["none", "sqrt", "linear"] as const)("the rate of a run is scaled by the rule %s of training", (rule) => {
  const config = { learningRate: 0.1, batchSize: 8, gradientAccumulationSteps: 3, lrScale: rule, baseBatchSize: 6 };
  expect(scaledRate(config)).toBe(0.1 * learningRateFactor({ rule, baseBatchSize: 6 }, 24));
  expect(scaledRate({ ...config, baseBatchSize: undefined })).toBe(0.1);
  expect(scaledRate({})).toBeNull();
});

test.each([
  [{ lrScale: "sde", optimizer: "adamw" }, { rule: "sqrt" }],
  [{ lrScale: "sde", optimizer: "sgd" }, { rule: "linear" }],
  [
    { lrScale: "measured", scaleExponent: "0.6:0.5:0.7" },
    { rule: "power", exponent: 0.6 },
  ],
  [{ lrScale: "half-life" }, { rule: "none" }],
  [{ lrScale: "power-lines" }, { rule: "none" }],
] as const)("and by %o", (rule, scaling) => {
  const config = { learningRate: 0.1, batchSize: 24, baseBatchSize: 6, ...rule };
  expect(scaledRate(config)).toBe(0.1 * learningRateFactor({ ...scaling, baseBatchSize: 6 }, 24));
});
