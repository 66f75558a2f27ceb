import { expect, test } from "vitest";
import { clouds, regression } from "../../test/training.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UsageError } from "../tensor/errors.ts";
import { toNumbers } from "../tensor/tensor.ts";
import type { TrainingEvent } from "./events.ts";
import type { Averaging } from "./options.ts";
import { train } from "./train.ts";

const data = clouds(30, [4]);
const model = regression(data);
const options = {
  model,
  train: data,
  validation: data,
  optimizer: sgd(),
  learningRate: 0.3,
  window: [10],
  epochs: 7,
  checkpointEvery: 1,
  seed: 5,
  threads: 1,
  logEvery: 100,
};

async function eventsOf(
  averaging: Averaging,
  signal?: AbortSignal,
  onEvent: (event: TrainingEvent) => void = () => {},
) {
  const events: TrainingEvent[] = [];
  for await (const event of train(nativeEngine(), { ...options, averaging }, signal)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

const weightsOf = (bytes: Uint8Array) =>
  [...decodeSafetensors(bytes, "test").tensors].flatMap(([name, tensor]) =>
    name.startsWith("averaged.") ? [] : toNumbers(tensor),
  );

test.each<[Averaging, number[]]>([
  [{ start: 5 }, [5, 6, 7]],
  [{ start: 2, period: 3 }, [2, 5]],
  [{ start: 7, period: 2 }, [7]],
  [{ start: 6, period: undefined }, [6, 7]],
])("the mean of %j is that of the epochs %j", async (when, epochs) => {
  const events = await eventsOf(when);
  const averaged = events.at(-2)!;
  if (averaged.kind !== "averaged") throw new Error("expected the average before the end");
  expect(averaged.count).toBe(epochs.length);
  const members = events.flatMap((event) =>
    event.kind === "checkpoint" && epochs.includes(event.epoch) ? [weightsOf(event.bytes)] : [],
  );
  expect(new Set(members.map((weights) => weights.join())).size).toBe(epochs.length);
  weightsOf(averaged.bytes).forEach((value, i) => {
    expect(value).toBeCloseTo(members.reduce((sum, weights) => sum + weights[i]!, 0) / members.length, 6);
  });
  expect(averaged.validationAccuracy).toBeGreaterThan(0.6);
});

test("an interrupted training gives no average", async () => {
  const controller = new AbortController();
  const events = await eventsOf({ start: 1 }, controller.signal, (event) => {
    if (event.kind === "epoch" && event.epoch === 3) controller.abort();
  });
  expect(events.at(-1)).toMatchObject({ kind: "end", reason: "interrupted" });
});

test.each([
  [{ start: 8 }, "averaging: expected a start of at most the 7 epochs, got 8"],
  [{ start: 0 }, "averaging: expected start to be a whole number of at least 1, got 0"],
  [{ start: 1, period: 0.5 }, "averaging: expected period to be a whole number of at least 1, got 0.5"],
])("%j is refused", async (when, message) => {
  await expect(eventsOf(when)).rejects.toThrow(UsageError);
  await expect(eventsOf(when)).rejects.toThrow(message);
});
