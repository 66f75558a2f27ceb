import { afterEach, describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracle, oracleJson, oracleNames } from "../../test/oracle.ts";
import { addInput, addOutput, type Graph, newGraph, prune, type Value } from "../graph/graph.ts";
import { lenet } from "../model/lenet.ts";
import { crossEntropy } from "../model/losses/crossEntropy.ts";
import type { Model } from "../model/model.ts";
import { apply, type Builder, builder } from "../ops/builder.ts";
import { ops } from "../ops/table.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { hessianVectorProduct } from "./hessianVector.ts";

const native = nativeEngine();
const reference = openReference(native);

/** Mean cross-entropy with outputs `gradient:<w>` and `product:<w>`; the vector of w comes in as `vector:<w>`. */
function productGraph(
  shapes: Readonly<Record<string, Shape>>,
  type: "float32" | "float64",
  loss: (g: Builder, parameters: Readonly<Record<string, Value>>) => Value,
): Graph {
  const graph = newGraph("hessian");
  const g = builder(graph);
  const declare = (prefix: string) =>
    Object.entries(shapes).map(([name, shape]) => addInput(graph, prefix + name, type, shape));
  const [wrt, vectors] = [declare(""), declare("vector:")];
  const names = Object.keys(shapes);
  const parameters = Object.fromEntries(names.map((name, i) => [name, wrt[i]!]));
  const { gradients, products } = hessianVectorProduct(g, loss(g, parameters), wrt, vectors);
  names.forEach((name, i) => {
    addOutput(graph, `gradient:${name}`, gradients[i]!);
    addOutput(graph, `product:${name}`, products[i]!);
  });
  return prune(graph);
}

const norm = (values: readonly number[]) => Math.hypot(...values);
const distance = (a: readonly number[], b: readonly number[]) => norm(a.map((x, i) => x - b[i]!)) / norm(b);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

interface CurvatureCase {
  readonly X: number[][];
  readonly Y: number[];
  readonly parameters: number[];
  readonly gradient: number[];
  readonly vector: number[];
  readonly hessian_vector_product: number[];
  readonly trace: number;
}

describe("PyTorch's gradient and Hessian-vector product of a tanh network", () => {
  const known = oracleJson<CurvatureCase>("curvature.json");
  const shapes = { W1: [5, 6], b1: [6], W2: [6, 3], b2: [3] };

  function graphOf(type: "float32" | "float64"): Graph {
    return productGraph(shapes, type, (g, { W1, b1, W2, b2 }) => {
      const x = g.constant(fromNumbers(type, [24, 5], known.X.flat()));
      const labels = g.constant(fromNumbers("int64", [24], known.Y));
      const logits = g.gemm(g.tanh(g.gemm(x, W1!, b1)), W2!, b2);
      return g.reduceMean(crossEntropy(g, logits, labels).losses, [0]);
    });
  }
  /** The flat numbers cut into tensors, in the order of `shapes`. */
  function cut(type: "float32" | "float64", flat: readonly number[], prefix = ""): Record<string, Tensor> {
    let start = 0;
    return Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const part = flat.slice(start, start + sizeOf(shape));
        start += part.length;
        return [prefix + name, fromNumbers(type, shape, part)];
      }),
    );
  }
  const joined = (outputs: Readonly<Record<string, Tensor>>, kind: string) =>
    Object.keys(shapes).flatMap((name) => toNumbers(outputs[`${kind}:${name}`]!));

  test.each([
    ["reference", reference, "float64", 1e-10],
    ["native", native, "float32", 1e-4],
  ] as const)("%s", async (_, engine, type, tolerance) => {
    const feeds = { ...cut(type, known.parameters), ...cut(type, known.vector, "vector:") };
    const [outputs] = await evaluateOn(engine)(graphOf(type), [feeds]);
    expect(distance(joined(outputs!, "gradient"), known.gradient)).toBeLessThan(tolerance);
    expect(distance(joined(outputs!, "product"), known.hessian_vector_product)).toBeLessThan(tolerance);
  });

  test("unit vectors give the columns of a symmetric matrix with PyTorch's trace", async () => {
    const size = known.parameters.length;
    const units = Array.from({ length: size }, (_, i) => known.parameters.map((_, j) => (i === j ? 1 : 0)));
    const parameters = cut("float64", known.parameters);
    const feeds = units.map((unit) => ({ ...parameters, ...cut("float64", unit, "vector:") }));
    const columns = (await evaluateOn(reference)(graphOf("float64"), feeds)).map((one) => joined(one, "product"));
    const transposed = columns.map((_, i) => columns.map((column) => column[i]!));
    expect(distance(columns.flat(), transposed.flat())).toBeLessThan(1e-12);
    expect(columns.reduce((sum, column, i) => sum + column[i]!, 0)).toBeCloseTo(known.trace, 10);
  });
});

