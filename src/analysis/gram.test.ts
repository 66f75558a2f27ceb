import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracle } from "../../test/oracle.ts";
import { clouds } from "../../test/training.ts";
import { type Dataset, newBatch } from "../data/dataset.ts";
import { linear } from "../model/layers.ts";
import { lenet } from "../model/lenet.ts";
import { mlp } from "../model/mlp.ts";
import type { Mode, Model } from "../model/model.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import type { Gram } from "../statistics/types.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { gradientGraph, gradientName } from "../training/graphs.ts";
import { modelTensors, newTrainingState } from "../training/state.ts";
import { type GramMeter, type GramOptions, gramMeter } from "./gram.ts";

const native = nativeEngine();
const reference = openReference(native);

/** The same Gram, one mini-batch after the other in float64. */
async function slowGram(model: Model, data: Dataset, { groups, batchSize, indices, mode }: GramOptions): Promise<Gram> {
  const graph = gradientGraph(model, batchSize, { accumulate: false, mode });
  const state = newTrainingState(model, sgd());
  const feeds = Array.from({ length: groups }, (_, k) => {
    const batch = newBatch(data, batchSize);
    data.read(indices.subarray(k * batchSize, (k + 1) * batchSize), batch);
    return { ...modelTensors(state), ...batch };
  });
  const results = await evaluateOn(reference)(graph, feeds);
  const rows = results.map((result) =>
    Float64Array.from(
      model.parameters.flatMap(({ name }) => toNumbers(result[gradientName(name)]!)),
      (sum) => sum / batchSize,
    ),
  );
  return gramOfRows(rows, Array<number>(groups).fill(batchSize));
}

/** Largest difference between two Grams, each product in units of the two rows' norms. */
function relativeError(gram: Gram, expected: Gram): number {
  const K = expected.counts.length;
  const norm = (k: number) => Math.sqrt(expected.products[k * (K + 1)]!);
  return expected.products.reduce((most, product, i) => {
    const scale = norm(Math.floor(i / K)) * norm(i % K);
    return Math.max(most, Math.abs(gram.products[i]! - product) / scale);
  }, 0);
}

/** Each example as it is seen from its mini-batch's mean: no rule keeps such groups apart. */
const centred: Model = {
  ...mlp({ shape: [5], classes: 3 }, random(1)),
  name: "centred",
  forward: (g, { inputs, parameters }) => {
    const own = g.sub(inputs.x!, g.reduceMean(inputs.x!, [0], true));
    const layers = [linear("hidden", 5, 256, random(1)), linear("output", 256, 3, random(1))];
    const io = { parameters, state: {}, mode: "training", newState: {} } as const;
    return { logits: layers.reduce((x, layer) => layer.forward(g, x, io), own), state: {} };
  },
};

const flat = clouds(700);
const grey = clouds(64, [1, 12, 12], 3);
const colour = clouds(64, [3, 20, 20], 5);
const shuffled = (data: Dataset, count: number) => random(9).permutation(data.size).subarray(0, count);

const table: readonly (readonly [string, Model, Dataset, number, number, Mode, GramMeter["way"]])[] = [
  ["mlp", mlp({ shape: [5], classes: 3 }, random(1)), flat, 12, 7, "evaluation", "one pass"],
  ["lenet", lenet({ shape: [1, 12, 12], classes: 3 }, random(2)), grey, 8, 8, "evaluation", "one pass"],
  ["single examples", lenet({ shape: [1, 12, 12], classes: 3 }, random(2)), grey, 40, 1, "evaluation", "one pass"],
  ["batch normalisation, running", oracle("bn_cnn").model, colour, 6, 8, "evaluation", "one pass"],
  ["batch normalisation, of each mini-batch", oracle("bn_cnn").model, colour, 6, 8, "training", "one pass"],
  [
    "mlp in blocks, the last smaller",
    mlp({ shape: [5], classes: 3 }, random(1)),
    flat,
    53,
    13,
    "evaluation",
    "blocks of rows",
  ],
  [
    "mini-batches larger than a block",
    mlp({ shape: [5], classes: 3 }, random(1)),
    clouds(1300),
    2,
    600,
    "evaluation",
    "batch by batch",
  ],
  ["examples that see each other", centred, flat, 12, 7, "evaluation", "batch by batch"],
  ["examples that see each other, blocks", centred, flat, 53, 13, "evaluation", "batch by batch"],
];

describe.each(table)("%s", (_, model, data, groups, batchSize, mode, way) => {
  test(`${way} gives the Gram of the mini-batches' mean gradients`, async () => {
    // A row of 13 examples takes 44 kB and one of 600 takes 1.9 MB, of which a quarter of the budget is for one run.
    const memoryBudget = way === "one pass" ? 2 ** 28 : 2 ** 21;
    const options = { groups, batchSize, indices: shuffled(data, groups * batchSize), mode, threads: 1, memoryBudget };
    const state = newTrainingState(model, sgd());
    const before = structuredClone(modelTensors(state));
    const meter = await gramMeter(native, model, state, data, options);
    expect(meter.way).toBe(way);
    const gram = await meter.measure();
    expect(gram.counts).toEqual(Array(groups).fill(batchSize));
    expect(relativeError(gram, await slowGram(model, data, options))).toBeLessThan(1e-5);
    // Measuring twice gives the same, and leaves what it measures alone.
    expect(await meter.measure()).toEqual(gram);
    expect(modelTensors(state)).toEqual(before);
    meter.release();
  });
});

test.each([
  ["one pass", 12],
  ["blocks of rows", 90],
])("%s follows the parameters of the state", async (way, groups) => {
  const model = mlp({ shape: [5], classes: 3 }, random(1));
  const state = newTrainingState(model, sgd());
  const indices = shuffled(flat, groups * 7);
  const memoryBudget = way === "blocks of rows" ? 2 ** 20 : 2 ** 28;
  const options = { groups, batchSize: 7, indices, mode: "evaluation", threads: 1, memoryBudget } as const;
  const meter = await gramMeter(native, model, state, flat, options);
  expect(meter.way).toBe(way);
  const other = mlp({ shape: [5], classes: 3 }, random(2));
  state.parameters.set(newTrainingState(other, sgd()).parameters);
  const gram = await meter.measure();
  expect(relativeError(gram, await slowGram(other, flat, options))).toBeLessThan(1e-5);
  expect(relativeError(gram, await slowGram(model, flat, options))).toBeGreaterThan(1e-2);
  meter.release();
});

test("an error that is not about groups is not hidden by the slower way", async () => {
  const fail = () => {
    throw new TypeError("ours");
  };
  const broken: Model = { ...centred, forward: fail };
  const options = {
    groups: 2,
    batchSize: 3,
    indices: shuffled(flat, 6),
    mode: "evaluation",
    threads: 1,
    memoryBudget: 2 ** 28,
  } as const;
  await expect(gramMeter(native, broken, newTrainingState(broken, sgd()), flat, options)).rejects.toThrow("ours");
});
