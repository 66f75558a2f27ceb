import { expect, test } from "vitest";
import { forwardAndGradients } from "../../test/caseGraph.ts";
import { cases } from "../../test/cases/cases.ts";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, newGraph, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import type { Shape } from "../tensor/tensor.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { nativeEngine } from "./native.ts";
import { openReference } from "./reference.ts";
import { lowerForWebGpu, processorNodes } from "./webGpu.ts";

const evaluate = evaluateOn(openReference(nativeEngine()));

const training = cases.BatchNormalization.filter(({ attributes }) => attributes?.training_mode === 1);

test.each(training)("BatchNormalization in primitives, $about", async (one) => {
  const { graph, feeds } = forwardAndGradients("BatchNormalization", one);
  const lowered = lowerForWebGpu(graph);
  expect(lowered.nodes.map(({ op }) => op)).not.toContain("BatchNormalization");
  expect([...lowered.outputs.keys()]).toEqual([...graph.outputs.keys()]);
  const [[found], [expected]] = [await evaluate(lowered, [feeds]), await evaluate(graph, [feeds])];
  for (const name of graph.outputs.keys()) {
    const [a, b] = [toNumbers(found![name]!), toNumbers(expected![name]!)];
    const largest = Math.max(...b.map(Math.abs));
    for (const [i, x] of a.entries()) expect(Math.abs(x - b[i]!), name).toBeLessThan(1e-12 * largest);
  }
});

test("with running statistics it stays, which WebGPU runs", () => {
  const { graph } = forwardAndGradients("BatchNormalization", cases.BatchNormalization[0]!);
  expect(lowerForWebGpu(graph).nodes).toEqual(graph.nodes);
});

/** What the processor must run of y(x), x of that shape. */
function told(shape: Shape, y: (g: Builder, x: Value) => Value): string[] {
  const graph = newGraph("told");
  addOutput(graph, "y", y(builder(graph), addInput(graph, "x", "float32", shape)));
  return processorNodes(graph);
}

const filters = (g: Builder, shape: Shape) => addInput(g.graph, "W", "float32", shape);

test.each<[string, Shape, (g: Builder, x: Value) => Value, readonly string[]]>([
  ["a convolution of images", [1, 4, 5, 5], (g, x) => g.conv(x, filters(g, [4, 1, 3, 3]), undefined, { group: 4 }), []],
  ["one of volumes", [1, 2, 5, 5, 5], (g, x) => g.conv(x, filters(g, [4, 2, 3, 3, 3]), undefined, {}), []],
  [
    "one of volumes, in groups",
    [1, 2, 5, 5, 5],
    (g, x) => g.conv(x, filters(g, [4, 1, 3, 3, 3]), undefined, { group: 2 }),
    ["Conv"],
  ],
  [
    "a transposed convolution of images",
    [1, 2, 5, 5],
    (g, x) => g.convTranspose(x, filters(g, [2, 3, 3, 3]), undefined, {}),
    [],
  ],
  [
    "one of volumes",
    [1, 2, 5, 5, 5],
    (g, x) => g.convTranspose(x, filters(g, [2, 3, 3, 3, 3]), undefined, {}),
    ["ConvTranspose"],
  ],
  ["a slice", [5], (g, x) => g.slice(x, [0], [1], [5], [2]), []],
  ["a slice backwards", [5], (g, x) => g.slice(x, [0], [4], [0], [-1]), ["Slice"]],
  ["a sum over an axis", [5, 2], (g, x) => g.reduceSum(x, [1]), []],
])("who runs %s", (_about, shape, y, expected) => {
  expect(told(shape, y)).toEqual(expected);
});

test.each<[string, Shape, Shape, readonly string[]]>([
  ["ij,jk->ik", [2, 3], [3, 4], []],
  [" i j , j k -> i k ", [2, 3], [3, 4], []],
  ["ij,jk->ik", [2, 1], [3, 4], ["Einsum"]],
  ["...j,jk->...k", [2, 3], [3, 4], ["Einsum"]],
])("who runs Einsum %s of %o and %o", (equation, a, b, expected) => {
  expect(told(a, (g, x) => g.einsum([x, addInput(g.graph, "B", "float32", b)], equation))).toEqual(expected);
});
