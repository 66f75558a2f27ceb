import type { Value } from "../../graph/graph.ts";
import { apply, type Builder } from "../../ops/builder.ts";
import { float, int, ints } from "../../ops/op.ts";
import { normalizeAxis } from "../../tensor/broadcast.ts";
import { fromNumbers, sizeOf } from "../../tensor/tensor.ts";
import { attributesOf, type Rewrite, required, unsupported } from "./node.ts";

/** With its second and third outputs, which its gradient reads (LayerNormalization-17). */
export const layerNormalization: Rewrite = (g, node) => {
  const [X, Scale] = required(node, 2);
  const { axis, epsilon } = attributesOf(node, { axis: int(-1), epsilon: float(1e-5) });
  return apply(g.graph, "LayerNormalization", [X, Scale, node.inputs[2]], { axis, epsilon }, 3);
};

/**
 * (X − mean)/√(variance + epsilon) over each example's channel, scaled and shifted by channel
 * (InstanceNormalization-6).
 */
export const instanceNormalization: Rewrite = (g, node) => {
  const [X, scale, B] = required(node, 3);
  const { epsilon } = attributesOf(node, { epsilon: float(1e-5) });
  return [perChannel(g, standardized(g, X!, X!.shape[1]!, epsilon), scale!, B!)];
};

/**
 * As InstanceNormalization over groups of channels. Scale and bias hold one number per channel (GroupNormalization-21)
 * or per group (-18).
 */
export const groupNormalization: Rewrite = (g, node) => {
  const [X, scale, bias] = required(node, 3);
  const { num_groups, epsilon } = attributesOf(node, { num_groups: int(1), epsilon: float(1e-5) });
  const [N, C, ...size] = X!.shape as [number, number, ...number[]];
  if (C % num_groups !== 0) throw unsupported(node, `num_groups that divides ${C} channels`, `${num_groups}`);
  const Y = standardized(g, X!, num_groups, epsilon);
  if (scale!.shape[0] === C) return [perChannel(g, Y, scale!, bias!)];
  const byGroup = perChannel(g, g.reshape(Y, [N, num_groups, C / num_groups, ...size]), scale!, bias!);
  return [g.reshape(byGroup, X!.shape)];
};

/** (X − mean)/(deviation + 1e-9) over the given axes; the small number is the specification's (version 13). */
export const meanVarianceNormalization: Rewrite = (g, node) => {
  const [X] = required(node, 1);
  const { axes = [0, 2, 3] } = attributesOf(node, { axes: ints() });
  const x = g.sub(X!, g.reduceMean(X!, axes, true));
  const deviation = g.sqrt(g.reduceMean(g.mul(x, x), axes, true));
  return [g.div(x, g.add(deviation, 1e-9))];
};

/** X/‖X‖ along an axis, with the sum of absolute values (p = 1) or the Euclidean norm (2); 0 where the norm is 0. */
export const lpNormalization: Rewrite = (g, node) => {
  const [X] = required(node, 1);
  const { axis, p } = attributesOf(node, { axis: int(-1), p: int(2) });
  if (p !== 1 && p !== 2) throw unsupported(node, "p of 1 or 2", `${p}`);
  const along = normalizeAxis(axis, X!.shape.length);
  const axes = g.constant(fromNumbers("int64", [1], [along]), "axes");
  const norm = p === 1 ? g.reduceSum(g.abs(X!), [along], true) : apply(g.graph, "ReduceL2", [X, axes])[0]!;
  return [g.div(X!, g.where(g.equal(norm, 0), 1, norm))];
};

/** Channels: the band of ones is a matrix of them. */
const LARGEST_BAND = 4096;

/**
 * Y = X/(bias + alpha/size · Σ X²)^beta with the sum over `size` neighbouring channels (LRN-13; Krizhevsky et al. 2012,
 * section 3.3). The sum is a product with a band of ones.
 */
export const localResponse: Rewrite = (g, node) => {
  const [X] = required(node, 1);
  const specification = { alpha: float(1e-4), beta: float(0.75), bias: float(1), size: int(1) };
  const { alpha, beta, bias, size } = attributesOf(node, specification);
  const [N, C, ...spatial] = X!.shape as [number, number, ...number[]];
  if (C > LARGEST_BAND) throw unsupported(node, `at most ${LARGEST_BAND} channels`, `${C}`);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const band = Array.from({ length: C * C }, (_, flat) => {
    const distance = (flat % C) - Math.floor(flat / C);
    return distance >= -before && distance <= after ? alpha / size : 0;
  });
  const squares = g.reshape(g.mul(X!, X!), [N, C, sizeOf(spatial)]);
  const sums = g.matMul(g.constant(fromNumbers(X!.type, [C, C], band), "neighbours"), squares);
  return [g.mul(X!, g.pow(g.reshape(g.add(sums, bias), X!.shape), -beta))];
};

/** Each example's channels in `groups` blocks, every block with mean 0 and variance 1. */
function standardized(g: Builder, X: Value, groups: number, epsilon: number): Value {
  const [N] = X.shape as [number];
  const n = sizeOf(X.shape) / (N * groups);
  const ones = g.expand(g.constant(fromNumbers(X.type, [1], [1]), "one"), [n]);
  const [Y] = apply(g.graph, "LayerNormalization", [g.reshape(X, [N, groups, n]), ones], { epsilon }, 3);
  return g.reshape(Y!, X.shape);
}

/** X·scale + bias with vectors along axis 1; factors of 1 and terms of 0 are left out. */
function perChannel(g: Builder, X: Value, scale: Value, bias: Value): Value {
  const along = (vector: Value) => g.reshape(vector, [vector.shape[0]!, ...X.shape.slice(2).map(() => 1)]);
  const scaled = holdsOnly(scale, 1) ? X : g.mul(X, along(scale));
  return holdsOnly(bias, 0) ? scaled : g.add(scaled, along(bias));
}

function holdsOnly({ constant }: Value, number: number): boolean {
  return constant?.data.every((element) => Number(element) === number) ?? false;
}
