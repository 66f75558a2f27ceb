import type { Value } from "../graph/graph.ts";
import { normalizeAxis } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { defineOp, discrete, type Op, string } from "./op.ts";
import { constantIntegers } from "./shape.ts";

interface Repeating {
  /** Which element of an axis of `size` stands `i` places from its first one. */
  source(i: number, size: number): number;
  /** The widest border that there are elements for. */
  widest(size: number): number;
}

const repeatingModes: ReadonlyMap<string, Repeating> = new Map([
  ["edge", { source: (i, size) => Math.min(size - 1, Math.max(0, i)), widest: () => Number.POSITIVE_INFINITY }],
  ["reflect", { source: (i, size) => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i), widest: (size) => size - 1 }],
  ["wrap", { source: (i, size) => (i + size) % size, widest: (size) => size }],
]);

/**
 * A border around the data: of one constant, or (reflect, edge, wrap) of the data's own elements.
 *
 *   constant: dX = dY without the border, and zeros where a negative pad cut something off
 *   others:   dX = dY without the border, plus each border's dY added to the elements that it repeats
 */
export const pad: Op = defineOp({
  type: "Pad",
  inputs: ["data", "pads", "constant_value?", "axes?"],
  outputs: ["output"],
  attributes: { mode: string("constant") },
  doc: "Pad-19 in all modes with pads known when the graph is built; negative ones in constant mode only. The constant gets no gradient.",
  shape({ data, pads, axes }, { mode }) {
    const all = allPads(data, pads, axes);
    const rank = data.shape.length;
    const shape = data.shape.map((size, i) => size + all[i]! + all[i + rank]!);
    const repeating = repeatingModes.get(mode);
    const fits = (width: number, i: number) => width >= 0 && width <= repeating!.widest(data.shape[i % rank]!);
    if ((repeating ? !all.every(fits) : mode !== "constant") || shape.some((size) => size < 0))
      throw new ShapeError(
        `Pad: expected mode constant, or reflect, edge or wrap with pads from 0 to what ${show(data)} has elements for, got mode ${mode}, pads [${all.join(", ")}]; pad less or slice`,
      );
    return { output: { type: data.type, shape } };
  },
  gradient(g, { data, pads, axes, doutput }, { mode }) {
    const all = allPads(data, pads, axes);
    const repeating = repeatingModes.get(mode);
    const inner = repeating ? withBorders(g, doutput, data, all, repeating) : withoutBorder(g, doutput, data, all);
    return { data: inner, pads: discrete, constant_value: discrete, axes: discrete };
  },
  rows: {
    keepsGroups: ({ data, pads, axes }, _a, isGrouped) => {
      const all = allPads(data, pads, axes);
      return !isGrouped(data) || (all[0] === 0 && all[data.shape.length] === 0);
    },
  },
});

/** Pads of every axis, all "before" first. */
function allPads(data: Value, pads: Value, axes: Value | undefined): number[] {
  const given = constantIntegers("Pad", "pads", pads);
  const rank = data.shape.length;
  const along = axes ? constantIntegers("Pad", "axes", axes).map((axis) => normalizeAxis(axis, rank)) : undefined;
  const count = along?.length ?? rank;
  if (given.length !== 2 * count)
    throw new ShapeError(
      `Pad: expected ${2 * count} pads for ${count} axes of ${show(data)}, got ${given.length}; check pads`,
    );
  if (!along) return given;
  const all = Array<number>(2 * rank).fill(0);
  along.forEach((axis, i) => {
    all[axis] = given[i]!;
    all[axis + rank] = given[i + along.length]!;
  });
  return all;
}

/** What a pad added is sliced off; what it cut off gets zeros. */
function withoutBorder(g: Builder, dY: Value, data: Value, all: readonly number[]): Value {
  if (all.some((width) => width < 0))
    return g.padAll(
      dY,
      all.map((width) => -width),
    );
  const rank = data.shape.length;
  const padded = data.shape.flatMap((_, i) => (all[i] || all[i + rank] ? [i] : []));
  if (padded.length === 0) return dY;
  return g.slice(
    dY,
    padded,
    padded.map((i) => all[i]!),
    padded.map((i) => all[i]! + data.shape[i]!),
    padded.map(() => 1),
  );
}

/** Axis by axis, so that corners find their way back through two borders. */
function withBorders(g: Builder, dY: Value, data: Value, all: readonly number[], { source }: Repeating): Value {
  const rank = data.shape.length;
  return data.shape.reduce((gradient, size, axis) => {
    const [before, after] = [all[axis]!, all[axis + rank]!];
    const borders = [
      { first: 0, length: before },
      { first: before + size, length: after },
    ].filter(({ length }) => length > 0);
    if (borders.length === 0) return gradient;
    const inner = g.slice(gradient, [axis], [before], [before + size], [1]);
    return borders.reduce((sum, { first, length }) => {
      const elements = Array.from({ length }, (_, i) => source(first + i - before, size));
      return g.add(sum, borderGradient(g, gradient, axis, first, elements, size));
    }, inner);
  }, dY);
}

/**
 * The gradient of one border, which repeats `elements` of the axis in order: zeros but there. The elements are
 * neighbours, upward (wrap), downward (reflect), or all one (edge).
 */
function borderGradient(
  g: Builder,
  dY: Value,
  axis: number,
  first: number,
  elements: readonly number[],
  size: number,
): Value {
  const { length } = elements;
  const end = first + length;
  const [lowest, highest] = [Math.min(...elements), Math.max(...elements)];
  const backwards = elements[0]! > elements.at(-1)!;
  // The end −dY.shape[axis] − 1 means "through the first element", which no index can say for a negative step.
  const piece = backwards
    ? g.slice(dY, [axis], [end - 1], [first === 0 ? -dY.shape[axis]! - 1 : first - 1], [-1])
    : g.slice(dY, [axis], [first], [end], [1]);
  const own = lowest === highest && length > 1 ? g.reduceSum(piece, [axis], true) : piece;
  const before = dY.shape.map((_, i) => (i === axis ? lowest : 0));
  const after = dY.shape.map((_, i) => (i === axis ? size - 1 - highest : 0));
  return g.padAll(own, [...before, ...after]);
}
