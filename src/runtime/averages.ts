import type { Graph, Node, Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { kernelWindow } from "../ops/convolution.ts";
import { plainAttributes } from "../ops/op.ts";
import { windowCounts } from "../ops/pooling.ts";
import { ops } from "../ops/table.ts";
import { fromNumbers, sizeOf } from "../tensor/tensor.ts";

/**
 * Average pools of images as convolutions with one constant filter per channel, and global ones as means over axes: 0.2
 * to 0.8 of the time that ONNX Runtime 1.30 takes over its own operators (bench/averages.ts). Where windows hold
 * different numbers of elements, the filter adds and a product with the reciprocal counts divides.
 */
export function replaceAverages(graph: Graph): Graph {
  const result: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  for (const node of graph.nodes) result.nodes.push(...(replacement(node, result) ?? [node]));
  return result;
}

function replacement(node: Node, graph: Graph): Node[] | undefined {
  const [X] = node.inputs;
  if (node.domain !== "" || X?.type !== "float32") return undefined;
  const own: Graph = { ...graph, nodes: [] };
  if (node.op === "GlobalAveragePool") builder(own).reduceMean(X, [...X.shape.keys()].slice(2), true);
  else if (node.op === "AveragePool" && X.shape.length === 4) asConvolution(builder(own), node, X);
  else return undefined;
  const last = own.nodes.at(-1)!;
  return [...own.nodes.slice(0, -1), { ...last, outputs: node.outputs }];
}

function asConvolution(g: Builder, node: Node, X: Value): Value {
  const [C, ...size] = X.shape.slice(1) as [number, number, number];
  const steps = node.outputs[0]!.shape.slice(2);
  const a = plainAttributes(ops.AveragePool, node.attributes);
  const w = kernelWindow("AveragePool", size, a.kernel_shape, a);
  const { kernel, strides, dilations } = w;
  const counts = windowCounts(size, steps, w, a.count_include_pad === 1);
  const even = counts.every((count) => count === counts[0]);
  const taps = Array(C * sizeOf(kernel)).fill(even ? 1 / counts[0]! : 1);
  const filter = g.constant(fromNumbers("float32", [C, 1, ...kernel], taps), "average");
  // As far as the last window reaches, which with ceil_mode is beyond the padding.
  const ends = steps.map((count, i) => {
    const reach = (count - 1) * strides[i]! + dilations[i]! * (kernel[i]! - 1) + 1;
    return Math.max(0, reach - size[i]! - w.pads[i]!);
  });
  const pads = [...w.pads.slice(0, size.length), ...ends];
  const sums = g.conv(X, filter, undefined, { group: C, strides, dilations, pads, kernel_shape: kernel });
  if (even) return sums;
  const shares = counts.map((count) => 1 / count);
  return g.mul(sums, g.constant(fromNumbers("float32", [1, 1, ...steps], shares), "shares"));
}
