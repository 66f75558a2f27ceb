import { afterEach, describe, expect, test } from "vitest";
import { counting } from "../../../test/countingEngine.ts";
import { curvatureOracle, oracleNetwork } from "../../../test/curvature.ts";
import { slowBatch, weightsOf } from "../../../test/slowRegression.ts";
import { clouds, regression } from "../../../test/training.ts";
import type { Value } from "../../graph/graph.ts";
import { batchNormalization, dropout, linear, relu, sequential } from "../../model/layers.ts";
import { createLoss } from "../../model/loss.ts";
import type { Model } from "../../model/model.ts";
import { apply } from "../../ops/builder.ts";
import { ops } from "../../ops/table.ts";
import { nativeEngine } from "../../runtime/native.ts";
import { openReference } from "../../runtime/reference.ts";
import { random } from "../../tensor/random.ts";
import { groupsOf } from "./layout.ts";
import { openObjective } from "./objective.ts";

const native = nativeEngine();
const reference = openReference(native);
const common = { threads: 1, memoryBudget: 2 ** 28 };

const norm = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) => norm(Array.from(a, (x, i) => x - b[i]!)) / norm(b);
const normals = (count: number, seed: number) => {
  const { normal } = random(seed);
  return Float64Array.from({ length: count }, () => normal());
};

describe("PyTorch's loss, gradient and Hessian-vector product", () => {
  const known = curvatureOracle();
  // 7 leaves a ragged last batch.
  test.each([
    ["float64", reference, 1e-8, undefined],
    ["float64", reference, 1e-8, 7],
    ["float32", native, 1e-4, undefined],
    ["float32", native, 1e-4, 7],
  ] as const)("in %s", async (precision, engine, tolerance, batchSize) => {
    const objective = await openObjective(engine, { ...oracleNetwork(known), ...common, batchSize });
    const at = Float64Array.from(known.parameters);
    expect(objective.precision).toBe(precision);
    expect(objective.second).toEqual({ kind: "exact" });
    expect(Math.abs((await objective.lossAt(at)) - known.loss)).toBeLessThan(tolerance);
    expect(distance((await objective.gradientAt(at)).gradient, known.gradient)).toBeLessThan(tolerance);
    const product = await objective.productAt(at, Float64Array.from(known.vector));
    expect(distance(product, known.hessian_vector_product)).toBeLessThan(tolerance);
    objective.release();
  });
});

test("a product that is added in single precision is the other one", async () => {
  const data = clouds(100);
  const objective = await openObjective(native, { model: regression(data), data, ...common, batchSize: 16 });
  const { size, start } = objective;
  const vector = Float32Array.from(normals(size, 5));
  // Products elsewhere in between change nothing.
  await objective.gradientAt(start.map((x) => x + 1));
  const sum = new Float32Array(size).fill(2);
  await objective.addProduct!(vector, sum);
  const product = await objective.productAt(start, Float64Array.from(vector));
  expect(
    distance(
      sum.map((x) => x - 2),
      product,
    ),
  ).toBeLessThan(1e-5);
  objective.release();
});

test("runs side by side give the bits of one after another", async () => {
  const data = clouds(100);
  const model = regression(data);
  // 16 leaves a ragged last run, and an odd number of them.
  const options = { model, data, ...common, batchSize: 16 };
  const [one, two] = [await openObjective(native, options), await openObjective(native, { ...options, threads: 2 })];
  const vector = normals(one.size, 5);
  expect(await two.gradientAt(two.start)).toEqual(await one.gradientAt(one.start));
  expect(await two.productAt(two.start, vector)).toEqual(await one.productAt(one.start, vector));
  one.release();
  two.release();
});

