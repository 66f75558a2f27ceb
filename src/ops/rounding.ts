import { broadcast } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { isFloat, show } from "../tensor/tensor.ts";
import { requireDivisors } from "./arithmetic.ts";
import { defineOp, int, type Op, requireFloat, sameType } from "./op.ts";
import { elementwiseRows } from "./rows.ts";

function rounding(type: string, doc: string): Op {
  return defineOp({
    type,
    inputs: ["X"],
    outputs: ["Y"],
    doc: `${doc} Its gradient is 0 everywhere, at the jumps too.`,
    shape: ({ X }) => ({ Y: { type: requireFloat(type, X), shape: X.shape } }),
    gradient: (g, { X }) => ({ X: g.zeros(X.type, X.shape) }),
    rows: elementwiseRows,
  });
}

export const floor: Op = rounding("Floor", "Floor-13.");
export const ceil: Op = rounding("Ceil", "Ceil-13.");
export const round: Op = rounding("Round", "Round-11, halves to even.");

/**
 * C = A − n·B: n = ⌊A/B⌋ for integers (the sign is B's), and with fmod n = A/B rounded toward 0 (the sign is A's).
 * dA = dC, dB = −n·dC. n is (A − C)/B rounded, since A/B itself may round up to the next whole number.
 */
export const mod: Op = defineOp({
  type: "Mod",
  inputs: ["A", "B"],
  outputs: ["C"],
  attributes: { fmod: int(0) },
  doc: "Mod-13: integers with either sign rule, real numbers with fmod = 1, as the specification has it. Of integers errors as Div's.",
  shape({ A, B }, { fmod }) {
    if (isFloat(A.type) && !fmod)
      throw new ShapeError(`Mod: expected fmod = 1 for real numbers, got fmod = 0 and A ${show(A)}; export it again`);
    requireDivisors("Mod", B);
    return { C: { type: sameType("Mod", A, B), shape: broadcast(A.shape, B.shape) } };
  },
  gradient(g, { A, B, C, dC }) {
    return { A: dC, B: g.neg(g.mul(dC, g.round(g.div(g.sub(A, C), B)))) };
  },
  rows: elementwiseRows,
});
