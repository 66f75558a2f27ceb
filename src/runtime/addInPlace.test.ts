import { describe, expect, test } from "vitest";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import { random } from "../tensor/random.ts";
import { type ElementType, type Shape, sizeOf, type Tensor, zeros } from "../tensor/tensor.ts";
import { newStateName } from "../training/graphs.ts";
import { updateGraph } from "../training/updateGraphs.ts";
import { addInPlace } from "./addInPlace.ts";
import { nativeEngine } from "./native.ts";

const engine = nativeEngine();

/** Odd, so that no vector width divides it. */
const N = 16_387;

function graphOf(
  shapes: Readonly<Record<string, Shape>>,
  write: (g: Builder, values: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>>,
  type: ElementType = "float32",
): Graph {
  const graph = newGraph("g");
  const inputs = Object.entries(shapes).map(([name, shape]) => [name, addInput(graph, name, type, shape)]);
  const outputs = write(builder(graph), Object.fromEntries(inputs));
  for (const [name, value] of Object.entries(outputs)) addOutput(graph, name, value);
  return graph;
}

const arrays = { c: [N], b: [N], s: [] };
const c = { y: "c" };

type Case = readonly [about: string, graph: Graph, aliases: Readonly<Record<string, string>>, operators: string];

const formed: readonly Case[] = [
  ["a scaled term", graphOf(arrays, (g, { c, b, s }) => ({ y: g.add(c!, g.mul(b!, s!)) })), c, "FusedConv"],
  ["in the other order", graphOf(arrays, (g, { c, b, s }) => ({ y: g.add(g.mul(s!, b!), c!) })), c, "FusedConv"],
  ["less", graphOf(arrays, (g, { c, b, s }) => ({ y: g.sub(c!, g.mul(b!, s!)) })), c, "Neg FusedConv"],
  ["less a constant's", graphOf(arrays, (g, { c, b }) => ({ y: g.sub(c!, g.mul(b!, 0.3)) })), c, "FusedConv"],
  [
    "to what is left of it",
    graphOf(arrays, (g, { c, b, s }) => ({ y: g.add(g.mul(c!, 0.9), g.mul(b!, s!)) })),
    c,
    "Mul FusedConv",
  ],
  [
    "the term of the one that is not overwritten",
    graphOf(arrays, (g, { c, b, s }) => ({ y: g.add(g.mul(b!, s!), g.mul(c!, 0.9)) })),
    c,
    "Mul FusedConv",
  ],
  [
    "sums that follow each other",
    graphOf({ ...arrays, d: [N] }, (g, { b, c, d, s }) => {
      const y = g.add(g.mul(c!, 0.9), g.mul(b!, s!));
      return { z: g.sub(d!, g.mul(y, s!)), y };
    }),
    { z: "d", y: "c" },
    "Mul FusedConv Neg FusedConv",
  ],
  [
    "a product of few rows",
    graphOf({ a: [5, 131], b: [5, 517], c: [131, 517] }, (g, { a, b, c }) => ({
      y: g.gemm(a!, b!, c!, { transA: 1 }),
    })),
    c,
    "Transpose FusedConv",
  ],
];

const left: readonly Case[] = [
  ["in memory of its own", graphOf(arrays, (g, { c, b, s }) => ({ y: g.add(c!, g.mul(b!, s!)) })), {}, "Mul Add"],
  [
    "few elements",
    graphOf({ c: [99], b: [99], s: [] }, (g, { c, b, s }) => ({ y: g.add(c!, g.mul(b!, s!)) })),
    c,
    "Mul Add",
  ],
  ["a term that is overwritten", graphOf(arrays, (g, { c, b, s }) => ({ y: g.add(b!, g.mul(c!, s!)) })), c, "Mul Add"],
  ["less a sum", graphOf(arrays, (g, { c, b, s }) => ({ y: g.sub(g.mul(b!, s!), c!) })), c, "Mul Sub"],
  ["a term by elements", graphOf(arrays, (g, { c, b }) => ({ y: g.add(c!, g.mul(b!, b!)) })), c, "Mul Add"],
  [
    "a term that others read",
    graphOf(arrays, (g, { c, b, s }) => {
      const term = g.mul(b!, s!);
      return { y: g.add(c!, term), z: g.relu(term) };
    }),
    c,
    "Mul Add Relu",
  ],
  [
    "a broadcast term",
    graphOf({ c: [N], b: [1], s: [] }, (g, { c, b, s }) => ({ y: g.add(c!, g.mul(b!, s!)) })),
    c,
    "Mul Add",
  ],
  ["float64", graphOf(arrays, (g, { c, b, s }) => ({ y: g.add(c!, g.mul(b!, s!)) }), "float64"), c, "Mul Add"],
  [
    "a product of many rows",
    graphOf({ a: [99, 131], b: [99, 517], c: [131, 517] }, (g, { a, b, c }) => ({
      y: g.gemm(a!, b!, c!, { transA: 1 }),
    })),
    c,
    "Gemm",
  ],
  [
    "a scaled product",
    graphOf({ a: [5, 131], b: [5, 517], c: [131, 517] }, (g, { a, b, c }) => ({
      y: g.gemm(a!, b!, c!, { transA: 1, alpha: 2 }),
    })),
    c,
    "Gemm",
  ],
  [
    "a product and a row",
    graphOf({ a: [5, 131], b: [5, 517], c: [517] }, (g, { a, b, c }) => ({ y: g.gemm(a!, b!, c!, { transA: 1 }) })),
    {},
    "Gemm",
  ],
];

const operators = ({ nodes }: Graph) =>
  nodes
    .map(({ op }) => op)
    .filter((op) => op !== "Reshape")
    .join(" ");

test.each(formed)("formed in place: %s", (_, graph, aliases, expected) => {
  expect(operators(addInPlace(graph, aliases).graph)).toBe(expected);
});

test.each(left)("left as it is: %s", (_, graph, aliases, expected) => {
  const { graph: found, scratch } = addInPlace(graph, aliases);
  expect(operators(found)).toBe(expected);
  expect(scratch.size).toBe(0);
});

test("momentum is decayed where it lies", () => {
  const graph = formed[4]![1];
  const { graph: found, scratch } = addInPlace(graph, c);
  expect([...scratch]).toEqual([["scratch:y", "y"]]);
  expect(printGraph(found)).toMatchInlineSnapshot(`
    "graph g(c: float32[16387], b: float32[16387], s: float32[]) {
      Mul_out: float32[16387] = Mul(c, 0.8999999761581421)
      Reshape_out: float32[1, 1, 1, 16387] = Reshape(b, [1, 1, 1, 16387])
      Reshape_1_out: float32[1, 1, 1, 1] = Reshape(s, [1, 1, 1, 1])
      Reshape_2_out: float32[1, 1, 1, 16387] = Reshape(Mul_out, [1, 1, 1, 16387])
      FusedConv_out: float32[1, 1, 1, 16387] = com.microsoft.FusedConv(Reshape_out, Reshape_1_out, _, Reshape_2_out, kernel_shape=[1, 1], strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0])
      return y = FusedConv_out, scratch:y = Mul_out
    }"
  `);
});

function drawn({ inputs }: Graph): Record<string, Tensor> {
  const { normal } = random(5);
  return Object.fromEntries(
    inputs.map(({ name, type, shape }) => {
      const tensor = zeros(type, shape);
      for (let i = 0; i < sizeOf(shape); i++) tensor.data[i] = normal();
      return [name, tensor];
    }),
  );
}

/** The outputs' bytes. */
async function run(graph: Graph, { inPlace = {}, lying = {}, threads = 1 }: Options): Promise<Record<string, Buffer>> {
  const inputs = drawn(graph);
  const outputs = Object.fromEntries(
    [...graph.outputs].map(([name, { type, shape }]) => [name, inputs[lying[name] ?? ""] ?? zeros(type, shape)]),
  );
  const session = await engine.load(graph, { threads, inPlace });
  try {
    await session.bind({ ...inputs, ...outputs }).run();
  } finally {
    session.release();
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Buffer.from(data.buffer)]));
}

