import { expect, test } from "vitest";
import { z } from "zod";
import { UsageError } from "../../tensor/errors.ts";
import { resolveAccumulation } from "./accumulation.ts";
import { loopFields, loopOptions } from "./loopOptions.ts";
import { shapeOf } from "./option.ts";

const shape = z.object({ ...shapeOf(z, loopFields), epochs: z.number().default(30) });
const accumulation = resolveAccumulation({ batchSize: 4, gradientAccumulationSteps: 2 });
const resolve = (given: Record<string, unknown>) => loopOptions(shape.parse(given), accumulation);

test("what nobody says", () => {
  expect(resolve({})).toEqual({
    epochs: 30,
    steps: undefined,
    evaluateEvery: 1,
    monitor: { metric: "loss", minimumDelta: 0, patience: undefined },
    accumulation: undefined,
    learningRateScaling: undefined,
    noiseScale: true,
    averaging: undefined,
    dropout: undefined,
  });
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ["steps take the place of epochs", { steps: 100 }, { steps: 100, epochs: Number.POSITIVE_INFINITY }],
  ["evaluations by steps take the place of those by epochs", { evaluateSteps: 5 }, { evaluateEvery: { steps: 5 } }],
  ["evaluations by examples", { evaluateExamples: 64 }, { evaluateEvery: { examples: 64 } }],
  ["early ends", { stopLoss: 0.5, stopSeconds: 9 }, { stopLoss: 0.5, stopSeconds: 9 }],
  [
    "early stopping",
    { monitor: "accuracy", patience: 3, minimumDelta: 0.01 },
    { monitor: { metric: "accuracy", patience: 3, minimumDelta: 0.01 } },
  ],
  [
    "windows by epoch; the rate was meant for the first",
    { accumulationSchedule: "0:1,5:4", lrScale: "sqrt" },
    {
      accumulation: {
        kind: "epochs",
        from: [
          [0, 1],
          [5, 4],
        ],
      },
      learningRateScaling: { rule: "sqrt", baseBatchSize: 4 },
    },
  ],
  [
    "windows by the noise scale",
    { accumulationSchedule: "noise-scale", maxAccumulationSteps: 16, lrScale: "linear" },
    {
      accumulation: { kind: "noise-scale", maximum: 16, ratio: 1, mayShrink: false },
      learningRateScaling: { rule: "linear", baseBatchSize: 8 },
    },
  ],
  [
    "a base that is given",
    { lrScale: "sqrt", baseBatchSize: 32 },
    { learningRateScaling: { rule: "sqrt", baseBatchSize: 32 } },
  ],
  ["no scaling", { lrScale: "none", baseBatchSize: 32 }, { learningRateScaling: undefined }],
  ["an unwatched run", { noiseScale: "off" }, { noiseScale: false }],
])("%s", (_, given, expected) => {
  expect(resolve(given)).toMatchObject(expected);
});

test.each([
  [
    { evaluateSteps: 2, evaluateExamples: 3 },
    "`evaluateExamples`: expected one way to say when to evaluate, got `evaluateSteps` too",
  ],
  [{ lrScale: "sqrt" }, "`lrScale`: expected `baseBatchSize` beside it, got none; give the batch size"],
  [
    { accumulationSchedule: "noise-scale", noiseScale: "off" },
    "`accumulationSchedule`: expected the noise scale to be measured, got `noiseScale` off; leave one of the two out",
  ],
])("%j is refused", (given, message) => {
  expect(() => resolve(given)).toThrow(UsageError);
  expect(() => resolve(given)).toThrow(message);
});

test.each(["0", "0:", "0:1;5:2", "noise", "0:1,"])("the schedule %j means nothing", (accumulationSchedule) => {
  expect(shape.safeParse({ accumulationSchedule }).success).toBe(false);
});
