import { describe, expect, test } from "vitest";
import { checkpointsOf, clouds, eventsOf, positionAt } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { decodeSafetensors, encodeSafetensors } from "../data/files/safetensors.ts";
import { restoreSampler } from "../data/sampler.ts";
import { mlp } from "../model/mlp.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { DataError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { convert } from "../tensor/tensor.ts";
import { encodeCheckpoint, restoreCheckpoint, restoreModel } from "./checkpoint.ts";
import { addTotals, gradientPass, noTotals } from "./microBatch.ts";
import type { TrainingOptions } from "./options.ts";
import { newTrainingState } from "./state.ts";
import { createUpdater } from "./update.ts";

const engine = nativeEngine();
const data = clouds(23);
const model = mlp({ shape: [5], classes: 3 }, random(5));
const options: TrainingOptions = {
  model,
  train: data,
  validation: clouds(10, [5], 3, 2),
  optimizer: adamW(),
  learningRate: 0.01,
  window: [4, 4, 2],
  epochs: 3,
  checkpointEvery: 1,
  clipNorm: 0.5,
  seed: 3,
  threads: 1,
  logEvery: 1,
};

const tensorsOf = (bytes: Uint8Array) => decodeSafetensors(bytes, "checkpoint").tensors;

/** Trains from a checkpoint to the end of the epochs with the parts that the loop is made of; the last tensors. */
async function goOn(bytes: Uint8Array) {
  const state = newTrainingState(model, options.optimizer);
  const position = restoreCheckpoint(bytes, "checkpoint", state);
  const sampler = restoreSampler({ size: data.size, window: options.window }, position.sampler);
  const gradients = gradientPass(engine, model, state, { threads: 1 });
  const updater = await createUpdater(engine, options.optimizer, state);
  let { epoch, step } = position;
  for (; epoch < options.epochs; epoch++) {
    for (const window of sampler.epoch()) {
      let sums = noTotals;
      for (const [i, indices] of window.entries()) sums = addTotals(sums, await gradients.run(data, indices, i === 0));
      const norm = await updater.gradientNorm(sums.weight);
      const { learningRate, clipNorm } = options;
      await updater.step({ weight: sums.weight, learningRate, step: ++step, clipNorm }, norm);
    }
  }
  gradients.release();
  updater.release();
  return tensorsOf(encodeCheckpoint(state, { ...position, epoch, step }));
}

/** Aborts while the n-th micro-batch is read. */
function abortingAt(microBatch: number): { train: Dataset; signal: AbortSignal } {
  const controller = new AbortController();
  let count = 0;
  const read: Dataset["read"] = (...given) => {
    if (++count === microBatch) controller.abort();
    data.read(...given);
  };
  return { train: { ...data, read }, signal: controller.signal };
}

describe("goes on from a checkpoint bit for bit", () => {
  const whole = eventsOf(engine, options);

  test("from the end of an epoch", async () => {
    const [first, , last] = checkpointsOf(await whole);
    expect(await goOn(first!.bytes)).toEqual(tensorsOf(last!.bytes));
  });

  // 23 examples in windows of 10 are 4 + 4 + 2, 4 + 4 + 2 and 3: seven micro-batches, three steps an epoch.
  test.each([
    ["the first micro-batch of all", 1, 0, 1],
    ["the middle of a window", 5, 0, 2],
    ["the end of a window", 6, 0, 2],
    ["the last micro-batch of an epoch", 7, 0, 3],
    ["the second epoch", 9, 1, 4],
    ["the last micro-batch of all", 21, 2, 9],
  ])("from an interruption in %s, whose window is finished first", async (_, microBatch, epochs, steps) => {
    const { train, signal } = abortingAt(microBatch);
    const events = await eventsOf(engine, { ...options, train }, () => {}, signal);
    expect(events.at(-1)).toMatchObject({ kind: "end", reason: "interrupted" });
    const checkpoint = events.at(-2)!;
    expect(checkpoint).toMatchObject({ kind: "checkpoint", epoch: epochs, step: steps });
    if (checkpoint.kind !== "checkpoint") throw new Error("no checkpoint");
    expect(events.filter((event) => event.kind === "step")).toHaveLength(steps);
    expect(await goOn(checkpoint.bytes)).toEqual(tensorsOf(checkpointsOf(await whole).at(-1)!.bytes));
  });
});

