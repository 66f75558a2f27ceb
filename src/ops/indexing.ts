import type { Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, show, sizeOf } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, discrete, int, type Op, sameType, string } from "./op.ts";
import { groupByGroup, rowsAlong } from "./rows.ts";

/**
 * Y = data[…, indices, …] along one axis. data [...a, V, ...c]   indices [...i]   Y [...a, ...i, ...c]
 *
 *   ddata: dY's slices added at their indices. One ScatterND over rows, because ScatterElements is sixty times slower
 *   for rows (ENGINE.md §3); an axis other than the first is moved to the front and back.
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

/** A copy of data with updates written (or added) at indices: the adjoint of GatherElements. */
export const scatterElements: Op = defineOp({
  type: "ScatterElements",
  inputs: ["data", "indices", "updates"],
  outputs: ["output"],
  attributes: { axis: int(0), reduction: string("none") },
  doc: 'ScatterElements-18 with reduction "none" (indices without repetition) and "add".',
  shape({ data, updates }, { reduction }) {
    if (reduction !== "none" && reduction !== "add")
      throw new ShapeError(`ScatterElements: expected reduction none or add, got ${reduction}; use another operator`);
    return { output: { type: sameType("ScatterElements", data, updates), shape: data.shape } };
  },
  gradient(g, { indices, updates, doutput }, { axis, reduction }) {
    const erased = () => g.scatterElements(doutput, indices, g.zeros(updates.type, updates.shape), { axis });
    const dupdates = g.gatherElements(doutput, indices, axis);
    return { data: reduction === "add" ? doutput : erased(), indices: discrete, updates: dupdates };
  },
  rows: alongAxis,
});

/** Rows of data replaced by (or with added) updates; indices [...i, 1] name rows of axis 0. */
export const scatterND: Op = defineOp({
  type: "ScatterND",
  inputs: ["data", "indices", "updates"],
  outputs: ["output"],
  attributes: { reduction: string("none") },
  doc: 'ScatterND-18 by rows (index depth 1), reduction "none" (without repetition) and "add".',
  shape({ data, indices, updates }, { reduction }) {
    if (indices.shape.at(-1) !== 1 || (reduction !== "none" && reduction !== "add"))
      throw new ShapeError(
        `ScatterND: expected indices [..., 1] and reduction none or add, got ${show(indices)} and ${reduction}; scatter rows`,
      );
    return { output: { type: sameType("ScatterND", data, updates), shape: data.shape } };
  },
  gradient(g, { indices, updates, doutput }, { reduction }) {
    const erased = () => g.scatterND(doutput, indices, g.zeros(updates.type, updates.shape), "none");
    const rows = g.gather(doutput, g.reshape(indices, indices.shape.slice(0, -1)), 0);
    return { data: reduction === "add" ? doutput : erased(), indices: discrete, updates: rows };
  },
  rows: groupByGroup,
});

/** Used by `Builder.scatterAlong`: the positions that a strided slice read. */
export function axisToFront(g: Builder, value: Value, axis: number): Value {
  const others = value.shape.map((_, i) => i).filter((i) => i !== axis);
  return axis === 0 ? value : g.transpose(value, [axis, ...others]);
}
