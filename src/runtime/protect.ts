import { addNode, constant, type Graph, type Node, type Value } from "../graph/graph.ts";
import { scalar } from "../tensor/tensor.ts";
import { guardDivisions } from "./divisions.ts";
import { guardEmpty } from "./empty.ts";

/**
 * What ONNX Runtime may be given: the graph without what overwrites memory that others read, and without what ends the
 * process.
 */
export function protect(graph: Graph): Graph {
  return guardEmpty(guardDivisions(protectStatistics(graph)));
}

/** Positions of input_mean and input_var. */
const statistics = new Set([3, 4]);

/**
 * ONNX Runtime 1.30 lays the running statistics that BatchNormalization computes in training mode over those it reads,
 * be they a weight of the model, the caller's bound memory, or either seen through Identity or Reshape: a second run
 * starts from other numbers, and who reads the old ones later gets the new. Here the operator reads copies, which
 * nobody else does.
 */
export function protectStatistics(graph: Graph): Graph {
  if (!graph.nodes.some(overwrites)) return graph;
  const copy: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  for (const node of graph.nodes) {
    const inputs = overwrites(node)
      ? node.inputs.map((value, i) => (statistics.has(i) ? sum(copy, value!) : value))
      : node.inputs;
    copy.nodes.push({ ...node, inputs });
  }
  return copy;
}

function overwrites({ op, domain, attributes }: Node): boolean {
  return op === "BatchNormalization" && domain === "" && attributes.training_mode?.value === 1;
}

/** value + 0, which unlike Identity always has memory of its own. */
function sum(graph: Graph, value: Value): Value {
  const [result] = addNode(graph, {
    op: "Add",
    inputs: [value, constant(graph, scalar(value.type, 0))],
    outputs: [value],
  });
  return result!;
}
