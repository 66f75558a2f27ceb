import { addNode, constant, type Graph, type Node, type Value } from "../graph/graph.ts";
import { fromNumbers, zeros } from "../tensor/tensor.ts";

/** Whether a sum of products has nothing but the sum. */
const sums: Readonly<Record<string, "bare" | "biased">> = { Einsum: "bare", Conv: "biased", ConvTranspose: "biased" };

/**
 * Sums of products of operands of which one has no elements: the result is empty or consists of sums of nothing, which are 0, and of
 * the bias. ONNX Runtime 1.30 divides by sizes in Einsum, by which the processor traps and ends the process, and counts channels down
 * from 0 in strided convolutions of float16, which takes for ever. Here the result is written instead.
 */
export function guardEmptySums(graph: Graph): Graph {
  if (!graph.nodes.some(isEmptySum)) return graph;
  const copy: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  for (const node of graph.nodes) copy.nodes.push(isEmptySum(node) ? sumOfNothing(node, copy) : node);
  return copy;
}

function isEmptySum({ op, domain, inputs }: Node): boolean {
  const kind = domain === "" ? sums[op] : undefined;
  const factors = kind === "biased" ? inputs.slice(0, 2) : inputs;
  return kind !== undefined && factors.some((factor) => factor!.shape.includes(0));
}

/** Under the name of the node, since it stands for it where something fails. */
function sumOfNothing(node: Node, graph: Graph): Node {
  const Y = node.outputs[0]!;
  const bias = sums[node.op] === "biased" ? node.inputs[2] : undefined;
  const whole = shapeOf(graph, Y.shape);
  if (!bias) {
    const value = { kind: "tensor", value: zeros(Y.type, [1]) } as const;
    return { ...node, op: "ConstantOfShape", inputs: [whole], attributes: { value } };
  }
  const shape = Y.shape.map((_, axis) => (axis === 1 ? bias.shape[0]! : 1));
  const inputs = [bias, shapeOf(graph, shape)];
  const [channels] = addNode(graph, { op: "Reshape", inputs, outputs: [{ type: Y.type, shape }] });
  return { ...node, op: "Expand", inputs: [channels!, whole], attributes: {} };
}

function shapeOf(graph: Graph, shape: Value["shape"]): Value {
  return constant(graph, fromNumbers("int64", [shape.length], shape));
}
