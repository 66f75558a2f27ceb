import type { Value } from "../graph/graph.ts";
import { equalShapes, normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, type Shape, show, sizeOf } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, discrete, int, type Op } from "./op.ts";
import { rowsAlong, staysInRow } from "./rows.ts";

/**
 * Y = data[…, indices, …] along one axis. data [...a, V, ...c]   indices [...i]   Y [...a, ...i, ...c]
 *
 *   ddata: dY's slices added at their indices. One ScatterND over rows, because ScatterElements is sixty times slower
 *   for rows (docs/benchmarks.md); an axis other than the first is moved to the front and back.
 */
export const gather: Op = defineOp({
  type: "Gather",
  inputs: ["data", "indices"],
  outputs: ["output"],
  attributes: { axis: int(0) },
  doc: "Gather-13.",
  shape({ data, indices }, { axis }) {
    const at = normalizeAxis(axis, data.shape.length);
    return {
      output: { type: data.type, shape: [...data.shape.slice(0, at), ...indices.shape, ...data.shape.slice(at + 1)] },
    };
  },
  gradient(g, { data, indices, doutput }, { axis }) {
    const at = normalizeAxis(axis, data.shape.length);
    const between = indices.shape.length;
    const front = doutput.shape.map((_, i) => i).slice(at, at + between);
    const others = doutput.shape.map((_, i) => i).filter((i) => !front.includes(i));
    const moved = at === 0 ? doutput : g.transpose(doutput, [...front, ...others]);
    const rest = data.shape.filter((_, i) => i !== at);
    const scattered = g.scatterRows(moved, indices, [data.shape[at]!, ...rest]);
    if (at === 0) return { data: scattered, indices: discrete };
    const back = data.shape.map((_, i) => (i < at ? i + 1 : i === at ? 0 : i));
    return { data: g.transpose(scattered, back), indices: discrete };
  },
  rows: {
    keepsGroups({ data, indices }, { axis }, isGrouped) {
      const first = normalizeAxis(axis, data.shape.length) === 0;
      return isGrouped(data) ? !first && !isGrouped(indices) : first;
    },
    /** A table that all groups share: group k scatters into its own copy, rows k·V … (k+1)·V − 1 of one tall table. */
    gradient(g, { data, indices, doutput }, _attributes, groups) {
      const [V, ...rest] = data.shape as [number, ...number[]];
      const offsets = Array.from({ length: groups }, (_, k) => k * V);
      const perGroup = g.reshape(indices, [groups, sizeOf(indices.shape) / groups]);
      const positive = g.where(g.less(perGroup, 0), g.add(perGroup, V), perGroup);
      const tall = g.add(positive, g.constant(fromNumbers(indices.type, [groups, 1], offsets), "groupOffset"));
      const flat = g.reshape(doutput, [...tall.shape, ...rest]);
      return { data: g.reshape(g.scatterRows(flat, tall, [groups * V, ...rest]), [groups, V, ...rest]) };
    },
  },
});

const alongAxis = rowsAlong(({ axis }: { axis: number }) => [axis]);

/** Y[i][j] = data[i][indices[i][j]] for axis 1: ddata adds dY back at the same places. */
export const gatherElements: Op = defineOp({
  type: "GatherElements",
  inputs: ["data", "indices"],
  outputs: ["output"],
  attributes: { axis: int(0) },
  doc: "GatherElements-13.",
  shape({ data, indices }, { axis }) {
    normalizeAxis(axis, data.shape.length);
    if (data.shape.length !== indices.shape.length)
      throw new ShapeError(
        `GatherElements: expected data and indices of one rank, got ${show(data)} and ${show(indices)}; unsqueeze the indices`,
      );
    return { output: { type: data.type, shape: indices.shape } };
  },
  gradient: (g, { data, indices, doutput }, { axis }) => ({
    data: g.scatterElements(g.zeros(data.type, data.shape), indices, doutput, { axis, reduction: "add" }),
    indices: discrete,
  }),
  rows: alongAxis,
});

