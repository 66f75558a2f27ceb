import type { Value } from "../graph/graph.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show, sizeOf } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { channelSums } from "./convolution.ts";
import { defineOp, float, int, notDifferentiable, type Op, requireFloat } from "./op.ts";
import { byGroup } from "./rows.ts";

const running = notDifferentiable("running statistics are state, not parameters");

/** [C] as [1, C, 1, …] beside X [N, C, …]. */
export function perChannel(g: Builder, vector: Value, X: Value): Value {
  return g.reshape(
    vector,
    X.shape.map((size, axis) => (axis === 1 ? size : 1)),
  );
}

/**
 * Y = scale · (X − mean)/√(variance + epsilon) + B, per channel (axis 1); Ioffe & Szegedy 2015, arXiv:1502.03167,
 * Algorithm 1.
 *
 *   X [N, C, ...size]   scale, B, input_mean, input_var [C]   m = N · size examples per channel
 *   evaluation: mean and variance are the inputs; dX = dY·scale/σ
 *   training: they are X's own (variance divided by m); with x = X − mean, σ² = variance + epsilon,
 *     dX = scale/σ · (dY − ΣdY/m) − x · scale/σ · Σ(dY·x)/(m·σ²)
 *   both: dscale = Σ dY·x/σ, dB = Σ dY
 *
 * In training mode with momentum 0 the second and third outputs are X's own mean and variance; import arranges that.
 */
export const batchNormalization: Op = defineOp({
  type: "BatchNormalization",
  inputs: ["X", "scale", "B", "input_mean", "input_var"],
  outputs: ["Y", "running_mean?", "running_var?"],
  attributes: { epsilon: float(1e-5), momentum: float(0.9), training_mode: int(0) },
  doc: "BatchNormalization-15 in both modes.",
  shape({ X, scale, B, input_mean, input_var }, _a, outputs) {
    const vectors = [scale, B, input_mean, input_var];
    if (X.shape.length < 2 || vectors.some((v) => v.shape.length !== 1 || v.shape[0] !== X.shape[1]))
      throw new ShapeError(
        `BatchNormalization: expected X [N, C, ...] and four vectors [C], got X ${show(X)} and ${vectors.map(show).join(", ")}; check the channels`,
      );
    const Y = { type: requireFloat("BatchNormalization", X), shape: X.shape };
    const vector = { type: X.type, shape: [X.shape[1]!] };
    return outputs > 1 ? { Y, running_mean: vector, running_var: vector } : { Y };
  },
  gradient(g, io, a) {
    const { X, scale, B } = a.training_mode ? trainingGradient(g, io, a) : evaluationGradient(g, io, a);
    return { X, scale, B, input_mean: running, input_var: running };
  },
  rows: {
    keepsGroups: ({ scale, B }, a, isGrouped) => !a.training_mode && !isGrouped(scale) && !isGrouped(B),
    gradient(g, { X, input_mean, input_var, dY }, a, groups) {
      const { x, inverse } = centred(g, X, input_mean, input_var, a.epsilon);
      const dscale = g.mul(channelSums(g, g.mul(dY, x), groups), g.reshape(inverse, [1, X.shape[1]!]));
      return { scale: dscale, B: channelSums(g, dY, groups) };
    },
    split: separateBatches,
  },
});

interface GradientIo {
  readonly X: Value;
  readonly scale: Value;
  readonly input_mean: Value;
  readonly input_var: Value;
  readonly running_mean?: Value;
  readonly running_var?: Value;
  readonly dY: Value;
  readonly drunning_mean?: Value;
  readonly drunning_var?: Value;
}

function evaluationGradient(g: Builder, { X, scale, input_mean, input_var, dY }: GradientIo, a: { epsilon: number }) {
  const { x, inverse } = centred(g, X, input_mean, input_var, a.epsilon);
  return {
    X: g.mul(dY, perChannel(g, g.mul(scale, inverse), X)),
    scale: g.mul(channelSums(g, g.mul(dY, x)), inverse),
    B: channelSums(g, dY),
  };
}

function trainingGradient(g: Builder, io: GradientIo, a: { epsilon: number; momentum: number }) {
  const { X, scale, running_mean, running_var, dY } = io;
  const own =
    a.momentum === 0 && running_mean && running_var
      ? { mean: running_mean, variance: running_var }
      : ownStatistics(g, X);
  const { x, inverse } = centred(g, X, own.mean, own.variance, a.epsilon);
  const m = sizeOf(X.shape) / X.shape[1]!;
  const [sum, product] = [channelSums(g, dY), channelSums(g, g.mul(dY, x))];
  const rate = g.mul(scale, inverse);
  const slope = g.mul(product, g.div(g.mul(g.mul(inverse, inverse), rate), m));
  const centredGradient = g.mul(g.sub(dY, perChannel(g, g.div(sum, m), X)), perChannel(g, rate, X));
  const dX = g.sub(centredGradient, g.mul(x, perChannel(g, slope, X)));
  return { X: throughState(g, io, x, { fresh: 1 - a.momentum, m }, dX), scale: g.mul(product, inverse), B: sum };
}

/**
 * Adds what reaches X through the new running statistics: momentum · old + (1 − momentum) · X's own, where ∂mean/∂X =
 * 1/m and ∂variance/∂X = 2x/m. Second derivatives need it, because dX reads the statistics; `fresh` is 1 − momentum.
 */
function throughState(
  g: Builder,
  io: GradientIo,
  x: Value,
  { fresh, m }: { fresh: number; m: number },
  dX: Value,
): Value {
  const { X, drunning_mean, drunning_var } = io;
  const mean = drunning_mean && perChannel(g, g.div(g.mul(drunning_mean, fresh), m), X);
  const variance = drunning_var && g.mul(x, perChannel(g, g.div(g.mul(drunning_var, 2 * fresh), m), X));
  return [mean, variance].reduce<Value>((sum, term) => (term ? g.add(sum, term) : sum), dX);
}

/** X − mean and 1/√(variance + epsilon). */
export function centred(g: Builder, X: Value, mean: Value, variance: Value, epsilon: number) {
  return {
    x: g.sub(X, perChannel(g, mean, X)),
    inverse: g.div(1, g.sqrt(g.add(variance, epsilon))),
  };
}

/** Mean and variance (divided by m) of each channel of X. */
export function ownStatistics(g: Builder, X: Value) {
  const axes = X.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const mean = g.reduceMean(X, axes);
  const x = g.sub(X, perChannel(g, mean, X));
  return { mean, variance: g.reduceMean(g.mul(x, x), axes) };
}

/** Training mode for K groups, each with its own mean and variance, in primitives whose axis 0 is the group. */
function separateBatches(
  g: Builder,
  { X, scale, B }: { X: Value; scale: Value; B: Value },
  { epsilon }: { epsilon: number },
  groups: number,
): Value {
  const grouped = byGroup(g, X, groups);
  const axes = grouped.shape.flatMap((_, axis) => (axis === 0 || axis === 2 ? [] : [axis]));
  const x = g.sub(grouped, g.reduceMean(grouped, axes, true));
  const inverse = g.div(1, g.sqrt(g.add(g.reduceMean(g.mul(x, x), axes, true), epsilon)));
  const channels = (vector: Value) =>
    g.reshape(
      vector,
      grouped.shape.map((size, axis) => (axis === 2 ? size : 1)),
    );
  const Y = g.add(g.mul(g.mul(x, inverse), channels(scale)), channels(B));
  return g.reshape(Y, X.shape);
}
