import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { random } from "../tensor/random.ts";
import { type ElementType, fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { lowerForCpu } from "./lower.ts";
import { nativeEngine } from "./native.ts";
import { openReference } from "./reference.ts";

type Write = (g: Builder, io: { x: Value; u: Value; v: Value }) => Readonly<Record<string, Value>>;

function graphOf(write: Write, x: Shape = [2, 3, 4, 5], type: ElementType = "float32"): Graph {
  const graph = newGraph("g");
  const vector = x.map((size, axis) => (axis === 1 ? size : 1));
  const io = {
    x: addInput(graph, "x", type, x),
    u: addInput(graph, "u", type, vector),
    v: addInput(graph, "v", type, vector),
  };
  for (const [name, value] of Object.entries(write(builder(graph), io))) addOutput(graph, name, value);
  return graph;
}

/** Small integers: sums and products are exact in float32. */
function drawn(graph: Graph): Record<string, Tensor> {
  const stream = random(3);
  const numbers = (shape: Shape) => Array.from({ length: sizeOf(shape) }, () => stream.integer(9) - 4);
  return Object.fromEntries(
    graph.inputs.map(({ name, type, shape }) => [name, fromNumbers(type, shape, numbers(shape))]),
  );
}

const operators = (graph: Graph) => lowerForCpu(graph).nodes.map(({ op }) => op);
const large: Shape = [2, 3, 20, 20];

const joined: [about: string, Graph, operators: string[]][] = [
  ["a product", graphOf((g, { x, u }) => ({ y: g.mul(u, x) })), ["Reshape", "BatchNormalization"]],
  ["a sum", graphOf((g, { x, u }) => ({ y: g.add(x, u) })), ["Reshape", "BatchNormalization"]],
  ["a difference", graphOf((g, { x, u }) => ({ y: g.sub(x, u) })), ["Reshape", "Neg", "BatchNormalization"]],
  [
    "a difference, then a product, of large channels",
    graphOf((g, { x, u, v }) => ({ y: g.mul(g.sub(x, u), v) }), large),
    ["Reshape", "Neg", "Reshape", "Mul", "BatchNormalization"],
  ],
  [
    "five, of a series",
    graphOf((g, { x, u, v }) => ({ y: g.sub(g.mul(g.add(g.mul(g.sub(x, u), v), u), v), u) }), [2, 3, 7]),
    [
      "Reshape",
      "Neg",
      "Reshape",
      "Mul",
      "Reshape",
      "Add",
      "Reshape",
      "Mul",
      "Mul",
      "Reshape",
      "Sub",
      "BatchNormalization",
    ],
  ],
  [
    "one that others read stands for itself",
    graphOf((g, { x, u, v }) => {
      const centred = g.sub(x, u);
      return { y: g.mul(centred, v), z: g.mul(centred, centred) };
    }),
    ["Reshape", "Neg", "BatchNormalization", "Reshape", "BatchNormalization", "Mul"],
  ],
  [
    "an output of the graph stands for itself",
    graphOf((g, { x, u, v }) => {
      const centred = g.sub(x, u);
      return { y: centred, z: g.mul(centred, v) };
    }),
    ["Reshape", "Neg", "BatchNormalization", "Reshape", "BatchNormalization"],
  ],
];

test.each(joined)("%s", async (_, graph, expected) => {
  expect(operators(graph)).toEqual(expected);
  const feeds = drawn(graph);
  const [found] = await evaluateOn(nativeEngine())(graph, [feeds]);
  const [exact] = await evaluateOn(openReference(nativeEngine()))(graph, [feeds]);
  // Zero has one sign here.
  const numbers = (value: Tensor) => Array.from(toNumbers(value), (x) => x + 0);
  for (const name of graph.outputs.keys()) expect(numbers(found![name]!)).toEqual(numbers(exact![name]!));
});

test.each<[string, Graph]>([
  ["one of large channels, which is as fast as it is", graphOf((g, { x, u }) => ({ y: g.mul(x, u) }), large)],
  ["what is taken away from", graphOf((g, { x, u }) => ({ y: g.sub(u, x) }))],
  ["one channel", graphOf((g, { x, u }) => ({ y: g.mul(x, u) }), [2, 1, 4])],
  ["matrices", graphOf((g, { x, u }) => ({ y: g.mul(x, u) }), [4, 5])],
  ["vectors", graphOf((g, { u, v }) => ({ y: g.mul(u, v) }))],
  ["float64", graphOf((g, { x, u, v }) => ({ y: g.add(g.mul(x, u), v) }), large, "float64")],
])("left as it is: %s", (_, graph) => expect(printGraph(lowerForCpu(graph))).toBe(printGraph(graph)));
