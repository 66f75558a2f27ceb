import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { swapLastTwo } from "../ops/linear.ts";
import { random } from "../tensor/random.ts";
import { type ElementType, fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { bindingEngine } from "./binding.ts";
import { lowerForCpu } from "./lower.ts";
import { nativeEngine } from "./native.ts";

function graphOf(
  shapes: readonly Shape[],
  write: (g: Builder, ...inputs: Value[]) => Value | Record<string, Value>,
  type: ElementType = "float32",
): Graph {
  const graph = newGraph("g");
  const inputs = shapes.map((shape, i) => addInput(graph, "abcd"[i]!, type, shape));
  const written = write(builder(graph), ...inputs);
  for (const [name, value] of Object.entries("name" in written ? { y: written } : written))
    addOutput(graph, name, value as Value);
  return graph;
}

const operators = (graph: Graph) => lowerForCpu(graph).nodes.map(({ op }) => op);

/** Small integers: sums of products are exact in float32 in any order. */
function drawn(graph: Graph): Record<string, Tensor> {
  const stream = random(3);
  return Object.fromEntries(
    graph.inputs.map(({ name, type, shape }) => [
      name,
      fromNumbers(
        type,
        shape,
        Array.from({ length: sizeOf(shape) }, () => stream.integer(9) - 4),
      ),
    ]),
  );
}

/** The matrix at `batch` of a stack, broadcast, as rows. */
function matrixAt({ shape, data }: Tensor, lead: readonly number[], batch: number): number[][] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const own = [...lead.map(() => 1), ...shape.slice(0, -2)].slice(-lead.length);
  let [rest, offset, stride] = [batch, 0, rows * columns];
  for (let axis = lead.length - 1; axis >= 0; axis--) {
    const size = own[axis]!;
    if (size > 1) offset += (rest % lead[axis]!) * stride;
    stride *= size;
    rest = Math.floor(rest / lead[axis]!);
  }
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => Number(data[offset + i * columns + j])),
  );
}

const transposed = (rows: number[][]) => rows[0]!.map((_, j) => rows.map((row) => row[j]!));

function product(A: Tensor, B: Tensor, [transA, transB]: readonly boolean[], lead: readonly number[]): number[] {
  return Array.from({ length: sizeOf(lead) }, (_, batch) => {
    const [a, b] = [matrixAt(A, lead, batch), matrixAt(B, lead, batch)];
    const columns = transB ? b : transposed(b);
    return (transA ? transposed(a) : a).map((row) =>
      columns.map((column) => row.reduce((total, value, k) => total + value * column[k]!, 0)),
    );
  }).flat(2);
}

const products: [about: string, A: Shape, B: Shape, transpose: [boolean, boolean], lead: number[]][] = [
  ["matrices, the second", [2, 3], [4, 3], [false, true], []],
  ["matrices, the first", [3, 2], [3, 4], [true, false], []],
  ["matrices, both", [3, 2], [4, 3], [true, true], []],
  ["a stack, the second", [5, 2, 3], [5, 4, 3], [false, true], [5]],
  ["a stack, the first", [5, 3, 2], [5, 3, 4], [true, false], [5]],
  ["a stack, both", [2, 5, 3, 2], [2, 5, 4, 3], [true, true], [2, 5]],
  ["a matrix under a stack, the second", [5, 2, 3], [4, 3], [false, true], [5]],
  ["a matrix over a stack, the first", [3, 2], [5, 3, 4], [true, false], [5]],
  ["a stack over a matrix, the first", [5, 3, 2], [3, 4], [true, false], [5]],
  ["a broadcast stack, the second", [2, 1, 2, 3], [1, 3, 4, 3], [false, true], [2, 3]],
  ["a broadcast stack, the first", [1, 3, 3, 2], [2, 1, 3, 4], [true, false], [2, 3]],
  ["a broadcast stack, both", [2, 1, 3, 2], [2, 3, 4, 3], [true, true], [2, 3]],
];

describe.each([nativeEngine(), bindingEngine()])("FusedMatMul on $name multiplies as loops do", (engine) => {
  test.each(products)("%s", async (_, A, B, transpose, lead) => {
    const graph = graphOf([A, B], (g, a, b) =>
      g.matMul(transpose[0] ? swapLastTwo(g, a) : a, transpose[1] ? swapLastTwo(g, b) : b),
    );
    expect(operators(graph)).toEqual(["FusedMatMul"]);
    const feeds = drawn(graph);
    const [{ y } = {}] = await evaluateOn(engine)(graph, [feeds]);
    expect(toNumbers(y!)).toEqual(product(feeds.a!, feeds.b!, transpose, lead));
  });
});

