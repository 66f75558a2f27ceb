import { expect, test } from "vitest";
import { builder } from "../ops/builder.ts";
import { fromNumbers, type Tensor } from "../tensor/tensor.ts";
import { addInput, addOutput, newGraph } from "./graph.ts";
import { printGraph } from "./print.ts";
import { shareEqual } from "./share.ts";

function start() {
  const graph = newGraph("shared");
  return {
    graph,
    g: builder(graph),
    x: addInput(graph, "x", "float32", [2, 3]),
    y: addInput(graph, "y", "float32", [2, 3]),
  };
}

test("what is computed twice is computed once, and what follows from it too", () => {
  const { graph, g, x, y } = start();
  addOutput(graph, "a", g.reduceSum(g.mul(g.add(x, y), 2), [1]));
  addOutput(graph, "b", g.reduceSum(g.mul(g.add(x, y), 2), [1]));
  addOutput(graph, "c", g.reduceSum(g.mul(g.add(x, y), 3), [1]));
  const shared = shareEqual(graph);
  expect(graph.nodes.map(({ op }) => op)).toHaveLength(9);
  expect(shared.nodes.map(({ op }) => op)).toEqual(["Add", "Mul", "ReduceSum", "Mul", "ReduceSum"]);
  expect(shared.outputs.get("a")).toBe(shared.outputs.get("b"));
  expect(shared.outputs.get("a")).not.toBe(shared.outputs.get("c"));
  expect(printGraph(shareEqual(shared))).toBe(printGraph(shared));
});

const big = (last: number): Tensor => fromNumbers("float32", [3, 22], [...Array(65).fill(1), last]);

test.each<[string, (s: ReturnType<typeof start>) => unknown]>([
  ["inputs in another order", ({ g, x, y }) => [g.sub(x, y), g.sub(y, x)]],
  ["another attribute", ({ g, x }) => [g.transpose(x, [0, 1]), g.transpose(x, [1, 0])]],
  [
    "zeros of another sign",
    ({ g, x }) => [0, -0].map((zero) => g.div(x, g.constant(fromNumbers("float32", [1], [zero])))),
  ],
  ["constants of another type", ({ g, x }) => [g.cast(x, "float64"), g.cast(x, "int64")]],
  ["large constants", ({ g, x }) => [1, 2].map((last) => g.matMul(x, g.constant(big(last))))],
])("%s are told apart", (_, build) => {
  const s = start();
  build(s);
  expect(shareEqual(s.graph).nodes).toHaveLength(s.graph.nodes.length);
});

test("the first nodes stay, equal ones too, and what comes later reads the first of its like", () => {
  const { graph, g, x, y } = start();
  const [first, second] = [g.add(x, y), g.add(x, y)];
  addOutput(graph, "a", g.exp(first));
  addOutput(graph, "b", g.exp(second));
  const before = [...graph.nodes];
  addOutput(graph, "c", g.exp(g.add(x, y)));
  addOutput(graph, "d", g.tanh(second));
  const shared = shareEqual(graph, new Set(before));
  expect(shared.nodes.slice(0, before.length)).toEqual(before);
  expect(shared.nodes.slice(before.length).map(({ op, inputs }) => [op, inputs[0]])).toEqual([["Tanh", first]]);
  expect(shared.outputs.get("b")).toBe(graph.outputs.get("b"));
  expect(shared.outputs.get("c")).toBe(shared.outputs.get("a"));
});
