import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracle } from "../../test/oracle.ts";
import { addInput, addOutput, type Graph, newGraph, prune } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { builder } from "../ops/builder.ts";
import { bindingEngine } from "../runtime/binding.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { gradientGraph } from "../training/graphs.ts";
import { autocast } from "./autocast.ts";
import { backward } from "./backward.ts";

type Matrix = readonly (readonly number[])[];

const half = (x: number) => Math.f16round(x);
const rounded = (m: Matrix): Matrix => m.map((row) => row.map(half));
const transposed = (m: Matrix): Matrix => m[0]!.map((_, j) => m.map((row) => row[j]!));
/** A float16 product by definition: operands rounded, sums exact, result rounded. */
function product(a: Matrix, b: Matrix): Matrix {
  const columns = transposed(rounded(b));
  return rounded(rounded(a).map((row) => columns.map((column) => row.reduce((sum, x, k) => sum + x * column[k]!, 0))));
}
const map = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((x, j) => f(x, b[i]![j]!)));

/** Y = relu(X·A)·B and its gradients for the incoming gradient dY. */
function network(half: boolean): Graph {
  const exact = newGraph("network");
  const [X, A, B, dY] = Object.entries({ X: [4, 6], A: [6, 5], B: [5, 3], dY: [4, 3] }).map(([name, shape]) =>
    addInput(exact, name, "float32", shape),
  );
  const e = builder(exact);
  const Y = e.matMul(e.relu(e.matMul(X!, A!)), B!);
  const graph = half ? autocast(exact) : exact;
  const [dX, dA, dB] = backward(builder(graph), Y, [X!, A!, B!], dY);
  for (const [name, value] of Object.entries({ Y, dX, dA, dB })) addOutput(graph, name, value!);
  return prune(graph);
}

/** The same in loops. */
function slowly({ X, A, B, dY }: Record<"X" | "A" | "B" | "dY", Matrix>): Record<string, Matrix> {
  const hidden = product(X, A);
  const H = hidden.map((row) => row.map((x) => Math.max(0, x)));
  const dH = map(product(dY, transposed(B)), H, (d, h) => (h > 0 ? d : 0));
  return {
    Y: product(H, B),
    dX: product(dH, transposed(A)),
    dA: product(transposed(X), dH),
    dB: product(transposed(H), dY),
  };
}

const matrixOf = ({ shape, data }: Tensor): Matrix =>
  Array.from({ length: shape[0]! }, (_, i) => Array.from(data.slice(i * shape[1]!, (i + 1) * shape[1]!), Number));

function drawn(shape: Shape, seed: number, deviation = 1): Tensor {
  const { normal } = random(seed);
  return fromNumbers(
    "float32",
    shape,
    Array.from({ length: sizeOf(shape) }, () => deviation * normal()),
  );
}

const feeds = { X: drawn([4, 6], 1), A: drawn([6, 5], 2), B: drawn([5, 3], 3), dY: drawn([4, 3], 4) };

/** Largest |a − b| in units of the last place of float16 at the larger of the two. */
function halfUnits(a: readonly number[], b: readonly number[]): number {
  const unit = (x: number) => 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(x)))) - 10);
  return Math.max(
    ...a.map((x, i) => (x === b[i] ? 0 : Math.abs(x - b[i]!) / unit(Math.max(Math.abs(x), Math.abs(b[i]!))))),
  );
}

describe.each([nativeEngine(), bindingEngine()])("$name", (engine) => {
  test("products, forward and backward, are float16's", async () => {
    const [found] = await evaluateOn(engine)(network(true), [feeds]);
    const [plain] = await evaluateOn(engine)(network(false), [feeds]);
    const matrices = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, matrixOf(value)]));
    const expected = slowly(matrices as Parameters<typeof slowly>[0]);
    for (const [name, matrix] of Object.entries(expected)) {
      const numbers = toNumbers(found![name]!);
      // A sum that lies between two float16 numbers to the last bit of float32 may go either way.
      expect(halfUnits(numbers, matrix.flat()), name).toBeLessThanOrEqual(1);
      expect(numbers, name).toEqual(numbers.map(half));
      expect(halfUnits(toNumbers(plain![name]!), matrix.flat()), `float32 ${name}`).toBeGreaterThan(0.1);
    }
  });

  test("a product beyond 65504 is infinite", async () => {
    const large = { ...feeds, X: drawn([4, 6], 1, 1e5) };
    const [found] = await evaluateOn(engine)(network(true), [large]);
    expect(toNumbers(found!.Y!).some((x) => !Number.isFinite(x))).toBe(true);
    const [plain] = await evaluateOn(engine)(network(false), [large]);
    expect(toNumbers(plain!.Y!).every(Number.isFinite)).toBe(true);
  });
});

