import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracle, oracleJson, oracleNames } from "../../test/oracle.ts";
import { scenes } from "../../test/smallModels.ts";
import type { Graph, Value } from "../graph/graph.ts";
import type { Model } from "../model/model.ts";
import { bindingEngine } from "../runtime/binding.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { fromNumbers, type Tensor, toNumbers, zeros } from "../tensor/tensor.ts";
import { evaluationGraph, gradientGraph, gradientName, rowsGraph, sumName, totals } from "./graphs.ts";

const reference = openReference(nativeEngine());
const initial = (model: Model) =>
  Object.fromEntries([...model.parameters, ...model.state].map((parameter) => [parameter.name, parameter.initial]));
const norm = (values: readonly number[]) => Math.hypot(...values);

const float32 = { mlp: 1e-4, lenet: 1e-4, bn_cnn: 1e-4, two_branch: 1e-4, tcn: 1e-4, tiny_gpt: 1e-4 };
// Exported files round constants to float32, such as the slope of bn_cnn's LeakyRelu and the epsilons of norms; rules
// of pooling write 1/n as a float32 constant.
const float64 = { mlp: 1e-9, lenet: 1e-9, bn_cnn: 1e-5, two_branch: 1e-6, tcn: 1e-7, tiny_gpt: 1e-7 };

describe.each([
  [nativeEngine(), 1e-6, float32],
  [bindingEngine(), 1e-6, float32],
  [reference, 1e-7, float64],
] as const)("$name", (engine, lossTolerance, tolerance) => {
  test.each(oracleNames)("%s has PyTorch's loss and gradients", async (name) => {
    const { model, x, y, loss, gradient } = oracle(name);
    const graph = gradientGraph(model, x.shape[0]!, { accumulate: false });
    const [result] = await evaluateOn(engine)(graph, [{ x, y, ...initial(model) }]);
    const number = (output: string) => toNumbers(result![output]!)[0]!;
    expect(Math.abs(number(totals.loss) / number(totals.weight) / loss - 1)).toBeLessThan(lossTolerance);

    const expected = model.parameters.map((parameter) => ({ parameter: parameter.name, ...gradient(parameter.name) }));
    const whole = norm(expected.map((one) => one.norm));
    const errors = expected.map(({ parameter, norm: length, probe, index }) => {
      const values = toNumbers(result![gradientName(parameter)]!).map((sum) => sum / number(totals.weight));
      // A gradient that is zero but for rounding is measured against the whole.
      const scale = Math.max(length, whole / 1000);
      const probed = norm(index.map((at, i) => values[at]! - probe[i]!));
      return { parameter, error: Math.max(Math.abs(norm(values) - length), probed) / scale };
    });
    expect(errors.length).toBeGreaterThan(3);
    expect(errors.filter(({ error }) => !(error < tolerance[name]))).toEqual([]);
  });
});

interface AccumulationCase {
  readonly X: number[][];
  readonly Y: number[];
  readonly W: number[][];
  readonly full: { loss: number; gradient: number[][] };
  readonly micro_batches_of_4: { loss: number; gradient: number[][]; valid: number }[];
  readonly naive_mean_of_micro_gradients_is_wrong: number[][];
}

