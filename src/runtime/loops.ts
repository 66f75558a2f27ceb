import type { Node } from "../graph/graph.ts";
import { type KernelWindow, kernelWindow } from "../ops/convolution.ts";
import { type TransposedAttributes, transposedWindow } from "../ops/convTranspose.ts";
import { plainAttributes } from "../ops/op.ts";
import { type OpName, ops } from "../ops/table.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { elementwiseLoops } from "./elementwiseLoops.ts";
import type { Kernel } from "./loop.ts";

/** Operators that ONNX Runtime 1.30 has no float64 kernel for, as plain loops that follow the specification. */
export const loops: Partial<Record<OpName, Kernel>> = {
  ...elementwiseLoops,
  AveragePool: averagePool,
  Conv: conv,
  ConvTranspose: convTranspose,
  GlobalAveragePool: globalAveragePool,
  LayerNormalization: layerNormalization,
  OneHot: oneHot,
  Resize: resizeNearest,
};

/** What a kernel tap sees where there is no element: the padding, or what lies even beyond it (ceil_mode). */
const PADDING = -1;
const OUTSIDE = -2;

/** All multi-indices of a shape, in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, size) => prefixes.flatMap((prefix) => Array.from({ length: size }, (_, i) => [...prefix, i])),
    [[]],
  );
}

function flatIndex(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((flat, i, axis) => flat * shape[axis]! + i, 0);
}

/** [positions][taps]: the flat spatial index of the element under each kernel tap, `PADDING` or `OUTSIDE`. */
function elementsUnder(input: readonly number[], output: readonly number[], w: KernelWindow): number[][] {
  const taps = indices(w.kernel);
  return indices(output).map((position) =>
    taps.map((tap) => {
      const at = position.map((p, i) => p * w.strides[i]! - w.pads[i]! + tap[i]! * w.dilations[i]!);
      if (at.every((x, i) => x >= 0 && x < input[i]!)) return flatIndex(at, input);
      return at.every((x, i) => x >= -w.pads[i]! && x < input[i]! + w.pads[i + input.length]!) ? PADDING : OUTSIDE;
    }),
  );
}

function spatial(value: { readonly shape: readonly number[] } | undefined): readonly number[] {
  return value!.shape.slice(2);
}

/** Y[n, o, p] = B[o] + Σ_c Σ_t W[o, c, t] · X[n, c of o's group, element under tap t at p]. */
function conv(node: Node, [X, W, B]: readonly (Float64Array | undefined)[]): Float64Array {
  const [x, w] = node.inputs;
  const attributes = plainAttributes(ops.Conv, node.attributes);
  const under = elementsUnder(
    spatial(x),
    spatial(node.outputs[0]),
    kernelWindow("Conv", spatial(x), spatial(w), attributes),
  );
  const [N, C] = x!.shape as [number, number];
  const [O, perGroup] = w!.shape as [number, number];
  const [area, volume] = [sizeOf(spatial(x)), sizeOf(spatial(w))];
  const Y = new Float64Array(sizeOf(node.outputs[0]!.shape));
  for (let row = 0; row < N * O; row++) {
    const o = row % O;
    const firstChannel = Math.floor(row / O) * C + Math.floor((o * attributes.group) / O) * perGroup;
    for (const [p, elements] of under.entries()) {
      let sum = B?.[o] ?? 0;
      for (let c = 0; c < perGroup; c++)
        for (let t = 0; t < volume; t++)
          if (elements[t]! >= 0)
            sum += W![(o * perGroup + c) * volume + t]! * X![(firstChannel + c) * area + elements[t]!]!;
      Y[row * under.length + p] = sum;
    }
  }
  return Y;
}