test("an operand is rounded once, and only products are", () => {
  const graph = newGraph("one");
  const g = builder(graph);
  const [x, W, V] = ["x", "W", "V"].map((name) => addInput(graph, name, "float32", [2, 2]));
  addOutput(graph, "y", g.add(g.matMul(x!, W!), g.tanh(g.matMul(x!, V!))));
  expect(printGraph(autocast(graph))).toMatchInlineSnapshot(`
    "graph one(x: float32[2, 2], W: float32[2, 2], V: float32[2, 2]) {
      Cast_out: float16[2, 2] = Cast(x, to=10)
      Cast_1_out: float32[2, 2] = Cast(Cast_out, to=1)
      Cast_2_out: float16[2, 2] = Cast(W, to=10)
      Cast_3_out: float32[2, 2] = Cast(Cast_2_out, to=1)
      MatMul_out_float32: float32[2, 2] = MatMul(Cast_1_out, Cast_3_out)
      Cast_4_out: float16[2, 2] = Cast(MatMul_out_float32, to=10)
      MatMul_out: float32[2, 2] = Cast(Cast_4_out, to=1)
      Cast_6_out: float16[2, 2] = Cast(V, to=10)
      Cast_7_out: float32[2, 2] = Cast(Cast_6_out, to=1)
      MatMul_1_out_float32: float32[2, 2] = MatMul(Cast_1_out, Cast_7_out)
      Cast_8_out: float16[2, 2] = Cast(MatMul_1_out_float32, to=10)
      MatMul_1_out: float32[2, 2] = Cast(Cast_8_out, to=1)
      Tanh_out: float32[2, 2] = Tanh(MatMul_1_out)
      Add_out: float32[2, 2] = Add(MatMul_out, Tanh_out)
      return y = Add_out
    }"
  `);
});

/** The gradient graph of lenet on its batch, and what it reads. */
async function lenetGradients(scale: number) {
  const { model, x, y } = oracle("lenet");
  const graph = gradientGraph(model, x.shape[0]!, { accumulate: false, precision: "float16" });
  const lossScale = fromNumbers("float32", [], [scale]);
  const initial = Object.fromEntries(model.parameters.map((parameter) => [parameter.name, parameter.initial]));
  return { model, graph, feed: { x, y, lossScale, ...initial } };
}

test("the loss scale multiplies every gradient and no loss; convolutions are rounded too", async () => {
  const evaluate = evaluateOn(nativeEngine());
  const one = await lenetGradients(1);
  const [small] = await evaluate(one.graph, [one.feed]);
  const [large] = await evaluate(one.graph, [(await lenetGradients(64)).feed]);
  expect(large!.loss).toEqual(small!.loss);
  const { model, graph, feed } = one;
  const { lossScale: _scale, ...plainFeed } = feed;
  const plainGraph = gradientGraph(model, feed.x.shape[0]!, { accumulate: false });
  const [plain] = await evaluate(plainGraph, [plainFeed]);
  const distance = (name: string, a: Record<string, Tensor>, factor: number) => {
    const [u, v] = [toNumbers(a[name]!), toNumbers(plain![name]!)];
    return Math.hypot(...u.map((value, i) => value / factor - v[i]!)) / Math.hypot(...v);
  };
  for (const name of graph.outputs.keys()) {
    if (!name.startsWith("gradient:")) continue;
    expect(distance(name, large!, 64), name).toBeLessThan(0.01);
    expect(distance(name, small!, 1), name).toBeGreaterThan(1e-5);
  }
});

test("on the float64 reference nothing is rounded", async () => {
  const reference = openReference(nativeEngine());
  const [found] = await evaluateOn(reference)(network(true), [feeds]);
  const [plain] = await evaluateOn(reference)(network(false), [feeds]);
  expect(found).toEqual(plain);
});

/** The operators of a graph that read what was rounded. */
function roundedOf(graph: Graph): string[] {
  const casts = new Set(graph.nodes.flatMap(({ op, outputs }) => (op === "Cast" ? outputs : [])));
  return graph.nodes.flatMap(({ op, inputs }) =>
    op !== "Cast" && inputs.some((value) => value && casts.has(value)) ? [op] : [],
  );
}

test.each(["float32", "float64"] as const)("products and convolutions of %s", (type) => {
  const graph = newGraph("two");
  const g = builder(graph);
  const image = addInput(graph, "image", type, [1, 1, 4, 4]);
  const kernel = addInput(graph, "kernel", type, [1, 1, 3, 3]);
  const weights = addInput(graph, "weights", type, [2, 2]);
  addOutput(graph, "y", g.matMul(g.reshape(g.conv(image, kernel, undefined, {}), [2, 2]), weights));
  expect(autocast(graph).nodes.filter(({ op }) => op === "Cast").length).toBe(type === "float32" ? 12 : 0);
  expect(roundedOf(autocast(graph))).toEqual(type === "float32" ? ["Conv", "Reshape", "MatMul"] : []);
});
