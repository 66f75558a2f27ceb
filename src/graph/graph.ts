import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type ElementType, type Shape, show, type Tensor } from "../tensor/tensor.ts";

/**
 * A named array in a graph. Shapes are concrete: a graph is built for one batch size.
 * `constant` is set when the contents are known while building (initializers, shapes, axes); it is stored in the file
 * as an initializer.
 */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly constant?: Tensor;
}

/** ONNX tells an integer from a float attribute, JavaScript does not, hence the tag. Names as in onnx.proto. */
export type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor };

export type Attributes = Readonly<Record<string, Attribute>>;

/** One operator. An omitted optional input is `undefined`; trailing ones are left out. Domain "" is `ai.onnx`. */
export interface Node {
  readonly name: string;
  readonly domain: string;
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  /** That it stands for one of a file from elsewhere, whose faults are not ours. */
  readonly imported?: true | undefined;
}

/**
 * Nodes in an order in which each comes after what it reads. `outputs` maps the name that the caller sees to the value
 * that carries it. What builds a graph adds to it by `addInput`, `addNode`, `constant` and `addOutput`; a pass that
 * rewrites one appends nodes to a copy. Values and nodes never change. Only `replaceOutput`, `removeOutput`,
 * `replaceLastOutputs` and `markImported` put others in their place, each in a graph that its caller has made and that
 * nobody else reads yet.
 */
export interface Graph {
  readonly name: string;
  readonly inputs: Value[];
  readonly nodes: Node[];
  readonly outputs: Map<string, Value>;
  readonly names: Set<string>;
  /**
   * What is computed beside the rest, to watch it: how the rest is computed must depend on none of it, so that not a
   * bit changes (`rewriteApart`). Whatever reads one of these values is one of them, but for what only waits for it.
   */
  readonly beside?: ReadonlySet<Value> | undefined;
}

/** The operator set version of every graph that we write. */
export const OPSET = 20;

/** A graph without inputs, nodes and outputs. */
export function newGraph(name: string): Graph {
  return { name, inputs: [], nodes: [], outputs: new Map(), names: new Set() };
}

/** The next number to try for a hint, so that the ten-thousandth `Mul` does not count from 1. */
const numbered = new WeakMap<Graph["names"], Map<string, number>>();

/** `hint`, or `hint_1`, `hint_2`, … when it is taken. */
export function freshName({ names }: Graph, hint: string): string {
  const next = numbered.get(names) ?? new Map<string, number>();
  numbered.set(names, next);
  let name = hint;
  let i = next.get(hint) ?? 1;
  while (names.has(name)) name = `${hint}_${i++}`;
  next.set(hint, i);
  names.add(name);
  return name;
}

/** Throws `ShapeError` when an input of that name exists: inputs are what callers feed by name. */
export function addInput(graph: Graph, name: string, type: ElementType, shape: Shape): Value {
  requireArguments("addInput", { graph, name, shape }, { graph: is.graph, name: is.text, shape: is.list });
  if (graph.names.has(name))
    throw new ShapeError(`graph "${graph.name}": expected a new input name, got "${name}" again; rename one of them`);
  graph.names.add(name);
  const value: Value = { name, type, shape };
  graph.inputs.push(value);
  return value;
}

/** A value known while building. It costs no node; the encoder stores it as an initializer. */
export function constant(graph: Graph, contents: Tensor, hint = "constant"): Value {
  return { name: freshName(graph, hint), type: contents.type, shape: contents.shape, constant: contents };
}

export interface OutputSpecification {
  readonly type: ElementType;
  readonly shape: Shape;
}

export interface NewNode {
  readonly op: string;
  readonly domain?: string;
  readonly name?: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes?: Attributes;
  readonly imported?: true | undefined;
  /** Element type and shape of each output, in the operator's order. */
  readonly outputs: readonly OutputSpecification[];
}