describe("a token-averaged loss with ignored labels", () => {
  const oracleCase = oracleJson<AccumulationCase>("accumulation.json");
  const { X, Y, full, micro_batches_of_4: microBatches } = oracleCase;
  const W = fromNumbers("float64", [4, 3], oracleCase.W.flat());
  const model: Model = {
    name: "tokens",
    inputs: [{ name: "x", type: "float32", shape: [4] }],
    parameters: [{ name: "W", initial: zeros("float32", [4, 3]) }],
    state: [],
    forward: (g, { inputs, parameters }) => ({ logits: g.matMul(inputs.x!, parameters.W!), state: {} }),
  };
  const batch = (start: number, end: number): Record<string, Tensor> => ({
    x: fromNumbers("float64", [end - start, 4], X.slice(start, end).flat()),
    y: fromNumbers("int64", [end - start], Y.slice(start, end)),
    W,
  });
  const run = async (size: number, accumulate: boolean, feeds: Record<string, Tensor>) => {
    const [result] = await evaluateOn(reference)(gradientGraph(model, size, { accumulate }), [feeds]);
    const one = (name: string) => toNumbers(result![name]!)[0]!;
    return { gradient: result![gradientName("W")]!, loss: one(totals.loss), weight: one(totals.weight) };
  };
  const closest = (got: Tensor | readonly number[], divisor: number, expected: readonly number[]) => {
    const values = Array.isArray(got) ? got : toNumbers(got as Tensor);
    return Math.max(...expected.map((value, i) => Math.abs(values[i]! / divisor - value)));
  };

  test("each micro-batch has PyTorch's loss, gradient and weight", async () => {
    for (const [i, expected] of microBatches.entries()) {
      const { gradient, loss, weight } = await run(4, false, batch(4 * i, 4 * i + 4));
      expect(weight).toBe(expected.valid);
      expect(loss / weight).toBeCloseTo(expected.loss, 12);
      expect(closest(gradient, weight, expected.gradient.flat())).toBeLessThan(1e-12);
    }
  });

  test.each([
    ["4 + 4 + 4", [4, 4, 4]],
    ["5 + 5 + 2", [5, 5, 2]],
    ["9 + 3, of which the last holds no label at all", [9, 3]],
    ["12", [12]],
  ])("summed over %s and divided once, they are the whole batch", async (_, sizes) => {
    let [start, loss, weight] = [0, 0, 0];
    let sum: Tensor | undefined;
    for (const size of sizes) {
      const old: Record<string, Tensor> = sum ? { [sumName("W")]: sum } : {};
      const one = await run(size, sum !== undefined, { ...batch(start, start + size), ...old });
      [start, loss, weight, sum] = [start + size, loss + one.loss, weight + one.weight, one.gradient];
    }
    expect(weight).toBe(7);
    expect(loss / weight).toBeCloseTo(full.loss, 12);
    expect(closest(sum!, weight, full.gradient.flat())).toBeLessThan(1e-12);
  });

  test("the mean of the micro-batches' means is another gradient", async () => {
    const means: number[][] = [];
    for (const i of microBatches.keys()) {
      const { gradient, weight } = await run(4, false, batch(4 * i, 4 * i + 4));
      means.push(toNumbers(gradient).map((value) => value / weight));
    }
    const naive = means[0]!.map((_, at) => means.reduce((sum, mean) => sum + mean[at]!, 0) / means.length);
    expect(closest(naive, 1, oracleCase.naive_mean_of_micro_gradients_is_wrong.flat())).toBeLessThan(1e-12);
    expect(closest(naive, 1, full.gradient.flat())).toBeGreaterThan(0.1);
  });

  test("a prediction counts where the label is kept", async () => {
    // Whatever the example, the bias alone decides for class 2.
    const none = zeros("float64", [4, 3]);
    const biased: Model = {
      ...model,
      forward: (g, { inputs, parameters }) => ({
        logits: g.add(g.matMul(inputs.x!, parameters.W!), g.constant(fromNumbers("float32", [3], [0, 0, 1]))),
        state: {},
      }),
    };
    const [result] = await evaluateOn(reference)(evaluationGraph(biased, 12), [{ ...batch(0, 12), W: none }]);
    expect(toNumbers(result![totals.correct]!)).toEqual([Y.filter((label) => label === 2).length]);
  });
});

