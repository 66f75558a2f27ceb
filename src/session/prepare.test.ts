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
