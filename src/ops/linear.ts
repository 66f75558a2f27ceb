import type { Value } from "../graph/graph.ts";
import { broadcast } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, float, int, type Op, sameType } from "./op.ts";
import { byGroup, sumExamples } from "./rows.ts";

/**
 * Y = A · B over the last two axes; the axes before them broadcast as in NumPy.
 *
 *   A [...a, M, K]    B [...b, K, N]    Y [...broadcast(a, b), M, N]
 *   dA = dY · Bᵀ      dB = Aᵀ · dY      both with Y's leading axes; `backward` sums them to A's and B's
 *
 * A weight B [K, N] under a stack A [..., M, K] is one product over all rows, which is faster than a batched product
 * and a sum.
 */
export const matMul: Op = defineOp({
  type: "MatMul",
  inputs: ["A", "B"],
  outputs: ["Y"],
  doc: "MatMul-13. Rank-1 operands are not covered.",
  shape({ A, B }) {
    const [M, K] = A.shape.slice(-2);
    const [K2, N] = B.shape.slice(-2);
    if (M === undefined || K === undefined || N === undefined || K !== K2)
      throw new ShapeError(
        `MatMul: expected A [..., M, K] and B [..., K, N] with equal K, got A ${show(A)} and B ${show(B)}; transpose or reshape one`,
      );
    return {
      Y: { type: sameType("MatMul", A, B), shape: [...broadcast(A.shape.slice(0, -2), B.shape.slice(0, -2)), M, N] },
    };
  },
  gradient(g, { A, B, dY }) {
    if (B.shape.length > 2) return { A: g.matMul(dY, swapLastTwo(g, B)), B: g.matMul(swapLastTwo(g, A), dY) };
    const [rowsOfA, rowsOfY] = [asMatrix(g, A), asMatrix(g, dY)];
    return {
      A: g.reshape(g.gemm(rowsOfY, B, undefined, { transB: 1 }), A.shape),
      B: g.gemm(rowsOfA, rowsOfY, undefined, { transA: 1 }),
    };
  },
  rows: {
    keepsGroups({ A, B, Y }, _attributes, isGrouped) {
      const stacked = (value: Value) => value.shape.length === Y.shape.length && value.shape[0] === Y.shape[0];
      return [A, B].every((value) => !isGrouped(value) || stacked(value)) && !(isGrouped(B) && B.shape.length === 2);
    },
    gradient(g, { A, B, dY }, _attributes, groups) {
      if (B.shape.length > 2) return {};
      const [K, N] = [A.shape.at(-1)!, dY.shape.at(-1)!];
      const rows = A.shape.slice(0, -1).reduce((product, size) => product * size, 1) / groups;
      return { B: g.matMul(swapLastTwo(g, g.reshape(A, [groups, rows, K])), g.reshape(dY, [groups, rows, N])) };
    },
  },
});

/** [..., M, N] → [..., N, M]. */
export function swapLastTwo(g: Builder, value: Value): Value {
  const rank = value.shape.length;
  const axes = value.shape.map((_, axis) => axis);
  return g.transpose(value, [...axes.slice(0, -2), rank - 1, rank - 2]);
}

function asMatrix(g: Builder, value: Value): Value {
  const width = value.shape.at(-1)!;
  return g.reshape(value, [value.shape.reduce((product, size) => product * size, 1) / width, width]);
}

/**
 * Y = alpha · A′ · B′ + beta · C, where ′ transposes when transA or transB is 1.
 *
 *   A′ [M, K]    B′ [K, N]    C broadcasts to [M, N]    Y [M, N]
 *   dA′ = alpha · dY · B′ᵀ    dB′ = alpha · A′ᵀ · dY    dC = beta · dY
 *
 * dA and dB are written with transA and transB of one Gemm each, so that nothing is ever transposed in memory.
 */
export const gemm: Op = defineOp({
  type: "Gemm",
  inputs: ["A", "B", "C?"],
  outputs: ["Y"],
  attributes: { alpha: float(1), beta: float(1), transA: int(0), transB: int(0) },
  doc: "Gemm-13.",
  shape({ A, B, C }, { transA, transB }) {
    const [M, K] = transA ? [A.shape[1], A.shape[0]] : A.shape;
    const [K2, N] = transB ? [B.shape[1], B.shape[0]] : B.shape;
    if (A.shape.length !== 2 || B.shape.length !== 2 || K !== K2 || M === undefined || N === undefined)
      throw new ShapeError(
        `Gemm: expected matrices A′ [M, K] and B′ [K, N] with equal K, got A ${show(A)} (transA=${transA}) and B ${show(B)} (transB=${transB}); check the layer's sizes`,
      );
    if (C && broadcast(C.shape, [M, N]).join() !== `${M},${N}`)
      throw new ShapeError(`Gemm: expected C that broadcasts to [${M}, ${N}], got ${show(C)}; check the bias`);
    return { Y: { type: sameType("Gemm", A, B), shape: [M, N] } };
  },
  gradient(g, { A, B, dY }, { alpha, beta, transA, transB }) {
    return {
      A: transA
        ? g.gemm(B, dY, undefined, { alpha, transA: transB, transB: 1 })
        : g.gemm(dY, B, undefined, { alpha, transB: transB ? 0 : 1 }),
      B: transB
        ? g.gemm(dY, A, undefined, { alpha, transA: 1, transB: transA })
        : g.gemm(A, dY, undefined, { alpha, transA: transA ? 0 : 1 }),
      C: beta === 1 ? dY : g.mul(dY, beta),
    };
  },
  rows: {
    keepsGroups: ({ A, B, C }, { transA }, isGrouped) =>
      !isGrouped(B) && !(isGrouped(A) && transA) && !(C && isGrouped(C) && C.shape.length < 2),
    gradient(g, { A, C, dY }, { alpha, beta, transB }, groups) {
      const [a, dy] = [byGroup(g, A, groups), byGroup(g, dY, groups)];
      const product = transB ? g.matMul(swapLastTwo(g, dy), a) : g.matMul(swapLastTwo(g, a), dy);
      const bias =
        C && C.shape.length === 1 && C.shape[0] === dY.shape[1]
          ? sumExamples(g, beta === 1 ? dY : g.mul(dY, beta), groups)
          : undefined;
      return { B: alpha === 1 ? product : g.mul(product, alpha), ...(bias && { C: bias }) };
    },
  },
});
