import type { Value } from "../graph/graph.ts";
import { fromNumbers, sizeOf } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import type { Window } from "./convolution.ts";
import { sumExamples } from "./rows.ts";

/** With as many input channels, a product per kernel tap is at least as fast as one with all columns (bench/convolution.ts). */
const MANY_CHANNELS = 16;

/** With wider rows, diagonals are taken of blocks of them: the work grows with the width of a block. */
const WIDEST_BLOCK = 32;

/**
 * dW of a convolution, [O, C/group, ...kernel], or [K, O, C/group, ...kernel] by group of examples. Of three forms the
 * fastest (bench/convolution.ts); only the first keeps examples apart.
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
  const padded = g.pad(X, w.pads);
  const C = X.shape[1]!;
  if (groups === undefined && group === C && C > 1) return fromDiagonals(g, padded, W, dY, w);
  if (groups === undefined && group === 1 && C >= MANY_CHANNELS && sizeOf(w.kernel) > 1)
    return fromTaps(g, padded, W, dY, w);
  return fromColumns(g, padded, W, dY, w, group, groups);
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
  const perExample = g.matMul(g.reshape(dY, [N, group, O / group, area]), g.transpose(columns, [0, 1, 3, 2]));
  const summed = sumExamples(g, perExample, groups);
  // The taps came outermost; the weight wants them innermost.
  const lead = groups === undefined ? [] : [groups];
  const split = g.reshape(summed, [...lead, O, taps, C / group]);
  const order = [...lead.map(() => 0), lead.length, lead.length + 2, lead.length + 1];
  return g.reshape(g.transpose(split, order), [...lead, ...W.shape]);
}

/** dY [O, N·positions] against what each tap sees, [C, N·positions]: the sum over examples is inside the product. */
function fromTaps(g: Builder, X: Value, W: Value, dY: Value, w: Window): Value {
  const [O, C] = W.shape as [number, number];
  const columns = sizeOf(dY.shape) / O;
  const rows = g.reshape(channelsFirst(g, dY), [O, columns]);
  const axes = w.kernel.map((_, axis) => axis);
  const products = tapSlices(g, channelsFirst(g, X), axes, w, dY.shape.slice(2)).map((tap) =>
    g.reshape(g.gemm(rows, g.reshape(tap, [C, columns]), undefined, { transB: 1 }), [1, O, C]),
  );
  return g.reshape(g.transpose(g.concat(products, 0), [1, 2, 0]), W.shape);
}

/**
 * One filter per channel (or several): for each channel and each tap of the leading axes, the product of dY's columns
 * with X's holds every pair of positions along the last axis; tap j of that axis is the sum of its j-th diagonal. Five
 * times the arithmetic that is needed, in products that run ten times as fast as sums of elements.
 */
function fromDiagonals(g: Builder, X: Value, W: Value, dY: Value, w: Window): Value {
  const [N, C] = X.shape as [number, number];
  const [O, steps] = [dY.shape[1]!, dY.shape.slice(2)];
  const last = steps.length - 1;
  const block = blockOf(steps[last]!);
  const width = (block - 1) * w.strides[last]! + (w.kernel[last]! - 1) * w.dilations[last]! + 1;
  const count = N * sizeOf(steps.slice(0, last)) * (steps[last]! / block);
  const byBlock = (value: Value, stride: number, size: number) => {
    const axis = value.shape.length - 1;
    const starts = Array.from({ length: steps[last]! / block }, (_, i) => i * block * stride);
    const blocks = starts.map((start) => g.slice(value, [axis], [start], [start + size], [1]));
    return blocks.length === 1 ? blocks[0]! : g.concat(blocks, 1);
  };
  const rows = g.reshape(filtersLast(g, byBlock(channelsFirst(g, dY), 1, block), C), [C, count, (O / C) * block]);
  const columns = g.transpose(rows, [0, 2, 1]);
  const leading = steps.slice(0, last).map((_, axis) => axis);
  const select = g.constant(diagonals(X, block, width, w), "diagonals");
  const products = tapSlices(g, byBlock(channelsFirst(g, X), w.strides[last]!, width), leading, w, steps).map((tap) => {
    const pairs = g.matMul(columns, g.reshape(tap, [C, count, width]));
    return g.reshape(g.matMul(g.reshape(pairs, [O, block * width]), select), [O, 1, w.kernel[last]!]);
  });
  return g.reshape(products.length === 1 ? products[0]! : g.concat(products, 1), W.shape);
}

/** [C·m, N, ...rows, columns] as [C, N, ...rows, m, columns]. */
function filtersLast(g: Builder, value: Value, C: number): Value {
  const [O, ...rest] = value.shape as [number, ...number[]];
  const split = g.reshape(value, [C, O / C, ...rest]);
  const rank = split.shape.length;
  const between = split.shape.map((_, axis) => axis).slice(2, rank - 1);
  return O === C ? value : g.transpose(split, [0, ...between, 1, rank - 1]);
}

/** The largest divisor that is not wider than a block should be; of a prime width, all of it. */
function blockOf(width: number): number {
  if (width <= 2 * WIDEST_BLOCK) return width;
  const candidates = Array.from({ length: WIDEST_BLOCK - 3 }, (_, i) => WIDEST_BLOCK - i);
  return candidates.find((size) => width % size === 0) ?? width;
}

/** [block·width, kernel]: 1 where a pair of positions lies under a tap of the last axis. */
function diagonals(X: Value, block: number, width: number, w: Window) {
  const last = w.kernel.length - 1;
  const ones = new Float32Array(block * width * w.kernel[last]!);
  for (let position = 0; position < block; position++)
    for (let tap = 0; tap < w.kernel[last]!; tap++)
      ones[(position * width + position * w.strides[last]! + tap * w.dilations[last]!) * w.kernel[last]! + tap] = 1;
  return fromNumbers(X.type, [block * width, w.kernel[last]!], ones);
}

/** [N, C, ...size] → [C, N, ...size] */
function channelsFirst(g: Builder, value: Value): Value {
  return g.transpose(value, [1, 0, ...value.shape.map((_, axis) => axis).slice(2)]);
}

/**
 * What each tap of the given spatial axes sees, in row-major order of taps. The last axis is cut first, so that most
 * slices are of what is short already.
 */
function tapSlices(g: Builder, X: Value, axes: readonly number[], w: Window, steps: readonly number[]): Value[] {
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
