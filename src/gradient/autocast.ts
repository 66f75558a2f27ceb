import { freshName, type Graph, type Node, replaceLastOutputs, type Value } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import type { OpName } from "../ops/table.ts";

/** What autocast runs in float16: products, whose sums the hardware forms in float32. Everything else stays float32. */
const halfOperators: ReadonlySet<string> = new Set<OpName>(["MatMul", "Gemm", "Conv", "ConvTranspose", "Einsum"]);

/**
 * A forward pass in mixed precision, as torch.autocast does it: operands and results of matrix products and
 * convolutions are float16 numbers, all else float32; parameters stay float32 (master weights). Differentiate the
 * result: the gradient of a rounding rounds the gradient, so the products of the backward pass are in float16 too.
 * Micikevicius et al. 2018, arXiv:1710.03740, §3.
 *
 * It is emulated: ONNX Runtime's CPU kernels compute float16 graphs in float32 and leave roundings out, but keep a Cast
 * to float16 and back. So each product stands between such pairs: the numbers of float16 hardware that sums in float32,
 * and no gain in time or memory. Unlike torch.autocast, elementwise operators between two products are float32. The
 * values keep their identity.
 */
export function autocast(graph: Graph): Graph {
  const result: Graph = { ...graph, nodes: [] };
  const g = builder(result);
  const rounded = new Map<Value, Value>();
  const half = (value: Value): Value => {
    const known = rounded.get(value) ?? g.cast(g.cast(value, "float16"), "float32");
    rounded.set(value, known);
    return known;
  };
  for (const node of graph.nodes) {
    if (!isHalf(node)) result.nodes.push(node);
    else roundResult(result, { ...node, inputs: node.inputs.map((input) => input && half(input)) });
  }
  return result;
}

function isHalf({ domain, op, outputs }: Node): boolean {
  return domain === "" && halfOperators.has(op) && outputs[0]!.type === "float32";
}

/** The node with its result rounded: who read the result reads the same value, which now is the rounded one. */
function roundResult(graph: Graph, node: Node): void {
  const g = builder(graph);
  const [output] = node.outputs as [Value];
  const exact: Value = { ...output, name: freshName(graph, `${output.name}_float32`) };
  graph.nodes.push({ ...node, outputs: [exact] });
  g.cast(g.cast(exact, "float16"), "float32");
  replaceLastOutputs(graph, [output]);
}
