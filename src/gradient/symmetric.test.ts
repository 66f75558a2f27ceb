import { expect, test } from "vitest";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, zeros } from "../tensor/tensor.ts";
import { timesItsTranspose } from "./symmetric.ts";

test.each([
  ["few rows: one product", 31, 5, 1],
  ["bands, of unequal height", 38, 7, 4],
  ["rows too large to copy: one product", 33, 2 ** 17, 1],
])("%s", async (_, rows, width, products) => {
  const graph = newGraph("product");
  const g = builder(graph);
  const x = addInput(graph, "x", "float32", [rows, width]);
  addOutput(graph, "y", timesItsTranspose(g, x));
  expect(graph.nodes.filter(({ op }) => op === "Gemm").length).toBe(products);
  const { normal } = random(3);
  const numbers = Float32Array.from({ length: rows * width }, normal);
  const y = zeros("float32", [rows, rows]);
  const session = await nativeEngine().load(graph);
  await session.bind({ x: fromNumbers("float32", [rows, width], numbers), y }).run();
  session.release();
  for (let k = 0; k < rows; k++)
    for (let l = 0; l < rows; l++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += numbers[k * width + i]! * numbers[l * width + i]!;
      // The squared norms of the rows are about `width`.
      expect(Math.abs(Number(y.data[k * rows + l]) - sum)).toBeLessThan(1e-6 * width);
      if (products > 1) expect(y.data[k * rows + l]).toBe(y.data[l * rows + k]);
    }
});
