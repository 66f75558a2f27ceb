import type { Value } from "../graph/graph.ts";
import { ShapeError } from "../tensor/errors.ts";
import { fromNumbers, show, sizeOf, toNumbers } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { type KernelWindow, kernelWindow, positions } from "./convolution.ts";
import { defineOp, discrete, int, ints, type Op, requireFloat, string } from "./op.ts";
import { perExampleRows } from "./rows.ts";

const attributes = {
  auto_pad: string("NOTSET"),
  ceil_mode: int(0),
  dilations: ints(),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints(),
};

function poolWindow(op: string, X: Value, a: { kernel_shape?: readonly number[] | undefined }): KernelWindow {
  if (!a.kernel_shape || X.shape.length < 3)
    throw new ShapeError(
      `${op}: expected X [N, C, ...] and kernel_shape, got ${show(X)}; export the pool with its kernel`,
    );
  return requireSmall(op, kernelWindow(op, X.shape.slice(2), a.kernel_shape, a));
}

/** Elements of one window: a picture of 4096 × 4096. The gradient of an average needs that many ones. */
const LARGEST_WINDOW = 2 ** 24;

export function requireSmall(op: string, w: KernelWindow): KernelWindow {
  if (sizeOf(w.kernel) <= LARGEST_WINDOW) return w;
  throw new ShapeError(
    `${op}: expected windows of at most ${LARGEST_WINDOW} elements, got [${w.kernel.join(", ")}]; export the model again`,
  );
}

function pooledShape(op: string, X: Value, w: KernelWindow, ceil: number): number[] {
  return [...X.shape.slice(0, 2), ...positions(op, X.shape.slice(2), w, ceil === 1)];
}

/** Whether windows neither overlap nor leave the input, so that each input element is in at most one window. */
function isTiling(X: Value, Y: Value, w: KernelWindow): boolean {
  return w.kernel.every(
    (k, i) =>
      w.strides[i] === k &&
      w.dilations[i] === 1 &&
      w.pads[i] === 0 &&
      w.pads[i + w.kernel.length] === 0 &&
      Y.shape[i + 2]! * k <= X.shape[i + 2]!,
  );
}

/** The part of X that tiles of the pool cover: all of it but a few last rows and columns. */
function coveredBy(g: Builder, X: Value, Y: Value, w: KernelWindow): Value {
  const spatial = w.kernel.map((k, i) => Y.shape[i + 2]! * k);
  const axes = spatial.flatMap((size, i) => (size < X.shape[i + 2]! ? [i] : []));
  if (axes.length === 0) return X;
  return g.slice(
    X,
    axes.map((i) => i + 2),
    axes.map(() => 0),
    axes.map((i) => spatial[i]!),
    axes.map(() => 1),
  );
}

/** The reverse of `coveredBy` for a gradient: zeros where no window looked. */
function uncover(g: Builder, gradient: Value, X: Value): Value {
  const missing = X.shape.slice(2).map((size, i) => size - gradient.shape[i + 2]!);
  return g.pad(gradient, [...missing.map(() => 0), ...missing]);
}

/**
 * Y = the largest element of each window. dX gives dY to the FIRST largest element in row-major order, as PyTorch does:
 * equal elements are common (a constant background through a convolution), and giving each of them dY would multiply
 * the gradient.
 */