/**
 * Appends a node and returns its outputs. Shape rules live in `ops/`; this only records what it is told. Omitted inputs
 * at the end are dropped: ONNX Runtime's WebGPU kernels take a named but empty one for one that is there, and crash.
 */
export function addNode(graph: Graph, node: NewNode): Value[] {
  const name = freshName(graph, node.name ?? node.op);
  const outputs = node.outputs.map(({ type, shape }, i) => ({
    name: freshName(graph, i === 0 ? `${name}_out` : `${name}_out${i}`),
    type,
    shape,
  }));
  const { op, domain = "", attributes = {}, imported } = node;
  const inputs = node.inputs.slice(0, node.inputs.findLastIndex((input) => input !== undefined) + 1);
  graph.nodes.push({ name, domain, op, inputs, outputs, attributes, ...(imported && { imported }) });
  return outputs;
}

/** The nodes from place `from` on stand for those of a file. */
export function markImported({ nodes }: Graph, from: number): void {
  for (let i = from; i < nodes.length; i++) nodes[i] = { ...nodes[i]!, imported: true };
  seen.delete(nodes);
}

/** Names `value` as an output of the graph. Throws when the name is taken by an input or another output. */
export function addOutput(graph: Graph, name: string, value: Value): void {
  requireArguments("addOutput", { graph, name, value }, { graph: is.graph, name: is.text, value: is.value });
  const taken = graph.names.has(name) && graph.inputs.some((input) => input.name === name);
  if (graph.outputs.has(name) || taken)
    throw new ShapeError(
      `graph "${graph.name}": expected a new output name, got "${name}" again for ${show(value)}; rename it`,
    );
  graph.outputs.set(name, value);
}

/** Gives the output `name` another value. Throws `ShapeError` when there is no such output. */
export function replaceOutput(graph: Graph, name: string, value: Value): void {
  requireOutput(graph, name);
  graph.outputs.set(name, value);
}

/** Takes the output `name` away and returns its value. Throws `ShapeError` when there is no such output. */
export function removeOutput(graph: Graph, name: string): Value {
  const value = requireOutput(graph, name);
  graph.outputs.delete(name);
  return value;
}

function requireOutput(graph: Graph, name: string): Value {
  const value = graph.outputs.get(name);
  if (value) return value;
  throw new ShapeError(
    `graph "${graph.name}": expected one of its outputs ${[...graph.outputs.keys()].join(", ")}, got "${name}"; name one of them`,
  );
}

/** Lets the node that was added last compute `outputs`, so that what read those values before now reads its results. */
export function replaceLastOutputs({ nodes }: Graph, outputs: readonly Value[]): void {
  nodes[nodes.length - 1] = { ...nodes.at(-1)!, outputs };
  seen.delete(nodes);
}

/** The node that computes each value; inputs and constants are not in it. */
export function producers(graph: Graph): Map<Value, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/** What `producerOf` has seen of a list of nodes, which only grows. */
const seen = new WeakMap<readonly Node[], { count: number; readonly makers: Map<Value, Node> }>();

/**
 * The node that computes a value, of a graph that is being built: asked once for each node, `producers` would take all
 * time.
 */
export function producerOf({ nodes }: Graph, value: Value): Node | undefined {
  const known = seen.get(nodes) ?? { count: 0, makers: new Map<Value, Node>() };
  seen.set(nodes, known);
  for (; known.count < nodes.length; known.count++)
    for (const output of nodes[known.count]!.outputs) known.makers.set(output, nodes[known.count]!);
  return known.makers.get(value);
}

/** Drops nodes whose outputs nothing needs. Inputs stay, since callers feed them by name. */
export function prune(graph: Graph): Graph {
  requireArguments("prune", { graph }, { graph: is.graph });
  const needed = new Set<Value>(graph.outputs.values());
  const kept = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) if (input) needed.add(input);
    return true;
  });
  return { ...graph, nodes: kept.reverse() };
}
