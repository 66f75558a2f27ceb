import { type Graph, type Node, replaceLastOutputs, replaceOutput, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { kernelWindow, positions } from "../ops/convolution.ts";
import { plainAttributes } from "../ops/op.ts";
import { ops } from "../ops/table.ts";
import { unfold } from "../ops/weightGradient.ts";
import { sizeOf, toNumbers } from "../tensor/tensor.ts";

/**
 * Elements of an unfolded batch that is kept until the backward pass: 4 MiB, which stay in cache; 10 MB were slower.
 */
const LARGEST = 2 ** 20;

/**
 * Where the gradient of a convolution's weight unfolds the input that the convolution reads, forms these columns once
 * and multiplies them in the forward pass as well:
 *
 *   Conv(X, W, B)  →  W [O, taps·C] · columns [N, taps·C, positions] + B
 *
 * The columns are written by the gradient rule's own `unfold` and recognised as the same computation, node by node.
 */
export function shareColumns(graph: Graph): Graph {
  const ids = numbering();
  for (const node of graph.nodes) ids.add(node);
  const result: Graph = { ...graph, nodes: [], names: new Set(graph.names), outputs: new Map(graph.outputs) };
  const replaced = new Map<number, Value>();
  const current = (value: Value): Value => replaced.get(ids.of(value) ?? Number.NaN) ?? value;
  const append = (node: Node) => {
    if (replaced.has(ids.of(node.outputs[0]!) ?? Number.NaN)) return;
    result.nodes.push({ ...node, inputs: node.inputs.map((value) => value && current(value)) });
  };
  for (const node of graph.nodes) {
    const product = isSmallConvolution(node) && productOf(node, result, ids);
    for (const one of product ? product.nodes : [node]) append(one);
    if (!product) continue;
    for (const one of product.shared) replaced.set(ids.of(one)!, current(one));
    replaced.set(ids.of(node.outputs[0]!)!, current(node.outputs[0]!));
  }
  for (const [name, value] of graph.outputs) replaceOutput(result, name, current(value));
  return result;
}

interface Numbering {
  /** The same for values that are computed alike from the same; undefined for inputs and constants. */
  of(value: Value): number | undefined;
  /** Gives the node's outputs their numbers. */
  add(node: Node): void;
  /** The same if a node like it was added before; otherwise does nothing. */
  recognise(node: Node): boolean;
}

function numbering(): Numbering {
  const numbers = new Map<Value, number>();
  const known = new Map<string, number>();
  const describe = (value: Value | undefined) => value && (numbers.get(value) ?? contentsOf(value));
  const keyOf = ({ domain, op, attributes, inputs }: Node, output: number) =>
    JSON.stringify([domain, op, attributes, inputs.map(describe), output], (_, part) =>
      typeof part === "bigint" ? String(part) : part,
    );
  const add = (node: Node) => {
    for (const [i, output] of node.outputs.entries()) {
      const key = keyOf(node, i);
      const number = known.get(key) ?? known.size;
      known.set(key, number);
      numbers.set(output, number);
    }
  };
  return {
    of: (value) => numbers.get(value),
    add,
    recognise(node) {
      const found = known.has(keyOf(node, 0));
      if (found) add(node);
      return found;
    },
  };
}

/** Axes, bounds and shapes are equal when their numbers are; all else goes by name. */
function contentsOf({ name, type, shape, constant }: Value): string {
  return constant && type === "int64" ? `${shape}: ${toNumbers(constant)}` : name;
}

function isSmallConvolution({ op, domain, inputs, outputs, attributes }: Node): boolean {
  if (op !== "Conv" || domain !== "") return false;
  const [X, W] = inputs as [Value, Value];
  const columns = X.shape[0]! * sizeOf(W.shape.slice(1)) * sizeOf(outputs[0]!.shape.slice(2));
  return plainAttributes(ops.Conv, attributes).group === 1 && X.type === "float32" && columns <= LARGEST;
}

interface Product {
  readonly nodes: readonly Node[];
  /** What the backward pass computes too. */
  readonly shared: readonly Value[];
}

/** The convolution as a product, or nothing where no other node forms its columns. */
function productOf(node: Node, graph: Graph, ids: Numbering): Product | undefined {
  const own: Graph = { ...graph, nodes: [] };
  const g = builder(own);
  const columns = columnsOf(g, node);
  if (!own.nodes.every(ids.recognise)) return undefined;
  const shared = own.nodes.map((one) => one.outputs[0]!);
  multiply(g, node, columns);
  replaceLastOutputs(own, node.outputs);
  return { nodes: own.nodes, shared };
}

/** [N, taps·C, positions] */
function columnsOf(g: Builder, { inputs, outputs, attributes }: Node): Value {
  const [X, W] = inputs as [Value, Value];
  const size = X.shape.slice(2);
  const w = kernelWindow("Conv", size, W.shape.slice(2), plainAttributes(ops.Conv, attributes));
  const [N, depth, area] = [X.shape[0]!, sizeOf(W.shape.slice(1)), sizeOf(outputs[0]!.shape.slice(2))];
  return g.reshape(unfold(g, g.pad(X, w.pads), w, positions("Conv", size, w), 1), [N, 1, depth, area]);
}

function multiply(g: Builder, { inputs, outputs }: Node, columns: Value): void {
  const [, W, B] = inputs as [Value, Value, Value | undefined];
  const [O, C] = W.shape as [number, number];
  const [N, , depth, area] = columns.shape as [number, number, number, number];
  // The taps are the outer axis of the columns and the inner one of the weight.
  const weight = g.reshape(g.transpose(g.reshape(W, [O, C, depth / C]), [0, 2, 1]), [O, depth]);
  const product = g.matMul(weight, g.reshape(columns, [N, depth, area]));
  g.reshape(B ? g.add(product, g.reshape(B, [O, 1])) : product, outputs[0]!.shape);
}