describe("uᵀHv = vᵀHu in float64", () => {
  const grey = { shape: [1, 28, 28], classes: 10 };
  const drawn = (shape: Shape, seed: number) => {
    const { normal } = random(seed);
    return fromNumbers("float32", shape, Array.from({ length: sizeOf(shape) }, normal));
  };
  const cases: [string, () => { model: Model; x: Tensor; y: Tensor }][] = [
    ...oracleNames.map((name): (typeof cases)[number] => [name, () => oracle(name)]),
    [
      "our lenet",
      () => ({ model: lenet(grey, random(3)), x: drawn([2, 1, 28, 28], 1), y: fromNumbers("int64", [2], [3, 8]) }),
    ],
  ];
  test.each(cases)("%s", async (_, open) => {
    const { model, x, y } = open();
    const shapes = Object.fromEntries(model.parameters.map(({ name, initial }) => [name, initial.shape]));
    const graph = productGraph(shapes, "float32", (g, parameters) => {
      const inputs = { [model.inputs[0]!.name]: g.constant(x) };
      const state = Object.fromEntries(model.state.map(({ name, initial }) => [name, g.constant(initial)]));
      const { logits } = model.forward(g, { inputs, parameters, state, mode: "training" });
      return crossEntropy(g, logits, g.constant(y)).losses;
    });
    const initial = Object.fromEntries(model.parameters.map((parameter) => [parameter.name, parameter.initial]));
    const vectorsOf = (seed: number) =>
      Object.entries(shapes).map(([name, shape], i) => [`vector:${name}`, drawn(shape, 100 * seed + i)] as const);
    const [u, v] = [vectorsOf(1), vectorsOf(2)];
    const feeds = [u, v].map((vectors) => ({ ...initial, ...Object.fromEntries(vectors) }));
    const [Hu, Hv] = await evaluateOn(reference)(graph, feeds);
    const product = (vectors: typeof u, outputs: Readonly<Record<string, Tensor>>) =>
      vectors.reduce((sum, [name, vector]) => {
        return sum + dot(toNumbers(vector), toNumbers(outputs[name.replace("vector", "product")]!));
      }, 0);
    const lengths = Object.keys(shapes).map((name) => norm(toNumbers(Hv![`product:${name}`]!)));
    // The scale that rounding has: ‖u‖·‖Hv‖.
    const scale = norm(u.map(([, vector]) => norm(toNumbers(vector)))) * norm(lengths);
    expect(scale).toBeGreaterThan(1e-3);
    expect(Math.abs(product(u, Hv!) - product(v, Hu!)) / scale).toBeLessThan(1e-10);
  });
});

