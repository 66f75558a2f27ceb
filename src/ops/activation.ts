import type { Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import type { Builder } from "./builder.ts";
import { defineOp, float, int, notDifferentiable, type Op, requireFloat } from "./op.ts";
import { elementwiseRows, rowsAlong } from "./rows.ts";

function activation(
  type: string,
  doc: string,
  gradient: (g: Builder, io: { X: Value; Y: Value; dY: Value }) => Value,
): Op {
  return defineOp({
    type,
    inputs: ["X"],
    outputs: ["Y"],
    doc,
    shape: ({ X }) => ({ Y: { type: requireFloat(type, X), shape: X.shape } }),
    gradient: (g, io) => ({ X: gradient(g, io) }),
    rows: elementwiseRows,
  });
}

// dX = dY where Y > 0, as Cast(Greater)·dY, which is the fastest form (docs/benchmarks.md). The gradient at 0 is 0, as
// in PyTorch.
export const relu: Op = activation("Relu", "Relu-14. The gradient at 0 is 0, as in PyTorch.", (g, { Y, dY }) =>
  g.mul(g.cast(g.greater(Y, 0), dY.type), dY),
);

// dX = dY·Y·(1 − Y)
export const sigmoid: Op = activation("Sigmoid", "Sigmoid-13.", (g, { Y, dY }) => g.mul(dY, g.mul(Y, g.sub(1, Y))));

// dX = dY·(1 − Y²), which unlike 1/cosh² cannot overflow
export const tanh: Op = activation("Tanh", "Tanh-13.", (g, { Y, dY }) => g.mul(dY, g.sub(1, g.mul(Y, Y))));

// d ln(1 + eˣ) = σ(x)
export const softplus: Op = activation("Softplus", "Softplus-1.", (g, { X, dY }) => g.mul(dY, g.sigmoid(X)));

// d x/(1 + |x|) = 1/(1 + |x|)²
export const softsign: Op = activation("Softsign", "Softsign-1.", (g, { X, dY }) => {
  const d = g.add(g.abs(X), 1);
  return g.div(dY, g.mul(d, d));
});

/**
 * Y = X·T with T = tanh(ln(1 + e^X)); Misra 2019, arXiv:1908.08681. dX = dY·(T + X·σ(X)·(1 − T²)).
 */
export const mish: Op = activation("Mish", "Mish-18.", (g, { X, dY }) => {
  const T = g.tanh(g.softplus(X));
  return g.mul(dY, g.add(T, g.mul(g.mul(X, g.sigmoid(X)), g.sub(1, g.mul(T, T)))));
});

/** Y = X for X > 0, alpha·X otherwise: dX = dY or alpha·dY (at 0: alpha, as in PyTorch). */
export const leakyRelu: Op = defineOp({
  type: "LeakyRelu",
  inputs: ["X"],
  outputs: ["Y"],
  attributes: { alpha: float(0.01) },
  doc: "LeakyRelu-16. The gradient at 0 is alpha, as in PyTorch.",
  shape: ({ X }) => ({ Y: { type: requireFloat("LeakyRelu", X), shape: X.shape } }),
  gradient: (g, { X, dY }, { alpha }) => ({ X: g.where(g.greater(X, 0), dY, g.mul(dY, alpha)) }),
  rows: elementwiseRows,
});

const alongAxis = rowsAlong(({ axis }: { axis: number }) => [axis]);

/** Y = e^X / Σ e^X along one axis: dX = Y·(dY − Σ dY·Y). */
export const softmax: Op = defineOp({
  type: "Softmax",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { axis: int(-1) },
  doc: "Softmax-13 (before opset 13 the input was flattened to two axes: refused on import).",
  shape: ({ input }, { axis }) => {
    normalizeAxis(axis, input.shape.length);
    return { output: { type: requireFloat("Softmax", input), shape: input.shape } };
  },
  gradient(g, { output, doutput }, { axis }) {
    const inner = g.reduceSum(g.mul(doutput, output), [axis], true);
    return { input: g.mul(g.sub(doutput, inner), output) };
  },
  rows: alongAxis,
});

/** Y = X − ln Σ e^X along one axis: dX = dY − e^Y·Σ dY. */
export const logSoftmax: Op = defineOp({
  type: "LogSoftmax",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { axis: int(-1) },
  doc: "LogSoftmax-13.",
  shape: ({ input }, { axis }) => {
    normalizeAxis(axis, input.shape.length);
    return { output: { type: requireFloat("LogSoftmax", input), shape: input.shape } };
  },
  gradient(g, { output, doutput }, { axis }) {
    return { input: g.sub(doutput, g.mul(g.exp(output), g.reduceSum(doutput, [axis], true))) };
  },
  rows: alongAxis,
});

/** 1 at the first of the largest elements along one axis, 0 elsewhere. */
export const hardmax: Op = defineOp({
  type: "Hardmax",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { axis: int(-1) },
  doc: "Hardmax-13.",
  shape: ({ input }, { axis }) => {
    normalizeAxis(axis, input.shape.length);
    return { output: { type: requireFloat("Hardmax", input), shape: input.shape } };
  },
  gradient: notDifferentiable("the result is a choice"),
  rows: alongAxis,
});
