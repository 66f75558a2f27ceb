import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import { prepareTraining } from "./prepare.ts";

const asked = { model: "mlp", data: "iris", batchSize: 4 };

test("a plan with a window that is larger than an epoch is refused before there is a run", async () => {
  const prepared = (accumulationSchedule: string) =>
    prepareTraining(resolveConfiguration({ ...asked, accumulationSchedule }, {}));
  await expect(prepared("0:1,5:99")).rejects.toThrow(UsageError);
  await expect(prepared("0:1,5:99")).rejects.toThrow(/expected at most the \d+ micro-batches of an epoch .*, got 99/);
  await expect(prepared("0:1,5:2")).resolves.toMatchObject({ options: { accumulation: { kind: "epochs" } } });
});

test("a ramp to more examples than there are is refused, and a window that is cut by the end is not", async () => {
  const prepared = (accumulationSchedule: string) =>
    prepareTraining(resolveConfiguration({ ...asked, batchSize: 7, accumulationSchedule }, {}));
  await expect(prepared("ramp:14@50,133@90")).rejects.toThrow(UsageError);
  await expect(prepared("ramp:14@50,133@90")).rejects.toThrow(
    "`accumulationSchedule`: expected batches of at most the 120 training examples, got 133; lower it",
  );
  await expect(prepared("ramp:14@50,126@90")).resolves.toBeDefined();
});

test.each([
  ["constant", {}, /got the schedule constant/],
  ["cyclic", { cycleSteps: 8, maximumLearningRate: 0.1 }, /got the schedule cyclic, which rises again/],
])("seesaw with the schedule %s is refused", async (schedule, options, message) => {
  const given = { ...asked, schedule, ...options, accumulationSchedule: "seesaw" };
  await expect(prepareTraining(resolveConfiguration(given, {}))).rejects.toThrow(message);
});

test("how the batch will grow is remarked on, and layers that mix examples", async () => {
  const remarksOf = async (given: Readonly<Record<string, unknown>>) =>
    (await prepareTraining(resolveConfiguration({ ...asked, ...given }, {}))).remarks;
  const schedule = "cosine";
  expect(await remarksOf({ accumulationSchedule: "seesaw", schedule, maxAccumulationSteps: 9 })).toContainEqual({
    ...{ kind: "seesaw", exponent: 0.5, first: 4, largest: 36 },
  });
  expect(await remarksOf({ accumulationSchedule: "ramp:8@0,8@50,16@60" })).toContainEqual({
    ...{ kind: "plannedBatches", first: 8, from: [[60, 16]] },
  });
  expect(await remarksOf({ accumulationSchedule: "cbs:4.5@50,999@60" })).toContainEqual({
    ...{ kind: "plannedBatches", first: 4, from: [[60, 120]] },
  });
  const images = { model: "resnet:20", data: "fashion-mnist", limitExamples: 64 };
  expect(await remarksOf({ ...images, accumulationSchedule: "ramp:16@20" })).toContainEqual({
    ...{ kind: "mixingLayers", examples: 16, layers: expect.any(Array) },
  });
  expect((await remarksOf(images)).map(({ kind }) => kind)).not.toContain("mixingLayers");
});

test.each([
  [
    { warmupSteps: 30, epochs: 1 },
    { warmup: 30, updates: 30, rate: 0.001 },
  ],
  [{ warmupSteps: 29, epochs: 1 }, null],
  [
    { warmupSteps: 60, epochs: 9, steps: 8 },
    { warmup: 60, updates: 8, rate: 0.001 },
  ],
  [
    { warmupSteps: 16, epochs: 1, gradientAccumulationSteps: 2 },
    { warmup: 16, updates: 15, rate: 0.001 },
  ],
  [{ epochs: 1 }, null],
])("a warm-up that outlasts the run is remarked on: %j", async (options, expected) => {
  const { remarks } = await prepareTraining(resolveConfiguration({ ...asked, ...options }, {}));
  const found = remarks.filter(({ kind }) => kind === "longWarmup");
  expect(found).toEqual(expected === null ? [] : [{ kind: "longWarmup", ...expected }]);
});
