import {
  addNode,
  addOutput,
  constant,
  type Graph,
  type Node,
  producers,
  prune,
  replaceOutput,
  type Value,
} from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { type Shape, sizeOf, tensor } from "../tensor/tensor.ts";
import { assertInPlaceSafe } from "./inPlace.ts";

/** Of smaller arrays the views around the convolution cost more than it saves. */
const LEAST = 2 ** 14;

/** A graph whose nodes add to memory instead of reading two arrays and writing a third. */
export interface AddedInPlace {
  /** Outputs may have another shape than before, of as many elements. */
  readonly graph: Graph;
  /**
   * Outputs that were not there before, each with the one whose memory it takes: that one is formed from it in place.
   */
  readonly scratch: ReadonlyMap<string, string>;
}

/**
 * Forms outputs that lie on the memory of an input (`aliases`: output name → input name) by adding to it, as gradients
 * are accumulated and parameters updated:
 *
 *   Gemm(Aᵀ, B, C)                         →  FusedConv(B, Aᵀ, C)
 *   Add(C, Mul(B, s)), Sub(C, Mul(B, s))   →  FusedConv(B, ±s, C)
 *
 * com.microsoft.FusedConv with filters of one element is the same product Aᵀ·B or s·B, which it adds to C where C lies.
 * Gemm copies C first, even onto itself, and Mul and Add write and read the product. Products are rounded before they
 * are added in either form, so that no bit changes. Where C itself is computed from the input, as a decayed momentum
 * is, it is written there first.
 */
export function addInPlace(given: Graph, aliases: Readonly<Record<string, string>>): AddedInPlace {
  let [graph, scratch] = [given, new Map<string, string>()];
  for (const [output, input] of Object.entries(aliases)) {
    const places = placesOf(scratch, aliases);
    const found = formsOf(graph, output).find((form) => isSafe(form, places, input));
    if (!found) continue;
    graph = found.graph;
    if (found.scratch) scratch.set(found.scratch, output);
  }
  return { graph: prune(graph), scratch };
}

/** The aliases of all outputs where those that the caller knows lie as `aliases` tells. */
export function placesOf(
  scratch: ReadonlyMap<string, string>,
  aliases: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const placed = [...scratch].filter(([, output]) => Object.hasOwn(aliases, output));
  return { ...aliases, ...Object.fromEntries(placed.map(([name, output]) => [name, aliases[output]!])) };
}

interface Form {
  readonly graph: Graph;
  readonly scratch?: string;
}

/** What is added to C: the product of filters [rows, depth, 1, 1] and images [1, depth, 1, columns]. */
interface Term {
  readonly filters: Value;
  readonly images: Value;
}

/** The ways to form the output by adding in place, none where it is no such sum. */
function formsOf(graph: Graph, output: string): Form[] {
  const Y = graph.outputs.get(output);
  if (Y?.type !== "float32" || sizeOf(Y.shape) < LEAST) return [];
  const made = producers(graph);
  const node = made.get(Y);
  if (node?.domain !== "") return [];
  const [A, B, C] = node.inputs as [Value, Value, Value | undefined];
  if (node.op === "Gemm") return C && isAccumulation(node) ? [form(graph, output, C, (g) => product(g, A, B))] : [];
  const orders = node.op === "Add" ? [[A, B] as const, [B, A] as const] : node.op === "Sub" ? [[A, B] as const] : [];
  return orders.flatMap(([sum, term]) => {
    const scaled = scaledBy(made.get(term));
    if (!scaled || !isReadOnce(graph, term) || !equalShapes(sum.shape, term.shape)) return [];
    return form(graph, output, sum, (g) => multiple(g, scaled, node.op === "Sub"));
  });
}

/** Aᵀ·B + C of few rows: the filters are Aᵀ written out. */
function isAccumulation({ inputs, outputs, attributes }: Node): boolean {
  const [A, B, C] = inputs as [Value, Value, Value];
  const expected = { alpha: 1, beta: 1, transA: 1, transB: 0 };
  const given: Record<string, unknown> = { alpha: 1, beta: 1, transA: 0, transB: 0 };
  for (const [name, { value }] of Object.entries(attributes)) given[name] = value;
  const plain = Object.entries(expected).every(([name, value]) => given[name] === value);
  return plain && equalShapes(C.shape, outputs[0]!.shape) && 8 * A.shape[0]! <= B.shape[1]!;
}

