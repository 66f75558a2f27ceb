import { describe, expect, test } from "vitest";
import { oracle } from "../../test/oracle.ts";
import { clouds, regression } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { lenet } from "../model/lenet.ts";
import { defaultLoss } from "../model/loss.ts";
import { mlp } from "../model/mlp.ts";
import type { Model } from "../model/model.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { scalar } from "../tensor/tensor.ts";
import { mixingLayers, verifyAccumulation } from "./verify.ts";

const native = nativeEngine();
const reference = openReference(native);
const flat = clouds(40);
const perceptron = mlp({ shape: [5], classes: 3 }, random(1));

/** Softmax regression with one more step in front of or behind its layers. */
function changed(change: (io: Parameters<Model["forward"]>, logits: ReturnType<Model["forward"]>) => unknown): Model {
  const plain = regression(flat);
  return {
    ...plain,
    forward: (...io) => {
      const result = plain.forward(...io);
      return { ...result, logits: change(io, result) as (typeof result)["logits"] };
    },
  };
}

const twoBranches: Model = {
  ...perceptron,
  name: "two branches",
  forward: (g, io) => {
    const { logits, state } = perceptron.forward(g, io);
    return { logits: g.mul(logits, g.sigmoid(perceptron.forward(g, io).logits)), state };
  },
};

const equalOnes: readonly (readonly [string, Model, Dataset])[] = [
  ["mlp", perceptron, flat],
  ["lenet", lenet({ shape: [1, 12, 12], classes: 3 }, random(2)), clouds(40, [1, 12, 12])],
  ["two branches", twoBranches, flat],
  ["PyTorch's lenet", oracle("lenet").model, clouds(40, [1, 28, 28], 10)],
];

describe.each([
  [native, 1e-6],
  [reference, 1e-12],
] as const)("on $name", (engine, tolerance) => {
  test.each(equalOnes)("%s: accumulation gives the large batch's gradient", async (_, model, data) => {
    const verdict = await verifyAccumulation(engine, model, data, { window: [4, 4, 4], tolerance });
    expect(verdict).toMatchObject({ engine: engine.name, tolerance, equal: true });
    expect(verdict.comparisons.map(({ examples, microBatches }) => [examples, microBatches])).toEqual([
      [12, [4, 4, 4]],
      [10, [4, 4, 2]],
    ]);
    expect(mixingLayers(model, defaultLoss)).toEqual([]);
  });

  test("a parameter whose gradient is nothing but rounding is no difference", async () => {
    // Softmax does not see what is added to every logit alike.
    const shifted: Model = {
      ...changed(([g, { parameters }], { logits }) => g.add(logits, parameters.shift!)),
      parameters: [...regression(flat).parameters, { name: "shift", initial: scalar("float32", 0.5) }],
    };
    const verdict = await verifyAccumulation(engine, shifted, flat, { window: [4, 4, 4], tolerance });
    expect(verdict).toMatchObject({ equal: true });
  });

  test.each<[string, Model]>([
    [
      "depends on the size of its batch",
      changed(([g, { inputs }], { logits }) => g.mul(logits, 1 + 1e-4 * inputs.x!.shape[0]!)),
    ],
    [
      "looks at the batch's mean",
      changed(([g], { logits }) => g.sub(logits, g.mul(g.reduceMean(logits, [0], true), 0.01))),
    ],
    ["forgets its first example", changed(([g], { logits }) => g.mul(logits, firstForgotten(g, logits.shape[0]!)))],
    ["gives no number", changed(([g], { logits }) => g.log(g.sub(logits, 1e9)))],
  ])("a model that %s is caught", async (_, model) => {
    const verdict = await verifyAccumulation(engine, model, flat, { window: [4, 4, 4], tolerance });
    expect(verdict.equal).toBe(false);
    expect(verdict.maxRelativeDifference).not.toBeLessThanOrEqual(1e-5);
  });

  test("batch normalisation is caught and named", async () => {
    const { model } = oracle("bn_cnn");
    const data = clouds(40, [3, 20, 20], 5);
    const verdict = await verifyAccumulation(engine, model, data, { window: [4, 4], tolerance });
    expect(verdict.equal).toBe(false);
    expect(verdict.maxRelativeDifference).toBeGreaterThan(1e-2);
    expect(mixingLayers(model, defaultLoss)).toEqual([
      "/1/BatchNormalization (BatchNormalization)",
      "/4/BatchNormalization (BatchNormalization)",
    ]);
  });
});

/** 0 for the first example of a batch and 1 for the others. */
function firstForgotten(g: Parameters<Model["forward"]>[0], batch: number) {
  return g.cast(
    g.greater(g.constant({ type: "float32", shape: [batch, 1], data: Float32Array.from(Array(batch).keys()) }), 0),
    "float32",
  );
}

test.each([
  [[4], [[4], [2]]],
  [
    [1, 1, 1],
    [
      [1, 1, 1],
      [1, 1],
    ],
  ],
  [
    [4, 4, 1],
    [
      [4, 4, 1],
      [4, 4],
    ],
  ],
  [[1], [[1]]],
  [[1, 1], [[1, 1]]],
])("a window of %j is compared as %j", async (window, expected) => {
  const verdict = await verifyAccumulation(native, perceptron, flat, { window, tolerance: 1e-6 });
  expect(verdict.comparisons.map(({ microBatches }) => microBatches)).toEqual(expected);
});
