import type { Value } from "../graph/graph.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import type { KernelWindow } from "./convolution.ts";
import { swapLastTwo } from "./linear.ts";
import { sumExamples } from "./rows.ts";

/**
 * With as many input channels, a product per kernel tap is at least as fast as one with all columns
 * (bench/convolution.ts).
 */
const MANY_CHANNELS = 16;

/**
 * dW of a convolution, [O, C/group, ...kernel], or [K, O, C/group, ...kernel] by group of examples. Of four forms the
 * fastest (bench/convolution.ts); products per tap do not keep examples apart.
 */
export function weightGradient(
  g: Builder,
  X: Value,
  W: Value,
  dY: Value,
  w: KernelWindow,
  group: number,
  exampleGroups?: number,
): Value {
  const C = X.shape[1]!;
  if (group === C && C > 1) return fromChannels(g, X, W, dY, w, exampleGroups);
  if (exampleGroups !== undefined || group !== 1 || !prefersTaps(W, dY))
    return fromColumns(g, X, W, dY, w, group, exampleGroups);
  return (canMove(X.shape.slice(2), dY.shape.slice(2), w) ? fromMoves : fromTaps)(g, X, W, dY, w);
}

/**
 * Several taps: where there are many channels. One: where the products of all examples would be larger than X and dY,
 * which are laid out anew instead.
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
  w: KernelWindow,
  group: number,
  exampleGroups: number | undefined,
): Value {
  const [N, C] = X.shape as [number, number];
  const O = dY.shape[1]!;
  const steps = dY.shape.slice(2);
  const [area, taps] = [sizeOf(steps), sizeOf(w.kernel)];
  const columns = g.reshape(unfold(g, g.pad(X, w.pads), w, steps, group), [N, group, (taps * C) / group, area]);
  const rows = g.reshape(dY, [N, group, O / group, area]);
  // ONNX Runtime lays out the second factor anew: the one with fewer rows.
  const wide = taps * C > O;
  const product = wide ? g.matMul(columns, swapLastTwo(g, rows)) : g.matMul(rows, swapLastTwo(g, columns));
  const summed = sumExamples(g, product, exampleGroups);
  // The taps came outside the channels; the weight wants them inside.
  const lead = exampleGroups === undefined ? [] : [exampleGroups];
  const shape = wide ? [group, taps, C / group, O / group] : [group, O / group, taps, C / group];
  const order = (wide ? [0, 3, 2, 1] : [0, 1, 3, 2]).map((axis) => axis + lead.length);
  const turned = g.transpose(g.reshape(summed, [...lead, ...shape]), [...lead.map(() => 0), ...order]);
  return g.reshape(turned, [...lead, ...W.shape]);
}

/** A factor [O, M] and a factor [C, M] whose product over M is the gradient of one tap. */
type Factors = readonly [rows: Value, seen: Value];

/** A product per tap, in row-major order, with the sum over examples inside. */
function multiplyTaps(g: Builder, W: Value, taps: readonly Factors[]): Value {
  const [O, C] = W.shape as [number, number];
  const products = taps.map(([rows, seen]) => {
    const [first, second] = C > O ? [seen, rows] : [rows, seen];
    const product = g.gemm(first, second, undefined, { transB: 1 });
    return g.reshape(product, [1, ...product.shape]);
  });
  return g.reshape(g.transpose(g.concat(products, 0), C > O ? [2, 1, 0] : [1, 2, 0]), W.shape);
}

/** dY against what each tap sees of X. */
function fromTaps(g: Builder, X: Value, W: Value, dY: Value, w: KernelWindow): Value {
  const [O, C] = W.shape as [number, number];
  const columns = sizeOf(dY.shape) / O;
  const rows = g.reshape(channelsFirst(g, dY), [O, columns]);
  const axes = w.kernel.map((_, axis) => axis);
  const seen = tapSlices(g, channelsFirst(g, g.pad(X, w.pads)), axes, w, dY.shape.slice(2));
  const factors = seen.map((tap): Factors => [rows, g.reshape(tap, [C, columns])]);
  return multiplyTaps(g, W, factors);
}

/**
 * dY as the taps of the leading axes move it over the rows of X, against what the taps of the last axis see of X: both
 * are copied once per tap of their own axes, and not X once per tap of all. For two axes,
 *
 *   dW[o, c, i, j] = Σ over n, y, x: dY[o, n, y + pad − i, x] · X[c, n, y, x·stride + j − pad], with zeros around both
 */
