import type { Node } from "../graph/graph.ts";
import { sizeOf } from "../tensor/tensor.ts";

/** Operators that only move elements, or happen once while the graph is built. */
const moves: ReadonlySet<string> = new Set([
  "Cast",
  "Concat",
  "ConstantOfShape",
  "DepthToSpace",
  "Expand",
  "Flatten",
  "Gather",
  "GatherElements",
  "GatherND",
  "Identity",
  "Pad",
  "Range",
  "Reshape",
  "ScatterElements",
  "ScatterND",
  "Shape",
  "Size",
  "Slice",
  "SpaceToDepth",
  "Split",
  "Squeeze",
  "Tile",
  "Transpose",
  "Trilu",
  "Unsqueeze",
]);

/** Products that each element of the output sums. */
const terms: Readonly<Record<string, (node: Node) => number>> = {
  /** A [..., M, K]. */
  MatMul: ({ inputs: [A] }) => A!.shape.at(-1)!,
  Gemm: ({ inputs: [A], attributes: { transA } }) => A!.shape[transA?.value === 1 ? 0 : 1]!,
  /** W [O, C/group, ...kernel]. */
  Conv: ({ inputs: [, W] }) => sizeOf(W!.shape.slice(1)),
};

/**
 * Floating point operations of one node. A product of matrices or a convolution has two for each multiply-add and one
 * for each element that gets a bias; what only moves elements has none; everything else one for each element of its
 * input or output, whichever are more.
 */
export function flopsOf(node: Node): number {
  const elements = sizeOf(node.outputs[0]!.shape);
  const products = terms[node.op];
  if (products) return (2 * products(node) + (node.inputs[2] ? 1 : 0)) * elements;
  if (node.op === "ConvTranspose") return 2 * sizeOf(node.inputs[0]!.shape) * sizeOf(node.inputs[1]!.shape.slice(1));
  if (moves.has(node.op)) return 0;
  return Math.max(elements, sizeOf(node.inputs[0]?.shape ?? []));
}
