import type { DecodedGraph, DecodedModel, DecodedNode } from "../graph/decode.ts";
import { isOpName } from "../ops/table.ts";
import { DataError, UnsupportedError } from "../tensor/errors.ts";
import { isFloat } from "../tensor/tensor.ts";
import { rewrites } from "./rewrites/rewrites.ts";

/** Operator sets whose operators mean what the op table says, after `modernize`. */
const OPSETS = { first: 13, last: 20 };

/** All nodes, those of sub-graphs after the node that has them. */
export function allNodes(graph: DecodedGraph): DecodedNode[] {
  return graph.nodes.flatMap((node) => [node, ...Object.values(node.graphs).flatMap(allNodes)]);
}

/** What a node is called in errors. */
export function labelOf(node: DecodedNode): string {
  return node.name || node.outputs.find((output) => output !== "") || node.op;
}

/**
 * Throws `UnsupportedError` that lists everything in the file that is not supported: what no graph can hold, then each
 * unsupported operator with its nodes.
 */
export function refuseUnsupported(file: DecodedModel): void {
  if (file.opset < OPSETS.first || file.opset > OPSETS.last)
    throw new UnsupportedError(
      `onnx: expected operator set ${OPSETS.first} to ${OPSETS.last}, got ${file.opset}; export with opset_version=17`,
    );
  const unknown = allNodes(file).filter((node) => !isSupported(node));
  const kinds = Map.groupBy(unknown, kindOf);
  const inside = allNodes(file).flatMap((node) => Object.values(node.graphs).flatMap(trainable));
  const constants = allNodes(file).filter((node) => node.op === "Constant" && !isNumeric(node));
  const words = constants.map((node) => `a Constant that is no number (${labelOf(node)})`);
  const problems = [
    ...file.unsupported,
    ...inside,
    ...words,
    ...Array.from(kinds, ([kind, nodes]) => `${kind} (${few(nodes.map(labelOf), 3)})`),
  ];
  if (problems.length > 0)
    throw new UnsupportedError(
      `onnx: expected dense tensors and supported operators, got ${few(problems, 20)}; replace them in the model`,
    );
}

function isNumeric({ attributes }: DecodedNode): boolean {
  return /^(tensor|floats?|ints?)$/.test(Object.values(attributes)[0]?.kind ?? "");
}

/** Weights that only a branch has would be parameters that half of the time do nothing. */
function trainable({ initializers }: DecodedGraph): string[] {
  const floats = [...initializers].filter(([, { type, shape }]) => isFloat(type) && shape.length > 0);
  return floats.map(([name]) => `initializer "${name}" inside a branch`);
}

function isSupported({ op, domain, graphs }: DecodedNode): boolean {
  if (domain !== "") return false;
  if (op === "If") return true;
  return Object.keys(graphs).length === 0 && (op === "Constant" || isOpName(op) || Object.hasOwn(rewrites, op));
}

function kindOf({ domain, op }: DecodedNode): string {
  return domain === "" ? op : `${domain}.${op}`;
}

function few(words: readonly string[], most: number): string {
  const rest = words.length - most;
  return rest > 0 ? `${words.slice(0, most).join(", ")} and ${rest} more` : words.join(", ");
}

/**
 * Throws `DataError` unless every value has one origin and each node comes after what it reads (onnx/docs/IR.md,
 * "Graphs"): a name given twice, one that nothing computes, a cycle, a file without an output.
 */
export function requireWellFormed(file: DecodedModel): void {
  if (file.outputs.length === 0)
    throw new DataError("onnx: expected an output, the logits, got none; export the model again");
  const named = [...file.inputs, ...file.outputs].map(({ name }) => name).concat([...file.initializers.keys()]);
  if (named.includes(""))
    throw new DataError("onnx: expected a name for each input, output and initializer, got one without; name it");
  const initializers = new Set(file.initializers.keys());
  const inputs = file.inputs.map(({ name }) => name).filter((name) => !initializers.has(name));
  requireOrder(file, inputs, new Set(initializers));
}

/** What a graph defines itself. */
export function namesOf({ initializers, nodes }: DecodedGraph): string[] {
  return [...initializers.keys(), ...nodes.flatMap((node) => node.outputs)];
}

/** `known` names are visible in `graph`; `requireOrder` adds the graph's own. */
function requireOrder(graph: DecodedGraph, inputs: readonly string[], known: Set<string>): void {
  const define = (name: string, where: string) => {
    if (name === "") return;
    if (known.has(name))
      throw new DataError(`onnx: expected distinct names, got "${name}" again at ${where}; export the model again`);
    known.add(name);
  };
  const later = new Set(graph.nodes.flatMap((node) => node.outputs));
  const read = (name: string, where: string) => {
    if (name === "" || known.has(name)) return;
    const why = later.has(name) ? ", which comes later (a cycle, or nodes out of order)" : "";
    throw new DataError(
      `onnx: expected every value to be computed before it is read, got "${name}"${why} at ${where}; export the model again`,
    );
  };
  for (const name of inputs) define(name, "the inputs");
  for (const node of graph.nodes) {
    for (const name of node.inputs) read(name, `node "${labelOf(node)}"`);
    for (const branch of Object.values(node.graphs)) {
      // Added and taken away again: a copy for each of many branches would take the square of their number.
      const own = namesOf(branch).filter((name) => !known.has(name));
      for (const name of branch.initializers.keys()) known.add(name);
      requireOrder(branch, [], known);
      for (const name of own) known.delete(name);
    }
    for (const name of node.outputs) define(name, `node "${labelOf(node)}"`);
  }
  for (const { name } of graph.outputs) read(name, "the graph's output");
}
