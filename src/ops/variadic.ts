import type { Value } from "../graph/graph.ts";
import { broadcast } from "../tensor/broadcast.ts";
import type { Builder } from "./builder.ts";
import { defineOp, type Op, requireFloat, sameType } from "./op.ts";
import { elementwiseRows } from "./rows.ts";

/** Operators that take any number of tensors, which broadcast as in NumPy. */

function common(type: string, operands: readonly Value[]) {
  return { type: sameType(type, ...operands), shape: broadcast(...operands.map(({ shape }) => shape)) };
}

/** Operands that equal the result get the gradient, in equal shares, as by PyTorch's maximum and minimum. */
function shared(g: Builder, operands: readonly Value[], Y: Value, dY: Value): Value[] {
  if (operands.length === 1) return [dY];
  const chosen = operands.map((operand) => g.cast(g.equal(operand, Y), dY.type));
  const share = g.div(
    dY,
    chosen.reduce((sum, one) => g.add(sum, one)),
  );
  return chosen.map((one) => g.mul(one, share));
}

export const max: Op = defineOp({
  type: "Max",
  inputs: ["data_0*"],
  outputs: ["max"],
  doc: "Max-13. Equal operands share the gradient evenly, as PyTorch's maximum.",
  shape: ({ data_0 }) => ({ max: common("Max", data_0) }),
  gradient: (g, { data_0, max: Y, dmax }) => ({ data_0: shared(g, data_0, Y, dmax) }),
  rows: elementwiseRows,
});

export const min: Op = defineOp({
  type: "Min",
  inputs: ["data_0*"],
  outputs: ["min"],
  doc: "Min-13. Equal operands share the gradient evenly, as PyTorch's minimum.",
  shape: ({ data_0 }) => ({ min: common("Min", data_0) }),
  gradient: (g, { data_0, min: Y, dmin }) => ({ data_0: shared(g, data_0, Y, dmin) }),
  rows: elementwiseRows,
});

/** Y = Σ X_i: dX_i = dY. */
export const sum: Op = defineOp({
  type: "Sum",
  inputs: ["data_0*"],
  outputs: ["sum"],
  doc: "Sum-13.",
  shape({ data_0 }) {
    for (const operand of data_0) requireFloat("Sum", operand);
    return { sum: common("Sum", data_0) };
  },
  gradient: (_g, { data_0, dsum }) => ({ data_0: data_0.map(() => dsum) }),
  rows: elementwiseRows,
});

/** Y = Σ X_i / n: dX_i = dY/n. */
export const mean: Op = defineOp({
  type: "Mean",
  inputs: ["data_0*"],
  outputs: ["mean"],
  doc: "Mean-13.",
  shape({ data_0 }) {
    for (const operand of data_0) requireFloat("Mean", operand);
    return { mean: common("Mean", data_0) };
  },
  gradient(g, { data_0, dmean }) {
    const share = g.div(dmean, data_0.length);
    return { data_0: data_0.map(() => share) };
  },
  rows: elementwiseRows,
});
