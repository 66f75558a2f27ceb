import { describe, expect, test } from "vitest";
import { oracle } from "../../test/oracle.ts";
import { clouds, datasetOf, readArrays, regression } from "../../test/training.ts";
import { createSampler } from "../data/sampler.ts";
import { batchNormalization, linear, sequential } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { gradientPass } from "./microBatch.ts";
import { recomputeRunningStatistics } from "./runningStatistics.ts";
import { newTrainingState } from "./state.ts";

const CHANNELS = 4;
const data = clouds(22, [CHANNELS]);
/** The statistics are those of the data themselves. */
const model = sequential("normalized", { name: "x", type: "float32", shape: [CHANNELS] }, [
  batchNormalization("norm", CHANNELS),
  linear("output", CHANNELS, 3, random(1)),
]);

/** Mean and unbiased variance of each channel over some examples. */
function moments(indices: readonly number[]): { mean: number[]; variance: number[] } {
  const { x } = readArrays(data, indices);
  const channel = (c: number) => indices.map((_, i) => x[i * CHANNELS + c]!);
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const columns = Array.from({ length: CHANNELS }, (_, c) => channel(c));
  const mean = columns.map(average);
  const variance = columns.map(
    (values, c) => values.reduce((sum, value) => sum + (value - mean[c]!) ** 2, 0) / (values.length - 1),
  );
  return { mean, variance };
}

/** Means over mini-batches in the order that the seed gives. */
function expected(batchSize: number, passes: number, seed: number) {
  const sampler = createSampler({ size: data.size, window: [batchSize], random: random(seed) });
  const all = Array.from({ length: passes }, () =>
    [...sampler.epoch()].map(([indices]) => moments([...indices!])),
  ).flat();
  const mean = (of: "mean" | "variance") =>
    Array.from({ length: CHANNELS }, (_, c) => all.reduce((sum, batch) => sum + batch[of][c]!, 0) / all.length);
  return { mean: mean("mean"), variance: mean("variance") };
}

async function recomputed(of: Model, options: { batchSize: number; passes?: number; seed: number }) {
  const state = newTrainingState(of, sgd());
  for (const tensor of Object.values(state.running)) (tensor.data as Float32Array).fill(77);
  await recomputeRunningStatistics(nativeEngine(), of, state, data, options);
  return state;
}

describe("running statistics", () => {
  test.each([
    ["of all data at once", 22, 1],
    ["of mini-batches, the last one smaller", 8, 1],
    ["of three passes", 5, 3],
  ])("%s are the means of the mini-batches' own, whatever they were", async (_, batchSize, passes) => {
    const state = await recomputed(model, { batchSize, passes, seed: 3 });
    const { mean, variance } = expected(batchSize, passes, 3);
    const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));
    expect(toNumbers(state.running["norm.running_mean"]!)).toEqual(close(mean));
    expect(toNumbers(state.running["norm.running_var"]!)).toEqual(close(variance));
  });

  test("follow the seed, and leave the parameters alone", async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => recomputed(model, { batchSize: 8, seed })));
    expect(again!.running).toEqual(first!.running);
    expect(other!.running).not.toEqual(first!.running);
    expect(first!.parameters).toEqual(newTrainingState(model, sgd()).parameters);
  });

  test("of a model from a file take its own momentum", async () => {
    const { model: file, x, y } = oracle("bn_cnn");
    const all = datasetOf(x, y, 5);
    const indices = Uint32Array.from({ length: all.size }, (_, i) => i);
    const trained = newTrainingState(file, sgd());
    const old = structuredClone(trained.running);
    const pass = gradientPass(nativeEngine(), file, trained, {});
    await pass.run(all, indices, true);
    pass.release();
    const state = newTrainingState(file, sgd());
    await recomputeRunningStatistics(nativeEngine(), file, state, all, { batchSize: all.size, seed: 0 });
    for (const [name, { data: statistic }] of Object.entries(state.running)) {
      const after = toNumbers(trained.running[name]!);
      toNumbers(old[name]!).forEach((value, i) => {
        expect(after[i]! - (0.9 * value + 0.1 * Number(statistic[i]))).toBeCloseTo(0, 5);
      });
    }
  });
});

test("a model without any needs nothing", async () => {
  const plain = regression(data);
  const state = newTrainingState(plain, sgd());
  await recomputeRunningStatistics(nativeEngine(), plain, state, data, { batchSize: 4, seed: 0 });
  expect(state.running).toEqual({});
});

test("a statistic that only grows is refused", async () => {
  const counting: Model = {
    ...model,
    forward(g, io) {
      const { logits, state } = model.forward(g, io);
      return { logits, state: { ...state, "norm.running_mean": g.add(io.state["norm.running_mean"]!, 1) } };
    },
  };
  const run = recomputed(counting, { batchSize: 8, seed: 0 });
  await expect(run).rejects.toThrow(UnsupportedError);
  await expect(run).rejects.toThrow('moving averages, got "norm.running_mean" that keeps its old value');
});
