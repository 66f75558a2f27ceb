import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, type Graph, newGraph, prune } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, sizeOf, toNumbers } from "../tensor/tensor.ts";
import { rowProducts, someCoordinates, squaredNormsOfRows } from "./gram.ts";
import { rows } from "./rows.ts";

const evaluate = evaluateOn(openReference(nativeEngine()));

/**
 * A linear layer [p → q] on N examples (of `tokens` rows each) and a loss per example; outputs the rows, their Gram and
 * its diagonal.
 */
function layer(groups: number, n: number, tokens: number, p: number, q: number, kind: "gemm" | "matMul"): Graph {
  const graph = newGraph("layer");
  const g = builder(graph);
  const N = groups * n;
  const x = addInput(graph, "x", "float64", kind === "gemm" ? [N, p] : [N, tokens, p]);
  const w = addInput(graph, "w", "float64", kind === "gemm" ? [q, p] : [p, q]);
  const y = kind === "gemm" ? g.gemm(x, w, undefined, { transB: 1 }) : g.matMul(x, w);
  const loss = g.reduceSum(
    g.mul(y, g.tanh(y)),
    y.shape.slice(1).map((_, i) => i + 1),
  );
  const [row] = rows(g, loss, [w], groups, [x]);
  addOutput(graph, "rows", row!);
  addOutput(graph, "gram", rowProducts(g, row!));
  addOutput(graph, "norms", squaredNormsOfRows(g, [row!]));
  addOutput(graph, "some", someCoordinates(g, row!, 7));
  return graph;
}

test.each([
  // Many numbers in few examples: no row is formed. Few numbers in many examples: rows are cheaper.
  ["gemm", 3, 1, 1, 20, 30, false],
  ["gemm", 4, 2, 1, 16, 24, false],
  ["gemm", 2, 9, 1, 3, 4, true],
  ["matMul", 3, 2, 5, 60, 70, false],
  // Enough groups to be multiplied in bands.
  ["gemm", 35, 1, 1, 60, 70, false],
  ["gemm", 33, 2, 1, 90, 80, false],
  ["gemm", 34, 40, 1, 3, 4, true],
  ["matMul", 2, 4, 6, 3, 5, true],
] as const)("%s: %i groups of %i examples × %i rows, %i → %i", async (kind, groups, n, tokens, p, q, formsRows) => {
  const graph = layer(groups, n, tokens, p, q, kind);
  const draw = random(7);
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      fromNumbers("float64", shape, Array.from({ length: sizeOf(shape) }, draw.normal)),
    ]),
  );
  const [found] = await evaluate(graph, [feeds]);
  const row = toNumbers(found!.rows!);
  const size = row.length / groups;
  const gram = toNumbers(found!.gram!);
  for (let k = 0; k < groups; k++)
    for (let l = 0; l < groups; l++) {
      let product = 0;
      for (let i = 0; i < size; i++) product += row[k * size + i]! * row[l * size + i]!;
      expect(Math.abs(gram[k * groups + l]! - product)).toBeLessThan(1e-10 * Math.abs(gram[k * groups + k]!));
    }
  const some = Array.from({ length: groups }, (_, k) =>
    row.slice(k * size, (k + 1) * size).filter((_, i) => i % 7 === 0),
  ).flat();
  toNumbers(found!.some!).forEach((value, i) => {
    expect(value).toBeCloseTo(some[i]!, 10);
  });
  expect(found!.some!.shape).toEqual([groups, Math.ceil(size / 7)]);
  toNumbers(found!.norms!).forEach((squared, k) => {
    expect(Math.abs(squared / gram[k * groups + k]! - 1)).toBeLessThan(1e-10);
  });
  for (const name of ["gram", "norms"]) {
    const alone = prune({ ...graph, outputs: new Map([[name, graph.outputs.get(name)!]]) });
    const sizes = alone.nodes.flatMap(({ outputs: [output] }) =>
      output!.shape.length === 3 ? [sizeOf(output!.shape)] : [],
    );
    expect([name, sizes.includes(groups * p * q)]).toEqual([name, formsRows]);
  }
});

test.each([
  ["many numbers, few steps: no row is formed", 3, 40, 50, false],
  ["few numbers, many steps: rows are formed, as one product", 12, 3, 4, true],
])("a layer that is passed once per time step, %s", async (_, steps, p, q, formsRows) => {
  const groups = 5;
  const graph = newGraph("recurrent");
  const g = builder(graph);
  const x = addInput(graph, "x", "float64", [groups, p]);
  const w = addInput(graph, "w", "float64", [q, p]);
  const passed = Array.from({ length: steps }, (_, step) =>
    g.tanh(g.gemm(g.mul(x, step + 1), w, undefined, { transB: 1 })),
  );
  const loss = g.reduceSum(g.concat(passed, 1), [1]);
  const [row] = rows(g, loss, [w], groups, [x]);
  addOutput(graph, "rows", row!);
  addOutput(graph, "gram", rowProducts(g, row!));
  addOutput(graph, "norms", squaredNormsOfRows(g, [row!]));
  const draw = random(7);
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      fromNumbers(
        "float64",
        shape,
        Array.from({ length: sizeOf(shape) }, () => draw.normal() / 5),
      ),
    ]),
  );
  const [found] = await evaluate(graph, [feeds]);
  const values = toNumbers(found!.rows!);
  for (let k = 0; k < groups; k++) {
    const product = (l: number) =>
      values.slice(k * p * q, (k + 1) * p * q).reduce((sum, value, i) => sum + value * values[l * p * q + i]!, 0);
    for (let l = 0; l < groups; l++)
      expect(Math.abs(toNumbers(found!.gram!)[k * groups + l]! - product(l))).toBeLessThan(1e-10 * product(k));
    expect(toNumbers(found!.norms!)[k]! / product(k)).toBeCloseTo(1, 10);
  }
  for (const name of ["gram", "norms"]) {
    const alone = prune({ ...graph, outputs: new Map([[name, graph.outputs.get(name)!]]) });
    const formed = alone.nodes.filter(({ outputs: [output] }) => sizeOf(output!.shape) === groups * p * q);
    expect([name, formed.filter(({ op }) => op === "MatMul").length]).toEqual([name, formsRows ? 1 : 0]);
  }
});

test("the squares of a large table are not lost beside a large one", async () => {
  const graph = newGraph("table");
  const g = builder(graph);
  const table = addInput(graph, "table", "float32", [1, 2000, 700]);
  addOutput(graph, "norms", squaredNormsOfRows(g, [table]));
  const values = Array.from({ length: 1_400_000 }, (_, i) => (i === 0 ? 1 : 1e-4));
  const [found] = await evaluateOn(nativeEngine())(graph, [{ table: fromNumbers("float32", [1, 2000, 700], values) }]);
  expect(toNumbers(found!.norms!)[0]! / (1 + 1.399999e6 * 1e-8)).toBeCloseTo(1, 5);
});