export const maxPool: Op = defineOp({
  type: "MaxPool",
  inputs: ["X"],
  outputs: ["Y", "Indices?"],
  attributes: { ...attributes, storage_order: int(0) },
  doc: "MaxPool-12, row-major storage order.",
  shape({ X }, a, outputs) {
    const shape = pooledShape("MaxPool", X, poolWindow("MaxPool", X, a), a.ceil_mode);
    const Y = { type: requireFloat("MaxPool", X), shape };
    return outputs > 1 ? { Y, Indices: { type: "int64" as const, shape } } : { Y };
  },
  gradient(g, { X, Y, Indices, dY }, a) {
    const w = poolWindow("MaxPool", X, a);
    if (isTiling(X, Y, w)) return { X: uncover(g, tiledMaximum(g, coveredBy(g, X, Y, w), Y, dY, w), X) };
    const indices = Indices ?? g.maxPoolIndices(X, a);
    const zeros = g.zeros(X.type, [sizeOf(X.shape)]);
    const scattered = g.scatterElements(zeros, g.reshape(indices, [-1]), g.reshape(dY, [-1]), {
      axis: 0,
      reduction: "add",
    });
    return { X: g.reshape(scattered, X.shape) };
  },
  rows: perExampleRows,
});

/**
 * dX of a pool whose windows tile X. Every maximum of a window is marked with the rank of its position, the first
 * highest; a second pool finds the highest mark. 1.5 to 2.6 times as fast as indices and
 * ScatterElements (bench/pooling.ts).
 */
function tiledMaximum(g: Builder, X: Value, Y: Value, dY: Value, w: KernelWindow): Value {
  const rank = g.constant(firstWinsRanks(X, w), "firstWinsRank");
  const marks = g.where(g.equal(X, g.upsample(Y, w.kernel)), rank, 0);
  const { kernel, strides } = w;
  const highest = g.upsample(g.maxPool(marks, { kernel_shape: kernel, strides }), kernel);
  return g.where(g.equal(marks, highest), g.upsample(dY, w.kernel), 0);
}

/** [1, 1, ...size of X]: window size for the first element of each window, 1 for its last. */
function firstWinsRanks(X: Value, w: KernelWindow) {
  const spatial = X.shape.slice(2);
  const volume = sizeOf(w.kernel);
  const ranks = Array.from({ length: sizeOf(spatial) }, (_, flat) => {
    let [rest, position, stride] = [flat, 0, 1];
    for (let axis = spatial.length - 1; axis >= 0; axis--) {
      position += ((rest % spatial[axis]!) % w.kernel[axis]!) * stride;
      stride *= w.kernel[axis]!;
      rest = Math.floor(rest / spatial[axis]!);
    }
    return volume - position;
  });
  return fromNumbers(X.type, [1, 1, ...spatial], ranks);
}

/** Y = mean of each window; dX spreads dY evenly over the elements that were counted. */
export const averagePool: Op = defineOp({
  type: "AveragePool",
  inputs: ["X"],
  outputs: ["Y"],
  attributes: { ...attributes, count_include_pad: int(0) },
  doc: "AveragePool-19.",
  shape({ X }, a) {
    const shape = pooledShape("AveragePool", X, poolWindow("AveragePool", X, a), a.ceil_mode);
    return { Y: { type: requireFloat("AveragePool", X), shape } };
  },
  gradient(g, { X, Y, dY }, a) {
    const w = poolWindow("AveragePool", X, a);
    if (isTiling(X, Y, w)) return { X: uncover(g, g.upsample(g.div(dY, sizeOf(w.kernel)), w.kernel), X) };
    const counts = windowCounts(X.shape.slice(2), Y.shape.slice(2), w, a.count_include_pad === 1);
    const share = g.div(dY, g.constant(fromNumbers(X.type, [1, 1, ...Y.shape.slice(2)], counts), "windowCounts"));
    return { X: spread(g, share, X, w) };
  },
  rows: perExampleRows,
});

