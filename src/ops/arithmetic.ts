import type { Value } from "../graph/graph.ts";
import { broadcast } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { convert, fromNumbers, isFloat, show, type Tensor, toNumbers } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, discrete, int, notDifferentiable, type Op, sameType } from "./op.ts";
import { elementwiseRows } from "./rows.ts";

/**
 * Elementwise operators. Binary ones broadcast as in NumPy; their gradients have Y's shape and `backward` sums them.
 */

type BinaryRule = (g: Builder, io: { A: Value; B: Value; Y: Value; dY: Value }) => { A: Value; B: Value };

function binary(type: string, doc: string, gradient: BinaryRule): Op {
  return defineOp({
    type,
    inputs: ["A", "B"],
    outputs: ["Y"],
    doc,
    shape: ({ A, B }) => ({ Y: { type: sameType(type, A, B), shape: broadcast(A.shape, B.shape) } }),
    gradient,
    rows: elementwiseRows,
  });
}

function unary(type: string, doc: string, gradient: (g: Builder, io: { X: Value; Y: Value; dY: Value }) => Value): Op {
  return defineOp({
    type,
    inputs: ["X"],
    outputs: ["Y"],
    doc,
    shape: ({ X }) => ({ Y: { type: X.type, shape: X.shape } }),
    gradient: (g, io) => ({ X: gradient(g, io) }),
    rows: elementwiseRows,
  });
}

// Y = A + B: dA = dY, dB = dY
export const add: Op = binary("Add", "Add-14.", (_g, { dY }) => ({ A: dY, B: dY }));

// Y = A − B: dA = dY, dB = −dY
export const sub: Op = binary("Sub", "Sub-14.", (g, { dY }) => ({ A: dY, B: g.neg(dY) }));

// Y = A·B: dA = dY·B, dB = dY·A
export const mul: Op = binary("Mul", "Mul-14.", (g, { A, B, dY }) => ({ A: g.mul(dY, B), B: g.mul(dY, A) }));

/** Throws `ShapeError` where whole numbers are divided by a known 0; computed ones are seen when the graph runs. */
export function requireDivisors(op: string, B: Value): void {
  if (!isFloat(B.type) && B.constant?.data.some((element) => Number(element) === 0))
    throw new ShapeError(
      `${op}: expected whole numbers to be divided by others than 0, got B ${show(B)} with a 0; change it`,
    );
}

const quotient: Op = binary(
  "Div",
  "Div-14. Integer division has no gradient and needs none; by 0, and of the least integer by -1, it is an error.",
  (g, { B, Y, dY }) => {
    const dA = g.div(dY, B);
    return { A: dA, B: g.neg(g.mul(dA, Y)) };
  },
);

// Y = A/B: dA = dY/B, dB = −dY·Y/B
export const div: Op = {
  ...quotient,
  shape(io, attributes, outputs) {
    requireDivisors("Div", io.B as Value);
    return quotient.shape(io, attributes, outputs);
  },
};

/**
 * Y = X^E: dX = dY·E·X^(E−1), which is 0 where E is 0; dE = dY·Y·ln X where X > 0, else 0. Constant exponents of 2, 3
 * and ½ become products and a quotient, because Pow costs up to thirty times as much (docs/benchmarks.md).
 */
export const pow: Op = defineOp({
  type: "Pow",
  inputs: ["X", "E"],
  outputs: ["Y"],
  doc: "Pow-15, also with exponents of another type than the base. The exponent's gradient is 0 where the base is not positive.",
  shape: ({ X, E }) => ({ Y: { type: X.type, shape: broadcast(X.shape, E.shape) } }),
  gradient(g, { X, E, Y, dY }) {
    if (E.constant)
      return { X: powerSlope(g, X, E.constant, Y, dY), E: notDifferentiable("the exponent is a constant") };
    const exponent = g.cast(E, X.type);
    const one = g.where(g.equal(exponent, 0), g.fill(exponent, 0), g.fill(exponent, 1));
    const dX = g.mul(dY, g.mul(exponent, g.pow(X, g.sub(exponent, one))));
    if (!isFloat(E.type)) return { X: dX, E: discrete };
    const positive = g.greater(X, 0);
    // The logarithm is taken of 1 where X ≤ 0, so that no NaN meets the zero of the other branch.
    const logarithm = g.log(g.where(positive, X, g.fill(X, 1)));
    return { X: dX, E: g.mul(dY, g.mul(Y, logarithm)) };
  },
  rows: elementwiseRows,
});

