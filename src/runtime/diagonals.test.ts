import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { builder } from "../ops/builder.ts";
import { kernelWindow, positions } from "../ops/convolution.ts";
import { weightGradient } from "../ops/weightGradient.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, toNumbers } from "../tensor/tensor.ts";
import { lowerForCpu } from "./lower.ts";
import { nativeEngine } from "./native.ts";
import { openReference } from "./reference.ts";

interface Depthwise {
  readonly X: Shape;
  readonly W: Shape;
  readonly attributes?: object;
  readonly groups?: number;
}

/** The gradient of the weight of a convolution channel by channel. */
function graphOf({ X: shape, W: filter, attributes = {}, groups }: Depthwise): Graph {
  const graph = newGraph("g");
  const w = kernelWindow("Conv", shape.slice(2), filter.slice(2), attributes);
  const X = addInput(graph, "X", "float32", shape);
  const steps = positions("Conv", shape.slice(2), w);
  const dY = addInput(graph, "dY", "float32", [shape[0]!, filter[0]!, ...steps]);
  const W: Value = { name: "W", type: "float32", shape: filter };
  addOutput(graph, "dW", weightGradient(builder(graph), X, W, dY, w, shape[1]!, groups));
  return graph;
}

const operators = (graph: Graph) => lowerForCpu(graph).nodes.map(({ op }) => op);

const cases: [about: string, Depthwise][] = [
  ["images", { X: [3, 4, 6, 7], W: [4, 1, 3, 2] }],
  ["one image", { X: [1, 4, 6, 7], W: [4, 1, 3, 2] }],
  ["three filters per channel, padded", { X: [2, 4, 6, 7], W: [12, 1, 3, 3], attributes: { pads: [1, 0, 1, 2] } }],
  ["strides that come out even", { X: [2, 4, 9, 12], W: [4, 1, 3, 3], attributes: { strides: [2, 3] } }],
  [
    "strides that leave padding over",
    { X: [2, 4, 8, 8], W: [4, 1, 3, 3], attributes: { strides: [2, 2], pads: [1, 1, 1, 1] } },
  ],
  ["strides that leave elements over", { X: [2, 4, 12, 16], W: [4, 1, 2, 3], attributes: { strides: [3, 4] } }],
  ["dilations", { X: [2, 4, 9, 8], W: [4, 1, 3, 2], attributes: { dilations: [2, 3] } }],
  ["series of three blocks", { X: [2, 4, 98], W: [4, 1, 3] }],
  ["volumes", { X: [2, 4, 3, 4, 5], W: [4, 1, 2, 2, 3] }],
  ["by group of examples", { X: [4, 4, 6, 7], W: [4, 1, 3, 2], groups: 2 }],
  ["by example", { X: [3, 4, 6, 7], W: [8, 1, 3, 2], groups: 3 }],
];

test.each(cases)("%s", async (_, one) => {
  const graph = graphOf(one);
  expect(operators(graph)).not.toContain("Conv");
  const stream = random(3);
  // Small integers: sums of products are exact in float32 in any order.
  const numbers = (shape: Shape) => Array.from({ length: sizeOf(shape) }, () => stream.integer(9) - 4);
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, type, shape }) => [name, fromNumbers(type, shape, numbers(shape))]),
  );
  const [found] = await evaluateOn(nativeEngine())(lowerForCpu(graph), [feeds]);
  const [expected] = await evaluateOn(openReference(nativeEngine()))(graph, [feeds]);
  expect(toNumbers(found!.dW!)).toEqual(toNumbers(expected!.dW!));
});

test("examples are summed inside the products", () => {
  expect(printGraph(lowerForCpu(graphOf({ X: [3, 4, 6], W: [4, 1, 3] })))).toMatchInlineSnapshot(`
    "graph g(X: float32[3, 4, 6], dY: float32[3, 4, 4]) {
      Transpose_3_out: float32[4, 3, 4] = Transpose(dY, perm=[1, 0, 2])
      Transpose_5_out: float32[4, 3, 6] = Transpose(X, perm=[1, 0, 2])
      MatMul_3_out: float32[4, 4, 6] = com.microsoft.FusedMatMul(Transpose_3_out, Transpose_5_out, transA=1, transB=0)
      Reshape_11_out: float32[4, 24] = Reshape(MatMul_3_out, [4, 24])
      MatMul_4_out: float32[4, 3] = MatMul(Reshape_11_out, float32[24, 3])
      Reshape_12_out: float32[4, 1, 3] = Reshape(MatMul_4_out, [4, 1, 3])
      MatMul_out: float32[1, 12] = Reshape(Reshape_12_out, [1, 12])
      Reshape_4_out: float32[4, 1, 3] = Reshape(MatMul_out, [4, 1, 3])
      return dW = Reshape_4_out
    }"
  `);
});

test("small filters, large ones with a bias, and larger groups are left as they are", () => {
  const graph = newGraph("g");
  const g = builder(graph);
  const X = addInput(graph, "X", "float32", [1, 4, 6, 6]);
  const inputs = { small: [4, 1, 3, 3], large: [4, 1, 5, 5], full: [4, 2, 5, 5] };
  const [small, large, full] = Object.entries(inputs).map(([name, shape]) => addInput(graph, name, "float32", shape));
  const bias = addInput(graph, "bias", "float32", [4]);
  addOutput(graph, "a", g.conv(X, small!, undefined, { group: 4 }));
  addOutput(graph, "b", g.conv(X, large!, bias, { group: 4 }));
  addOutput(graph, "c", g.conv(X, full!, undefined, { group: 2 }));
  expect(operators(graph)).toEqual(["Conv", "Conv", "Conv"]);
});
