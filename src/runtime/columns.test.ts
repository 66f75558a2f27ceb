import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { backward } from "../gradient/backward.ts";
import { addInput, addOutput, type Graph, newGraph, prune, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { builder } from "../ops/builder.ts";
import { random } from "../tensor/random.ts";
import { type ElementType, fromNumbers, type Shape, sizeOf, toNumbers } from "../tensor/tensor.ts";
import { shareColumns } from "./columns.ts";
import { nativeEngine } from "./native.ts";
import { openReference } from "./reference.ts";

interface Convolutions {
  readonly X: Shape;
  /** One weight per convolution of the same X. */
  readonly W: readonly Shape[];
  readonly bias?: boolean;
  readonly attributes?: object;
  /** The inputs to differentiate by. */
  readonly wrt?: readonly ("X" | "W")[];
  readonly type?: ElementType;
}

/** Outputs: each convolution rectified, and the gradients of their sum. */
function graphOf({ X, W, bias, attributes = {}, wrt = ["X", "W"], type = "float32" }: Convolutions): Graph {
  const graph = newGraph("g");
  const g = builder(graph);
  const x = addInput(graph, "x", type, X);
  const weights = W.map((shape, i) => addInput(graph, `w${i}`, type, shape));
  const b = bias ? addInput(graph, "b", type, [W[0]![0]!]) : undefined;
  const results = weights.map((w) => g.relu(g.conv(x, w, b, attributes)));
  const sources: Value[] = [
    ...(wrt.includes("X") ? [x] : []),
    ...(wrt.includes("W") ? weights : []),
    ...(b ? [b] : []),
  ];
  const squares = results.map((result) => g.mul(result, result));
  const loss = squares.map((square) => g.reshape(g.reduceSum(square, [0, 1, 2, 3]), [])).reduce((a, c) => g.add(a, c));
  const gradients = backward(g, loss, sources);
  for (const [i, result] of results.entries()) addOutput(graph, `y${i}`, result);
  for (const [i, gradient] of gradients.entries()) addOutput(graph, `gradient${i}`, gradient);
  return prune(graph);
}

const count = (graph: Graph, op: string) => graph.nodes.filter((node) => node.op === op).length;

const shared: [about: string, Convolutions, columns: number][] = [
  ["bare", { X: [2, 3, 6, 7], W: [[4, 3, 3, 2]] }, 1],
  ["padded, with a bias", { X: [2, 1, 6, 6], W: [[3, 1, 5, 5]], bias: true, attributes: { pads: [2, 2, 2, 2] } }, 1],
  ["strided", { X: [2, 2, 7, 8], W: [[3, 2, 3, 3]], attributes: { strides: [2, 3] } }, 1],
  ["dilated", { X: [2, 2, 7, 8], W: [[3, 2, 2, 3]], attributes: { dilations: [3, 2], pads: [0, 1, 2, 3] } }, 1],
  ["resolved padding", { X: [2, 2, 5, 6], W: [[3, 2, 2, 3]], attributes: { auto_pad: "SAME_LOWER" } }, 1],
  ["one tap", { X: [2, 3, 4, 5], W: [[2, 3, 1, 1]], attributes: { strides: [2, 2] } }, 1],
  [
    "two of one window",
    {
      X: [2, 2, 6, 6],
      W: [
        [3, 2, 3, 3],
        [4, 2, 3, 3],
      ],
    },
    1,
  ],
  [
    "two windows",
    {
      X: [2, 2, 6, 6],
      W: [
        [3, 2, 3, 3],
        [3, 2, 2, 2],
      ],
    },
    2,
  ],
];

test.each(shared)("columns are formed once: %s", async (_, convolutions, columns) => {
  const graph = graphOf(convolutions);
  const lowered = shareColumns(graph);
  expect(count(lowered, "Conv")).toBe(0);
  const taps = sizeOf(convolutions.W[0]!.slice(2));
  if (taps > 1) expect(count(lowered, "Concat")).toBe(2 * columns);
  const { normal } = random(1);
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      fromNumbers("float32", shape, Float32Array.from({ length: sizeOf(shape) }, normal)),
    ]),
  );
  const [found = {}] = await evaluateOn(nativeEngine())(graph, [feeds]);
  const [exact = {}] = await evaluateOn(openReference(nativeEngine()))(graph, [feeds]);
  for (const name of graph.outputs.keys()) {
    const [a, b] = [toNumbers(found[name]!), toNumbers(exact[name]!)];
    const largest = Math.max(...b.map(Math.abs));
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / largest, name).toBeLessThan(4e-6);
  }
});

test.each<[string, Convolutions]>([
  [
    "no gradient",
    {
      X: [2, 3, 6, 6],
      W: [
        [4, 3, 3, 3],
        [2, 3, 3, 3],
      ],
      wrt: [],
    },
  ],
  ["a gradient of the input alone", { X: [2, 3, 6, 6], W: [[4, 3, 3, 3]], wrt: ["X"] }],
  ["groups", { X: [2, 4, 6, 6], W: [[4, 2, 3, 3]], attributes: { group: 2 } }],
  ["float64", { X: [2, 3, 6, 6], W: [[4, 3, 3, 3]], type: "float64" }],
  ["columns that leave the cache", { X: [2, 8, 130, 130], W: [[4, 8, 3, 3]] }],
])("a convolution stays: %s", (_, convolutions) => {
  const graph = graphOf(convolutions);
  expect(printGraph(shareColumns(graph))).toBe(printGraph(graph));
});

test("a convolution that is itself an output stays that output", async () => {
  const graph = newGraph("g");
  const g = builder(graph);
  const [x, w] = [addInput(graph, "x", "float32", [1, 1, 2, 2]), addInput(graph, "w", "float32", [1, 1, 2, 2])];
  const y = g.conv(x, w, undefined, {});
  addOutput(graph, "y", y);
  addOutput(graph, "dw", backward(g, y, [w])[0]!);
  const feeds = { x: fromNumbers("float32", x.shape, [1, 2, 3, 4]), w: fromNumbers("float32", w.shape, [5, 6, 7, 8]) };
  expect(count(shareColumns(graph), "Conv")).toBe(0);
  const [found = {}] = await evaluateOn(nativeEngine())(graph, [feeds]);
  expect([toNumbers(found.y!), toNumbers(found.dw!)]).toEqual([[70], [1, 2, 3, 4]]);
});
