import type { Value } from "../graph/graph.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import type { Window } from "./convolution.ts";
import { swapLastTwo } from "./linear.ts";
import { sumExamples } from "./rows.ts";

/** With as many input channels, a product per kernel tap is at least as fast as one with all columns (bench/convolution.ts). */
const MANY_CHANNELS = 16;

/**
 * dW of a convolution, [O, C/group, ...kernel], or [K, O, C/group, ...kernel] by group of examples. Of three forms the
 * fastest (bench/convolution.ts); products per tap do not keep examples apart.
 */
export function weightGradient(
  g: Builder,
  X: Value,
  W: Value,
  dY: Value,
  w: Window,
  group: number,
  groups?: number,
): Value {
  const C = X.shape[1]!;
  if (group === C && C > 1) return fromChannels(g, X, W, dY, w, groups);
  const padded = g.pad(X, w.pads);
  if (groups === undefined && group === 1 && prefersTaps(W, dY)) return fromTaps(g, padded, W, dY, w);
  return fromColumns(g, padded, W, dY, w, group, groups);
}

/**
 * Several taps: where there are many channels. One: where the products of all examples would be larger than X and dY, which are
 * laid out anew instead.
 */
function prefersTaps(W: Value, dY: Value): boolean {
  const [O, C, ...kernel] = W.shape as [number, number, ...number[]];
  return sizeOf(kernel) > 1 ? C >= MANY_CHANNELS : O * C > (O + C) * sizeOf(dY.shape.slice(2));
}

/** Every example's columns [taps·C/group, positions] against its dY, then the sum over examples. */
function fromColumns(
  g: Builder,
  X: Value,
  W: Value,
  dY: Value,
  w: Window,
  group: number,
  groups: number | undefined,
): Value {
  const [N, C] = X.shape as [number, number];
  const O = dY.shape[1]!;
  const steps = dY.shape.slice(2);
  const [area, taps] = [sizeOf(steps), sizeOf(w.kernel)];
  const columns = g.reshape(unfold(g, X, w, steps, group), [N, group, (taps * C) / group, area]);
  const rows = g.reshape(dY, [N, group, O / group, area]);
  // ONNX Runtime lays out the second factor anew: the one with fewer rows.
  const wide = taps * C > O;
  const product = wide ? g.matMul(columns, swapLastTwo(g, rows)) : g.matMul(rows, swapLastTwo(g, columns));
  const summed = sumExamples(g, product, groups);
  // The taps came outside the channels; the weight wants them inside.
  const lead = groups === undefined ? [] : [groups];
  const shape = wide ? [group, taps, C / group, O / group] : [group, O / group, taps, C / group];
  const order = (wide ? [0, 3, 2, 1] : [0, 1, 3, 2]).map((axis) => axis + lead.length);
  const turned = g.transpose(g.reshape(summed, [...lead, ...shape]), [...lead.map(() => 0), ...order]);
  return g.reshape(turned, [...lead, ...W.shape]);
}

/** dY [O, N·positions] against what each tap sees, [C, N·positions]: the sum over examples is inside the product. */
function fromTaps(g: Builder, X: Value, W: Value, dY: Value, w: Window): Value {
  const [O, C] = W.shape as [number, number];
  const columns = sizeOf(dY.shape) / O;
  const rows = g.reshape(channelsFirst(g, dY), [O, columns]);
  const axes = w.kernel.map((_, axis) => axis);
  const products = tapSlices(g, channelsFirst(g, X), axes, w, dY.shape.slice(2)).map((tap) => {
    const seen = g.reshape(tap, [C, columns]);
    return g.gemm(...(C > O ? ([seen, rows] as const) : ([rows, seen] as const)), undefined, { transB: 1 });
  });
  const shape = [1, ...products[0]!.shape];
  const all = g.concat(
    products.map((product) => g.reshape(product, shape)),
    0,
  );
  return g.reshape(g.transpose(all, C > O ? [2, 1, 0] : [1, 2, 0]), W.shape);
}

/**
 * One filter per channel, or several: every channel of every example is convolved with its own dY, whose strides and dilations
 * change places. What a stride left over at the end is cut off the padding, or off the result where there is not enough of it.
 */
function fromChannels(g: Builder, X: Value, W: Value, dY: Value, w: Window, groups: number | undefined): Value {
  const [N, C, ...size] = X.shape as [number, number, ...number[]];
  const [O, steps] = [dY.shape[1]!, dY.shape.slice(2)];
  const rank = steps.length;
  const ends = size.map((length, i) => {
    const reach = (steps[i]! - 1) * w.strides[i]! + (w.kernel[i]! - 1) * w.dilations[i]! + 1;
    return Math.max(0, reach - length - w.pads[i]!);
  });
  const all = g.conv(g.reshape(X, [1, N * C, ...size]), g.reshape(dY, [N * O, 1, ...steps]), undefined, {
    group: N * C,
    strides: w.dilations,
    dilations: w.strides,
    pads: [...w.pads.slice(0, rank), ...ends],
    kernel_shape: steps,
  });
  const spatial = w.kernel.map((_, axis) => axis + 2);
  const ones = w.kernel.map(() => 1);
  const starts = w.kernel.map(() => 0);
  const taps = g.slice(all, spatial, starts, w.kernel, ones);
  return sumExamples(g, g.reshape(taps, [N, ...W.shape]), groups);
}

/** [N, C, ...size] → [C, N, ...size] */
export function channelsFirst(g: Builder, value: Value): Value {
  return g.transpose(value, [1, 0, ...value.shape.map((_, axis) => axis).slice(2)]);
}

/**
 * What each tap of the given spatial axes sees, in row-major order of taps. The last axis is cut first, so that most
 * slices are of what is short already.
 */
export function tapSlices(g: Builder, X: Value, axes: readonly number[], w: Window, steps: readonly number[]): Value[] {
  const axis = axes.at(-1);
  if (axis === undefined) return [X];
  const cut = Array.from({ length: w.kernel[axis]! }, (_, tap) => {
    const start = tap * w.dilations[axis]!;
    const end = start + (steps[axis]! - 1) * w.strides[axis]! + 1;
    return tapSlices(g, g.slice(X, [axis + 2], [start], [end], [w.strides[axis]!]), axes.slice(0, -1), w, steps);
  });
  return cut[0]!.flatMap((_, outer) => cut.map((taps) => taps[outer]!));
}

/**
 * What each kernel tap sees, [N, group, taps·C/group, ...positions], in row-major order of taps. One axis at a time from the last, so
 * that a k×k kernel costs k long and k short slices instead of k² of either.
 */
export function unfold(g: Builder, X: Value, w: Window, steps: readonly number[], group: number): Value {
  const [N, C, ...size] = X.shape as [number, number, ...number[]];
  let columns = g.reshape(X, [N, group, C / group, ...size]);
  for (let axis = w.kernel.length - 1; axis >= 0; axis--) {
    const stride = w.strides[axis]!;
    const length = (steps[axis]! - 1) * stride + 1;
    const taps = Array.from({ length: w.kernel[axis]! }, (_, tap) => {
      const start = tap * w.dilations[axis]!;
      return g.slice(columns, [axis + 3], [start], [start + length], [stride]);
    });
    columns = taps.length === 1 ? taps[0]! : g.concat(taps, 2);
  }
  return columns;
}
