import type { Value } from "../graph/graph.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Builder } from "./builder.ts";
import { defineOp, type Op, requireFloat, string } from "./op.ts";
import { elementwiseRows } from "./rows.ts";

/** Y = 2/√π · ∫₀^X e^(−t²) dt: dX = dY·2/√π·e^(−X²). */
export const erf: Op = defineOp({
  type: "Erf",
  inputs: ["input"],
  outputs: ["output"],
  doc: "Erf-13.",
  shape: ({ input }) => ({ output: { type: requireFloat("Erf", input), shape: input.shape } }),
  gradient: (g, { input, doutput }) => ({
    input: g.mul(doutput, g.mul(g.exp(g.neg(g.mul(input, input))), 2 / Math.sqrt(Math.PI))),
  }),
  rows: elementwiseRows,
});

/**
 * Y = X·Φ(X) with Φ the standard normal distribution function; Hendrycks & Gimpel 2016, arXiv:1606.08415.
 *
 *   none: dX = dY·(Φ(X) + X·φ(X)) with Φ(X) = (1 + erf(X/√2))/2 and φ(X) = e^(−X²/2)/√(2π)
 *   tanh: Φ(X) ≈ σ(2u), u = √(2/π)·(X + 0.044715·X³): dX = dY·s·(1 + (1 − s)·X·2u′) with s = σ(2u)
 */
export const gelu: Op = defineOp({
  type: "Gelu",
  inputs: ["X"],
  outputs: ["Y"],
  attributes: { approximate: string("none") },
  doc: "Gelu-20, exact and with the tanh approximation.",
  shape({ X }, { approximate }) {
    if (approximate !== "none" && approximate !== "tanh")
      throw new ShapeError(`Gelu: expected approximate "none" or "tanh", got "${approximate}"; export it again`);
    return { Y: { type: requireFloat("Gelu", X), shape: X.shape } };
  },
  gradient: (g, { X, dY }, { approximate }) => ({
    X: approximate === "tanh" ? approximateGradient(g, X, dY) : exactGradient(g, X, dY),
  }),
  rows: elementwiseRows,
});

function exactGradient(g: Builder, X: Value, dY: Value): Value {
  const distribution = g.mul(g.add(g.erf(g.mul(X, Math.SQRT1_2)), 1), 0.5);
  const density = g.mul(g.exp(g.mul(g.mul(X, X), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return g.mul(dY, g.add(distribution, g.mul(X, density)));
}

// One sigmoid and no tanh takes two thirds of the time (docs/benchmarks.md).
function approximateGradient(g: Builder, X: Value, dY: Value): Value {
  const square = g.mul(X, X);
  const twice = 2 * Math.sqrt(2 / Math.PI);
  const s = g.sigmoid(g.mul(X, g.add(g.mul(square, 0.044715 * twice), twice)));
  const slope = g.mul(X, g.add(g.mul(square, 3 * 0.044715 * twice), twice));
  return g.mul(dY, g.mul(s, g.add(g.mul(g.sub(1, s), slope), 1)));
}
