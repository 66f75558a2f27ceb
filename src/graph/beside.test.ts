import { expect, test } from "vitest";
import { builder } from "../ops/builder.ts";
import { mainPart, rewriteApart } from "./beside.ts";
import { addInput, addOutput, type Graph, type Node, newGraph, producers, prune, type Value } from "./graph.ts";
import { printGraph } from "./print.ts";

/** y = tanh(exp(x)); beside it, where it is watched, the sum of exp(x), which y waits for if it is to. */
function example(watched: "no" | "yes" | "waits"): Graph {
  const graph = newGraph("example");
  const g = builder(graph);
  const x = addInput(graph, "x", "float32", [3]);
  const grown = g.exp(x);
  const own = graph.nodes.length;
  const sum = watched === "no" ? undefined : g.reduceSum(grown, [0]);
  const beside = new Set(graph.nodes.slice(own).flatMap(({ outputs }) => outputs));
  const late = watched === "waits" ? g.add(grown, g.mul(sum!, 0)) : grown;
  addOutput(graph, "y", g.tanh(late));
  if (sum) addOutput(graph, "sum", sum);
  return sum ? { ...graph, beside } : graph;
}

/** Tanh(Exp(x)) → Erf(x), where nothing else reads Exp(x): what it becomes depends on who reads. */
function join(graph: Graph): Graph {
  const made = producers(graph);
  const reads = (value: Value) => graph.nodes.filter(({ inputs }) => inputs.includes(value)).length;
  const nodes = graph.nodes.map((node): Node => {
    const source = node.op === "Tanh" ? made.get(node.inputs[0]!) : undefined;
    const once = source?.op === "Exp" && reads(node.inputs[0]!) === 1;
    return once ? { ...node, op: "Erf", inputs: source.inputs } : node;
  });
  return prune({ ...graph, nodes });
}

const operators = (graph: Graph) => graph.nodes.map(({ op }) => op);

test("what watches keeps nothing from being rewritten, and gets what is gone computed again", () => {
  expect(operators(join(example("no")))).toEqual(["Erf"]);
  expect(operators(join(example("yes")))).toEqual(["Exp", "ReduceSum", "Tanh"]);
  const apart = rewriteApart(example("yes"), join);
  expect(operators(apart)).toEqual(["Erf", "Exp", "ReduceSum"]);
  expect([...apart.outputs.keys()]).toEqual(["y", "sum"]);
});

test("the main part is the graph without what watches it", () => {
  expect(printGraph(mainPart(example("yes")))).toBe(printGraph(example("no")));
});

test("what waits for a value beside it comes after it, and what both need is computed once", () => {
  const apart = rewriteApart(example("waits"), join);
  expect(operators(apart)).toEqual(["Exp", "ReduceSum", "Mul", "Add", "Tanh"]);
});

test("a value beside that the rewriting replaces is awaited in its new form", () => {
  const renamed = (graph: Graph): Graph => {
    const g = builder({ ...graph, nodes: [] });
    const nodes = graph.nodes.flatMap((node) => {
      if (node.op !== "ReduceSum") return [node];
      g.add(node.outputs[0]!, 0);
      return [node, g.graph.nodes.at(-1)!];
    });
    const last = (value: Value) => nodes.find(({ op, inputs }) => op === "Add" && inputs[0] === value)?.outputs[0];
    const outputs = new Map([...graph.outputs].map(([name, value]) => [name, last(value) ?? value]));
    return { ...graph, nodes, outputs };
  };
  const apart = rewriteApart(example("waits"), renamed);
  const multiplied = apart.nodes.find(({ op }) => op === "Mul")!;
  expect(multiplied.inputs[0]).toBe(apart.outputs.get("sum"));
  expect(operators(apart)).toEqual(["Exp", "ReduceSum", "Add", "Mul", "Add", "Tanh"]);
});

test("a graph without anything beside it is rewritten as a whole", () => {
  const graph = example("no");
  expect(rewriteApart(graph, (whole) => whole)).toBe(graph);
});
