import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracle, oracleNames } from "../../test/oracle.ts";
import { datasetOf, eventsOf, tensorsAfter } from "../../test/training.ts";
import { addInput, addOutput, type Graph, type Node, newGraph, producers, prune, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { crossEntropy } from "../model/losses/crossEntropy.ts";
import type { Model } from "../model/model.ts";
import { builder } from "../ops/builder.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { gradientGraph } from "../training/graphs.ts";
import { backward } from "./backward.ts";
import { activationNodes, chooseCuts } from "./cuts.ts";
import { recompute } from "./recompute.ts";

interface Whole {
  readonly graph: Graph;
  readonly forward: ReadonlySet<Node>;
  readonly examples: readonly Value[];
}

/** x [2, 3] through `layers` of tanh(x·W); the loss is the sum. Outputs `d0`, `d1`, …: the gradients of the weights. */
function chain(layers: number): Whole {
  const graph = newGraph("chain");
  const g = builder(graph);
  const x = addInput(graph, "x", "float32", [2, 3]);
  const weights = Array.from({ length: layers }, (_, i) => addInput(graph, `W${i}`, "float32", [3, 3]));
  const y = weights.reduce((value, W) => g.tanh(g.gemm(value, W)), x as Value);
  const forward = new Set(graph.nodes);
  backward(g, y, weights).forEach((gradient, i) => {
    addOutput(graph, `d${i}`, gradient);
  });
  return { graph: prune(graph), forward, examples: [x] };
}

/** The gradient graph of an exported model on its batch, with new running statistics. */
function wholeOf(model: Model, x: Tensor, y: Tensor): Whole {
  const graph = newGraph(model.name);
  const g = builder(graph);
  const declare = (name: string, value: Tensor) => addInput(graph, name, value.type, value.shape);
  const declareAll = (entries: Model["parameters"]) =>
    Object.fromEntries(entries.map(({ name, initial }) => [name, declare(name, initial)]));
  const examples = [declare(model.inputs[0]!.name, x), declare("y", y)] as const;
  const [parameters, state] = [declareAll(model.parameters), declareAll(model.state)];
  const inputs = { [model.inputs[0]!.name]: examples[0] };
  const result = model.forward(g, { inputs, parameters, state, mode: "training" });
  const { losses } = crossEntropy(g, result.logits, examples[1]);
  const forward = new Set(graph.nodes);
  backward(g, losses, Object.values(parameters)).forEach((gradient, i) => {
    addOutput(graph, `gradient:${model.parameters[i]!.name}`, gradient);
  });
  for (const [name, value] of Object.entries(result.state)) addOutput(graph, `new:${name}`, value);
  return { graph: prune(graph), forward, examples };
}

const native = nativeEngine();
const reference = openReference(native);

function largestDifference(a: Readonly<Record<string, Tensor>>, b: Readonly<Record<string, Tensor>>): number {
  const differences = Object.entries(a).map(([name, value]) => {
    const [u, v] = [toNumbers(value), toNumbers(b[name]!)];
    return Math.max(...u.map((x, i) => Math.abs(x - v[i]!)));
  });
  return Math.max(...differences);
}

describe.each(oracleNames)("%s", (name) => {
  const { model, x, y } = oracle(name);
  const whole = wholeOf(model, x, y);
  const { graph, forward, examples } = whole;
  const nodes = activationNodes(graph, forward, examples);
  const initial = [...model.parameters, ...model.state].map((one) => [one.name, one.initial]);
  const feeds = [{ [model.inputs[0]!.name]: x, y, ...Object.fromEntries(initial) }];
  const { integer } = random(5);
  const drawn = Array.from({ length: 2 }, () => nodes.filter(() => integer(6) === 0));
  const every = nodes.slice(0, -1);

  test("cut anywhere, float64 gradients are the same bit for bit", async () => {
    const [expected] = await evaluateOn(reference)(graph, feeds);
    for (const cuts of [...drawn, every]) {
      const again = recompute(graph, forward, examples, cuts);
      const [found] = await evaluateOn(reference)(again, feeds);
      expect(largestDifference(expected!, found!)).toBe(0);
    }
  });

  test("float32 gradients are the same up to rounding", async () => {
    const [expected] = await evaluateOn(native)(graph, feeds);
    for (const cuts of [...drawn, every]) {
      const [found] = await evaluateOn(native)(recompute(graph, forward, examples, cuts), feeds);
      expect(largestDifference(expected!, found!)).toBeLessThan(2e-6);
    }
  });
});

test("a chain of four layers in two blocks", () => {
  const { graph, forward, examples } = chain(4);
  const cut = [...forward].filter((node) => node.op === "Tanh")[1]!;
  expect(
    printGraph(recompute(graph, forward, examples, [cut]))
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim()),
  ).toMatchInlineSnapshot(`
    [
      "Gemm_out: float32[2, 3] = Gemm(x, W0)",
      "Tanh_out: float32[2, 3] = Tanh(Gemm_out)",
      "Gemm_1_out: float32[2, 3] = Gemm(Tanh_out, W1)",
      "Tanh_1_out: float32[2, 3] = Tanh(Gemm_1_out)",
      "Gemm_2_out: float32[2, 3] = Gemm(Tanh_1_out, W2)",
      "Tanh_2_out: float32[2, 3] = Tanh(Gemm_2_out)",
      "Gemm_3_out: float32[2, 3] = Gemm(Tanh_2_out, W3)",
      "Tanh_3_out: float32[2, 3] = Tanh(Gemm_3_out)",
      "Expand_out: float32[2, 3] = Expand(float32[1, 1], [2, 3])",
      "Mul_out: float32[2, 3] = Mul(Tanh_3_out, Tanh_3_out)",
      "Sub_out: float32[2, 3] = Sub(1, Mul_out)",
      "Mul_1_out: float32[2, 3] = Mul(Expand_out, Sub_out)",
      "Gemm_4_out: float32[2, 3] = Gemm(Mul_1_out, W3, alpha=1, transB=1)",
      "Gemm_5_out: float32[3, 3] = Gemm(Tanh_2_out, Mul_1_out, alpha=1, transA=1)",
      "Mul_2_out: float32[2, 3] = Mul(Tanh_2_out, Tanh_2_out)",
      "Sub_1_out: float32[2, 3] = Sub(1, Mul_2_out)",
      "Mul_3_out: float32[2, 3] = Mul(Gemm_4_out, Sub_1_out)",
      "Gemm_6_out: float32[2, 3] = Gemm(Mul_3_out, W2, alpha=1, transB=1)",
      "Gemm_7_out: float32[3, 3] = Gemm(Tanh_1_out, Mul_3_out, alpha=1, transA=1)",
      "Mul_4_out: float32[2, 3] = Mul(Tanh_1_out, Tanh_1_out)",
      "Sub_2_out: float32[2, 3] = Sub(1, Mul_4_out)",
      "Mul_5_out: float32[2, 3] = Mul(Gemm_6_out, Sub_2_out)",
      "Gemm_8_out: float32[2, 3] = Gemm(Mul_5_out, W1, alpha=1, transB=1)",
      "Slice_out: float32[1, 1] = Slice(Gemm_5_out, [0, 0], [1, 1], [0, 1], [1, 1])",
      "Reshape_out: float32[1] = Reshape(Slice_out, [1])",
      "Slice_1_out: float32[1, 1] = Slice(Gemm_7_out, [0, 0], [1, 1], [0, 1], [1, 1])",
      "Reshape_1_out: float32[1] = Reshape(Slice_1_out, [1])",
      "Slice_2_out: float32[1, 1] = Slice(Mul_5_out, [0, 0], [1, 1], [0, 1], [1, 1])",
      "Reshape_2_out: float32[1] = Reshape(Slice_2_out, [1])",
      "Slice_3_out: float32[1, 1] = Slice(Gemm_8_out, [0, 0], [1, 1], [0, 1], [1, 1])",
      "Reshape_3_out: float32[1] = Reshape(Slice_3_out, [1])",
      "Concat_out: float32[4] = Concat(Reshape_out, Reshape_1_out, Reshape_2_out, Reshape_3_out, axis=0)",
      "ReduceSum_out: float32[1] = ReduceSum(Concat_out, [0], keepdims=1)",
      "Equal_out: bool[1] = Equal(ReduceSum_out, ReduceSum_out)",
      "Where_out: int64[2] = Where(Equal_out, [2, 3], [2, 3])",
      "Reshape_4_out: float32[2, 3] = Reshape(x, Where_out)",
      "Gemm_12_out: float32[2, 3] = Gemm(Reshape_4_out, W0)",
      "Tanh_4_out: float32[2, 3] = Tanh(Gemm_12_out)",
      "Gemm_9_out: float32[3, 3] = Gemm(Tanh_4_out, Mul_5_out, alpha=1, transA=1)",
      "Mul_6_out: float32[2, 3] = Mul(Tanh_4_out, Tanh_4_out)",
      "Sub_3_out: float32[2, 3] = Sub(1, Mul_6_out)",
      "Mul_7_out: float32[2, 3] = Mul(Gemm_8_out, Sub_3_out)",
      "Gemm_11_out: float32[3, 3] = Gemm(Reshape_4_out, Mul_7_out, alpha=1, transA=1)",
      "return d0 = Gemm_11_out, d1 = Gemm_9_out, d2 = Gemm_7_out, d3 = Gemm_5_out",
    ]
  `);
});

