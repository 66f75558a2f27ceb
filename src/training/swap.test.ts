import { expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { batchNormalization, linear, sequential } from "../model/layers.ts";
import { schedules } from "../optimizer/schedules.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import type { SwapOptions } from "./copies.ts";
import type { CheckpointEvent, EndEvent } from "./events.ts";
import { type SwapEvent, swap } from "./swap.ts";
import { train } from "./train.ts";

const data = clouds(64, [4]);
const model = sequential("normalized", { name: "x", type: "float32", shape: [4] }, [
  linear("hidden", 4, 6, random(1)),
  batchNormalization("norm", 6),
  linear("output", 6, 3, random(2)),
]);
const large = {
  model,
  train: data,
  validation: data,
  optimizer: sgd({ momentum: 0.9 }),
  learningRate: 0.2,
  schedule: schedules.linear({ learningRate: 0.2 }),
  window: [32],
  epochs: 4,
  checkpointEvery: 4,
  seed: 5,
  threads: 1,
  logEvery: 100,
};
const options: SwapOptions = { large, small: { window: [8], epochs: 2, learningRate: 0.05 }, copies: 3 };

async function eventsOf(given: SwapOptions, signal?: AbortSignal, onEvent: (event: SwapEvent) => void = () => {}) {
  const events: SwapEvent[] = [];
  for await (const event of swap(nativeEngine(), given, signal)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

const checkpoints = (events: readonly SwapEvent[], phase: 1 | 2) =>
  events.flatMap((e) => (e.phase === phase && e.event.kind === "checkpoint" ? [e.event as CheckpointEvent] : []));
const ends = (events: readonly SwapEvent[]) =>
  events.flatMap((e) => (e.phase !== 3 && e.event.kind === "end" ? [e.event as EndEvent] : []));
const tensors = (bytes: Uint8Array) =>
  Object.fromEntries([...decodeSafetensors(bytes, "test").tensors].map(([name, tensor]) => [name, toNumbers(tensor)]));

test("averages copies that started alike and saw the data in other orders", async () => {
  const events = await eventsOf(options);
  expect(ends(events).map(({ reason, step }) => [reason, step])).toEqual([
    ["finished", 8],
    ...Array(3).fill(["finished", 16]),
  ]);
  const averaged = events.at(-1)!;
  if (averaged.phase !== 3) throw new Error("expected the average last");
  const copies = checkpoints(events, 2).map(({ bytes }) => tensors(bytes));
  expect(averaged.count).toBe(3);
  expect(new Set(copies.map((copy) => copy["output.weight"]!.join())).size).toBe(3);
  const mean = tensors(averaged.bytes);
  for (const { name } of model.parameters)
    mean[name]!.forEach((value, i) => {
      expect(value).toBeCloseTo(copies.reduce((sum, copy) => sum + copy[name]![i]!, 0) / 3, 6);
    });
  // Statistics are of the mean's own activations; those of the copies have other means, and lag behind.
  expect(mean["norm.running_mean"]).not.toEqual(copies[0]!["norm.running_mean"]);
  expect(averaged.validationAccuracy).toBeGreaterThan(0.6);
  expect(averaged.validationLoss).toBeLessThan(1);
});

test("a copy is a training of its own, from where phase 1 ended", async () => {
  const events = await eventsOf(options);
  const first = decodeSafetensors(checkpoints(events, 1).at(-1)!.bytes, "test").tensors;
  const at = (arrays: typeof model.parameters) => arrays.map(({ name }) => ({ name, initial: first.get(name)! }));
  const start = { ...model, parameters: at(model.parameters), state: at(model.state) };
  const { schedule: _schedule, ...rest } = large;
  const seed = (5 + 2 * 0x9e3779b1) >>> 0;
  const alone: Uint8Array[] = [];
  for await (const event of train(nativeEngine(), { ...rest, ...options.small, model: start, seed }))
    if (event.kind === "checkpoint") alone.push(event.bytes);
  expect(tensors(checkpoints(events, 2)[1]!.bytes)).toEqual(tensors(alone.at(-1)!));
});

test("limits and averages of phase 1 end with it", async () => {
  const limited = { ...large, steps: 3, averaging: { start: 1 } };
  const events = await eventsOf({ ...options, large: limited });
  expect(ends(events).map(({ step }) => step)).toEqual([3, 16, 16, 16]);
  expect(events.filter((e) => e.phase === 2 && e.event.kind === "averaged")).toEqual([]);
});

test("neither the scaling of the rate nor the patience of phase 1 reaches the copies", async () => {
  const plain = await eventsOf({ ...options, large: { ...large, schedule: undefined } });
  const monitor = { metric: "loss", minimumDelta: 100, patience: 5 } as const;
  const small = { ...options.small, epochs: 6 };
  const patient = await eventsOf({ ...options, small, large: { ...large, schedule: undefined, monitor } });
  expect(ends(patient).map(({ reason }) => reason)).toEqual(Array(4).fill("finished"));
  const learningRateScaling = { rule: "linear", baseBatchSize: 32 } as const;
  const scaled = await eventsOf({ ...options, large: { ...large, schedule: undefined, learningRateScaling } });
  expect(checkpoints(scaled, 2).map(({ bytes }) => tensors(bytes))).toEqual(
    checkpoints(plain, 2).map(({ bytes }) => tensors(bytes)),
  );
});

test("phase 1 ends at the accuracy that is asked for, and phase 2 starts there", async () => {
  const events = await eventsOf({ ...options, large: { ...large, epochs: 50, stopAccuracy: 0.6 } });
  const epochs = events.flatMap((e) => (e.phase === 1 && e.event.kind === "epoch" ? [e.event.trainAccuracy!] : []));
  expect(epochs.length).toBeLessThan(50);
  expect(epochs.map((accuracy) => accuracy >= 0.6)).toEqual([...epochs.slice(1).map(() => false), true]);
  expect(checkpoints(events, 1).at(-1)!.epoch).toBe(epochs.length);
  expect(events.at(-1)!.phase).toBe(3);
});

test.each([
  ["phase 1", 1],
  ["phase 2", 2],
])("a signal in %s ends all", async (_, phase) => {
  const controller = new AbortController();
  const events = await eventsOf(options, controller.signal, (event) => {
    if (event.phase !== 3 && event.phase === phase && event.event.kind === "progress") controller.abort();
  });
  expect(ends(events).at(-1)!.reason).toBe("interrupted");
  expect(ends(events)).toHaveLength(phase);
  expect(events.some((event) => event.phase === 3)).toBe(false);
});

test("one copy is no average", async () => {
  const run = eventsOf({ ...options, copies: 1 });
  await expect(run).rejects.toThrow(UsageError);
  await expect(run).rejects.toThrow("swap: expected at least 2 copies to average, got 1");
});