describe("what products at a place share is kept", () => {
  const data = clouds(100);
  const net = sequential("net", data.inputs[0]!, [
    linear("first", 5, 6, random(5)),
    relu,
    linear("last", 6, 3, random(6)),
  ]);

  // The last keeps some of the seven runs and not the others.
  test.each([
    ["in float64", reference, 1, 2 ** 28],
    ["in float32, side by side", native, 2, 2 ** 28],
    ["of some examples", native, 1, 2 ** 16],
  ] as const)("%s, and follows the parameters", async (_, engine, threads, memoryBudget) => {
    const options = { model: net, data, threads, batchSize: 16 };
    const kept = await openObjective(engine, { ...options, memoryBudget });
    const plain = await openObjective(engine, { ...options, memoryBudget: 1 });
    const [here, there] = [kept.start, kept.start.map((x) => 1.1 * x)];
    for (const [at, seed] of [
      [here, 1],
      [here, 2],
      [there, 3],
      [here, 3],
    ] as const) {
      const vector = normals(kept.size, seed);
      const [product, expected] = [await kept.productAt(at, vector), await plain.productAt(at, vector)];
      expect(distance(product, expected)).toBeLessThan(engine === reference ? 1e-14 : 1e-6);
      await kept.gradientAt(there);
    }
    kept.release();
    plain.release();
  });

  test("so that more products cost less", async () => {
    const engine = counting(native);
    const objective = await openObjective(engine, { model: net, data, ...common, batchSize: 100 });
    const { start, size } = objective;
    const runsOf = async (at: Float64Array, seed: number) => {
      const before = engine.calls();
      await objective.productAt(at, normals(size, seed));
      return engine.calls() - before;
    };
    await runsOf(start, 1);
    expect(await runsOf(start, 2)).toBe(1);
    expect(
      await runsOf(
        start.map((x) => x + 1),
        2,
      ),
    ).toBe(2);
    objective.release();
  });
});

test("some examples are drawn from the seed, and all weigh alike whatever the batches", async () => {
  const data = clouds(40);
  const model = regression(data);
  const options = { model, data, ...common, examples: 10, seed: 3 };
  const objective = await openObjective(reference, { ...options, batchSize: 4 });
  const chosen = [...random(3, 2).permutation(40).subarray(0, 10)];
  const slow = slowBatch(weightsOf(model), data, chosen);
  const { loss, gradient } = await objective.gradientAt(objective.start);
  expect(loss).toBeCloseTo(slow.loss, 12);
  expect(distance(gradient, slow.gradient)).toBeLessThan(1e-12);
  expect(objective.examples).toBe(10);
  objective.release();
});

test("restricted to some parameters, H is that block of the whole H", async () => {
  const known = curvatureOracle();
  const network = oracleNetwork(known);
  const whole = await openObjective(reference, { ...network, ...common });
  const part = await openObjective(reference, { ...network, ...common, trained: ["second.W2", "second.b2"] });
  const v = normals(part.size, 1);
  const wide = new Float64Array(whole.size);
  wide.set(v, whole.size - part.size);
  const expected = (await whole.productAt(whole.start, wide)).subarray(whole.size - part.size);
  expect(distance(await part.productAt(part.start, v), expected)).toBeLessThan(1e-12);
  expect(groupsOf(whole.slices, "layer").map(({ name }) => name)).toEqual(["first", "second"]);
  expect(whole.slices.map(({ offset, length }) => [offset, length])).toEqual([
    [0, 30],
    [30, 6],
    [36, 18],
    [54, 3],
  ]);
  whole.release();
  part.release();
});

describe("without a second derivative", () => {
  const rule = ops.Tanh.gradient;
  afterEach(() => {
    Object.assign(ops.Tanh, { gradient: rule });
  });
  test.each([
    ["float64", reference],
    ["float32", native],
  ] as const)("central differences, whose error is said, in %s", async (_, engine) => {
    const known = curvatureOracle();
    const network = oracleNetwork(known);
    // The same numbers, 1 − Y², by a Clip whose bound is a function of the parameters.
    const clipped: typeof rule = (g, { Y, dY }) => {
      const one = g.fill(Y as Value, 1);
      const slope = g.sub(one, g.mul(Y as Value, Y as Value));
      const bound = g.reshape(g.slice(g.reshape(slope, [-1]), [0], [0], [1], [1]), []);
      const low = g.sub(bound, g.fill(bound, 1e3));
      return { X: g.mul(dY as Value, apply(g.graph, "Clip", [slope, low])[0]!) };
    };
    Object.assign(ops.Tanh, { gradient: clipped });
    const objective = await openObjective(engine, { ...network, ...common });
    expect(objective.second).toMatchObject({ kind: "differences", operator: "Clip" });
    const at = Float64Array.from(known.parameters);
    const product = await objective.productAt(at, Float64Array.from(known.vector));
    const { error } = objective.second as { error: number };
    expect(error).toBeLessThan(engine === reference ? 1e-6 : 1e-2);
    expect(distance(product, known.hessian_vector_product)).toBeLessThan(3 * error);
    objective.release();
  });
});

