import type { Node } from "../graph/graph.ts";
import { plainAttributes } from "../ops/op.ts";
import { type OpName, ops } from "../ops/table.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { Kernel } from "./loop.ts";

type Scalar = (x: number, attributes: Readonly<Record<string, number>>) => number;

/** One number in, one number out, by the specification's formula where that is exact in float64. */
const scalars = {
  Acos: Math.acos,
  Acosh: Math.acosh,
  Asin: Math.asin,
  Asinh: Math.asinh,
  Atan: Math.atan,
  Atanh: Math.atanh,
  Celu: (x, { alpha }) => (x > 0 ? x : alpha! * Math.expm1(x / alpha!)),
  Cosh: Math.cosh,
  Elu: (x, { alpha }) => (x > 0 ? x : alpha! * Math.expm1(x)),
  Erf: erf,
  HardSigmoid: (x, { alpha, beta }) => Math.max(0, Math.min(1, alpha! * x + beta!)),
  HardSwish: (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  LeakyRelu: (x, { alpha }) => (x > 0 ? x : alpha! * x),
  Mish: (x) => x * Math.tanh(softplus(x)),
  Selu: (x, { alpha, gamma }) => gamma! * (x > 0 ? x : alpha! * Math.expm1(x)),
  Sinh: Math.sinh,
  Softplus: softplus,
  Softsign: (x) => x / (1 + Math.abs(x)),
  Tan: Math.tan,
  ThresholdedRelu: (x, { alpha }) => (x > alpha! ? x : 0),
} satisfies Partial<Record<OpName, Scalar>>;

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * 2/√π · e^(−x²) · Σ 2ⁿx²ⁿ⁺¹/(2n+1)!! up to 2, where all terms have one sign (DLMF 7.6.2), and beyond it 1 − e^(−x²)/√π
 * · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))) (DLMF 7.9.1).
 */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a > 2) {
    let fraction = a;
    for (let n = 80; n > 0; n--) fraction = a + n / 2 / fraction;
    return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
  }
  let [sum, term] = [0, x];
  for (let n = 1; n < 60; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function gelu(x: number, { approximate }: Readonly<Record<string, unknown>>): number {
  if (approximate !== "tanh") return (x * (1 + erf(x * Math.SQRT1_2))) / 2;
  return (x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))) / 2;
}

/** Operators that treat each element alone, as plain loops. */
export const scalarLoops: Partial<Record<OpName, Kernel>> = Object.fromEntries(
  Object.entries({ ...scalars, Gelu: gelu }).map(([op, scalar]): [string, Kernel] => [
    op,
    (node, [X]) => {
      const attributes = plainAttributes(ops[op as OpName], node.attributes);
      return X!.map((x) => (scalar as Scalar)(x, attributes));
    },
  ]),
);

/** These, and operators that combine elements at the same place or along an axis. */
export const elementwiseLoops: Partial<Record<OpName, Kernel>> = {
  ...scalarLoops,
  Hardmax: hardmax,
  Mean: (node, inputs) => {
    const operands = node.inputs.map((value, i) => broadcasted(value!.shape, inputs[i]!, node));
    const [first, ...rest] = operands;
    return first!.map((x, at) => rest.reduce((sum, operand) => sum + operand[at]!, x) / operands.length);
  },
  PRelu: (node, [X, slope]) => {
    const slopes = broadcasted(node.inputs[1]!.shape, slope!, node);
    return X!.map((x, at) => (x < 0 ? slopes[at]! * x : x));
  },
};

/** The elements repeated to the shape of the node's output. */
function broadcasted(shape: readonly number[], data: Float64Array, node: Node): Float64Array {
  const to = node.outputs[0]!.shape;
  return Float64Array.from({ length: sizeOf(to) }, (_, flat) => {
    let [source, stride, rest] = [0, 1, flat];
    for (let axis = to.length - 1; axis >= to.length - shape.length; axis--) {
      const size = shape[axis - to.length + shape.length]!;
      if (size > 1) source += (rest % to[axis]!) * stride;
      stride *= size;
      rest = Math.floor(rest / to[axis]!);
    }
    return data[source]!;
  });
}

function hardmax(node: Node, [X]: readonly (Float64Array | undefined)[]): Float64Array {
  const { shape } = node.inputs[0]!;
  const axis = normalizeAxis(plainAttributes(ops.Hardmax, node.attributes).axis, shape.length);
  const [size, inner] = [shape[axis]!, sizeOf(shape.slice(axis + 1))];
  const Y = new Float64Array(X!.length);
  for (let line = 0; line < X!.length / size; line++) {
    const start = Math.floor(line / inner) * size * inner + (line % inner);
    let best = start;
    for (let i = 1; i < size; i++) if (X![start + i * inner]! > X![best]!) best = start + i * inner;
    Y[best] = 1;
  }
  return Y;
}
