import type { Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { sizeOf, toNumbers } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, discrete, int, type Op } from "./op.ts";

interface ReductionIo {
  readonly data: Value;
  /** dreduced and reduced with the reduced axes kept as 1, ready to broadcast against `data`. */
  readonly dY: Value;
  readonly Y: Value;
  readonly axes: readonly number[];
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
      return { data: g.expand(gradient(g, { data, Y, dY, axes: along, count }), data.shape), axes: discrete };
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
export const reduceMean: Op = reduction("ReduceMean", "ReduceMean-18.", (g, { dY, count }) => g.div(dY, count));

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

function extreme(g: Builder, { data, Y, dY, axes }: ReductionIo): Value {
  const chosen = g.cast(g.equal(data, Y), dY.type);
  return g.mul(chosen, g.div(dY, g.reduceSum(chosen, axes, true)));
}

// y = Σ |x|: dx = dy·sign(x)
export const reduceL1: Op = reduction(
  "ReduceL1",
  "ReduceL1-18. The gradient at 0 is 0, as PyTorch's norm.",
  (g, { data, dY }) => g.mul(dY, g.sign(data)),
);

// y = ln Σ x: dx = dy/Σ x
export const reduceLogSum: Op = reduction("ReduceLogSum", "ReduceLogSum-18.", (g, { data, dY, axes }) =>
  g.div(dY, g.reduceSum(data, axes, true)),
);

// y = ln Σ eˣ: dx = dy·e^(x − y), which along one axis is Softmax: faster, and exact where x and y are large
export const reduceLogSumExp: Op = reduction("ReduceLogSumExp", "ReduceLogSumExp-18.", (g, { data, Y, dY, axes }) =>
  g.mul(dY, axes.length === 1 ? g.softmax(data, axes[0]) : g.exp(g.sub(data, Y))),
);

// y = Π x: dx_i = dy·Π_{j≠i} x_j, without a division, so that zeros are no exception
export const reduceProd: Op = reduction(
  "ReduceProd",
  "ReduceProd-18, right where factors are 0 as well, as PyTorch's prod.",
  (g, { data, dY, axes }) => {
    let [gradient, partial] = [dY, data];
    for (const axis of axes) {
      gradient = g.mul(gradient, g.mul(others(g, partial, axis, 1), others(g, partial, axis, -1)));
      partial = g.reduceProd(partial, [axis], true);
    }
    return gradient;
  },
);

/**
 * The product of all earlier elements along one axis, or with sign −1 of all later ones, in ⌈log₂ n⌉ steps (Hillis &
 * Steele 1986, doi:10.1145/7902.7903).
 */
function others(g: Builder, x: Value, axis: number, sign: 1 | -1): Value {
  const last = x.shape[axis]! - 1;
  let product = shifted(g, x, axis, sign);
  for (let reach = 1; reach < last; reach *= 2) product = g.mul(product, shifted(g, product, axis, sign * reach));
  return product;
}

/** Each element moved `by` places along the axis, and ones where nothing came. */
function shifted(g: Builder, x: Value, axis: number, by: number): Value {
  const size = x.shape[axis]!;
  const count = Math.min(Math.abs(by), size);
  const ones = g.expand(
    g.fill(x, 1),
    x.shape.map((n, i) => (i === axis ? count : n)),
  );
  if (count === size) return ones;
  const [start, end] = by > 0 ? [0, size - count] : [count, size];
  const kept = g.slice(x, [axis], [start], [end], [1]);
  return g.concat(by > 0 ? [ones, kept] : [kept, ones], axis);
}