interface Options {
  readonly inPlace?: Readonly<Record<string, string>>;
  /** Where outputs are bound. */
  readonly lying?: Readonly<Record<string, string>>;
  readonly threads?: number;
}

describe.each([1, 2])("no bit changes, %i threads", (threads) => {
  test.each(formed)("%s", async (_, graph, aliases) => {
    const expected = await run(graph, { threads });
    expect(await run(graph, { inPlace: aliases, lying: aliases, threads })).toEqual(expected);
    expect(await run(graph, { inPlace: aliases, threads })).toEqual(expected);
  });
});

test.each([sgd({ momentum: 0.9 }), sgd(), adamW()])("the update of $name is formed in place", (optimizer) => {
  const names = ["parameter", ...optimizer.state];
  const aliases = Object.fromEntries(names.map((name) => [newStateName(name), name]));
  const { graph } = addInPlace(updateGraph(optimizer, N), aliases);
  expect(graph.nodes.filter(({ op }) => op === "FusedConv")).toHaveLength(names.length);
});

test("an output that lies elsewhere than it was promised must not be overwritten first", async () => {
  const graph = formed[4]![1];
  await expect(run(graph, { inPlace: { y: "c" }, lying: { y: "b" } })).rejects.toThrow(/^internal: in place: .*"b"/);
});
