import { expect, test } from "vitest";
import { addInput, addOutput, newGraph, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { apply, type Builder, builder } from "../ops/builder.ts";
import type { ElementType, Shape } from "../tensor/tensor.ts";
import { replaceAverages } from "./averages.ts";

// That the numbers stay is tested on every case of the operators (test/cases.test.ts, "native, lowered").

function replaced(shape: Shape, pool: (g: Builder, x: Value) => Value, type: ElementType = "float32"): string {
  const graph = newGraph("pool");
  const x = addInput(graph, "x", type, shape);
  addOutput(graph, "y", pool(builder(graph), x));
  return printGraph(replaceAverages(graph));
}

const tiles = (g: Builder, x: Value) => g.averagePool(x, { kernel_shape: [2, 2], strides: [2, 2] });

test("windows of one size are one convolution", () => {
  expect(replaced([1, 3, 5, 4], tiles)).toMatchInlineSnapshot(`
    "graph pool(x: float32[1, 3, 5, 4]) {
      AveragePool_out: float32[1, 3, 2, 2] = Conv(x, float32[3, 1, 2, 2], group=3, strides=[2, 2], dilations=[1, 1], pads=[0, 0, 0, 0], kernel_shape=[2, 2])
      return y = AveragePool_out
    }"
  `);
});

test("windows that the padding cuts are summed and divided", () => {
  const padded = (g: Builder, x: Value) =>
    apply(g.graph, "AveragePool", [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 0, 0], ceil_mode: 1 })[0]!;
  expect(replaced([1, 3, 5, 4], padded)).toMatchInlineSnapshot(`
    "graph pool(x: float32[1, 3, 5, 4]) {
      Conv_out: float32[1, 3, 3, 2] = Conv(x, float32[3, 1, 3, 3], group=3, strides=[2, 2], dilations=[1, 1], pads=[1, 1, 1, 0], kernel_shape=[3, 3])
      AveragePool_out: float32[1, 3, 3, 2] = Mul(Conv_out, float32[1, 1, 3, 2])
      return y = AveragePool_out
    }"
  `);
});

test("a global pool is a mean over axes", () => {
  expect(replaced([1, 3, 5, 4], (g, x) => g.globalAveragePool(x))).toMatchInlineSnapshot(`
    "graph pool(x: float32[1, 3, 5, 4]) {
      GlobalAveragePool_out: float32[1, 3, 1, 1] = ReduceMean(x, [2, 3], keepdims=1)
      return y = GlobalAveragePool_out
    }"
  `);
});

test("what has no kernel or was not measured stays", () => {
  expect(replaced([1, 3, 4, 4], tiles, "float64")).toContain("AveragePool(x");
  const series = (g: Builder, x: Value) => g.averagePool(x, { kernel_shape: [2], strides: [2] });
  expect(replaced([1, 3, 4], series)).toContain("AveragePool(x");
});
