import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import {
  addInput,
  addNode,
  addOutput,
  type Graph,
  newGraph,
  producerOf,
  removeOutput,
  replaceLastOutputs,
  replaceOutput,
} from "./graph.ts";

function chain() {
  const graph = newGraph("chain");
  const x = addInput(graph, "x", "float32", [2]);
  const step = (input: typeof x) => addNode(graph, { op: "Relu", inputs: [input], outputs: [x] })[0]!;
  const first = step(x);
  const second = step(first);
  addOutput(graph, "a", first);
  addOutput(graph, "b", second);
  return { graph, first, second };
}

test("an output that is replaced keeps its place, one that is removed leaves the others", () => {
  const { graph, first, second } = chain();
  replaceOutput(graph, "a", second);
  expect([...graph.outputs]).toEqual([
    ["a", second],
    ["b", second],
  ]);
  expect(removeOutput(graph, "a")).toBe(second);
  replaceOutput(graph, "b", first);
  expect([...graph.outputs]).toEqual([["b", first]]);
});

test.each([
  ["replaceOutput", (graph: Graph, name: string) => replaceOutput(graph, name, graph.inputs[0]!)],
  ["removeOutput", removeOutput],
] as const)("%s says which outputs there are", (_, change) => {
  const { graph } = chain();
  expect(() => change(graph, "c")).toThrow(ShapeError);
  expect(() => change(graph, "c")).toThrow(/^graph "chain": expected one of its outputs a, b, got "c"; /);
});

test("the last node computes the values that it is told to, and is found by them", () => {
  const { graph, first, second } = chain();
  const unchanged = graph.nodes[1]!;
  expect(producerOf(graph, second)).toBe(unchanged);
  replaceLastOutputs(graph, [first]);
  expect(graph.nodes[1]).toEqual({ ...unchanged, outputs: [first] });
  expect(unchanged.outputs).toEqual([second]);
  expect([producerOf(graph, first), producerOf(graph, second)]).toEqual([graph.nodes[1], undefined]);
});
