import { type Graph, type Node, producers, type Value } from "../graph/graph.ts";
import { withOutputs } from "./rowGraphs.ts";

/** A graph in two: what does not depend on some inputs, and the rest. */
export interface SplitGraph {
  /** Gives each of `carried` under its own name. */
  readonly before: Graph;
  /** Reads each of `carried` beside inputs of the graph, and gives what the graph gave. */
  readonly after: Graph;
  readonly carried: readonly Value[];
}

/** Operators that only move numbers: cheaper to do again than to keep what they give. */
const moves = new Set([
  ...["Cast", "Concat", "Expand", "Flatten", "Identity", "Pad", "Reshape"],
  ...["Slice", "Split", "Squeeze", "Transpose", "Unsqueeze"],
]);

/** Cuts a graph where `inputs` come in: runs that differ in these alone need what comes before them once. */
export function splitGraph(graph: Graph, inputs: readonly Value[]): SplitGraph {
  const late = new Set<Value>(inputs);
  for (const { inputs: read, outputs } of graph.nodes)
    if (read.some((value) => value && late.has(value))) for (const output of outputs) late.add(output);
  const read = new Set<Value>(graph.outputs.values());
  const isAfter = ({ op, outputs }: Node) =>
    outputs.some((output) => late.has(output) || (moves.has(op) && read.has(output)));
  for (const node of graph.nodes.toReversed()) {
    if (!isAfter(node)) continue;
    for (const output of node.outputs) late.add(output);
    for (const value of node.inputs) if (value) read.add(value);
  }
  const made = producers(graph);
  const carried = [...read].filter((value) => made.has(value) && !late.has(value));
  const outputs = new Map(carried.map((value) => [value.name, value]));
  const rest = {
    ...graph,
    nodes: graph.nodes.filter(({ outputs }) => outputs.some((output) => late.has(output))),
    inputs: [...graph.inputs, ...carried],
  };
  return {
    before: withOutputs({ ...graph, outputs }, new Set(outputs.keys())),
    after: withOutputs(rest, new Set(graph.outputs.keys())),
    carried,
  };
}
