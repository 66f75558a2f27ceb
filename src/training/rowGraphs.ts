import { timesItsTranspose } from "../gradient/symmetric.ts";
import { addInput, addOutput, type Graph, newGraph, prune, type Value } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { arrayClass, type Shape, sizeOf } from "../tensor/tensor.ts";

/** What the products of rows are called. */
export const productName = "products";
export const blockName = "block";

/** The same graph with only these of its outputs, without the nodes and inputs that none of them needs. */
export function withOutputs(graph: Graph, names: ReadonlySet<string>): Graph {
  const outputs = new Map([...graph.outputs].filter(([name]) => names.has(name)));
  const { nodes, ...rest } = prune({ ...graph, outputs });
  const read = new Set<Value | undefined>([...outputs.values(), ...nodes.flatMap((node) => node.inputs)]);
  return { ...rest, nodes, inputs: graph.inputs.filter((input) => read.has(input)) };
}

/** The inner products of K rows over some of their columns: input `block` [K, width], output `products` [K, K]. */
export function blockGraph(groups: number, width: number, type: "float32" | "float64" = "float32"): Graph {
  const graph = newGraph("block_products");
  const g = builder(graph);
  const block = addInput(graph, blockName, type, [groups, width]);
  addOutput(graph, productName, timesItsTranspose(g, block));
  return graph;
}

/** Coordinates of a parameter that are looked at one by one: all, or about so many, spread evenly. */
const MOST_COORDINATES = 2 ** 12;

/**
 * From one coordinate that is looked at to the next, in the order of memory. It shares no factor with any axis, so that
 * the coordinates do not all lie in a few rows or columns.
 */
export function coordinateStride(shape: Shape): number {
  let stride = Math.ceil(sizeOf(shape) / MOST_COORDINATES);
  while (stride > 1 && shape.some((axis) => commonDivisor(stride, axis) > 1)) stride++;
  return stride;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/**
 * Bytes that an engine holds at most while it runs the graph, inputs and constants apart: each result from the node
 * that makes it to the last that reads it, outputs to the end. Operators that work in place hold less, those with a
 * scratch memory more.
 */
export function peakBytes(graph: Graph): number {
  const lastRead = new Map<Value | undefined, number>();
  graph.nodes.forEach((node, i) => {
    for (const input of node.inputs) lastRead.set(input, i);
  });
  const outputs = new Set(graph.outputs.values());
  const dying = graph.nodes.map((): Value[] => []);
  let [held, peak] = [0, 0];
  graph.nodes.forEach((node, i) => {
    for (const output of node.outputs) {
      held += bytesOf(output);
      if (!outputs.has(output)) dying[Math.max(i, lastRead.get(output) ?? i)]!.push(output);
    }
    peak = Math.max(peak, held);
    for (const value of dying[i]!) held -= bytesOf(value);
  });
  return peak;
}

function bytesOf({ type, shape }: Value): number {
  return sizeOf(shape) * arrayClass(type).BYTES_PER_ELEMENT;
}
