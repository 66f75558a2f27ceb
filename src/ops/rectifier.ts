import type { Value } from "../graph/graph.ts";
import { broadcast, equalShapes } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { type AttributeSpecification, defineOp, float, type Op, requireFloat, sameType } from "./op.ts";
import { elementwiseRows } from "./rows.ts";

/**
 * Activations made of pieces. Where the pieces meet, the gradient is the one that PyTorch gives.
 */

type Numbers = Readonly<Record<string, number>>;

function pieces(
  type: string,
  doc: string,
  attributes: Record<string, AttributeSpecification<"float", number>>,
  gradient: (g: Builder, io: { X: Value; Y: Value; dY: Value }, attributes: Numbers) => Value,
): Op {
  return defineOp({
    type,
    inputs: ["X"],
    outputs: ["Y"],
    attributes,
    doc,
    shape: ({ X }) => ({ Y: { type: requireFloat(type, X), shape: X.shape } }),
    gradient: (g, io, plain) => ({ X: gradient(g, io, plain) }),
    rows: elementwiseRows,
  });
}

/** e^min(X, 0): 1 where X > 0, and never so large that it overflows and meets a zero in the second derivative. */
function decay(g: Builder, X: Value): Value {
  return g.exp(g.min(X, 0));
}

/** 1 where X > 0, else alpha·e^X. */
function exponentialSlope(g: Builder, X: Value, alpha: number): Value {
  const slope = decay(g, X);
  return alpha === 1 ? slope : g.where(g.greater(X, 0), g.fill(X, 1), g.mul(slope, alpha));
}

/** Y = X for X > 0, alpha·(e^X − 1) otherwise; Clevert et al. 2016, arXiv:1511.07289. dX = dY or dY·alpha·e^X. */
export const elu: Op = pieces(
  "Elu",
  "Elu-6. The gradient at 0 is alpha, as in PyTorch.",
  { alpha: float(1) },
  (g, { X, dY }, { alpha }) => g.mul(dY, exponentialSlope(g, X, alpha!)),
);

/** Y = gamma·Elu(X); Klambauer et al. 2017, arXiv:1706.02515. dX = dY·gamma or dY·gamma·alpha·e^X. */
export const selu: Op = pieces(
  "Selu",
  "Selu-6. The gradient at 0 is gamma·alpha, as in PyTorch.",
  { alpha: float(1.6732631921768188), gamma: float(1.0507010221481323) },
  (g, { X, dY }, { alpha, gamma }) => g.mul(g.mul(dY, gamma!), exponentialSlope(g, X, alpha!)),
);

/** Y = max(0, X) + min(0, alpha·(e^(X/alpha) − 1)); Barron 2017, arXiv:1704.07483. dX = dY·e^(min(X, 0)/alpha). */
export const celu: Op = pieces("Celu", "Celu-12.", { alpha: float(1) }, (g, { X, dY }, { alpha }) =>
  g.mul(dY, alpha === 1 ? decay(g, X) : g.exp(g.div(g.min(X, 0), alpha!))),
);

/** Y = min(1, max(0, alpha·X + beta)): dX = dY·alpha strictly inside, else 0. */
export const hardSigmoid: Op = pieces(
  "HardSigmoid",
  "HardSigmoid-6. The gradient at both bends is 0, as in PyTorch.",
  { alpha: float(0.2), beta: float(0.5) },
  (g, { Y, dY }, { alpha }) => g.where(g.and(g.greater(Y, 0), g.less(Y, 1)), g.mul(dY, alpha!), g.fill(dY, 0)),
);

/** Y = X·min(1, max(0, X/6 + 1/2)); Howard et al. 2019, arXiv:1905.02244. dX = 0, dY·(X/3 + 1/2) or dY. */
export const hardSwish: Op = pieces(
  "HardSwish",
  "HardSwish-14. The gradient at -3 is 0 and at 3 it is 1, as in PyTorch since 2025 (pull request 148049).",
  {},
  (g, { X, dY }) => {
    const slope = g.where(g.less(X, 3), g.add(g.div(X, 3), 0.5), g.fill(X, 1));
    return g.mul(dY, g.where(g.greater(X, -3), slope, g.fill(X, 0)));
  },
);

/** Y = X for X > alpha, else 0: dX = dY or 0. */
export const thresholdedRelu: Op = pieces(
  "ThresholdedRelu",
  "ThresholdedRelu-10. The gradient at alpha is 0, as in PyTorch's threshold.",
  { alpha: float(1) },
  (g, { X, dY }, { alpha }) => g.mul(g.cast(g.greater(X, alpha!), dY.type), dY),
);

/**
 * Y = X for X ≥ 0, slope·X otherwise, with a learned slope that broadcasts to X; He et al. 2015, arXiv:1502.01852.
 * dX = dY or dY·slope (at 0: slope), dslope = dY·min(X, 0).
 */
export const pRelu: Op = defineOp({
  type: "PRelu",
  inputs: ["X", "slope"],
  outputs: ["Y"],
  doc: "PRelu-16. The gradient at 0 is the slope, as in PyTorch.",
  shape({ X, slope }) {
    requireFloat("PRelu", X);
    if (!equalShapes(broadcast(X.shape, slope.shape), X.shape))
      throw new ShapeError(
        `PRelu: expected a slope that broadcasts to X, got X ${show(X)} and slope ${show(slope)}; reshape the slope`,
      );
    return { Y: { type: sameType("PRelu", X, slope), shape: X.shape } };
  },
  gradient: (g, { X, slope, dY }) => ({
    X: g.where(g.greater(X, 0), dY, g.mul(dY, slope)),
    slope: g.mul(dY, g.min(X, 0)),
  }),
  rows: elementwiseRows,
});
