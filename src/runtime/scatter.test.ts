import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { backward } from "../gradient/backward.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, isFloat, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { assertInPlaceSafe } from "./inPlace.ts";
import { lowerForCpu } from "./lower.ts";
import { nativeEngine } from "./native.ts";
import { openReference } from "./reference.ts";

type Inputs = Record<string, Value>;

/** Gradients of Σ loss with respect to `table` [5, 3], added to `sum`, for indices [4] with a repetition. */
function gradientOf(loss: (g: Builder, io: Inputs) => Value): Graph {
  const graph = newGraph("scatter");
  const g = builder(graph);
  const table = addInput(graph, "table", "float32", [5, 3]);
  const sum = addInput(graph, "sum", "float32", [5, 3]);
  const [indices, labels] = ["indices", "labels"].map((name) => addInput(graph, name, "int64", [4])) as [Value, Value];
  const [gradient] = backward(g, loss(g, { table, indices, labels }), [table]);
  addOutput(graph, "gradient", g.add(sum, gradient!));
  return graph;
}

const losses: Record<string, (g: Builder, io: Inputs) => Value> = {
  embedding: (g, { table, indices }) => g.tanh(g.gather(table!, indices!, 0)),
  /** As GPT-2: the table gives words their vectors and vectors their words. */
  "tied embedding": (g, { table, indices, labels }) => chosen(g, logitsOf(g, table!, indices!), labels!),
  /** What the second reader gets must not have the scattered values in it. */
  "scatter with another reader": (g, { table, indices }) => {
    const zeros = g.zeros("float32", [5, 3]);
    const places = g.reshape(indices!, [4, 1]);
    const rows = g.tanh(g.gather(table!, indices!, 0));
    const scattered = g.scatterND(zeros, places, rows, "add");
    return g.mul(g.add(g.sub(scattered, table!), g.mul(scattered, scattered)), scattered);
  },
};

function logitsOf(g: Builder, table: Value, indices: Value): Value {
  return g.gemm(g.tanh(g.gather(table, indices, 0)), table, undefined, { transB: 1 });
}

function chosen(g: Builder, logits: Value, labels: Value): Value {
  return g.neg(g.gatherElements(g.logSoftmax(logits), g.reshape(labels, [4, 1]), 1));
}

const normal = (shape: readonly number[], seed: number): Tensor => {
  const stream = random(seed);
  return fromNumbers(
    "float32",
    shape,
    Array.from({ length: sizeOf(shape) }, () => stream.normal()),
  );
};

const feeds = {
  table: normal([5, 3], 1),
  sum: normal([5, 3], 2),
  indices: fromNumbers("int64", [4], [4, 0, 4, 2]),
  labels: fromNumbers("int64", [4], [1, 1, 0, 3]),
};

describe.each(Object.entries(losses))("%s", (_, loss) => {
  test("has the gradient of the graph as written", async () => {
    const graph = gradientOf(loss);
    const [expected] = await evaluateOn(openReference(nativeEngine()))(graph, [feeds]);
    const [got] = await evaluateOn(nativeEngine())(graph, [feeds]);
    const values = toNumbers(expected!.gradient!);
    toNumbers(got!.gradient!).forEach((value, i) => {
      expect(Math.abs(value - values[i]!)).toBeLessThan(1e-5);
    });
  });

  test("may lie on the memory of the sum", () => {
    expect(() => assertInPlaceSafe(lowerForCpu(gradientOf(loss)), { gradient: "sum" })).not.toThrow();
  });
});

test("a tied embedding forms no array of zeros, and adds the product to the sum at once", () => {
  const graph = lowerForCpu(gradientOf(losses["tied embedding"]!));
  const ofTable = graph.nodes.filter(({ outputs }) => isFloat(outputs[0]!.type) && outputs[0]!.shape.join() === "5,3");
  expect(ofTable.map(({ op, inputs }) => `${op} of ${inputs.length}`)).toEqual(["Gemm of 3", "ScatterND of 3"]);
  // The gradient of the chosen logits is written into that of the normalisation.
  const ofLogits = graph.nodes.filter(({ outputs }) => outputs[0]!.shape.join() === "4,5").map(({ op }) => op);
  expect(ofLogits).toEqual(["Gemm", "LogSoftmax", "Exp", "Mul", "Neg", "ScatterElements"]);
});
