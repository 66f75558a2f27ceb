import { normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import { defineOp, discrete, int, type Op, requireFloat } from "./op.ts";
import { rowsAlong } from "./rows.ts";
import { constantIntegers } from "./shape.ts";

/** Operators that put the elements of an axis in an order, or take them in theirs. */

/** The K largest (or smallest) elements along an axis and where they stood: dX is dValues, put back there. */
export const topK: Op = defineOp({
  type: "TopK",
  inputs: ["X", "K"],
  outputs: ["Values", "Indices"],
  attributes: { axis: int(-1), largest: int(1), sorted: int(1) },
  doc: "TopK-11 with K known when the graph is built. Of equal elements those that the engine names get the gradient.",
  shape({ X, K }, { axis }, outputs) {
    const at = normalizeAxis(axis, X.shape.length);
    const [count = 0] = constantIntegers("TopK", "K", K);
    if (count < 0 || count > X.shape[at]! || outputs < 2)
      throw new ShapeError(
        `TopK: expected K from 0 to axis ${at} of ${show(X)} and both outputs, got K ${count} and ${outputs} outputs; check K`,
      );
    const shape = X.shape.map((size, i) => (i === at ? count : size));
    return { Values: { type: requireFloat("TopK", X), shape }, Indices: { type: "int64", shape } };
  },
  gradient: (g, { X, Indices, dValues }, { axis }) => ({
    X: g.scatterElements(g.zeros(X.type, X.shape), Indices, dValues, { axis, reduction: "add" }),
    K: discrete,
  }),
  rows: rowsAlong(({ axis }: { axis: number }) => [axis]),
});

/**
 * y_i = Σ_{j ≤ i} x_j along an axis; j < i if exclusive, j ≥ i if reverse. dx_i = Σ dy_j over the y_j that read x_i.
 */
export const cumSum: Op = defineOp({
  type: "CumSum",
  inputs: ["x", "axis"],
  outputs: ["y"],
  attributes: { exclusive: int(0), reverse: int(0) },
  doc: "CumSum-14 with an axis known when the graph is built.",
  shape({ x, axis }) {
    normalizeAxis(constantIntegers("CumSum", "axis", axis)[0]!, x.shape.length);
    return { y: { type: x.type, shape: x.shape } };
  },
  gradient: (g, { axis, dy }, { exclusive, reverse }) => ({
    x: g.cumSum(dy, axis, { exclusive, reverse: 1 - reverse }),
    axis: discrete,
  }),
  rows: {
    keepsGroups: ({ x, axis }, _a, isGrouped) =>
      !isGrouped(x) || normalizeAxis(constantIntegers("CumSum", "axis", axis)[0]!, x.shape.length) !== 0,
  },
});