test.each<[string, Graph, string[]]>([
  [
    "float64",
    graphOf(
      [
        [2, 3],
        [4, 3],
      ],
      (g, a, b) => g.matMul(a, swapLastTwo(g, b)),
      "float64",
    ),
    ["Transpose", "MatMul"],
  ],
  [
    "another permutation",
    graphOf(
      [
        [5, 2, 3],
        [3, 5, 4],
      ],
      (g, a, b) => g.matMul(a, g.transpose(b, [1, 0, 2])),
    ),
    ["Transpose", "MatMul"],
  ],
  [
    "a transpose that others read too",
    graphOf(
      [
        [2, 3],
        [4, 3],
      ],
      (g, a, b) => ({ y: g.matMul(a, swapLastTwo(g, b)), z: swapLastTwo(g, b) }),
    ),
    ["FusedMatMul", "Transpose"],
  ],
  ["a product of an accumulated gradient", accumulation(), ["Gemm"]],
  [
    "the product on the other side",
    graphOf(
      [
        [2, 3],
        [3, 4],
        [2, 4],
      ],
      (g, a, b, c) => g.add(g.gemm(a, b), c),
    ),
    ["Gemm", "Add"],
  ],
  [
    "a product that is read twice",
    graphOf(
      [
        [2, 3],
        [3, 2],
        [2, 2],
      ],
      (g, a, b, c) => ((ab) => ({ y: g.add(c, ab), z: g.relu(ab) }))(g.gemm(a, b)),
    ),
    ["Gemm", "Add", "Relu"],
  ],
  [
    "a product that is an output",
    graphOf(
      [
        [2, 3],
        [3, 2],
        [2, 2],
      ],
      (g, a, b, c) => ((ab) => ({ y: g.add(c, ab), z: ab }))(g.gemm(a, b)),
    ),
    ["Gemm", "Add"],
  ],
  [
    "a product with a bias",
    graphOf([[2, 3], [3, 2], [2], [2, 2]], (g, a, b, c, d) => g.add(d, g.gemm(a, b, c))),
    ["Gemm", "Add"],
  ],
  ["a broadcast sum", graphOf([[2, 3], [3, 2], [2]], (g, a, b, c) => g.add(c, g.gemm(a, b))), ["Gemm", "Add"]],
  [
    "a broadcast product",
    graphOf(
      [
        [1, 3],
        [3, 2],
        [2, 2],
      ],
      (g, a, b, c) => g.add(c, g.gemm(a, b)),
    ),
    ["Gemm", "Add"],
  ],
  [
    "a factor as the sum",
    graphOf(
      [
        [2, 2],
        [2, 2],
      ],
      (g, a, b) => g.add(a, g.gemm(a, b)),
    ),
    ["Gemm", "Add"],
  ],
])("what is folded: %s", (_, graph, expected) => {
  expect(operators(graph)).toEqual(expected);
});

function accumulation(): Graph {
  return graphOf(
    [
      [3, 2],
      [3, 4],
      [2, 4],
    ],
    (g, a, b, c) => g.add(c, g.gemm(a, b, undefined, { alpha: 2, beta: 0.5, transA: 1 })),
  );
}

test("Gemm keeps its factors and takes the sum whole, in place as well", async () => {
  const graph = accumulation();
  expect(printGraph(lowerForCpu(graph))).toMatchInlineSnapshot(`
    "graph g(a: float32[3, 2], b: float32[3, 4], c: float32[2, 4]) {
      Add_out: float32[2, 4] = Gemm(a, b, c, alpha=2, beta=1, transA=1)
      return y = Add_out
    }"
  `);
  const feeds = drawn(graph);
  const expected = product(feeds.a!, feeds.b!, [true, false], []).map((ab, i) => 2 * ab + Number(feeds.c!.data[i]));
  const session = await nativeEngine().load(graph);
  await session.bind({ ...feeds, y: feeds.c! }).run();
  session.release();
  expect(toNumbers(feeds.c!)).toEqual(expected);
});

test("lowering twice is lowering once", () => {
  const once = lowerForCpu(
    graphOf(
      [
        [3, 2],
        [3, 4],
        [2, 4],
      ],
      (g, a, b, c) => g.add(c, g.matMul(swapLastTwo(g, a), b)),
    ),
  );
  expect(printGraph(lowerForCpu(once))).toBe(printGraph(once));
});
