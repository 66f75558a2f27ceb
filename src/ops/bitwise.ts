import type { Value } from "../graph/graph.ts";
import { broadcast } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { isFloat, show } from "../tensor/tensor.ts";
import { defineOp, notDifferentiable, type Op, sameType, string } from "./op.ts";
import { elementwiseRows } from "./rows.ts";

/** Operators on the bits of integers. */

const gradient = notDifferentiable("the result is an integer");

function requireInteger(op: string, value: Value): Value["type"] {
  if (isFloat(value.type) || value.type === "bool")
    throw new ShapeError(`${op}: expected integers, got ${show(value)}; insert a Cast`);
  return value.type;
}

function bitwise(type: string): Op {
  return defineOp({
    type,
    inputs: ["A", "B"],
    outputs: ["C"],
    doc: `${type}-18.`,
    shape({ A, B }) {
      requireInteger(type, A);
      return { C: { type: sameType(type, A, B), shape: broadcast(A.shape, B.shape) } };
    },
    gradient,
    rows: elementwiseRows,
  });
}

export const bitwiseAnd: Op = bitwise("BitwiseAnd");
export const bitwiseOr: Op = bitwise("BitwiseOr");
export const bitwiseXor: Op = bitwise("BitwiseXor");

export const bitwiseNot: Op = defineOp({
  type: "BitwiseNot",
  inputs: ["X"],
  outputs: ["Y"],
  doc: "BitwiseNot-18.",
  shape: ({ X }) => ({ Y: { type: requireInteger("BitwiseNot", X), shape: X.shape } }),
  gradient,
  rows: elementwiseRows,
});

/** Z = X · 2^Y without the bits that leave the type, or ⌊X / 2^Y⌋. */
export const bitShift: Op = defineOp({
  type: "BitShift",
  inputs: ["X", "Y"],
  outputs: ["Z"],
  attributes: { direction: string("") },
  doc: "BitShift-11 of uint8.",
  shape({ X, Y }, { direction }) {
    if (X.type !== "uint8") throw new ShapeError(`BitShift: expected uint8, got ${show(X)}; insert a Cast`);
    if (direction !== "LEFT" && direction !== "RIGHT")
      throw new ShapeError(`BitShift: expected direction LEFT or RIGHT, got "${direction}"; export the model again`);
    return { Z: { type: sameType("BitShift", X, Y), shape: broadcast(X.shape, Y.shape) } };
  },
  gradient,
  rows: elementwiseRows,
});