/** Everything that a node waits for. */
function ancestors(graph: Graph, node: Node): Set<Node> {
  const made = producers(graph);
  const found = new Set([node]);
  for (const one of found)
    for (const input of one.inputs) {
      const producer = input && made.get(input);
      if (producer) found.add(producer);
    }
  return found;
}

test("a block is computed again only when the later blocks' gradients exist, and then their insides are gone", () => {
  const { graph, forward, examples } = chain(9);
  const tanhs = [...forward].filter((node) => node.op === "Tanh");
  const again = recompute(graph, forward, examples, [tanhs[2]!, tanhs[5]!]);
  const made = producers(again);
  const second = again.nodes.filter((node) => node.op === "Tanh" && !forward.has(node));
  // What crosses a cut, the last of each block, is not.
  expect(second).toHaveLength(4);
  const gradient = (layer: number) => made.get(again.outputs.get(`d${layer}`)!)!;
  // Copies come in the order of the blocks' backward passes: layers 3 and 4, then 0 and 1.
  for (const [i, copy] of second.entries()) {
    const before = ancestors(again, copy);
    const later = i < 2 ? [6, 7, 8] : [3, 4, 5, 6, 7, 8];
    expect(later.filter((layer) => !before.has(gradient(layer)))).toEqual([]);
  }
  const inside = new Set([0, 1, 3, 4].flatMap((i) => tanhs[i]!.outputs));
  const readers = again.nodes.filter(
    (node) => !forward.has(node) && node.inputs.some((input) => input && inside.has(input)),
  );
  expect(readers).toEqual([]);
});