describe("every way in which a parameter is used gives the difference of gradients", () => {
  const cases: [string, Readonly<Record<string, Shape>>, (g: Builder, p: Readonly<Record<string, Value>>) => Value][] =
    [
      [
        "one weight, gathered and transposed",
        { w: [4, 3] },
        (g, { w }) => {
          const rows = g.gather(w!, g.constant(fromNumbers("int64", [2], [1, 3])), 0);
          return g.matMul(g.tanh(rows), g.transpose(w!, [1, 0]));
        },
      ],
      ["a bias beside a constant weight", { b: [3] }, (g, { b }) => g.gemm(ramp(g, [2, 4]), ramp(g, [4, 3]), b)],
      ["a weight without bias", { w: [4, 3] }, (g, { w }) => g.gemm(ramp(g, [2, 4]), w!, ramp(g, [3]), { alpha: 0.5 })],
      ["a product of two weights", { u: [2, 3], w: [3, 3] }, (g, { u, w }) => g.matMul(u!, g.matMul(w!, w!))],
      [
        "a weight that is used otherwise too",
        { w: [3, 3] },
        (g, { w }) => g.add(g.matMul(ramp(g, [3, 3]), w!), g.mul(w!, g.sin(w!))),
      ],
      [
        "convolutions there and back",
        { w: [2, 1, 3, 3], b: [2], u: [2, 1, 2, 2] },
        (g, { w, b, u }) => {
          const hidden = g.tanh(g.conv(ramp(g, [1, 1, 5, 5]), w!, b, { pads: [1, 1, 1, 1] }));
          return g.convTranspose(hidden, u!, undefined, { strides: [2, 2] });
        },
      ],
      ["a weight by which the loss is not reached", { w: [2], v: [2] }, (g, { v }) => g.mul(v!, g.mul(v!, v!))],
    ];
  const ramp = (g: Builder, shape: Shape) =>
    g.constant(
      fromNumbers(
        "float64",
        shape,
        Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1 + i)),
      ),
    );

  test.each(cases)("%s", async (_, shapes, output) => {
    const graph = productGraph(shapes, "float64", (g, parameters) => g.tanh(output(g, parameters)));
    const { normal } = random(7);
    const drawn = Object.entries(shapes).map(([name, shape]) => {
      const numbers = () => Array.from({ length: sizeOf(shape) }, () => normal());
      return { name, shape, at: numbers(), along: numbers() };
    });
    const feed = (step: number) =>
      Object.fromEntries(
        drawn.flatMap(({ name, shape, at, along }) => [
          [
            name,
            fromNumbers(
              "float64",
              shape,
              at.map((x, i) => x + step * along[i]!),
            ),
          ],
          [`vector:${name}`, fromNumbers("float64", shape, along)],
        ]),
      );
    const step = 1e-5;
    const [here, ahead, behind] = await evaluateOn(reference)(graph, [feed(0), feed(step), feed(-step)]);
    for (const { name, along } of drawn) {
      const [before, after] = [behind!, ahead!].map((outputs) => toNumbers(outputs[`gradient:${name}`]!));
      const difference = after!.map((x, i) => (x - before![i]!) / (2 * step));
      const product = toNumbers(here![`product:${name}`]!);
      const scale = norm(along) * Math.max(1, norm(difference));
      expect(norm(product.map((x, i) => x - difference[i]!)) / scale).toBeLessThan(1e-8);
    }
  });
});

test("a loss that is linear in a parameter has product 0 there", async () => {
  const graph = productGraph({ w: [3], v: [2] }, "float64", (g, { w, v }) =>
    g.add(g.reduceSum(w!, [0]), g.reduceSum(g.mul(v!, g.mul(v!, v!)), [0])),
  );
  const feed = (numbers: number[]) => fromNumbers("float64", [numbers.length], numbers);
  const feeds = { w: feed([1, 2, 3]), v: feed([2, -1]), "vector:w": feed([1, 1, 1]), "vector:v": feed([1, 10]) };
  const [outputs] = await evaluateOn(reference)(graph, [feeds]);
  expect(toNumbers(outputs!["product:w"]!)).toEqual([0, 0, 0]);
  expect(toNumbers(outputs!["product:v"]!)).toEqual([12, -60]);
});

describe("what cannot be", () => {
  const rule = ops.Tanh.gradient;
  afterEach(() => {
    Object.assign(ops.Tanh, { gradient: rule });
  });
  const tanhProduct = (vectorShape: Shape[] = [[2]]) => {
    const graph = newGraph("refused");
    const g = builder(graph);
    const w = addInput(graph, "w", "float32", [2]);
    const vectors = vectorShape.map((shape, i) => addInput(graph, `v${i}`, "float32", shape));
    return () => hessianVectorProduct(g, g.tanh(w), [w], vectors);
  };

  test("a missing second derivative names the operator", () => {
    const clipped: typeof rule = (g, { X, dY }) => {
      const bound = g.reshape(g.slice(X as Value, [0], [0], [1], [1]), []);
      return { X: apply(g.graph, "Clip", [dY as Value, undefined, bound])[0]! };
    };
    Object.assign(ops.Tanh, { gradient: clipped });
    const product = tanhProduct();
    expect(product).toThrow(
      /^hessianVectorProduct: expected a twice differentiable path, got Clip at node .*bound is taken as a constant/,
    );
  });

  test("vectors of other shapes", () => {
    expect(tanhProduct([[3]])).toThrow(
      'hessianVectorProduct: expected float32[2] for "w", got float32[3]; pass one vector of each parameter\'s shape',
    );
    expect(tanhProduct([])).toThrow('expected float32[2] for "w", got none;');
    expect(tanhProduct([[2], [2]])).toThrow("hessianVectorProduct: expected 1 vectors, got 2 vectors;");
  });
});
