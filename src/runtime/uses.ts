import type { Graph, Value } from "../graph/graph.ts";

/** How many operands and outputs of the graph are this value. */
export function uses(graph: Graph): Map<Value, number> {
  const counts = new Map<Value, number>();
  const count = (value: Value | undefined) => value && counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  for (const output of graph.outputs.values()) count(output);
  return counts;
}