describe("the gate of determinism names the layer", () => {
  const data = clouds(24);
  const input = data.inputs[0]!;
  const seeded = random(5);
  const net = (name: string, middle: Parameters<typeof sequential>[2][number]) =>
    sequential(name, input, [linear("first", 5, 6, seeded), middle, relu, linear("last", 6, 3, seeded)]);
  /** Subtracts the mean of the batch whatever the mode. */
  const centred: Model = {
    ...net("centred", relu),
    forward: (g, io) => {
      const { logits, state } = net("centred", relu).forward(g, io);
      return { logits: g.sub(logits, g.reduceMean(g.mul(logits, logits), [0], true)), state };
    },
  };
  const batchNormalized = net("normalized", batchNormalization("norm", 6));
  const dropping = net("dropping", dropout("drop"));

  test.each([
    ["dropout", dropping, { mode: "training", dropout: new Map([["drop", 0.5]]) }, "because drop draws random numbers"],
    ["batch normalisation", batchNormalized, { mode: "training" }, "because norm mixes the examples of a mini-batch"],
    ["what mixes in any mode", centred, {}, "because examples cannot be told apart"],
  ] as const)("%s", async (_, model, options, expected) => {
    const opening = openObjective(native, { model, data, ...common, ...options, batchSize: 6 });
    await expect(opening).rejects.toThrow(expected);
  });

  test.each([
    ["dropout in evaluation", dropping],
    ["batch normalisation by running statistics", batchNormalized],
  ] as const)("%s passes", async (_, model) => {
    (await openObjective(native, { model, data, ...common, batchSize: 6 })).release();
  });
});

test.each([
  ["more examples than there are", { examples: 25 }, "expected at most the 24 examples of clouds, got 25"],
  ["a parameter that is none", { trained: ["nothing"] }, 'got "nothing"; choose one of output.weight, output.bias'],
  ["no parameter", { trained: [] }, "expected names of parameters of regression as trained"],
])("%s is refused", async (_, options, message) => {
  const data = clouds(24);
  await expect(openObjective(native, { model: regression(data), data, ...common, ...options })).rejects.toThrow(
    message,
  );
});

test("vectors of another length are refused", async () => {
  const data = clouds(8);
  const objective = await openObjective(native, { model: regression(data), data, ...common });
  expect(() => objective.lossAt(new Float64Array(3))).toThrow("expected a vector of 18 numbers, got 3");
  objective.release();
});

test("with class weights too, H·v is the difference of gradients", async () => {
  const data = clouds(12);
  const loss = createLoss("cross_entropy", { classWeights: [1, 2, 3] });
  const objective = await openObjective(reference, { model: regression(data), data, loss, ...common, batchSize: 5 });
  const v = normals(objective.size, 2);
  const step = 1e-5;
  const ends = await Promise.all([1, -1].map((sign) => objective.start.map((x, i) => x + sign * step * v[i]!)));
  const [ahead, behind] = [await objective.gradientAt(ends[0]!), await objective.gradientAt(ends[1]!)];
  const differences = ahead.gradient.map((x, i) => (x - behind.gradient[i]!) / (2 * step));
  expect(distance(await objective.productAt(objective.start, v), differences)).toBeLessThan(1e-8);
  objective.release();
});
