import { expect, test } from "vitest";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { blockGraph, peakBytes, withOutputs } from "./rowGraphs.ts";

function chain() {
  const graph = newGraph("chain");
  const g = builder(graph);
  const [x, y] = ["x", "y"].map((name) => addInput(graph, name, "float32", [100]));
  const first = g.exp(x!);
  addOutput(graph, "short", g.reduceSum(first, [0]));
  addOutput(graph, "long", g.exp(g.exp(g.add(first, y!))));
  return graph;
}

test("of the outputs that are wanted, only what they need is left", () => {
  const graph = withOutputs(chain(), new Set(["short"]));
  expect(graph.inputs.map(({ name }) => name)).toEqual(["x"]);
  expect(graph.nodes.map(({ op }) => op)).toEqual(["Exp", "ReduceSum"]);
  expect([...graph.outputs.keys()]).toEqual(["short"]);
  expect(withOutputs(chain(), new Set(["long", "short"])).inputs).toHaveLength(2);
});

test("a result is held until its last reader has run, and an output to the end", () => {
  // Exp [100], its sum [1], then two of [100] at a time; the last is an output.
  expect(peakBytes(chain())).toBe(4 * (100 + 1 + 100));
  expect(peakBytes(withOutputs(chain(), new Set(["short"])))).toBe(4 * (100 + 1));
});

test("products of rows are one operator", () => {
  expect(blockGraph(3, 5).nodes.map(({ op, inputs }) => [op, inputs.length])).toEqual([["Gemm", 2]]);
});