/** dX for an exponent that is known. Where it is 0, X is raised to 0 and not to −1, which is infinite at 0. */
function powerSlope(g: Builder, X: Value, exponent: Tensor, Y: Value, dY: Value): Value {
  const numbers = toNumbers(exponent);
  const only = numbers.length === 1 ? numbers[0] : undefined;
  if (only === 2) return g.mul(dY, g.mul(X, 2));
  if (only === 3) return g.mul(dY, g.mul(g.mul(X, X), 3));
  if (only === 0.5) return g.div(g.mul(dY, 0.5), Y);
  const constant = (values: number[]) => g.constant(fromNumbers(X.type, exponent.shape, values));
  const power = g.pow(X, constant(numbers.map((e) => (e === 0 ? 0 : e - 1))));
  return g.mul(dY, g.mul(constant(numbers), power));
}

export const neg: Op = unary("Neg", "Neg-13.", (g, { dY }) => g.neg(dY));

// d|x| = sign(x): −1, 0 or 1
export const abs: Op = unary("Abs", "Abs-13. The gradient at 0 is 0, as in PyTorch.", (g, { X, dY }) =>
  g.mul(dY, g.sign(X)),
);

export const sign: Op = unary("Sign", "Sign-13. Its gradient is 0 everywhere, at the jump too.", (g, { X }) =>
  g.zeros(X.type, X.shape),
);

// d(1/x) = −dY·Y²
export const reciprocal: Op = unary("Reciprocal", "Reciprocal-13.", (g, { Y, dY }) => g.neg(g.mul(dY, g.mul(Y, Y))));

// d√x = dY/(2√x)
export const sqrt: Op = unary("Sqrt", "Sqrt-13.", (g, { Y, dY }) => g.div(dY, g.mul(Y, 2)));

// d eˣ = dY·Y
export const exp: Op = unary("Exp", "Exp-13.", (g, { Y, dY }) => g.mul(dY, Y));

// d ln x = dY/x
export const log: Op = unary("Log", "Log-13.", (g, { X, dY }) => g.div(dY, X));

/** Y = min(max(X, min), max): dX = dY inside the bounds and on them, else 0, as PyTorch's clamp. */
export const clip: Op = defineOp({
  type: "Clip",
  inputs: ["input", "min?", "max?"],
  outputs: ["output"],
  doc: "Clip-13. Bounds are scalars and get no gradient.",
  shape: ({ input }) => ({ output: { type: input.type, shape: input.shape } }),
  gradient(g, { input, min, max, output, doutput }) {
    const bound = notDifferentiable("a clipping bound is taken as a constant");
    // What is inside is what comes out as it was: one comparison instead of two, and no Where, which is slower than a
    // product.
    const inside = min || max ? g.mul(g.cast(g.equal(input, output), doutput.type), doutput) : doutput;
    return { input: inside, min: bound, max: bound };
  },
  rows: elementwiseRows,
});

/** Between floating-point types the gradient is cast back; to and from integers there is none. */
export const cast: Op = defineOp({
  type: "Cast",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { to: int(1) },
  doc: "Cast-19 between the element types that Batchscope knows.",
  shape: ({ input }, { to }) => ({ output: { type: castTarget(to), shape: input.shape } }),
  gradient: (g, { input, doutput }) => ({ input: g.cast(doutput, input.type) }),
  rows: elementwiseRows,
});

/** TensorProto.DataType, onnx.proto. */
const dataTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 } as const;

export function dataTypeCode(type: Value["type"]): number {
  return dataTypes[type];
}

function castTarget(code: number): Value["type"] {
  const types = Object.keys(dataTypes) as Value["type"][];
  const found = types.find((type) => dataTypes[type] === code);
  if (!found)
    throw new ShapeError(`Cast: expected one of ${types.join(", ")}, got ONNX data type ${code}; export in float32`);
  return found;
}

export const identity: Op = defineOp({
  type: "Identity",
  inputs: ["input"],
  outputs: ["output"],
  doc: "Identity-19 of tensors.",
  shape: ({ input }) => ({ output: { type: input.type, shape: input.shape } }),
  gradient: (_g, { doutput }) => ({ input: doutput }),
  rows: elementwiseRows,
});

/** One number in the shape of another value, one element per axis, so that broadcasting does the rest. */
export function unitLike(like: Value, value: number) {
  return convert(
    fromNumbers(
      "float64",
      like.shape.map(() => 1),
      [value],
    ),
    like.type,
  );
}
