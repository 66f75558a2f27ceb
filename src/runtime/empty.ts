import { addNode, constant, freshName, type Graph, type Node, type Value } from "../graph/graph.ts";
import { fromNumbers, zeros } from "../tensor/tensor.ts";

/** Whether a sum of products has nothing but the sum. */
const sums: Readonly<Record<string, "bare" | "biased">> = { Einsum: "bare", Conv: "biased", ConvTranspose: "biased" };

/**
 * Nodes whose results are known because nothing has elements: results that have none themselves, and sums of products
 * of operands of which one has none, which are sums of nothing, hence 0, and the bias. With such operands ONNX Runtime
 * 1.30 divides by sizes in Einsum and TopK, by which the processor traps and ends the process, and counts channels down
 * from 0 in strided convolutions of float16, which takes for ever. Here the results are written instead.
 */
export function guardEmpty(graph: Graph): Graph {
  if (!graph.nodes.some((node) => isWithoutElements(node) || isEmptySum(node))) return graph;
  const copy: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  for (const node of graph.nodes) {
    if (isWithoutElements(node)) copy.nodes.push(...node.outputs.map((Y, i) => zerosFor(node, Y, i, copy)));
    else copy.nodes.push(isEmptySum(node) ? sumOfNothing(node, copy) : node);
  }
  return copy;
}

function isWithoutElements({ op, outputs }: Node): boolean {
  return op !== "ConstantOfShape" && outputs.every(({ shape }) => shape.includes(0));
}

function isEmptySum({ op, domain, inputs }: Node): boolean {
  const kind = domain === "" ? sums[op] : undefined;
  const factors = kind === "biased" ? inputs.slice(0, 2) : inputs;
  return kind !== undefined && factors.some((factor) => factor!.shape.includes(0));
}

/** Under the name of the node, since it stands for it where something fails; so does what follows. */
function zerosFor(node: Node, Y: Value, place: number, graph: Graph): Node {
  const name = place === 0 ? node.name : freshName(graph, node.name);
  const value = { kind: "tensor", value: zeros(Y.type, [1]) } as const;
  const inputs = [shapeOf(graph, Y.shape)];
  return { ...node, name, domain: "", op: "ConstantOfShape", inputs, outputs: [Y], attributes: { value } };
}

function sumOfNothing(node: Node, graph: Graph): Node {
  const Y = node.outputs[0]!;
  const bias = sums[node.op] === "biased" ? node.inputs[2] : undefined;
  if (!bias) return zerosFor(node, Y, 0, graph);
  const shape = Y.shape.map((_, axis) => (axis === 1 ? bias.shape[0]! : 1));
  const inputs = [bias, shapeOf(graph, shape)];
  const [channels] = addNode(graph, { op: "Reshape", inputs, outputs: [{ type: Y.type, shape }] });
  return { ...node, op: "Expand", inputs: [channels!, shapeOf(graph, Y.shape)], attributes: {} };
}

function shapeOf(graph: Graph, shape: Value["shape"]): Value {
  return constant(graph, fromNumbers("int64", [shape.length], shape));
}