test("a kernel that rounds otherwise the second time changes gradients by no more than that", async () => {
  const graph = newGraph("pooled");
  const g = builder(graph);
  const { normal } = random(3);
  const draw = (shape: Shape) => fromNumbers("float32", shape, Array.from({ length: sizeOf(shape) }, normal));
  const x = addInput(graph, "x", "float32", [2, 1, 9, 9]);
  const W = addInput(graph, "W", "float32", [3, 1, 3, 3]);
  // Where windows tile, the rule finds the maximum by comparing what went in with what came out.
  const tiled = g.maxPool(g.conv(x, W, undefined, {}), { kernel_shape: [2, 2], strides: [2, 2] });
  const loss = g.mul(tiled, g.tanh(tiled));
  const forward = new Set(graph.nodes);
  addOutput(graph, "dW", backward(g, loss, [W])[0]!);
  const whole = prune(graph);
  const pool = [...forward].find((node) => node.op === "MaxPool")!;
  const feeds = [{ x: draw([2, 1, 9, 9]), W: draw([3, 1, 3, 3]) }];
  const [expected] = await evaluateOn(reference)(whole, feeds);
  const again = recompute(whole, forward, [x], [pool]);
  const isSecond = (node: Node) => node.op === "Conv" && !forward.has(node) && node.inputs[1] === W;
  expect(again.nodes.filter(isSecond)).toHaveLength(1);
  const otherwise = {
    ...again,
    nodes: again.nodes.flatMap((node) => (isSecond(node) ? slightlyLarger(again, node) : [node])),
  };
  const [found] = await evaluateOn(reference)(otherwise, feeds);
  expect(Math.hypot(...toNumbers(expected!.dW!))).toBeGreaterThan(0.1);
  expect(largestDifference(expected!, found!)).toBeLessThan(1e-6);
});

