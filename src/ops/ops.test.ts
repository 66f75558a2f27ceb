import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { backward } from "../gradient/backward.ts";
import { addInput, addNode, addOutput, constant, type Graph, newGraph, prune, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { openEngine } from "../runtime/open.ts";
import { openReference } from "../runtime/reference.ts";
import { fromNumbers, type Shape, toNumbers } from "../tensor/tensor.ts";
import { apply, type Builder, builder } from "./builder.ts";
import type { OpName } from "./table.ts";

const evaluate = evaluateOn(openReference(await openEngine()));

/** The gradient of Σ dY·y at x. */
async function gradientAt(
  shape: Shape,
  x: readonly number[],
  y: (g: Builder, x: Value) => Value,
  dY?: readonly number[],
): Promise<number[]> {
  const graph = newGraph("at");
  const input = addInput(graph, "x", "float64", shape);
  const g = builder(graph);
  const output = y(g, input);
  const seed = dY && constant(graph, fromNumbers("float64", output.shape, dY));
  addOutput(graph, "gradient", backward(g, output, [input], seed)[0]!);
  const [result] = await evaluate(graph, [{ x: fromNumbers("float64", shape, x) }]);
  return toNumbers(result!.gradient!);
}

describe("where an operator has a kink, its gradient is PyTorch's", () => {
  const one = (op: OpName, attributes?: object) => (g: Builder, x: Value) =>
    apply(g.graph, op, [x], attributes as Record<string, unknown>)[0]!;
  const rows: readonly [string, readonly number[], (g: Builder, x: Value) => Value, readonly number[]][] = [
    ["Relu at 0", [-1, 0, 1], one("Relu"), [0, 0, 1]],
    ["LeakyRelu at 0", [-1, 0, 1], one("LeakyRelu", { alpha: 0.25 }), [0.25, 0.25, 1]],
    ["Abs at 0", [-2, 0, 2], one("Abs"), [-1, 0, 1]],
    ["Sign", [-2, 0, 2], one("Sign"), [0, 0, 0]],
    ["HardSigmoid on its bends", [-2, 0, 2], one("HardSigmoid", { alpha: 0.25 }), [0, 0.25, 0]],
    ["HardSwish on its bends", [-3, 0, 3], one("HardSwish"), [0, 0.5, 1]],
    ["Clip on its bounds", [-2, -1, 1], (g, x) => clip(g, x, -1, 1), [0, 1, 1]],
    ["ReduceMax of equal elements", [3, 1, 3], one("ReduceMax"), [0.5, 0, 0.5]],
    ["ReduceMin of equal elements", [3, 1, 3], one("ReduceMin"), [0, 1, 0]],
    ["ReduceL2 at 0", [0, 0, 0], one("ReduceL2"), [0, 0, 0]],
    ["Pow 2 at 0", [-1, 0, 3], (g, x) => g.pow(x, 2), [-2, 0, 6]],
    ["Pow 1 at 0", [-1, 0, 3], (g, x) => g.pow(x, 1), [1, 1, 1]],
    ["Pow by exponent, base not positive", [2, 2, 2], (g, x) => g.pow(base(g, [-3, 0, 1]), x), [0, 0, 0]],
  ];
  const clip = (g: Builder, x: Value, low: number, high: number) =>
    apply(g.graph, "Clip", [x, g.number(x.type, low), g.number(x.type, high)])[0]!;
  const base = (g: Builder, numbers: number[]) => g.constant(fromNumbers("float64", [numbers.length], numbers));

  test.each(rows)("%s", async (_about, x, y, expected) => {
    expect(await gradientAt([3], x, y)).toEqual(expected);
  });
});

/** The plain loop: the FIRST largest element of each window, in row-major order, gets the window's gradient. */
function firstMaximum(x: number[], size: number, dY: number[], kernel: number, stride: number, pad: number): number[] {
  const gradient = x.map(() => 0);
  const steps = Math.sqrt(dY.length);
  for (let window = 0; window < dY.length; window++) {
    const [top, left] = [Math.floor(window / steps) * stride - pad, (window % steps) * stride - pad];
    let best = -1;
    for (let row = Math.max(0, top); row < Math.min(size, top + kernel); row++)
      for (let column = Math.max(0, left); column < Math.min(size, left + kernel); column++)
        if (best < 0 || x[row * size + column]! > x[best]!) best = row * size + column;
    gradient[best]! += dY[window]!;
  }
  return gradient;
}

describe("MaxPool gives the gradient to the first of equal elements", () => {
  const backgrounds = {
    constant: Array(36).fill(0),
    "a few values": Array.from({ length: 36 }, (_, k) => (k * 7) % 3),
  };
  const pools = [
    { kernel: 2, stride: 2, pad: 0, steps: 3 },
    { kernel: 3, stride: 3, pad: 0, steps: 2 },
    { kernel: 4, stride: 4, pad: 0, steps: 1 },
    { kernel: 3, stride: 2, pad: 1, steps: 3 },
    { kernel: 3, stride: 1, pad: 0, steps: 4 },
  ];
  test.each(Object.entries(backgrounds).flatMap(([name, x]) => pools.map((pool) => ({ name, x, ...pool }))))(
    "$name, kernel $kernel, stride $stride",
    async ({ x, kernel, stride, pad, steps }) => {
      const dY = Array.from({ length: steps * steps }, (_, k) => k + 1);
      const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: Array(4).fill(pad) };
      const found = await gradientAt([1, 1, 6, 6], x, (g, input) => g.maxPool(input, attributes), dY);
      expect(found).toEqual(firstMaximum(x, 6, dY, kernel, stride, pad));
    },
  );
});

