import { expect, test } from "vitest";
import { z } from "zod";
import { UsageError } from "../../tensor/errors.ts";
import { loopFields, loopOptions } from "./loopOptions.ts";
import { shapeOf } from "./option.ts";

const shape = z.object({ ...shapeOf(z, loopFields), epochs: z.number().default(30) });
const resolve = (given: Record<string, unknown>) => loopOptions(shape.parse(given));

test("what nobody says", () => {
  expect(resolve({})).toEqual({
    epochs: 30,
    steps: undefined,
    evaluateEvery: 1,
    monitor: { metric: "loss", minimumDelta: 0, patience: undefined },
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
  ["an unwatched run", { noiseScale: "off" }, { noiseScale: false }],
])("%s", (_, given, expected) => {
  expect(resolve(given)).toMatchObject(expected);
});

test.each([
  [
    { evaluateSteps: 2, evaluateExamples: 3 },
    "`evaluateExamples`: expected one way to say when to evaluate, got `evaluateSteps` too",
  ],
])("%j is refused", (given, message) => {
  expect(() => resolve(given)).toThrow(UsageError);
  expect(() => resolve(given)).toThrow(message);
});

test.each(["0", "0:", "0:1;5:2", "noise", "0:1,", "sesaw", "cbs:", "ramp:"])(
  "the schedule %j means nothing",
  (accumulationSchedule) => {
    expect(shape.safeParse({ accumulationSchedule }).success).toBe(false);
  },
);
