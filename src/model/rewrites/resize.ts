import type { Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { normalizeAxis } from "../../tensor/broadcast.ts";
import { fromNumbers, sizeOf, toNumbers } from "../../tensor/tensor.ts";
import {
  type Interpolation,
  interpolationAttributes,
  interpolationWeights,
  nearestIndices,
  type ResizedAxis,
} from "./interpolation.ts";
import { attributesOf, type ForeignNode, type Rewrite, required, unsupported } from "./node.ts";

/**
 * Resize-11 to -19, axis by axis. Nearest neighbours: whole factors stay a Resize, others gather. Linear and cubic: a
 * product with a matrix of weights, so that its gradient is a product with the transpose.
 */
export const resize: Rewrite = (g, node) => {
  const how = attributesOf(node, interpolationAttributes);
  if (how.antialias !== 0 && how.mode === "nearest")
    throw unsupported(node, "antialias 0 for nearest neighbours", `${how.antialias}`);
  const [X] = required(node, 1);
  return [resized(g, node, X!, resizedAxes(node, X!, how.axes, how.keep_aspect_ratio_policy), how as Interpolation)];
};

/** What the scales or the sizes say of each axis that they name, without those that stay as they are. */
function resizedAxes(node: ForeignNode, X: Value, axes: readonly number[] | undefined, policy: string): ResizedAxis[] {
  const [scales, sizes] = [node.inputs[2], node.inputs[3]].map((value) => numbersOf(node, value));
  const along = (axes ?? [...X.shape.keys()]).map((axis) => normalizeAxis(axis, X.shape.length));
  const given = scales?.length ? scales : sizes;
  if (given?.length !== along.length)
    throw unsupported(node, `scales or sizes for ${along.length} axes`, `${given?.length ?? 0}`);
  const common = scales?.length
    ? undefined
    : commonScale(
        node,
        along.map((axis, i) => sizes![i]! / X.shape[axis]!),
        policy,
      );
  const all = along.map((axis, i): ResizedAxis => {
    const from = X.shape[axis]!;
    if (common !== undefined) return { axis, from, to: Math.floor(common * from + 0.5), scale: Math.fround(common) };
    const to = scales?.length ? Math.floor(Math.fround(from * scales[i]!)) : sizes![i]!;
    return { axis, from, to, scale: scales?.length ? scales[i]! : Math.fround(to / from) };
  });
  return all.filter(({ from, to, scale }) => from !== to || scale !== 1);
}

/**
 * The one scale of all axes where they keep their ratio (keep_aspect_ratio_policy of Resize-18): sizes are then bounds.
 */
function commonScale(node: ForeignNode, scales: readonly number[], policy: string): number | undefined {
  if (policy === "stretch") return undefined;
  if (policy === "not_larger") return Math.min(...scales);
  if (policy === "not_smaller") return Math.max(...scales);
  throw unsupported(node, "keep_aspect_ratio_policy stretch, not_larger or not_smaller", `"${policy}"`);
}

function numbersOf(node: ForeignNode, value: Value | undefined): number[] | undefined {
  if (value && !value.constant)
    throw unsupported(node, "scales and sizes known when the graph is built", "computed ones");
  return value?.constant && toNumbers(value.constant);
}

function resized(g: Builder, node: ForeignNode, X: Value, axes: readonly ResizedAxis[], how: Interpolation): Value {
  if (!["nearest", "linear", "cubic"].includes(how.mode))
    throw unsupported(node, "mode nearest, linear or cubic", how.mode);
  if (how.mode !== "nearest")
    return axes.reduce((value, one) => weighted(g, value, one.axis, interpolationWeights(node, one, how)), X);
  const chosen = axes.map((one) => ({ ...one, indices: nearestIndices(node, one, how) }));
  const repeats = chosen.every(({ axis, from, to, indices }) => {
    return axis > 1 && to % from === 0 && indices.every((index, i) => index === Math.floor((i * from) / to));
  });
  if (repeats) return g.upsample(X, factorsOf(X, chosen));
  return chosen.reduce((value, { axis, indices }) => {
    return g.gather(value, g.constant(fromNumbers("int64", [indices.length], indices), "nearest"), axis);
  }, X);
}

/** How often each element is repeated along every spatial axis. */
function factorsOf(X: Value, axes: readonly ResizedAxis[]): number[] {
  return X.shape.slice(2).map((_, i) => {
    const one = axes.find(({ axis }) => axis === i + 2);
    return one ? one.to / one.from : 1;
  });
}

/** Elements along an axis replaced by sums of them with weights [to, from]: a product from the left or the right. */
function weighted(g: Builder, X: Value, axis: number, weights: readonly number[]): Value {
  const from = X.shape[axis]!;
  const to = weights.length / from;
  const after = X.shape.slice(axis + 1);
  if (after.length === 0) {
    const transposed = weights.map((_, flat) => weights[(flat % to) * from + Math.floor(flat / to)]!);
    return g.matMul(X, g.constant(fromNumbers(X.type, [from, to], transposed), "interpolation"));
  }
  const matrix = g.constant(fromNumbers(X.type, [to, from], weights), "interpolation");
  const columns = g.reshape(X, [...X.shape.slice(0, axis + 1), sizeOf(after)]);
  return g.reshape(g.matMul(matrix, columns), [...X.shape.slice(0, axis), to, ...after]);
}