describe("backward refuses a path without a gradient", () => {
  test("a clipping bound", () => {
    const graph = newGraph("refused");
    const [x, low] = [addInput(graph, "x", "float32", [2]), addInput(graph, "low", "float32", [])];
    const [y] = apply(graph, "Clip", [x, low]);
    expect(() => backward(builder(graph), y!, [low])).toThrow(
      /^backward: expected a differentiable path, got Clip at node "Clip" \(a clipping bound is taken as a constant\); detach/,
    );
  });

  test("dropout that would draw its own mask", () => {
    const graph = newGraph("refused");
    const x = addInput(graph, "x", "float32", [2]);
    const g = builder(graph);
    const [y] = apply(graph, "Dropout", [x, g.number("float32", 0.5), g.number("bool", 1)]);
    expect(() => backward(g, y!, [x])).toThrow(
      /^backward: expected a differentiable path, got Dropout at node "Dropout" \(its random mask is hidden in the engine;/,
    );
  });

  test("an operator that is not in the table", () => {
    const graph = newGraph("refused");
    const x = addInput(graph, "x", "float32", [2]);
    const [y] = addNode(graph, { op: "Unheard", inputs: [x], outputs: [x] });
    expect(() => backward(builder(graph), y!, [x])).toThrow(
      /^backward: expected an operator with a gradient rule, got Unheard at node "Unheard"; replace it in the exported model$/,
    );
  });

  test("but not a comparison, which depends on nothing smoothly", async () => {
    const masked = (g: Builder, x: Value) => g.mul(g.cast(g.greater(x, 0), "float64"), x);
    expect(await gradientAt([3], [-1, 2, 3], masked)).toEqual([0, 1, 1]);
  });
});

describe("what backward appends", () => {
  function gradientGraph(shapes: Record<string, Shape>, y: (g: Builder, inputs: Value[]) => Value): Graph {
    const graph = newGraph("gradients");
    const inputs = Object.entries(shapes).map(([name, shape]) => addInput(graph, name, "float32", shape));
    const g = builder(graph);
    const output = y(g, inputs);
    const seed = addInput(graph, "dY", "float32", output.shape);
    backward(g, output, inputs, seed).forEach((gradient, k) => {
      addOutput(graph, `d${inputs[k]!.name}`, gradient);
    });
    return prune(graph);
  }

  test("for a linear layer and Relu", () => {
    const graph = gradientGraph({ x: [8, 3], W: [4, 3], b: [4] }, (g, [x, W, b]) =>
      g.relu(g.gemm(x!, W!, b, { transB: 1 })),
    );
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph gradients(x: float32[8, 3], W: float32[4, 3], b: float32[4], dY: float32[8, 4]) {
        Gemm_out: float32[8, 4] = Gemm(x, W, b, transB=1)
        Relu_out: float32[8, 4] = Relu(Gemm_out)
        Greater_out: bool[8, 4] = Greater(Relu_out, 0)
        Cast_out: float32[8, 4] = Cast(Greater_out, to=1)
        Mul_out: float32[8, 4] = Mul(Cast_out, dY)
        Gemm_1_out: float32[8, 3] = Gemm(Mul_out, W, alpha=1, transB=0)
        Gemm_2_out: float32[4, 3] = Gemm(Mul_out, x, alpha=1, transA=1, transB=0)
        MatMul_out: float32[1, 4] = MatMul(float32[1, 8], Mul_out)
        Reshape_out: float32[4] = Reshape(MatMul_out, [4])
        return dx = Gemm_1_out, dW = Gemm_2_out, db = Reshape_out
      }"
    `);
  });

  test("for a convolution", () => {
    const graph = gradientGraph({ X: [2, 1, 4, 4], W: [3, 1, 2, 2], B: [3] }, (g, [X, W, B]) =>
      g.conv(X!, W!, B, { strides: [2, 2] }),
    );
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph gradients(X: float32[2, 1, 4, 4], W: float32[3, 1, 2, 2], B: float32[3], dY: float32[2, 3, 2, 2]) {
        ConvTranspose_out: float32[2, 1, 4, 4] = ConvTranspose(dY, W, group=1, strides=[2, 2], dilations=[1, 1], pads=[0, 0, 0, 0], kernel_shape=[2, 2], output_padding=[0, 0])
        Reshape_out: float32[2, 1, 1, 4, 4] = Reshape(X, [2, 1, 1, 4, 4])
        Slice_out: float32[2, 1, 1, 4, 2] = Slice(Reshape_out, [0], [3], [4], [2])
        Slice_1_out: float32[2, 1, 1, 4, 2] = Slice(Reshape_out, [1], [4], [4], [2])
        Concat_out: float32[2, 1, 2, 4, 2] = Concat(Slice_out, Slice_1_out, axis=2)
        Slice_2_out: float32[2, 1, 2, 2, 2] = Slice(Concat_out, [0], [3], [3], [2])
        Slice_3_out: float32[2, 1, 2, 2, 2] = Slice(Concat_out, [1], [4], [3], [2])
        Concat_1_out: float32[2, 1, 4, 2, 2] = Concat(Slice_2_out, Slice_3_out, axis=2)
        Reshape_1_out: float32[2, 1, 4, 4] = Reshape(Concat_1_out, [2, 1, 4, 4])
        Reshape_2_out: float32[2, 1, 3, 4] = Reshape(dY, [2, 1, 3, 4])
        Transpose_out: float32[2, 1, 4, 3] = Transpose(Reshape_2_out, perm=[0, 1, 3, 2])
        MatMul_out: float32[2, 1, 4, 3] = MatMul(Reshape_1_out, Transpose_out)
        Reshape_3_out: float32[2, 12] = Reshape(MatMul_out, [2, 12])
        MatMul_1_out: float32[1, 12] = MatMul(float32[1, 2], Reshape_3_out)
        Reshape_4_out: float32[1, 4, 3] = Reshape(MatMul_1_out, [1, 4, 3])
        Reshape_5_out: float32[1, 4, 1, 3] = Reshape(Reshape_4_out, [1, 4, 1, 3])
        Transpose_1_out: float32[1, 3, 1, 4] = Transpose(Reshape_5_out, perm=[0, 3, 2, 1])
        Reshape_6_out: float32[3, 1, 2, 2] = Reshape(Transpose_1_out, [3, 1, 2, 2])
        ReduceSum_out: float32[2, 3] = ReduceSum(dY, [2, 3], keepdims=0)
        MatMul_2_out: float32[1, 3] = MatMul(float32[1, 2], ReduceSum_out)
        Reshape_7_out: float32[3] = Reshape(MatMul_2_out, [3])
        return dX = ConvTranspose_out, dW = Reshape_6_out, dB = Reshape_7_out
      }"
    `);
  });

  test("for a sum of an image and a channel", () => {
    const graph = gradientGraph({ x: [2, 3, 4, 4], b: [3, 1, 1] }, (g, [x, b]) => g.add(x!, b!));
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph gradients(x: float32[2, 3, 4, 4], b: float32[3, 1, 1], dY: float32[2, 3, 4, 4]) {
        ReduceSum_out: float32[2, 3, 1, 1] = ReduceSum(dY, [2, 3], keepdims=1)
        Reshape_out: float32[2, 3] = Reshape(ReduceSum_out, [2, 3])
        MatMul_out: float32[1, 3] = MatMul(float32[1, 2], Reshape_out)
        Reshape_1_out: float32[3, 1, 1] = Reshape(MatMul_out, [3, 1, 1])
        return dx = dY, db = Reshape_1_out
      }"
    `);
  });
});
