import { expect, test } from "vitest";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { splitGraph } from "./splitGraph.ts";

test("what an input is not needed for comes before it, but for what only moves numbers", () => {
  const graph = newGraph("two");
  const g = builder(graph);
  const [x, v] = [addInput(graph, "x", "float32", [4]), addInput(graph, "v", "float32", [2, 2])];
  const early = g.tanh(x);
  const unread = g.relu(early);
  addOutput(graph, "product", g.mul(g.reshape(early, [2, 2]), v));
  addOutput(graph, "moved", g.reshape(unread, [2, 2]));
  const { before, after, carried } = splitGraph(graph, [v]);
  expect(carried).toEqual([unread, early]);
  expect(before.nodes.map(({ op }) => op)).toEqual(["Tanh", "Relu"]);
  expect([...before.outputs.values()]).toEqual(carried);
  expect(before.inputs).toEqual([x]);
  expect(after.nodes.map(({ op }) => op)).toEqual(["Reshape", "Mul", "Reshape"]);
  expect(after.inputs).toEqual([v, ...carried]);
  expect([...after.outputs.keys()]).toEqual(["product", "moved"]);
});
