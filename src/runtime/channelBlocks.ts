import {
  type Attribute,
  type Attributes,
  addNode,
  type Graph,
  type Node,
  producers,
  replaceLastOutputs,
  type Value,
} from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { type KernelWindow, kernelWindow } from "../ops/convolution.ts";
import { plainAttributes } from "../ops/op.ts";
import { ops } from "../ops/table.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { type Shape, sizeOf } from "../tensor/tensor.ts";

/** Positions of a batch from which on a dense convolution repays the laying out of its filter. */
const FEWEST_POSITIONS = 64;

/** Numbers in a filter from which on a convolution of fewer channels than a block is faster so. */
const FEWEST_TAPS = 64;

/** How many channels the processor's vectors hold: those of a block lie side by side in memory. */
export type BlockSize = 8 | 16;

/**
 * Convolutions of images and series in the layout of ONNX Runtime's own fastest kernels, whose operators (domain
 * com.microsoft.nchwc) its graph optimiser would insert where weights are constant: channels in blocks as wide as a
 * vector,
 *
 *   Conv(X, W)  →  ReorderOutput(nchwc.Conv(ReorderInput(X), W laid out likewise))
 *
 *   X [N, C, H, W] in memory as [N, C/block, H, W, block]
 *   W [O, C, h, w] as [O/block, C/block, h, w, block of C, block of O], or, where one channel or a few are read, as
 *     [O/block, C, h, w, block of O]
 *
 * Declared shapes stay. What several convolutions read is laid out once: the gradient of a depthwise weight reads the
 * same X and dY as the convolution and the gradient of its input. Sources:
 * onnxruntime/core/optimizer/nchwc_transformer.cc and onnxruntime/core/mlas/lib/snchwc.cpp of ONNX Runtime.
 */
export function blockChannels(graph: Graph, block: BlockSize): Graph {
  const result: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  const layout: Layout = { g: builder(result), block, made: producers(graph), known: new Map() };
  for (const node of graph.nodes) {
    const form = formOf(node, block);
    if (form) convolve(layout, node, form);
    else result.nodes.push(node);
  }
  return result;
}

interface Layout {
  readonly g: Builder;
  readonly block: BlockSize;
  readonly made: ReadonlyMap<Value, Node>;
  /** What is laid out in blocks already. */
  readonly known: Map<Value, Value>;
}

interface Form {
  readonly kind: "one by one" | "few" | "dense";
  readonly group: number;
  readonly window: KernelWindow;
}

function formOf(node: Node, block: BlockSize): Form | undefined {
  const [X, W] = node.inputs as [Value, Value];
  if (node.op !== "Conv" || node.domain !== "" || X.type !== "float32" || X.shape.length > 4) return undefined;
  const [[N, C, ...size], [O, perGroup, ...kernel]] = [X.shape as [number, number], W.shape as [number, number]];
  const { group, ...attributes } = plainAttributes(ops.Conv, node.attributes);
  const window = kernelWindow("Conv", size, kernel, attributes);
  const whole = (channels: number) => channels % block === 0;
  if (group === C && O === C && whole(C)) return { kind: "one by one", group, window };
  const positions = N * sizeOf(node.outputs[0]!.shape.slice(2));
  if (!whole(O / group) || sizeOf(kernel) === 1 || positions < FEWEST_POSITIONS) return undefined;
  if (whole(perGroup)) return { kind: "dense", group, window };
  const few = group === 1 && C < block && sizeOf(W.shape.slice(1)) >= FEWEST_TAPS;
  return few ? { kind: "few", group, window } : undefined;
}

function convolve(layout: Layout, node: Node, { kind, group, window }: Form): void {
  const { g, block } = layout;
  const [X, W, B] = node.inputs as [Value, Value, Value | undefined];
  const Y = node.outputs[0]!;
  const data = kind === "few" ? X : inBlocks(layout, X);
  const filter =
    kind === "one by one" ? inBlocks(layout, W) : kind === "few" ? flatFilter(g, W) : filterOf(g, W, block);
  const inputs = [g.reshape(data, plane(X.shape)), g.reshape(filter, plane(W.shape)), B];
  const result = blocked(
    g,
    "Conv",
    inputs,
    { ...inPlane(window), group: { kind: "int", value: group } },
    plane(Y.shape),
  );
  layout.known.set(Y, result);
  const channels: Attribute = { kind: "int", value: Y.shape[1]! };
  g.reshape(blocked(g, "ReorderOutput", [result], { channels }, result.shape), Y.shape);
  replaceLastOutputs(g.graph, node.outputs);
}

function blocked(
  g: Builder,
  op: string,
  inputs: readonly (Value | undefined)[],
  attributes: Attributes,
  shape: Shape,
): Value {
  const domain = "com.microsoft.nchwc";
  return addNode(g.graph, { op, domain, inputs, attributes, outputs: [{ type: "float32", shape }] })[0]!;
}

/** [N, C, W] as [N, C, 1, W]. */
function plane(shape: Shape): Shape {
  return shape.length === 4 ? shape : [...shape.slice(0, 2), 1, ...shape.slice(2)];
}

function inPlane({ kernel, strides, dilations, pads }: KernelWindow): Attributes {
  const two = (values: readonly number[], missing: number): readonly number[] =>
    values.length === 2 ? values : [missing, ...values];
  const half = pads.length / 2;
  const both = [...two(pads.slice(0, half), 0), ...two(pads.slice(half), 0)];
  const sizes = { kernel_shape: two(kernel, 1), strides: two(strides, 1), dilations: two(dilations, 1), pads: both };
  return Object.fromEntries(Object.entries(sizes).map(([name, value]) => [name, { kind: "ints", value }]));
}

/**
 * The value in blocks, of whatever shape: the first two axes are taken as one where the second alone has no whole
 * blocks, which for batches of whole blocks is the same order in memory. So a Reshape between the first two axes is
 * looked through.
 */
function inBlocks({ g, block, made, known }: Layout, value: Value): Value {
  const source = beforeReshape(value, made, block);
  const [rows, channels, ...size] = source.shape as [number, number, ...number[]];
  const shape = plane(channels % block === 0 ? source.shape : [1, rows * channels, ...size]);
  const found = known.get(source) ?? blocked(g, "ReorderInput", [g.reshape(source, shape)], {}, shape);
  known.set(source, found);
  return found;
}

function beforeReshape(value: Value, made: ReadonlyMap<Value, Node>, block: BlockSize): Value {
  const node = made.get(value);
  const X = node?.op === "Reshape" ? node.inputs[0]! : undefined;
  const same = X && X.shape[1]! % block === 0 && equalShapes(X.shape.slice(2), value.shape.slice(2));
  return same ? beforeReshape(X, made, block) : value;
}

/** [O, C, ...kernel] with blocks of output channels innermost. */
function flatFilter(g: Builder, W: Value): Value {
  const shape = [1, W.shape[0]!, sizeOf(W.shape.slice(1)), 1];
  return blocked(g, "ReorderInput", [g.reshape(W, shape)], {}, shape);
}

/** The same with blocks of input channels around them, inside the taps. */
function filterOf(g: Builder, W: Value, block: BlockSize): Value {
  const taps = sizeOf(W.shape.slice(2));
  const split = g.reshape(W, [sizeOf(W.shape) / taps / block, block, taps]);
  return flatFilter(g, g.reshape(g.transpose(split, [0, 2, 1]), W.shape));
}