test("a parameter may have any name, as that of a bare linear layer", () => {
  const names = ["weight", "loss", "correct", "weights", "losses"];
  const model: Model = {
    name: "names",
    inputs: [{ name: "x", type: "float32", shape: [2] }],
    parameters: names.map((name) => ({ name, initial: zeros("float32", [2]) })),
    state: [],
    forward: (g, { inputs, parameters }) => ({
      logits: names.reduce((x, name) => g.mul(x, parameters[name]!), inputs.x!),
      state: {},
    }),
  };
  const gradients = names.map(gradientName);
  expect([...gradientGraph(model, 2, { accumulate: true }).outputs.keys()]).toEqual(expect.arrayContaining(gradients));
  expect([...rowsGraph(model, 2, 2, "evaluation").outputs.keys()]).toEqual(expect.arrayContaining(gradients));
});

describe("squared norms of groups beside the gradients", () => {
  test.each(["mlp", "lenet", "tcn", "tiny_gpt"] as const)("of PyTorch's %s are those of its rows", async (name) => {
    const { model, x, y } = oracle(name);
    const batch = x.shape[0]!;
    const groups = batch % 2 === 0 ? 2 : batch;
    const feeds = { x, y, ...initial(model) };
    const graph = gradientGraph(model, batch, { accumulate: false, squaredNorms: groups });
    const [watched] = await evaluateOn(reference)(graph, [feeds]);
    const [separate] = await evaluateOn(reference)(rowsGraph(model, batch, groups, "training"), [feeds]);
    const expected = Array<number>(groups).fill(0);
    for (const parameter of model.parameters)
      toNumbers(separate![gradientName(parameter.name)]!).forEach((value, i, all) => {
        expected[Math.floor((groups * i) / all.length)]! += value ** 2;
      });
    toNumbers(watched![totals.squaredNorms]!).forEach((squared, k) => {
      expect(Math.abs(squared / expected[k]! - 1)).toBeLessThan(1e-9);
    });
    expect(toNumbers(watched![totals.weights]!)).toEqual(toNumbers(separate![totals.weights]!));
  });

  test.each(["mlp", "lenet", "tiny_gpt"] as const)("change no bit of the gradients of %s", async (name) => {
    const { model, x, y } = oracle(name);
    const feeds = { x, y, ...initial(model) };
    const batch = x.shape[0]!;
    const [plain] = await evaluateOn(nativeEngine())(gradientGraph(model, batch, { accumulate: false }), [feeds]);
    const watching = gradientGraph(model, batch, { accumulate: false, squaredNorms: batch });
    const [watched] = await evaluateOn(nativeEngine())(watching, [feeds]);
    expect(Object.keys(plain!).length).toBeGreaterThan(5);
    for (const [output, tensor] of Object.entries(plain!)) expect([output, watched![output]]).toEqual([output, tensor]);
  });

  test("are refused where batch normalisation mixes the groups", () => {
    const { model } = oracle("two_branch");
    const build = () => gradientGraph(model, 4, { accumulate: false, squaredNorms: 2 });
    expect(build).toThrow(UnsupportedError);
    expect(build).toThrow(/^rows: expected operators that keep groups .* got BatchNormalization at node /);
  });
});

/** Names of nodes that read what no earlier node made. */
function early({ inputs, nodes }: Graph): string[] {
  const made = new Set<Value>(inputs);
  return nodes.flatMap((node) => {
    const missing = node.inputs.some((value) => value && !value.constant && !made.has(value));
    for (const output of node.outputs) made.add(output);
    return missing ? [node.name] : [];
  });
}

describe.each(Object.entries(scenes))("of %s", (_, scene) => {
  test.each([true, false])("every node reads what earlier ones made, with gradient checkpointing: %s", (saves) => {
    const { model, loss } = scene();
    const watched = (squaredNorms?: number) =>
      gradientGraph(model, 4, { accumulate: true, loss, gradientCheckpointing: saves, squaredNorms });
    expect(early(watched())).toEqual([]);
    const graph = unless(UnsupportedError, () => watched(4));
    if (graph) expect(early(graph)).toEqual([]);
  });
});

/** Undefined where `make` throws an error of this class. */
function unless<T>(refusal: new (...given: never[]) => Error, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof refusal) return undefined;
    throw error;
  }
}
