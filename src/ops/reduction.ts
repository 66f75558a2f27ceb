import type { Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { sizeOf, toNumbers } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, discrete, int, type Op } from "./op.ts";

interface ReductionIo {
  readonly data: Value;
  readonly reduced: Value;
  /** dreduced and reduced with the reduced axes kept as 1, ready to broadcast against `data`. */
  readonly dY: Value;
  readonly Y: Value;
  readonly count: number;
}

/** The reduced axes, normalised; all of them when the input is left out, unless the attribute makes that a no-op. */
function reducedAxes(data: Value, axes: Value | undefined, noop: number): number[] {
  if (axes && !axes.constant)
    throw new ShapeError(
      "reduction: expected axes known when the graph is built, got a computed tensor; use constant axes",
    );
  const given = axes?.constant ? toNumbers(axes.constant) : [];
  if (given.length === 0) return noop ? [] : data.shape.map((_, axis) => axis);
  return given.map((axis) => normalizeAxis(axis, data.shape.length));
}

function reduction(type: string, doc: string, gradient: (g: Builder, io: ReductionIo) => Value): Op {
  return defineOp({
    type,
    inputs: ["data", "axes?"],
    outputs: ["reduced"],
    attributes: { keepdims: int(1), noop_with_empty_axes: int(0) },
    doc,
    shape({ data, axes }, { keepdims, noop_with_empty_axes }) {
      const reduced = reducedAxes(data, axes, noop_with_empty_axes);
      const shape = data.shape.flatMap((size, axis) => (reduced.includes(axis) ? (keepdims ? [1] : []) : [size]));
      return { reduced: { type: data.type, shape } };
    },
    gradient(g, { data, axes, reduced, dreduced }, { noop_with_empty_axes }) {
      const along = reducedAxes(data, axes, noop_with_empty_axes);
      const kept = data.shape.map((size, axis) => (along.includes(axis) ? 1 : size));
      const [Y, dY] = [g.reshape(reduced, kept), g.reshape(dreduced, kept)];
      const count = sizeOf(data.shape) / sizeOf(kept);
      return { data: g.expand(gradient(g, { data, reduced, Y, dY, count }), data.shape), axes: discrete };
    },
    rows: {
      keepsGroups: ({ data, axes }, { noop_with_empty_axes }, isGrouped) =>
        !isGrouped(data) || !reducedAxes(data, axes, noop_with_empty_axes).includes(0),
    },
  });
}

// y = Σ x: dx = dy
export const reduceSum: Op = reduction("ReduceSum", "ReduceSum-13.", (_g, { dY }) => dY);

// y = Σ x / n: dx = dy/n
export const reduceMean: Op = reduction("ReduceMean", "ReduceMean-18.", (g, { dY, count }) => g.mul(dY, 1 / count));

// y = Σ x²: dx = 2·dy·x
export const reduceSumSquare: Op = reduction("ReduceSumSquare", "ReduceSumSquare-18.", (g, { data, dY }) =>
  g.mul(g.mul(dY, 2), data),
);

// y = √Σ x²: dx = dy·x/y, and 0 where y is 0. The division is by 1 there, so that no NaN meets the zero.
export const reduceL2: Op = reduction(
  "ReduceL2",
  "ReduceL2-18. The gradient at 0 is 0, as PyTorch's norm.",
  (g, { data, Y, dY }) => g.mul(g.div(dY, g.where(g.equal(Y, 0), g.fill(Y, 1), Y)), data),
);

// y = max x: dx = dy at the maximum, shared evenly among ties, as PyTorch's amax
export const reduceMax: Op = reduction(
  "ReduceMax",
  "ReduceMax-20. Ties share the gradient, as PyTorch's amax.",
  extreme,
);

// y = min x: as ReduceMax
export const reduceMin: Op = reduction(
  "ReduceMin",
  "ReduceMin-20. Ties share the gradient, as PyTorch's amin.",
  extreme,
);

function extreme(g: Builder, { data, Y, dY }: ReductionIo): Value {
  const chosen = g.cast(g.equal(data, Y), dY.type);
  const axes = data.shape.flatMap((size, axis) => (Y.shape[axis] === 1 && size !== 1 ? [axis] : []));
  const ties = axes.length > 0 ? g.reduceSum(chosen, axes, true) : chosen;
  return g.mul(chosen, g.div(dY, ties));
}
