import type { Value } from "../graph/graph.ts";
import { broadcast, normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show, sizeOf, toNumbers } from "../tensor/tensor.ts";
import { defineOp, discrete, int, ints, type Op, sameType } from "./op.ts";

/** Operators that move elements and change none. */

/**
 * The integers of an input that must be known while the graph is built. Throws `ShapeError` for computed or other
 * numbers.
 */
export function constantIntegers(op: string, name: string, value: Value | undefined): number[] {
  if (!value?.constant)
    throw new ShapeError(
      `${op}: expected "${name}" to be known when the graph is built, got a computed tensor; export with fixed shapes`,
    );
  const numbers = toNumbers(value.constant);
  if (!numbers.every(Number.isInteger))
    throw new ShapeError(`${op}: expected whole numbers as "${name}", got ${numbers.join(", ")}; export it again`);
  return numbers;
}

/**
 * Row-major order keeps group k in block k as long as axis 0 still divides; `rows` in gradient/ checks that it does.
 */
const keepsBlocks = { keepsGroups: () => true };

/** 0 copies the input's axis (unless allowzero), −1 takes what is left. */
export const reshape: Op = defineOp({
  type: "Reshape",
  inputs: ["data", "shape"],
  outputs: ["reshaped"],
  attributes: { allowzero: int(0) },
  doc: "Reshape-19 to a shape known when the graph is built.",
  shape({ data, shape }, { allowzero }) {
    const wanted = constantIntegers("Reshape", "shape", shape).map((size, i) =>
      size === 0 && !allowzero ? data.shape[i]! : size,
    );
    const known = sizeOf(wanted.filter((size) => size !== -1));
    const resolved = wanted.map((size) => (size === -1 ? sizeOf(data.shape) / known : size));
    if (sizeOf(resolved) !== sizeOf(data.shape) || resolved.some((size) => !Number.isInteger(size)))
      throw new ShapeError(
        `Reshape: expected ${sizeOf(data.shape)} elements as in ${show(data)}, got shape [${wanted.join(", ")}]; check the sizes`,
      );
    return { reshaped: { type: data.type, shape: resolved } };
  },
  gradient: (g, { data, dreshaped }) => ({ data: g.reshape(dreshaped, data.shape), shape: discrete }),
  rows: keepsBlocks,
});

/** [d0, …] → [d0·…·d(axis−1), d(axis)·…]. */
export const flatten: Op = defineOp({
  type: "Flatten",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { axis: int(1) },
  doc: "Flatten-13.",
  shape({ input }, { axis }) {
    const at = axis === input.shape.length ? axis : normalizeAxis(axis, input.shape.length);
    return { output: { type: input.type, shape: [sizeOf(input.shape.slice(0, at)), sizeOf(input.shape.slice(at))] } };
  },
  gradient: (g, { input, doutput }) => ({ input: g.reshape(doutput, input.shape) }),
  rows: keepsBlocks,
});

