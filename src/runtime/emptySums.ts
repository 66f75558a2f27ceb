import { constant, type Graph, type Node } from "../graph/graph.ts";
import { fromNumbers, zeros } from "../tensor/tensor.ts";

/**
 * Products over subscripts of which one has size 0: the result is empty or consists of sums of nothing, which are 0. ONNX Runtime 1.30
 * divides by the size of its operands there, by which the processor traps and ends the process; here the zeros are written instead.
 */
export function guardEmptySums(graph: Graph): Graph {
  if (!graph.nodes.some(isEmptySum)) return graph;
  const copy: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  for (const node of graph.nodes) copy.nodes.push(isEmptySum(node) ? zerosInPlaceOf(node, copy) : node);
  return copy;
}

function isEmptySum({ op, domain, inputs }: Node): boolean {
  return op === "Einsum" && domain === "" && inputs.some((operand) => operand!.shape.includes(0));
}

/** Under the name of the node, since it stands for it where something fails. */
function zerosInPlaceOf(node: Node, graph: Graph): Node {
  const { type, shape } = node.outputs[0]!;
  const value = { kind: "tensor", value: zeros(type, [1]) } as const;
  const size = constant(graph, fromNumbers("int64", [shape.length], shape));
  return { ...node, op: "ConstantOfShape", inputs: [size], attributes: { value } };
}
