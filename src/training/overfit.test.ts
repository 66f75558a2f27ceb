import { expect, test } from "vitest";
import { arraysOf, checkpointsOf, clouds, eventsOf } from "../../test/training.ts";
import { type Dataset, limit } from "../data/dataset.ts";
import { mlp } from "../model/mlp.ts";
import { adamW } from "../optimizer/adam.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { devRun } from "./devRun.ts";
import type { TrainingOptions } from "./options.ts";
import { overfit } from "./overfit.ts";

const engine = nativeEngine();
const data = clouds(40);
const base: TrainingOptions = {
  model: mlp({ shape: [5], classes: 3 }, random(5)),
  train: data,
  validation: clouds(300, [5], 3, 2),
  optimizer: adamW(),
  learningRate: 0.01,
  window: [4, 4],
  epochs: 30,
  checkpointEvery: 100,
  dropout: 0.5,
  noiseScale: true,
  seed: 3,
  threads: 1,
  logEvery: 1,
};

test("a few micro-batches are learnt by heart, in one order, as they are", async () => {
  const seen: number[][] = [];
  const read: Dataset["read"] = (indices, batch, draw) => {
    expect(draw).toBeUndefined();
    seen.push([...indices]);
    data.read(indices, batch);
  };
  const events = await eventsOf(engine, overfit({ ...base, train: { ...data, read } }, 3));
  expect(seen.slice(0, 3)).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10, 11],
  ]);
  expect(new Set(seen.flat())).toEqual(new Set(Array.from({ length: 12 }, (_, i) => i)));
  const last = events.findLast((event) => event.kind === "epoch")!;
  expect(last.validationAccuracy).toBe(1);
  expect(last.validationLoss).toBeLessThan(0.05);
});

test("a run of two steps tries everything and says what came out", async () => {
  const tried = await devRun(engine, base);
  const events = await eventsOf(engine, { ...base, steps: 2, checkpointEvery: 1 });
  const steps = events.flatMap((event) => (event.kind === "step" ? [event.loss] : []));
  expect(tried.losses).toEqual(steps);
  const few = limit(base.validation, 250);
  const often = { evaluateEvery: { steps: 1 }, checkpointEvery: { steps: 1 } };
  const whole = await eventsOf(engine, { ...base, validation: few, steps: 2, ...often });
  const evaluated = whole.findLast((event) => event.kind === "evaluation" || event.kind === "epoch")!;
  expect(tried.validationLoss).toBe(evaluated.validationLoss);
  expect(tried.validationAccuracy).toBe(evaluated.validationAccuracy);
  expect(tried.checkpointBytes).toBe(checkpointsOf(whole).at(-1)!.bytes.length);
});

test("a run of two steps finds out that resuming would not be exact", async () => {
  // Reads something else every time: nothing that a checkpoint could know of.
  let reads = 0;
  const read: Dataset["read"] = (indices, batch) => {
    data.read(indices, batch);
    arraysOf(batch)[0][0] = ++reads;
  };
  await expect(devRun(engine, { ...base, train: { ...data, read } })).rejects.toThrow(
    "internal: devRun: expected the same bits after resuming, got others",
  );
});
