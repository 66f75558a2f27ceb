import { type Graph, type Node, producers, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { type KernelWindow, kernelWindow } from "../ops/convolution.ts";
import { plainAttributes } from "../ops/op.ts";
import { ops } from "../ops/table.ts";
import { channelsFirst, tapSlices } from "../ops/weightGradient.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { fromNumbers, sizeOf, toNumbers } from "../tensor/tensor.ts";

/** With wider rows, diagonals are taken of blocks of them: the work grows with the width of a block. */
const WIDEST_BLOCK = 32;

/**
 * Convolutions channel by channel with filters that are larger than the result, as gradients of depthwise weights are,
 * by products of matrices, where the processor has no kernels of blocks (channelBlocks.ts): for each channel and each
 * place along the leading axes of the result, the product of the filter's columns with X's holds every pair of places
 * along the last axis; place j of the result is the sum of its j-th diagonal. Five times the arithmetic that is needed,
 * in products that run ten times as fast as sums of elements. Where a product with ones sums over examples, the sum is
 * inside these products.
 */
export function multiplyDiagonals(graph: Graph): Graph {
  const result: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  const made = producers(graph);
  for (const node of graph.nodes) {
    const one = isLarge(node) ? apart(node) : summed(node, made);
    if (one) result.nodes.push(...replacement(node, one, result));
    else result.nodes.push(node);
  }
  return result;
}

/** A gradient of depthwise weights: X [N, C, ...size], dY [N, C·m, ...steps], by `node`. */
interface Large {
  readonly node: Node;
  readonly X: Value;
  readonly dY: Value;
}

function isLarge({ op, domain, inputs, outputs, attributes }: Node): boolean {
  if (op !== "Conv" || domain !== "") return false;
  const [X, W, B] = inputs as [Value, Value, Value | undefined];
  const [N, C] = X.shape as [number, number];
  const alone = N === 1 && C > 1 && plainAttributes(ops.Conv, attributes).group === C;
  return alone && !B && sizeOf(W.shape.slice(2)) > sizeOf(outputs[0]!.shape.slice(2));
}

function apart(node: Node): Large {
  const [X, dY] = node.inputs as [Value, Value];
  return { node, X, dY };
}

/** The convolution of N examples as one, [1, N·C, …], whose results a product with ones [1, N] sums. */
function summed({ op, inputs }: Node, made: ReadonlyMap<Value, Node>): Large | undefined {
  const [ones, terms] = inputs;
  const N = ones?.shape[1];
  const adds = op === "MatMul" && ones?.constant && ones.shape.length === 2 && ones.shape[0] === 1;
  if (!adds || !terms || !toNumbers(ones.constant).every((x) => x === 1)) return undefined;
  let node = made.get(terms);
  while (node?.op === "Reshape") node = made.get(node.inputs[0]!);
  if (!node || !isLarge(node)) return undefined;
  const [X, dY] = node.inputs.map((value) => reshaped(value!, N!, made));
  return X && dY && { node, X, dY };
}

/** The N examples [N, channels, ...size] that `value` holds as channels. */
function reshaped(value: Value, N: number, made: ReadonlyMap<Value, Node>): Value | undefined {
  const node = made.get(value);
  const X = node?.op === "Reshape" ? node.inputs[0] : undefined;
  return X?.shape[0] === N && equalShapes(X.shape.slice(2), value.shape.slice(2)) ? X : undefined;
}

function replacement(last: Node, { node, X, dY }: Large, graph: Graph): Node[] {
  const own: Graph = { ...graph, nodes: [] };
  const g = builder(own);
  const [one, filter] = node.inputs as [Value, Value];
  const a = plainAttributes(ops.Conv, node.attributes);
  const { strides, dilations, pads, kernel } = kernelWindow("Conv", one.shape.slice(2), filter.shape.slice(2), a);
  const places: KernelWindow = {
    kernel: node.outputs[0]!.shape.slice(2),
    strides: dilations,
    dilations: strides,
    pads,
  };
  const examples = X === one ? g.reshape(dY, [1, dY.shape[0]!, ...kernel]) : dY;
  g.reshape(sumDiagonals(g, g.pad(X, pads), examples, places), last.outputs[0]!.shape);
  const end = own.nodes.at(-1)!;
  return [...own.nodes.slice(0, -1), { ...end, outputs: last.outputs }];
}

/**
 * X [N, C, ...size], dY [N, O, ...steps] → [O, 1, ...kernel of `w`], where step s of dY meets place s·stride +
 * k·dilation of X.
 */
function sumDiagonals(g: Builder, X: Value, dY: Value, w: KernelWindow): Value {
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
  return products.length === 1 ? products[0]! : g.concat(products, 1);
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
function diagonals(X: Value, block: number, width: number, w: KernelWindow) {
  const last = w.kernel.length - 1;
  const ones = new Float32Array(block * width * w.kernel[last]!);
  for (let position = 0; position < block; position++)
    for (let tap = 0; tap < w.kernel[last]!; tap++)
      ones[(position * width + position * w.strides[last]! + tap * w.dilations[last]!) * w.kernel[last]! + tap] = 1;
  return fromNumbers(X.type, [block * width, w.kernel[last]!], ones);
}
