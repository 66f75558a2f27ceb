import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { clouds } from "../../test/training.ts";
import { type Dataset, newBatch } from "../data/dataset.ts";
import { createLoss, divisor, type Loss } from "../model/loss.ts";
import { mlp } from "../model/mlp.ts";
import type { Model } from "../model/model.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { gradientGraph, gradientName, totals } from "../training/graphs.ts";
import { newTrainingState } from "../training/state.ts";
import { type GramMeter, gramMeter } from "./gram.ts";

const data = clouds(120);
const perceptron = mlp({ shape: [5], classes: 3 }, random(1));
/** Looks at the mean of its mini-batch, so that groups cannot be followed. */
const mixing: Model = {
  ...perceptron,
  forward: (g, io) => {
    const { logits, state } = perceptron.forward(g, io);
    return { logits: g.sub(logits, g.reduceMean(logits, [0], true)), state };
  },
};

/** Three numbers to predict from each example, which are the example's own first three. */
const numbers: Dataset = {
  ...data,
  target: { name: "y", type: "float32", shape: [3] },
  async read(indices, { x, y }) {
    const read = newBatch(data, indices.length);
    await data.read(indices, read);
    const values = read.x!.data as Float32Array;
    (x!.data as Float32Array).set(values);
    (y!.data as Float32Array).set(Array.from(indices, (_, i) => [...values.subarray(5 * i, 5 * i + 3)]).flat());
  },
};

const [groups, batchSize] = [6, 8];
const indices = random(9)
  .permutation(data.size)
  .subarray(0, groups * batchSize);

/** One mini-batch after the other in float64, each divided by its own weight. */
async function slowGram(model: Model, dataset: Dataset, loss: Loss) {
  const parameters = Object.fromEntries(model.parameters.map(({ name, initial }) => [name, initial]));
  const rows: Float64Array[] = [];
  for (let k = 0; k < groups; k++) {
    const batch = newBatch(dataset, batchSize);
    await dataset.read(indices.subarray(k * batchSize, (k + 1) * batchSize), batch);
    const graph = gradientGraph(model, batchSize, { accumulate: false, mode: "evaluation", loss });
    const [result] = await evaluateOn(openReference(nativeEngine()))(graph, [{ ...parameters, ...batch }]);
    const weight = divisor(loss, toNumbers(result![totals.weight]!)[0]!);
    const gradient = model.parameters.flatMap(({ name }) => toNumbers(result![gradientName(name)]!));
    rows.push(Float64Array.from(gradient, (sum) => sum / weight));
  }
  return gramOfRows(rows, Array<number>(groups).fill(batchSize));
}

// The products of 6 × 8 examples take 168 kB at once, one row 28 kB.
const ways: readonly (readonly [GramMeter["way"], Model, number])[] = [
  ["one pass", perceptron, 2 ** 30],
  ["blocks of rows", perceptron, 150_000],
  ["batch by batch", mixing, 2 ** 30],
];

describe.each<[Loss, Dataset]>([
  [createLoss("cross_entropy", { classWeights: [0.1, 1, 6], labelSmoothing: 0.1 }), data],
  [createLoss("focal", { focalNormalizer: "positives" }), data],
  [createLoss("huber", { huberDelta: 0.5 }), numbers],
])("under $name", (loss, dataset) => {
  test.each(ways)(
    "%s: each row is divided by its own weight, and counts its examples",
    async (way, model, memoryBudget) => {
      const state = newTrainingState(model, sgd());
      const options = { groups, batchSize, indices, mode: "evaluation", loss, threads: 1, memoryBudget } as const;
      const meter = await gramMeter(nativeEngine(), model, state, dataset, options);
      expect(meter.way).toBe(way);
      const [gram, expected] = [await meter.measure(), await slowGram(model, dataset, loss)];
      meter.release();
      expect(gram.counts).toEqual(expected.counts);
      const norm = (k: number) => Math.sqrt(expected.products[k * (groups + 1)]!);
      expected.products.forEach((product, i) => {
        const scale = norm(Math.floor(i / groups)) * norm(i % groups);
        expect(Math.abs(gram.products[i]! - product) / scale).toBeLessThan(1e-5);
      });
    },
  );
});

test("a mini-batch in which nothing counts is refused", async () => {
  const loss = createLoss("cross_entropy", { classWeights: [0, 0, 1] });
  const state = newTrainingState(perceptron, sgd());
  const one = { groups: 8, batchSize: 1, indices: Uint32Array.from([2, 5, 8, 11, 0, 14, 17, 20]) };
  const options = { ...one, mode: "evaluation", loss, threads: 1, memoryBudget: 2 ** 30 } as const;
  const meter = await gramMeter(nativeEngine(), perceptron, state, data, options);
  await expect(meter.measure()).rejects.toThrow(
    "analyze: expected a label that counts in every mini-batch, got 1 of 8 whose labels are ignored or weigh 0 " +
      "(`ignoreIndex`, `classWeights`); raise `batchSize` to about 4",
  );
  meter.release();
});