/** Y[n, o of c's group, element under tap t at p] += W[c, o, t] · X[n, c, p], from B[o]. */
function convTranspose(node: Node, [X, W, B]: readonly (Float64Array | undefined)[]): Float64Array {
  const [x, w] = node.inputs;
  const [y] = node.outputs;
  const attributes = plainAttributes(ops.ConvTranspose, node.attributes);
  const { window } = transposedWindow(spatial(x), spatial(w), attributes as TransposedAttributes);
  const under = elementsUnder(spatial(y), spatial(x), window);
  const [N, C] = x!.shape as [number, number];
  const [O, perGroup] = [y!.shape[1]!, w!.shape[1]!];
  const [area, volume] = [sizeOf(spatial(y)), sizeOf(spatial(w))];
  const Y = Float64Array.from({ length: N * O * area }, (_, i) => B?.[Math.floor(i / area) % O] ?? 0);
  for (let row = 0; row < N * C; row++) {
    const c = row % C;
    const firstChannel = Math.floor(row / C) * O + Math.floor((c * attributes.group) / C) * perGroup;
    for (const [p, elements] of under.entries())
      for (let o = 0; o < perGroup; o++)
        for (let t = 0; t < volume; t++)
          if (elements[t]! >= 0)
            Y[(firstChannel + o) * area + elements[t]!]! +=
              W![(c * perGroup + o) * volume + t]! * X![row * under.length + p]!;
  }
  return Y;
}

/** The mean over the elements of each window, or with count_include_pad over those and the padding, which is 0. */
function averagePool(node: Node, [X]: readonly (Float64Array | undefined)[]): Float64Array {
  const [x] = node.inputs;
  const attributes = plainAttributes(ops.AveragePool, node.attributes);
  const window = kernelWindow("AveragePool", spatial(x), attributes.kernel_shape, attributes);
  const under = elementsUnder(spatial(x), spatial(node.outputs[0]), window);
  const least = attributes.count_include_pad ? PADDING : 0;
  const area = sizeOf(spatial(x));
  return Float64Array.from({ length: sizeOf(node.outputs[0]!.shape) }, (_, i) => {
    const first = Math.floor(i / under.length) * area;
    const elements = under[i % under.length]!;
    const sum = elements.reduce((total, at) => (at >= 0 ? total + X![first + at]! : total), 0);
    return sum / elements.filter((at) => at >= least).length;
  });
}

function globalAveragePool(node: Node, [X]: readonly (Float64Array | undefined)[]): Float64Array {
  const area = sizeOf(spatial(node.inputs[0]));
  return Float64Array.from({ length: X!.length / area }, (_, i) => {
    const elements = X!.subarray(i * area, (i + 1) * area);
    return elements.reduce((sum, element) => sum + element, 0) / area;
  });
}

/** All three outputs, whether or not the node has them. */
function layerNormalization(node: Node, [X, Scale, B]: readonly (Float64Array | undefined)[]): Float64Array[] {
  const { epsilon } = plainAttributes(ops.LayerNormalization, node.attributes);
  const n = Scale!.length;
  const rows = Array.from({ length: X!.length / n }, (_, row) => X!.subarray(row * n, (row + 1) * n));
  const mean = Float64Array.from(rows, (row) => row.reduce((sum, x) => sum + x, 0) / n);
  const inverse = Float64Array.from(rows, (row, i) => {
    const variance = row.reduce((sum, x) => sum + (x - mean[i]!) ** 2, 0) / n;
    return 1 / Math.sqrt(variance + epsilon);
  });
  const Y = X!.map((x, at) => {
    const [row, i] = [Math.floor(at / n), at % n];
    return Scale![i]! * (x - mean[row]!) * inverse[row]! + (B?.[i] ?? 0);
  });
  return [Y, mean, inverse];
}

/** Whole factors: the element at index i came from index ⌊i / factor⌋. The shape rule refuses all other kinds. */
function resizeNearest(node: Node, [X]: readonly (Float64Array | undefined)[]): Float64Array {
  const [from, to] = [node.inputs[0]!.shape, node.outputs[0]!.shape];
  return Float64Array.from(indices(to), (index) => {
    const source = index.map((i, axis) => Math.floor((i * from[axis]!) / to[axis]!));
    return X![flatIndex(source, from)]!;
  });
}

/** Indices from −depth count from the end; those beyond the depth have no element of their own. */
function oneHot(node: Node, [at, , values]: readonly (Float64Array | undefined)[]): Float64Array {
  const { axis } = plainAttributes(ops.OneHot, node.attributes);
  const [before, { shape }] = [node.inputs[0]!.shape, node.outputs[0]!];
  const own = axis < 0 ? axis + shape.length : axis;
  const depth = shape[own]!;
  return Float64Array.from(indices(shape), (index) => {
    const hot = Number(at![flatIndex(index.toSpliced(own, 1), before)]!);
    return values![(hot < 0 ? hot + depth : hot) === index[own] ? 1 : 0]!;
  });
}
