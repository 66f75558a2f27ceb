import type { Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show, sizeOf, toNumbers } from "../tensor/tensor.ts";
import { defineOp, discrete, int, notDifferentiable, type Op } from "./op.ts";
import { groupByGroup } from "./rows.ts";
import { constantIntegers } from "./shape.ts";

/** Operators that choose elements by their place, or by a condition that is known when the graph is built. */

/**
 * The triangle of the last two axes, on and above (upper) or below diagonal k; zeros elsewhere. dX is dY's triangle.
 */
export const trilu: Op = defineOp({
  type: "Trilu",
  inputs: ["input", "k?"],
  outputs: ["output"],
  attributes: { upper: int(1) },
  doc: "Trilu-14.",
  shape({ input }) {
    if (input.shape.length < 2)
      throw new ShapeError(`Trilu: expected a matrix or a stack of them, got ${show(input)}; unsqueeze it`);
    return { output: { type: input.type, shape: input.shape } };
  },
  gradient: (g, { k, doutput }, { upper }) => ({ input: g.trilu(doutput, k, upper), k: discrete }),
  rows: { keepsGroups: ({ input }, _a, isGrouped) => !isGrouped(input) || input.shape.length > 2 },
});

/** `depth` numbers for each index: values[1] at the index, values[0] elsewhere. */
export const oneHot: Op = defineOp({
  type: "OneHot",
  inputs: ["indices", "depth", "values"],
  outputs: ["output"],
  attributes: { axis: int(-1) },
  doc: "OneHot-11 with a depth known when the graph is built.",
  shape({ indices, depth, values }, { axis }) {
    const at = normalizeAxis(axis, indices.shape.length + 1);
    const [count = -1] = constantIntegers("OneHot", "depth", depth);
    if (count < 0 || values.shape.join() !== "2")
      throw new ShapeError(
        `OneHot: expected a depth from 0 and two values, got ${count} and ${show(values)}; export the model again`,
      );
    return { output: { type: values.type, shape: [...indices.shape.slice(0, at), count, ...indices.shape.slice(at)] } };
  },
  gradient: notDifferentiable("the indices are integers and the two values are taken as constants"),
  rows: {
    keepsGroups: ({ indices, values }, { axis }, isGrouped) =>
      !isGrouped(values) && normalizeAxis(axis, indices.shape.length + 1) !== 0,
  },
});

/** The indices of a condition's elements that are not 0, one column each: [rank, count]. */
export const nonZero: Op = defineOp({
  type: "NonZero",
  inputs: ["X"],
  outputs: ["Y"],
  doc: "NonZero-13 of a condition known when the graph is built, because the size of the result depends on it.",
  shape({ X }) {
    const count = chosen("NonZero", X).length;
    return { Y: { type: "int64", shape: [X.shape.length, count] } };
  },
  gradient: notDifferentiable("the result is indices"),
  rows: groupByGroup,
});

/** Slices of an axis, or elements of the flattened input, where a condition holds: dX is zero but there. */
export const compress: Op = defineOp({
  type: "Compress",
  inputs: ["input", "condition"],
  outputs: ["output"],
  attributes: { axis: int() },
  doc: "Compress-11 by a condition known when the graph is built, because the size of the result depends on it.",
  shape({ input, condition }, { axis }) {
    const { length } = chosen("Compress", condition);
    const at = axis === undefined ? 0 : normalizeAxis(axis, input.shape.length);
    const size = axis === undefined ? sizeOf(input.shape) : input.shape[at]!;
    if (condition.shape.length !== 1 || sizeOf(condition.shape) > size)
      throw new ShapeError(
        `Compress: expected a condition of at most ${size} elements for ${show(input)}, got ${show(condition)}; check axis`,
      );
    const shape = axis === undefined ? [length] : input.shape.map((s, i) => (i === at ? length : s));
    return { output: { type: input.type, shape } };
  },
  gradient(g, { input, condition, doutput }, { axis }) {
    const positions = chosen("Compress", condition);
    if (axis === undefined) {
      const flat = g.scatterAlong(doutput, 0, sizeOf(input.shape), positions);
      return { input: g.reshape(flat, input.shape), condition: discrete };
    }
    const at = normalizeAxis(axis, input.shape.length);
    return { input: g.scatterAlong(doutput, at, input.shape[at]!, positions), condition: discrete };
  },
  rows: {
    keepsGroups: ({ input }, { axis }, isGrouped) =>
      !isGrouped(input) || (axis !== undefined && normalizeAxis(axis, input.shape.length) !== 0),
  },
});

/** Flat indices of the elements that are not 0. Throws `ShapeError` for a computed condition. */
function chosen(op: string, condition: Value): number[] {
  if (!condition.constant)
    throw new ShapeError(
      `${op}: expected a condition known when the graph is built, got a computed one, on which the result's size depends; use Where`,
    );
  return toNumbers(condition.constant).flatMap((element, i) => (element === 0 ? [] : [i]));
}