function product(g: Builder, A: Value, B: Value): Term {
  const [depth, rows, columns] = [A.shape[0]!, A.shape[1]!, B.shape[1]!];
  const filters = g.reshape(g.transpose(A, [1, 0]), [rows, depth, 1, 1]);
  return { filters, images: g.reshape(B, [1, depth, 1, columns]) };
}

interface Scaled {
  readonly array: Value;
  /** Of one element. */
  readonly factor: Value;
}

function scaledBy(node: Node | undefined): Scaled | undefined {
  if (node?.op !== "Mul" || node.domain !== "") return undefined;
  const isArray = ({ shape }: Value) => equalShapes(shape, node.outputs[0]!.shape);
  const [a, b] = node.inputs as [Value, Value];
  if (isArray(a) && sizeOf(b.shape) === 1) return { array: a, factor: b };
  return isArray(b) && sizeOf(a.shape) === 1 ? { array: b, factor: a } : undefined;
}

function multiple(g: Builder, { array, factor }: Scaled, negative: boolean): Term {
  const images = g.reshape(array, [1, 1, 1, sizeOf(array.shape)]);
  const known = factor.constant?.data as Float32Array | undefined;
  if (known) {
    const data = Float32Array.of(negative ? -known[0]! : known[0]!);
    return { filters: constant(g.graph, tensor("float32", ONE, data), "factor"), images };
  }
  return { filters: g.reshape(negative ? g.neg(factor) : factor, ONE), images };
}

const ONE: Shape = [1, 1, 1, 1];

/** The graph with its output as C plus the term; C is scratch where nothing else reads it. */
function form(given: Graph, output: string, C: Value, write: (g: Builder) => Term): Form {
  const Y = given.outputs.get(output)!;
  const graph: Graph = { ...given, nodes: [], names: new Set(given.names), outputs: new Map(given.outputs) };
  const g = builder(graph);
  for (const node of given.nodes) {
    if (node.outputs[0] !== Y) graph.nodes.push(node);
    else graph.nodes.push(view(g, add(g, C, write(g)), node));
  }
  const sum = graph.nodes.find(({ outputs }) => outputs[0] === Y)!.inputs[0]!;
  for (const [name, value] of given.outputs) if (value === Y) replaceOutput(graph, name, sum);
  if (given.inputs.includes(C) || !isReadOnce(given, C)) return { graph };
  const scratch = `scratch:${output}`;
  addOutput(graph, scratch, C);
  return { graph, scratch };
}

/** FusedConv with C as its fourth operand. */
function add({ graph, reshape }: Builder, C: Value, { filters, images }: Term): Value {
  const shape = [1, filters.shape[0]!, 1, images.shape[3]!];
  const ints = (...value: number[]) => ({ kind: "ints" as const, value });
  const attributes = { kernel_shape: ints(1, 1), strides: ints(1, 1), dilations: ints(1, 1), pads: ints(0, 0, 0, 0) };
  const inputs = [images, filters, undefined, reshape(C, shape)];
  const specification = { op: "FusedConv", domain: "com.microsoft", inputs, attributes };
  return addNode(graph, { ...specification, outputs: [{ type: "float32", shape }] })[0]!;
}

/** `value` as what `node` gave. */
function view(g: Builder, value: Value, { name, outputs }: Node): Node {
  const [Y] = outputs as [Value];
  const shape = constant(g.graph, tensor("int64", [Y.shape.length], BigInt64Array.from(Y.shape, BigInt)), "shape");
  return { name, domain: "", op: "Reshape", inputs: [value, shape], outputs: [Y], attributes: {} };
}

function isReadOnce({ nodes, outputs }: Graph, value: Value): boolean {
  const reads = nodes.flatMap(({ inputs }) => inputs).filter((input) => input === value).length;
  return reads === 1 && ![...outputs.values()].includes(value);
}

/** Whether C lies on the input, or may, and the sum may then be formed there. */
function isSafe({ graph, scratch }: Form, aliases: Readonly<Record<string, string>>, input: string): boolean {
  try {
    assertInPlaceSafe(graph, scratch ? { ...aliases, [scratch]: input } : aliases);
    return true;
  } catch {
    return false;
  }
}