/** The node with a result that is larger by 10⁻⁷ of itself. */
function slightlyLarger(graph: Graph, node: Node): Node[] {
  const own: Graph = { ...graph, nodes: [] };
  const [output] = node.outputs as [Value];
  const exact = { ...output, name: `${output.name}_exact` };
  builder(own).mul(exact, 1 + 1e-7);
  return [
    { ...node, outputs: [exact] },
    { ...own.nodes[0]!, outputs: [output] },
  ];
}

test("without cuts nothing changes", () => {
  const { graph, forward, examples } = chain(3);
  expect(recompute(graph, forward, examples, [])).toBe(graph);
});

describe("chooseCuts", () => {
  /**
   * Elements that stay with these cuts, counted on the graph: crossing values once per cut, and the largest block's
   * results.
   */
  function elementsKept({ graph, forward, examples }: Whole, cuts: ReadonlySet<Node>): number {
    const nodes = activationNodes(graph, forward, examples);
    const readBackward = new Set(graph.nodes.filter((node) => !forward.has(node)).flatMap((node) => node.inputs));
    const size = ({ shape }: Value) => shape.reduce((a, b) => a * b, 1);
    let [kept, block, largest] = [0, 0, 0];
    nodes.forEach((node, i) => {
      for (const output of node.outputs) if (readBackward.has(output)) block += size(output);
      largest = Math.max(largest, block);
      if (!cuts.has(node)) return;
      block = 0;
      const laterReads = new Set(nodes.slice(i + 1).flatMap((later) => later.inputs));
      const crossing = nodes.slice(0, i + 1).flatMap((earlier) => earlier.outputs);
      for (const value of crossing) if (laterReads.has(value)) kept += size(value);
    });
    return kept + largest;
  }

  test.each([2, 4, 6])("finds the best of all cuts of %i layers", (layers) => {
    const whole = chain(layers);
    const { graph, forward, examples } = whole;
    const places = activationNodes(graph, forward, examples).slice(0, -1);
    const all = Array.from(
      { length: 2 ** places.length },
      (_, bits) => new Set(places.filter((_, i) => bits & (1 << i))),
    );
    const best = Math.min(...all.map((cuts) => elementsKept(whole, cuts)));
    expect(elementsKept(whole, new Set(chooseCuts(graph, forward, examples)))).toBe(best);
  });

  test("cuts a long chain into about √n blocks", () => {
    const { graph, forward, examples } = chain(64);
    expect(chooseCuts(graph, forward, examples)).toHaveLength(7);
  });
});

describe("training with gradient checkpointing", () => {
  test("bn_cnn, in windows, running statistics included, ends where training without it does", async () => {
    const { model, x, y } = oracle("bn_cnn");
    const data = datasetOf(x, y, 10);
    const options = { model, train: data, validation: data, optimizer: sgd(), learningRate: 0.05, window: [2, 1] };
    const rest = { epochs: 2, checkpointEvery: 1, seed: 1, threads: 1, logEvery: 1 };
    const [plain, again] = await Promise.all(
      [false, true].map(async (gradientCheckpointing) =>
        tensorsAfter(await eventsOf(native, { ...options, ...rest, gradientCheckpointing })),
      ),
    );
    expect(Object.keys(again!)).toEqual(Object.keys(plain!));
    expect(largestDifference(plain!, again!)).toBeLessThan(1e-5);
    const before = Object.fromEntries(model.parameters.map(({ name, initial }) => [name, initial]));
    expect(largestDifference(before, again!)).toBeGreaterThan(1e-3);
  });

  test("is another graph with the same outputs", () => {
    const { model, x } = oracle("bn_cnn");
    const [plain, again] = [false, true].map((gradientCheckpointing) =>
      gradientGraph(model, x.shape[0]!, { accumulate: true, gradientCheckpointing }),
    );
    expect([...again!.outputs.keys()]).toEqual([...plain!.outputs.keys()]);
    expect(again!.nodes.length).toBeGreaterThan(plain!.nodes.length);
  });
});
