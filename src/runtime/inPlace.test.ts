import { expect, test } from "vitest";
import { type Attributes, addInput, addNode, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { random } from "../tensor/random.ts";
import { type ElementType, type Shape, type Tensor, tensor, zeros } from "../tensor/tensor.ts";
import { assertInPlaceSafe, type inPlaceOperands } from "./inPlace.ts";
import { nativeEngine } from "./native.ts";

const engine = nativeEngine();

interface Case {
  readonly inputs: readonly (Shape | Tensor | undefined)[];
  readonly operands?: readonly number[];
  readonly attributes?: Attributes;
  readonly type?: ElementType;
}

const int = (value: number) => ({ kind: "int" as const, value });
const float = (value: number) => ({ kind: "float" as const, value });
const text = (value: string) => ({ kind: "string" as const, value });

/** Wide enough that two threads share the work, odd enough that no vector width divides it. */
const S = [131, 517];
const int64 = (shape: Shape, numbers: number[]) => tensor("int64", shape, BigInt64Array.from(numbers, BigInt));
const bits = tensor(
  "bool",
  S,
  Uint8Array.from({ length: 131 * 517 }, (_, i) => +(i % 3 === 0)),
);
const rows = int64(
  [40, 1],
  Array.from({ length: 40 }, (_, i) => (i * 37) % 131),
);
const repeated = int64(
  [300, 1],
  Array.from({ length: 300 }, (_, i) => (i * 7) % 11),
);
const places = int64(
  [60, 517],
  Array.from({ length: 60 * 517 }, (_, i) => (i * 29) % 131),
);

const unary: Case[] = [{ inputs: [S] }, { inputs: [[1]] }];
const binary: Case[] = [
  { inputs: [S, S], operands: [0, 1] },
  { inputs: [S, [517]], operands: [0] },
  { inputs: [[131, 1], S], operands: [1] },
  { inputs: [S, []], operands: [0] },
  { inputs: [[], S], operands: [1] },
  { inputs: [S, S], operands: [0, 1], type: "float64" },
];
const variadic: Case[] = [
  { inputs: [S] },
  { inputs: [S, S], operands: [0, 1] },
  { inputs: [S, S, S], operands: [0, 1, 2] },
  { inputs: [S, [517], S, []], operands: [0, 2] },
];
const scatter = { reduction: text("add") };

const cases: Record<keyof typeof inPlaceOperands, Case[]> = {
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Pow: binary,
  Sum: variadic,
  Max: variadic,
  Min: variadic,
  Where: [
    { inputs: [bits, S, S], operands: [1, 2] },
    { inputs: [bits, [], S], operands: [2] },
    { inputs: [bits, S, [517]], operands: [1] },
  ],
  Abs: unary,
  Neg: unary,
  Relu: unary,
  Tanh: unary,
  Sigmoid: unary,
  Erf: unary,
  Exp: unary,
  Log: unary,
  Sqrt: unary,
  Reciprocal: unary,
  Identity: unary,
  Clip: [{ inputs: [S, [], []] }],
  Softmax: [{ inputs: [S] }, { inputs: [S], attributes: { axis: int(0) } }],
  LogSoftmax: [{ inputs: [S] }, { inputs: [S], attributes: { axis: int(0) } }],
  Reshape: [{ inputs: [S, int64([2], S as number[])] }],
  Gemm: [
    {
      inputs: [
        [64, 300],
        [300, 70],
        [64, 70],
      ],
      operands: [2],
    },
    {
      inputs: [
        [300, 64],
        [70, 300],
        [64, 70],
      ],
      operands: [2],
      attributes: { transA: int(1), transB: int(1) },
    },
    {
      inputs: [
        [300, 64],
        [300, 70],
        [64, 70],
      ],
      operands: [2],
      attributes: { transA: int(1), alpha: float(0.3), beta: float(-2) },
    },
    {
      inputs: [
        [1, 300],
        [300, 70],
        [1, 70],
      ],
      operands: [2],
    },
    {
      inputs: [
        [64, 300],
        [300, 1],
        [64, 1],
      ],
      operands: [2],
    },
    {
      inputs: [
        [64, 0],
        [0, 70],
        [64, 70],
      ],
      operands: [2],
    },
    {
      inputs: [
        [64, 300],
        [300, 70],
        [64, 70],
      ],
      operands: [2],
      type: "float64",
    },
  ],
  ScatterND: [{ inputs: [S, rows, [40, 517]] }, { inputs: [S, repeated, [300, 517]], attributes: scatter }],
  ScatterElements: [
    {
      inputs: [
        S,
        int64(
          [40, 517],
          Array.from({ length: 40 * 517 }, (_, i) => (i * 29) % 131),
        ),
        [40, 517],
      ],
    },
    { inputs: [S, places, [60, 517]], attributes: { ...scatter, axis: int(0) } },
  ],
  "com.microsoft.FusedConv": [
    { inputs: [[1, 1, 1, 67_727], [1, 1, 1, 1], undefined, [1, 1, 1, 67_727]], operands: [3] },
    { inputs: [[1, 7, 1, 517], [131, 7, 1, 1], undefined, [1, 131, 1, 517]], operands: [3] },
    { inputs: [[1, 300, 1, 517], [131, 300, 1, 1], undefined, [1, 131, 1, 517]], operands: [3] },
  ],
};

const table = Object.entries(cases).flatMap(([op, list]) =>
  list.flatMap((one, row) => (one.operands ?? [0]).map((operand) => ({ op, row, operand, one }))),
);

/** Standard normal numbers; odd rows of an operator with positive domain give NaN, whose bits must agree as well. */
function contents(item: Shape | Tensor, type: ElementType, seed: number): Tensor {
  if (!Array.isArray(item)) return item as Tensor;
  const generator = random(seed);
  const result = zeros(type, item);
  for (let i = 0; i < result.data.length; i++) result.data[i] = generator.normal();
  return result;
}

test.each(table)("$op, row $row, operand $operand: in place = not in place, 1 and 2 threads", async (entry) => {
  const { operand, one } = entry;
  const [op = "", ...domain] = entry.op.split(".").reverse();
  const { inputs, attributes = {}, type = "float32" } = one;
  const graph = newGraph(op);
  const given = inputs.flatMap((item, i) => (item ? [contents(item, type, i + 1)] : []));
  const added = given.map((item, i) => addInput(graph, `i${i}`, item.type, item.shape));
  const values = inputs.map((item) => item && added.shift());
  const target = given[operand - inputs.slice(0, operand).filter((item) => !item).length]!;
  const outputs = [target];
  const [made] = addNode(graph, { op, domain: domain.reverse().join("."), inputs: values, attributes, outputs });
  addOutput(graph, "out", made!);
  for (const threads of [1, 2]) {
    const expected = await outcome(graph, given, zeros(target.type, target.shape), threads);
    const fresh = given.map((item) => ({ ...item, data: item.data.slice() }));
    const found = await outcome(graph, fresh, fresh[given.indexOf(target)]!, threads);
    expect(found.equals(expected), `${threads} threads`).toBe(true);
  }
});

async function outcome(graph: Graph, given: readonly Tensor[], out: Tensor, threads: number): Promise<Buffer> {
  const session = await engine.load(graph, { threads });
  await session.bind({ ...Object.fromEntries(given.map((item, i) => [`i${i}`, item])), out }).run();
  session.release();
  return Buffer.from(out.data.buffer, out.data.byteOffset, out.data.byteLength);
}

const node = (graph: Graph, op: string, ...inputs: Value[]) =>
  addNode(graph, { op, inputs, outputs: [inputs[0]!] })[0]!;

/** w ← w − step, where a second node reads w too; `barrier` makes the step depend on that node. */
function update(barrier: boolean): Graph {
  const graph = newGraph("update");
  const w = addInput(graph, "w", "float32", [4, 4]);
  const gradient = addInput(graph, "gradient", "float32", [4, 4]);
  const seen = node(graph, "Tanh", node(graph, "MatMul", w, w));
  addOutput(graph, "new", node(graph, "Sub", w, barrier ? node(graph, "Mul", gradient, seen) : gradient));
  addOutput(graph, "seen", seen);
  return graph;
}

/** Three nodes on x, of which `build` makes the output y. */
function on(build: (graph: Graph, x: Value) => Value): Graph {
  const graph = newGraph("g");
  addOutput(graph, "y", build(graph, addInput(graph, "x", "float32", [4, 4])));
  return graph;
}

function flat(graph: Graph, x: Value): Value {
  return addNode(graph, { op: "Flatten", inputs: [x], outputs: [x] })[0]!;
}

test.each<[string, Graph, Record<string, string>]>([
  ["the only reader", on((g, x) => node(g, "Relu", x)), { y: "x" }],
  ["other readers before it", update(true), { new: "w" }],
  ["an unverified operator one step away", on((g, x) => node(g, "Softplus", node(g, "Tanh", x))), { y: "x" }],
  ["both operands", on((g, x) => node(g, "Mul", x, x)), { y: "x" }],
  ["a view of it", on((g, x) => node(g, "Add", flat(g, x), node(g, "Tanh", x))), { y: "x" }],
  ["the input itself as output", on((_, x) => x), { y: "x" }],
  ["another input's place", update(false), { new: "gradient" }],
])("safe: %s", (_, graph, aliases) => {
  expect(() => assertInPlaceSafe(graph, aliases)).not.toThrow();
});

test.each<[string, Graph, Record<string, string>, string]>([
  ["late reader", update(false), { new: "w" }, 'node "MatMul" (MatMul), which may read it after "Sub" has written'],
  [
    "late reader of a view",
    on((g, x) => {
      addOutput(g, "z", node(g, "Exp", flat(g, x)));
      return node(g, "Tanh", x);
    }),
    { y: "x" },
    'node "Flatten" (Flatten), which may read it after "Tanh" has written',
  ],
  ["operator", on((g, x) => node(g, "Softplus", x)), { y: "x" }, 'operand 0 of "Softplus" (Softplus), which is not v'],
  ["operand", on((g, x) => node(g, "Gemm", x, x, x)), { y: "x" }, 'operand 0 of "Gemm" (Gemm), which is not verified'],
  [
    "domain",
    on((graph, x) => addNode(graph, { op: "Add", domain: "com.microsoft", inputs: [x, x], outputs: [x] })[0]!),
    { y: "x" },
    "which is not verified in place",
  ],
  [
    "broadcast",
    on((g, x) => {
      const [row] = addNode(g, { op: "Reshape", inputs: [x], outputs: [{ type: "float32", shape: [1, 16] }] });
      return node(g, "Add", x, row!);
    }),
    { y: "x" },
    'operand 1 of "Add" (Add), which is broadcast',
  ],
  [
    "two outputs",
    on((g, x) => {
      addOutput(g, "copy", x);
      return node(g, "Relu", x);
    }),
    { y: "x" },
    'got output "copy", which reads that memory too',
  ],
  [
    "unknown output",
    on((_, x) => x),
    { z: "x" },
    'expected output "z" of graph "g" to be safe on the memory of input "x", got no such output',
  ],
  ["unknown input", on((g, x) => node(g, "Relu", x)), { y: "z" }, "got no such input"],
])("unsafe: %s", (_, graph, aliases, message) => {
  expect(() => assertInPlaceSafe(graph, aliases)).toThrow(message);
  expect(() => assertInPlaceSafe(graph, aliases)).toThrow(/^internal: in place: /);
});

test("a product plus bias over its own factor: the engine must not fuse the reader into the writer", async () => {
  const graph = newGraph("fusible");
  const x = addInput(graph, "i0", "float32", [64, 64]);
  const product = node(graph, "MatMul", x, addInput(graph, "i1", "float32", [64, 64]));
  addOutput(graph, "out", node(graph, "Add", product, addInput(graph, "i2", "float32", [64])));
  const given = graph.inputs.map((value, i) => contents(value.shape, "float32", i + 1));
  const expected = await outcome(graph, given, zeros("float32", [64, 64]), 1);
  const found = await outcome(graph, given, given[0]!, 1);
  expect(found.equals(expected)).toBe(true);
});