/**
 * Y[b…, i…] = data[b…, indices[b…, i…, :], …]: each index vector, as long as indices' last axis, names a slice of data
 * behind the batch axes b.
 *
 *   ddata: dY's slices added at their indices, with the batch axes' own numbers in front of each index vector
 */
export const gatherND: Op = defineOp({
  type: "GatherND",
  inputs: ["data", "indices"],
  outputs: ["output"],
  attributes: { batch_dims: int(0) },
  doc: "GatherND-13.",
  shape({ data, indices }, { batch_dims }) {
    const depth = indices.shape.at(-1) ?? 0;
    const batch = indices.shape.slice(0, batch_dims);
    const fits =
      batch_dims >= 0 && batch_dims < indices.shape.length && batch_dims + depth <= data.shape.length && depth > 0;
    if (!fits || !equalShapes(batch, data.shape.slice(0, batch_dims)))
      throw new ShapeError(
        `GatherND: expected indices whose first ${batch_dims} axes are data's and whose last names axes of data, got ${show(data)} and ${show(indices)}; check batch_dims`,
      );
    return {
      output: { type: data.type, shape: [...indices.shape.slice(0, -1), ...data.shape.slice(batch_dims + depth)] },
    };
  },
  gradient: (g, { data, indices, doutput }, { batch_dims }) => ({
    data: g.scatterND(g.zeros(data.type, data.shape), absolute(g, indices, batch_dims), doutput, "add"),
    indices: discrete,
  }),
  rows: {
    keepsGroups: ({ data, indices }, { batch_dims }, isGrouped) =>
      isGrouped(data) ? batch_dims > 0 || staysInRow(indices, data.shape[0]!) : batch_dims === 0,
    /** As for Gather: one tall table of K copies, whose first axis group k enters at k·V. */
    gradient(g, { data, indices, doutput }, _attributes, groups) {
      const [V, ...rest] = data.shape as [number, ...number[]];
      const depth = indices.shape.at(-1)!;
      const vector = (values: readonly number[], shape: Shape) => g.constant(fromNumbers(indices.type, shape, values));
      const positive = g.where(
        g.less(indices, 0),
        g.add(indices, vector(data.shape.slice(0, depth), [depth])),
        indices,
      );
      const perGroup = g.reshape(positive, [groups, sizeOf(indices.shape) / groups / depth, depth]);
      const offsets = Array.from({ length: groups * depth }, (_, i) => (i % depth === 0 ? (i / depth) * V : 0));
      const tall = g.add(perGroup, vector(offsets, [groups, 1, depth]));
      const updates = g.reshape(doutput, [...tall.shape.slice(0, -1), ...data.shape.slice(depth)]);
      const table = g.scatterND(g.zeros(data.type, [groups * V, ...rest]), tall, updates, "add");
      return { data: g.reshape(table, [groups, V, ...rest]) };
    },
  },
});

/** Index vectors [b…, i…, depth] with the batch axes' own numbers in front: [b…, i…, batch + depth]. */
function absolute(g: Builder, indices: Value, batch: number): Value {
  const shape = indices.shape.slice(0, -1);
  const numbers = shape.slice(0, batch).map((size, axis) => {
    const along = shape.map((_, i) => (i === axis ? size : 1));
    const counted = fromNumbers(
      indices.type,
      [...along, 1],
      Array.from({ length: size }, (_, i) => i),
    );
    return g.expand(g.constant(counted, "batchIndex"), [...shape, 1]);
  });
  return batch === 0 ? indices : g.concat([...numbers, indices], -1);
}

/** Used by `Builder.scatterAlong`: the positions that a strided slice read. */
export function axisToFront(g: Builder, value: Value, axis: number): Value {
  const others = value.shape.map((_, i) => i).filter((i) => i !== axis);
  return axis === 0 ? value : g.transpose(value, [axis, ...others]);
}