export const transpose: Op = defineOp({
  type: "Transpose",
  inputs: ["data"],
  outputs: ["transposed"],
  attributes: { perm: ints() },
  doc: "Transpose-13.",
  shape({ data }, { perm }) {
    const order = perm ?? data.shape.map((_, i) => data.shape.length - 1 - i);
    if (order.length !== data.shape.length || new Set(order).size !== order.length)
      throw new ShapeError(
        `Transpose: expected a permutation of ${data.shape.length} axes, got [${order.join(", ")}] for ${show(data)}; check perm`,
      );
    return { transposed: { type: data.type, shape: order.map((axis) => data.shape[axis]!) } };
  },
  gradient(g, { data, dtransposed }, { perm }) {
    const order = perm ?? data.shape.map((_, i) => data.shape.length - 1 - i);
    return {
      data: g.transpose(
        dtransposed,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    };
  },
  rows: { keepsGroups: ({ data }, { perm }, isGrouped) => !isGrouped(data) || perm?.[0] === 0 },
});

/** Along one axis, in order: each input's gradient is its slice of dY. */
export const concat: Op = defineOp({
  type: "Concat",
  inputs: ["inputs*"],
  outputs: ["concat_result"],
  attributes: { axis: int(0) },
  doc: "Concat-13.",
  shape({ inputs }, { axis }) {
    const first = inputs[0]!;
    const at = normalizeAxis(axis, first.shape.length);
    const rest = (value: Value) => value.shape.filter((_, i) => i !== at).join();
    if (inputs.some((value) => value.shape.length !== first.shape.length || rest(value) !== rest(first)))
      throw new ShapeError(
        `Concat: expected equal shapes except on axis ${at}, got ${inputs.map(show).join(" and ")}; check the branches`,
      );
    const total = inputs.reduce((sum, value) => sum + value.shape[at]!, 0);
    return {
      concat_result: { type: sameType("Concat", ...inputs), shape: first.shape.map((s, i) => (i === at ? total : s)) },
    };
  },
  gradient(g, { inputs, dconcat_result }, { axis }) {
    const at = normalizeAxis(axis, dconcat_result.shape.length);
    let start = 0;
    const slices = inputs.map((value) => {
      const end = start + value.shape[at]!;
      const slice = g.slice(dconcat_result, [at], [start], [end], [1]);
      start = end;
      return slice;
    });
    return { inputs: slices };
  },
  rows: {
    keepsGroups: ({ inputs }, { axis }, isGrouped) =>
      normalizeAxis(axis, inputs[0]!.shape.length) !== 0 && inputs.every(isGrouped),
  },
});

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/**
 * Per sliced axis: first element, step and count, with negative indices and clamping resolved as ONNX Slice-13 says.
 */
function cuts(data: Value, starts?: Value, ends?: Value, axes?: Value, steps?: Value): Cut[] {
  const from = constantIntegers("Slice", "starts", starts);
  const to = constantIntegers("Slice", "ends", ends);
  const along = axes ? constantIntegers("Slice", "axes", axes) : from.map((_, i) => i);
  const by = steps ? constantIntegers("Slice", "steps", steps) : from.map(() => 1);
  return along.map((rawAxis, i) => {
    const axis = normalizeAxis(rawAxis, data.shape.length);
    const size = data.shape[axis]!;
    const step = by[i]!;
    if (step === 0)
      throw new ShapeError(`Slice: expected steps other than 0, got 0 on axis ${axis} of ${show(data)}; use 1`);
    const absolute = (index: number) => (index < 0 ? index + size : index);
    const clamp = (index: number, low: number, high: number) => Math.min(high, Math.max(low, absolute(index)));
    const start = step > 0 ? clamp(from[i]!, 0, size) : clamp(from[i]!, 0, size - 1);
    // For a negative step an end below −size means "through element 0", which no index can say: −1 after clamping.
    const end = step > 0 ? clamp(to[i]!, 0, size) : to[i]! < -size ? -1 : clamp(to[i]!, -1, size - 1);
    return { axis, start, step, length: Math.max(0, Math.ceil((end - start) / step)) };
  });
}

/** dX is zero but where the slice looked: a Pad for step 1, a scatter along the axis for others. */
export const slice: Op = defineOp({
  type: "Slice",
  inputs: ["data", "starts", "ends", "axes?", "steps?"],
  outputs: ["output"],
  doc: "Slice-13 with bounds known when the graph is built.",
  shape({ data, starts, ends, axes, steps }) {
    const shape = [...data.shape];
    for (const cut of cuts(data, starts, ends, axes, steps)) shape[cut.axis] = cut.length;
    return { output: { type: data.type, shape } };
  },
  gradient(g, { data, starts, ends, axes, steps, doutput }) {
    let gradient = doutput;
    for (const { axis, start, step, length } of cuts(data, starts, ends, axes, steps)) {
      const size = data.shape[axis]!;
      if (step === 1) {
        const before = data.shape.map((_, i) => (i === axis ? start : 0));
        const after = data.shape.map((_, i) => (i === axis ? size - start - length : 0));
        gradient = g.padAll(gradient, [...before, ...after]);
      } else
        gradient = g.scatterAlong(
          gradient,
          axis,
          size,
          Array.from({ length }, (_, i) => start + i * step),
        );
    }
    return { data: gradient, starts: discrete, ends: discrete, axes: discrete, steps: discrete };
  },
  rows: {
    keepsGroups: ({ data, starts, ends, axes, steps }, _a, isGrouped) =>
      !isGrouped(data) || cuts(data, starts, ends, axes, steps).every((cut) => cut.axis !== 0),
  },
});

/** Repeats axes of size 1: `backward` sums the gradient back like any broadcast. */
export const expand: Op = defineOp({
  type: "Expand",
  inputs: ["input", "shape"],
  outputs: ["output"],
  doc: "Expand-13 to a shape known when the graph is built.",
  shape: ({ input, shape }) => ({
    output: { type: input.type, shape: broadcast(input.shape, constantIntegers("Expand", "shape", shape)) },
  }),
  gradient: (_g, { doutput }) => ({ input: doutput, shape: discrete }),
  rows: {
    keepsGroups: ({ input, output }, _a, isGrouped) => !isGrouped(input) || input.shape.length === output.shape.length,
  },
});

export const squeeze: Op = defineOp({
  type: "Squeeze",
  inputs: ["data", "axes?"],
  outputs: ["squeezed"],
  doc: "Squeeze-13.",
  shape({ data, axes }) {
    const dropped = axes
      ? constantIntegers("Squeeze", "axes", axes).map((axis) => normalizeAxis(axis, data.shape.length))
      : data.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
    if (dropped.some((axis) => data.shape[axis] !== 1))
      throw new ShapeError(
        `Squeeze: expected axes of size 1, got axes [${dropped.join(", ")}] of ${show(data)}; check the axes`,
      );
    return { squeezed: { type: data.type, shape: data.shape.filter((_, axis) => !dropped.includes(axis)) } };
  },
  gradient: (g, { data, dsqueezed }) => ({ data: g.reshape(dsqueezed, data.shape), axes: discrete }),
  rows: keepsBlocks,
});

export const unsqueeze: Op = defineOp({
  type: "Unsqueeze",
  inputs: ["data", "axes"],
  outputs: ["expanded"],
  doc: "Unsqueeze-13.",
  shape({ data, axes }) {
    const given = constantIntegers("Unsqueeze", "axes", axes);
    const rank = data.shape.length + given.length;
    const added = new Set(given.map((axis) => normalizeAxis(axis, rank)));
    const rest = [...data.shape];
    return {
      expanded: { type: data.type, shape: Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : rest.shift()!)) },
    };
  },
  gradient: (g, { data, dexpanded }) => ({ data: g.reshape(dexpanded, data.shape), axes: discrete }),
  rows: keepsBlocks,
});