describe("a file", () => {
  const state = newTrainingState(model, adamW());
  const generator = random(1);
  for (const flat of [state.parameters, ...Object.values(state.moments)])
    for (const { offset, shape } of state.layout.entries)
      flat.subarray(offset, offset + shape.reduce((a, b) => a * b)).forEach((_, i, part) => {
        part[i] = generator.normal();
      });
  const position = positionAt({ epoch: 2, step: 7, examples: 70, sampler: { random: [1, 2, 3, 4], position: 3 } });
  const bytes = encodeCheckpoint(state, position);

  test("gives back every number and where the run stood", () => {
    const other = newTrainingState(model, adamW());
    expect(restoreCheckpoint(bytes, "a", other)).toEqual({ version: 2, ...position });
    expect([other.parameters, other.moments]).toEqual([state.parameters, state.moments]);
  });

  test("is a state dict with the optimizer's arrays beside it", () => {
    const { tensors, metadata } = decodeSafetensors(bytes, "a");
    expect(metadata.format).toBe("pt");
    expect([...tensors.keys()].filter((name) => !name.startsWith("optimizer."))).toEqual(
      model.parameters.map(({ name }) => name).sort(),
    );
    expect(tensors.get("optimizer.mean.output.bias")).toMatchObject({ type: "float32", shape: [3] });
  });

  test("is read for its model alone, whatever the optimizer was", () => {
    const plain = newTrainingState(model, sgd());
    expect(restoreModel(bytes, "a", plain)).toMatchObject({ epoch: 2, step: 7, examples: 70 });
    expect(plain.parameters).toEqual(state.parameters);
  });

  test("keeps numbers that JSON has not", () => {
    const totals = { ...position.totals, correct: Number.NaN, loss: Number.POSITIVE_INFINITY };
    const odd = encodeCheckpoint(state, { ...position, totals });
    expect(restoreCheckpoint(odd, "a", newTrainingState(model, adamW())).totals).toEqual(totals);
  });

  test("of version 1 is read for its model, and not gone on from", () => {
    const { tensors } = decodeSafetensors(bytes, "a");
    const old = { epoch: 2, step: 7, examples: 70, sampler: { random: [1, 2, 3, 4], position: 3 } };
    const first = encodeSafetensors(tensors, { format: "pt", batchscope: JSON.stringify(old) });
    expect(restoreModel(first, "a", newTrainingState(model, sgd()))).toEqual(old);
    expect(() => restoreCheckpoint(first, "a", newTrainingState(model, adamW()))).toThrow(
      "a: expected a checkpoint of version 2, got 1; it can be analysed, not gone on from",
    );
  });

  test.each<[string, () => unknown, string]>([
    [
      "another width",
      () => restoreModel(bytes, "a.safetensors", newTrainingState(mlp({ shape: [6], classes: 3 }, random(0)), sgd())),
      'a.safetensors: expected "hidden.weight" as float32[256, 6], got float32[256, 5]; use the run\'s own model',
    ],
    [
      "another optimizer",
      () => restoreCheckpoint(bytes, "a.safetensors", newTrainingState(model, sgd({ momentum: 0.9 }))),
      'a.safetensors: expected "optimizer.momentum.hidden.weight" as float32[256, 5], got nothing; use the run\'s own model',
    ],
    [
      "another precision",
      () => restoreModel(widened(bytes, "output.bias"), "a.safetensors", newTrainingState(model, sgd())),
      'a.safetensors: expected "output.bias" as float32[3], got float64[3]; use the run\'s own model',
    ],
    [
      "another program",
      () =>
        restoreModel(
          encodeSafetensors(decodeSafetensors(bytes, "a").tensors),
          "a.safetensors",
          newTrainingState(model, sgd()),
        ),
      "a.safetensors: expected a checkpoint written by batchscope, got none of its metadata; choose another file",
    ],
    ...["{", "null", "7", '{"averaged":true}', '{"epoch":"1","step":2,"examples":3}'].map(
      (batchscope): [string, () => unknown, string] => [
        `the position ${batchscope}`,
        () =>
          restoreModel(
            encodeSafetensors(decodeSafetensors(bytes, "a").tensors, { batchscope }),
            "a.safetensors",
            newTrainingState(model, sgd()),
          ),
        "a.safetensors: expected epoch, step and examples in its metadata, got others; choose another file",
      ],
    ),
  ])("of %s is refused", (_, restore, message) => {
    expect(restore).toThrow(DataError);
    expect(restore).toThrow(message);
  });
});

/** The same checkpoint with one tensor in float64. */
function widened(bytes: Uint8Array, name: string): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes, "a");
  return encodeSafetensors(new Map([...tensors, [name, convert(tensors.get(name)!, "float64")]]), metadata);
}