/** Adds each window's value to every element of the window: a transposed convolution with ones, channel by channel. */
function spread(g: Builder, share: Value, X: Value, w: KernelWindow): Value {
  const [C] = X.shape.slice(1);
  const ones = g.constant(fromNumbers(X.type, [C!, 1, ...w.kernel], Array(C! * sizeOf(w.kernel)).fill(1)), "ones");
  const reach = share.shape.slice(2).map((n, i) => (n - 1) * w.strides[i]! + w.dilations[i]! * (w.kernel[i]! - 1) + 1);
  const full = g.convTranspose(share, ones, undefined, {
    group: C!,
    strides: w.strides,
    dilations: w.dilations,
    kernel_shape: w.kernel,
    output_padding: reach.map((size, i) => Math.max(0, X.shape[i + 2]! + w.pads[i]! - size)),
  });
  const starts = X.shape.slice(2).map((_, i) => w.pads[i]!);
  const ends = X.shape.slice(2).map((size, i) => w.pads[i]! + size);
  return g.slice(
    full,
    starts.map((_, i) => i + 2),
    starts,
    ends,
    starts.map(() => 1),
  );
}

/** How many elements each window averages over. */
export function windowCounts(
  input: readonly number[],
  output: readonly number[],
  w: KernelWindow,
  includePad: boolean,
): number[] {
  const perAxis = output.map((n, i) =>
    Array.from({ length: n }, (_, position) => {
      const start = position * w.strides[i]! - w.pads[i]!;
      const [low, high] = includePad ? [-w.pads[i]!, input[i]! + w.pads[i + input.length]!] : [0, input[i]!];
      const before = (bound: number) =>
        Math.min(w.kernel[i]!, Math.max(0, Math.ceil((bound - start) / w.dilations[i]!)));
      return before(high) - before(low);
    }),
  );
  return perAxis.reduce((outer, axis) => outer.flatMap((x) => axis.map((y) => x * y)), [1]);
}

/** Y = mean over all spatial axes: dX = dY / area. */
export const globalAveragePool: Op = defineOp({
  type: "GlobalAveragePool",
  inputs: ["X"],
  outputs: ["Y"],
  doc: "GlobalAveragePool-1.",
  shape: ({ X }) => ({
    Y: { type: requireFloat("GlobalAveragePool", X), shape: X.shape.map((size, axis) => (axis < 2 ? size : 1)) },
  }),
  gradient: (g, { X, dY }) => ({ X: g.expand(g.div(dY, sizeOf(X.shape.slice(2))), X.shape) }),
  rows: perExampleRows,
});

/**
 * Whole-number factors of a nearest-neighbour Resize per axis, [1, 1, ...factors]; throws for any other kind of Resize.
 */
function factors(
  X: Value,
  scales: Value | undefined,
  a: { mode: string; coordinate_transformation_mode: string },
): number[] {
  const given = scales?.constant ? toNumbers(scales.constant) : [];
  const whole =
    given.length === X.shape.length && given.every((f, i) => Number.isInteger(f) && f >= 1 && (i > 1 || f === 1));
  if (!whole || a.mode !== "nearest" || a.coordinate_transformation_mode !== "asymmetric")
    throw new ShapeError(
      `Resize: expected nearest-neighbour enlargement of the spatial axes by constant whole factors, got scales [${given.join(", ")}], mode ${a.mode}; export with scale_factor`,
    );
  return given;
}

/** Each element repeated along the spatial axes: dX sums dY over the copies. */
export const resize: Op = defineOp({
  type: "Resize",
  inputs: ["X", "roi?", "scales?"],
  outputs: ["Y"],
  attributes: {
    coordinate_transformation_mode: string("half_pixel"),
    mode: string("nearest"),
    nearest_mode: string("round_prefer_floor"),
  },
  doc: "Resize-19, nearest-neighbour enlargement by whole factors (coordinates asymmetric, rounded down). Everything else but tf_crop_and_resize becomes products and Gathers on import.",
  shape({ X, scales }, a) {
    const by = factors(X, scales, a);
    return { Y: { type: X.type, shape: X.shape.map((size, i) => size * by[i]!) } };
  },
  gradient(g, { X, scales, dY }, a) {
    const kernel = factors(X, scales, a).slice(2);
    const mean = g.averagePool(dY, { kernel_shape: kernel, strides: kernel });
    return { X: g.mul(mean, sizeOf(kernel)), roi: discrete, scales: discrete };
  },
  rows: perExampleRows,
});
