import { broadcast, normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import { defineOp, discrete, int, notDifferentiable, type Op, requireFloat, sameType } from "./op.ts";
import { elementwiseRows, rowsAlong } from "./rows.ts";

/** Comparisons, logic and selection. A truth value has no gradient; Where passes it to the branch that was taken. */

function comparison(type: string, doc: string): Op {
  return defineOp({
    type,
    inputs: ["A", "B"],
    outputs: ["C"],
    doc,
    shape({ A, B }) {
      sameType(type, A, B);
      return { C: { type: "bool", shape: broadcast(A.shape, B.shape) } };
    },
    gradient: notDifferentiable("the result is a truth value"),
    rows: elementwiseRows,
  });
}

export const equal: Op = comparison("Equal", "Equal-19.");
export const greater: Op = comparison("Greater", "Greater-13.");
export const greaterOrEqual: Op = comparison("GreaterOrEqual", "GreaterOrEqual-16.");
export const less: Op = comparison("Less", "Less-13.");
export const lessOrEqual: Op = comparison("LessOrEqual", "LessOrEqual-16.");
export const and: Op = comparison("And", "And-7.");
export const or: Op = comparison("Or", "Or-7.");
export const xor: Op = comparison("Xor", "Xor-7.");

export const isNotANumber: Op = defineOp({
  type: "IsNaN",
  inputs: ["X"],
  outputs: ["Y"],
  doc: "IsNaN-20.",
  shape: ({ X }) => ({ Y: { type: requireFloat("IsNaN", X) && "bool", shape: X.shape } }),
  gradient: notDifferentiable("the result is a truth value"),
  rows: elementwiseRows,
});

export const isInf: Op = defineOp({
  type: "IsInf",
  inputs: ["X"],
  outputs: ["Y"],
  attributes: { detect_negative: int(1), detect_positive: int(1) },
  doc: "IsInf-20.",
  shape: ({ X }) => ({ Y: { type: requireFloat("IsInf", X) && "bool", shape: X.shape } }),
  gradient: notDifferentiable("the result is a truth value"),
  rows: elementwiseRows,
});

export const not: Op = defineOp({
  type: "Not",
  inputs: ["X"],
  outputs: ["Y"],
  doc: "Not-1.",
  shape: ({ X }) => ({ Y: { type: X.type, shape: X.shape } }),
  gradient: notDifferentiable("the result is a truth value"),
  rows: elementwiseRows,
});

/** output = condition ? X : Y: dX = condition ? dY : 0 and the reverse. */
export const where: Op = defineOp({
  type: "Where",
  inputs: ["condition", "X", "Y"],
  outputs: ["output"],
  doc: "Where-16.",
  shape({ condition, X, Y }) {
    if (condition.type !== "bool")
      throw new ShapeError(`Where: expected a bool condition, got ${show(condition)}; compare or cast first`);
    return { output: { type: sameType("Where", X, Y), shape: broadcast(condition.shape, X.shape, Y.shape) } };
  },
  gradient(g, { condition, doutput }) {
    const zero = g.fill(doutput, 0);
    return { condition: discrete, X: g.where(condition, doutput, zero), Y: g.where(condition, zero, doutput) };
  },
  rows: elementwiseRows,
});

function argument(type: string, doc: string): Op {
  return defineOp({
    type,
    inputs: ["data"],
    outputs: ["reduced"],
    attributes: { axis: int(0), keepdims: int(1), select_last_index: int(0) },
    doc,
    shape({ data }, { axis, keepdims }) {
      const at = normalizeAxis(axis, data.shape.length);
      const shape = data.shape.flatMap((size, i) => (i === at ? (keepdims ? [1] : []) : [size]));
      return { reduced: { type: "int64", shape } };
    },
    gradient: notDifferentiable("the result is an index"),
    rows: rowsAlong(({ axis }: { axis: number }) => [axis]),
  });
}

/** Index of the largest element along one axis; the first one on ties, or the last if asked for. */
export const argMax: Op = argument("ArgMax", "ArgMax-13.");

/** Index of the smallest element, as ArgMax. */
export const argMin: Op = argument("ArgMin", "ArgMin-13.");