function fromMoves(g: Builder, X: Value, W: Value, dY: Value, w: KernelWindow): Value {
  const [N, C, ...size] = X.shape as [number, number, ...number[]];
  const O = W.shape[0]!;
  const columns = N * sizeOf(size.slice(0, -1)) * dY.shape.at(-1)!;
  const last = size.length - 1;
  const ends = w.pads.map((pad, i) => (i % size.length === last ? pad : 0));
  const seen = tapSlices(g, channelsFirst(g, g.pad(X, ends)), [last], w, dY.shape.slice(2));
  const across = seen.map((tap) => g.reshape(tap, [C, columns]));
  const moved = moves(g, channelsFirst(g, dY), size, w).map((value) => g.reshape(value, [O, columns]));
  const factors = moved.flatMap((rows) => across.map((tap): Factors => [rows, tap]));
  return multiplyTaps(g, W, factors);
}

/**
 * dY [O, N, ...steps] over the rows of X for each tap of the leading axes. The last two axes are one, whose rows move
 * as a whole.
 */
function moves(g: Builder, dY: Value, size: readonly number[], w: KernelWindow): Value[] {
  const [O, N, ...steps] = dY.shape as [number, number, ...number[]];
  const last = steps.length - 1;
  if (last === 0) return [dY];
  const flat = g.reshape(dY, [O, N, ...steps.slice(0, last - 1), steps[last - 1]! * steps[last]!]);
  const taps = w.kernel
    .slice(0, last)
    .reduce<number[][]>((all, k) => all.flatMap((tap) => Array.from({ length: k }, (_, i) => [...tap, i])), [[]]);
  const unit = (axis: number) => (axis === last - 1 ? steps[last]! : 1);
  return taps.map((tap) => {
    const borders = tap.map((t, axis) => borderOf(t, axis, size, steps, w).map((width) => width * unit(axis)));
    return g.padAll(flat, [0, 0, ...borders.map(([before]) => before!), 0, 0, ...borders.map(([, after]) => after!)]);
  });
}

/** What comes before and after dY along an axis of X for tap t; what is negative is cut off. */
function borderOf(
  t: number,
  axis: number,
  size: readonly number[],
  steps: readonly number[],
  w: KernelWindow,
): number[] {
  const before = t * w.dilations[axis]! - w.pads[axis]!;
  return [before, size[axis]! - steps[axis]! - before];
}

/** Whether dY can be moved: its rows lie as densely as those of X, and no tap sees padding alone. */
function canMove(size: readonly number[], steps: readonly number[], w: KernelWindow): boolean {
  return w.kernel.slice(0, -1).every((k, axis) => {
    const ends = [0, k - 1].flatMap((t) => borderOf(t, axis, size, steps, w));
    return w.strides[axis] === 1 && ends.every((width) => width > -steps[axis]!);
  });
}

/**
 * One filter per channel, or several: every channel of every example is convolved with its own dY, whose strides and
 * dilations change places. What a stride left over at the end is cut off the padding, or off the result where there is
 * not enough of it.
 */
function fromChannels(
  g: Builder,
  X: Value,
  W: Value,
  dY: Value,
  w: KernelWindow,
  exampleGroups: number | undefined,
): Value {
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
  return sumExamples(g, g.reshape(taps, [N, ...W.shape]), exampleGroups);
}

/** [N, C, ...size] → [C, N, ...size] */
export function channelsFirst(g: Builder, value: Value): Value {
  return g.transpose(value, [1, 0, ...value.shape.map((_, axis) => axis).slice(2)]);
}

/**
 * What each tap of the given spatial axes sees, in row-major order of taps. The last axis is cut first, so that most
 * slices are of what is short already.
 */
export function tapSlices(
  g: Builder,
  X: Value,
  axes: readonly number[],
  w: KernelWindow,
  steps: readonly number[],
): Value[] {
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
 * What each kernel tap sees, [N, group, taps·C/group, ...positions], in row-major order of taps. One axis at a time
 * from the last, so that a k×k kernel costs k long and k short slices instead of k² of either.
 */
export function unfold(g: Builder, X: Value, w: KernelWindow, steps: readonly number[], group: number): Value {
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
