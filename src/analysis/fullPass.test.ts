import { expect, test } from "vitest";
import { oracle } from "../../test/oracle.ts";
import { partsInMemory } from "../../test/partsInMemory.ts";
import { slowBatch } from "../../test/slowRegression.ts";
import { clouds, regression } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { createLoss } from "../model/loss.ts";
import { mlp } from "../model/mlp.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { datasetNoiseScale } from "../statistics/noiseScale.ts";
import type { Gram } from "../statistics/types.ts";
import { random } from "../tensor/random.ts";
import { newTrainingState } from "../training/state.ts";
import { fullPass } from "./fullPass.ts";
import { gramMeter } from "./gram.ts";
import { resumableRows } from "./resumableRows.ts";

const engine = nativeEngine();
const options = { threads: 1, memoryBudget: 2 ** 28 };

test("is what a loop over single examples gives, whatever fits into one run", async () => {
  const data = clouds(150);
  const model = regression(data);
  const state = newTrainingState(model, sgd());
  const own = Float64Array.from(
    model.parameters.flatMap(({ initial }) => Array.from(initial.data as Float32Array, Number)),
  );
  const gradients = Array.from({ length: 150 }, (_, i) => slowBatch(own, data, [i]).gradient);
  const mean = own.map((_, p) => gradients.reduce((sum, gradient) => sum + gradient[p]!, 0) / 150);
  const square = (vector: Float64Array) => vector.reduce((sum, x) => sum + x * x, 0);
  const spread = gradients.reduce((sum, gradient) => sum + square(gradient.map((x, p) => x - mean[p]!)), 0) / 149;
  for (const memoryBudget of [2 ** 28, 1]) {
    let seen = 0;
    const exact = await fullPass(
      engine,
      model,
      state,
      data,
      { threads: 1, memoryBudget },
      { progress: (n) => (seen += n) },
    );
    expect(exact.squaredGradientNorm / square(mean)).toBeCloseTo(1, 5);
    expect(exact.traceCovariance / spread).toBeCloseTo(1, 5);
    expect(exact.noiseScale * exact.squaredGradientNorm).toBeCloseTo(exact.traceCovariance, 9);
    expect([seen, exact.examples]).toEqual([150, 150]);
  }
});

/** Means over random mini-batches of the examples whose products are `each`. */
function rowsOf(each: Gram, K: number, b: number, seed: number): Gram {
  const N = each.counts.length;
  const order = random(seed).permutation(N);
  // Σ over the examples of a mini-batch, with one example of the other side.
  const halves = Float64Array.from({ length: K * N }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < b; i++) sum += each.products[order[Math.floor(at / N) * b + i]! * N + (at % N)]!;
    return sum;
  });
  const products = Float64Array.from({ length: K * K }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < b; i++) sum += halves[Math.floor(at / K) * N + order[(at % K) * b + i]!]!;
    return sum / (b * b);
  });
  return { products, counts: Array<number>(K).fill(b) };
}

test("lies inside the interval that few mini-batches give, about as often as that claims", async () => {
  const data = clouds(300);
  const model = mlp({ shape: [5], classes: 3 }, random(1));
  const state = newTrainingState(model, sgd());
  const exact = await fullPass(engine, model, state, data, options);
  const indices = Uint32Array.from({ length: 300 }, (_, i) => i);
  const single = { groups: 300, batchSize: 1, indices, mode: "evaluation", threads: 1, memoryBudget: 2 ** 30 } as const;
  const meter = await gramMeter(engine, model, state, data, single);
  const each = await meter.measure();
  meter.release();
  const draws = Array.from({ length: 400 }, (_, seed) => datasetNoiseScale(rowsOf(each, 16, 8, seed), 300));
  const held = draws.filter(({ lower, upper }) => lower <= exact.noiseScale && exact.noiseScale <= upper).length / 400;
  // 400 draws of a true 0.95 have a standard error of 0.011.
  expect(held).toBeGreaterThan(0.91);
  expect(held).toBeLessThan(0.99);
  // The claim is not empty: half the width would not do.
  const narrow = draws.filter(
    ({ value, lower, upper }) =>
      value - (value - lower) / 3 <= exact.noiseScale && exact.noiseScale <= value + (upper - value) / 3,
  );
  expect(narrow.length / 400).toBeLessThan(0.85);
});

test("batch normalisation uses its running statistics, so that examples are independent", async () => {
  const { model } = oracle("bn_cnn");
  const data = clouds(24, [3, 20, 20], 5);
  const state = newTrainingState(model, sgd());
  const [whole, single] = await Promise.all(
    [2 ** 30, 1].map((memoryBudget) => fullPass(engine, model, state, data, { threads: 1, memoryBudget })),
  );
  expect(whole!.traceCovariance / single!.traceCovariance).toBeCloseTo(1, 4);
  expect(whole!.squaredGradientNorm / single!.squaredGradientNorm).toBeCloseTo(1, 4);
});

test("examples of different weight are refused", async () => {
  const data: Dataset = clouds(30);
  const model = mlp({ shape: [5], classes: 3 }, random(1));
  const loss = createLoss("cross_entropy", { classWeights: [1, 2, 1] });
  await expect(fullPass(engine, model, newTrainingState(model, sgd()), data, { ...options, loss })).rejects.toThrow(
    /^`fullPass`: expected examples that weigh the same, got weights of [12] and [12]; leave `fullPass` out$/,
  );
});

test("stops where it is told to", async () => {
  const data = clouds(200);
  const model = regression(data);
  const controller = new AbortController();
  const watch = { signal: controller.signal, progress: () => controller.abort(new Error("enough")) };
  await expect(fullPass(engine, model, newTrainingState(model, sgd()), data, options, watch)).rejects.toThrow("enough");
});

test("what the signal ends is kept, and gone on with to the same numbers", async () => {
  let read = 0;
  const all = clouds(300);
  const data: Dataset = {
    ...all,
    read(indices, batch) {
      read += indices.length;
      return all.read(indices, batch);
    },
  };
  const model = mlp({ shape: [5], classes: 3 }, random(1));
  const measure = (watch: Parameters<typeof fullPass>[5]) =>
    fullPass(engine, model, newTrainingState(model, sgd()), data, options, watch);
  const whole = await measure({});
  const parts = partsInMemory();
  const resumable = resumableRows(parts, "full-pass");
  for (let stop = 1; stop <= 2; stop++) {
    const controller = new AbortController();
    let blocks = 0;
    const progress = () => {
      // What was kept is told first.
      if (blocks++ === 2) controller.abort(new Error("enough"));
    };
    await expect(measure({ resumable, signal: controller.signal, progress })).rejects.toThrow("enough");
    expect(parts.read("full-pass-rows")!.get("counts")).toEqual(Float64Array.of(128 * stop, 1));
  }
  read = 0;
  let told = 0;
  expect(await measure({ resumable, progress: (count) => (told += count) })).toEqual(whole);
  expect([read, told]).toEqual([300 - 256, 300]);
});
