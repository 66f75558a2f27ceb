import { addNode, constant, type Graph, type Node, type Value } from "../graph/graph.ts";
import { broadcast } from "../tensor/broadcast.ts";
import { type ElementType, type Tensor, tensor } from "../tensor/tensor.ts";

/** The types in which ONNX Runtime divides by the processor's own instruction; it widens the smaller ones first. */
const least: Partial<Record<ElementType, Tensor>> = {
  int32: tensor("int32", [], Int32Array.of(-(2 ** 31))),
  int64: tensor("int64", [], BigInt64Array.of(-(2n ** 63n))),
};

/**
 * The least integer divided by −1 has no result in its type: the processor traps and ends the process. ONNX Runtime
 * 1.30 refuses divisors of 0 by itself and nothing else, so that such a divisor becomes a 0 here. Divisions of real
 * numbers, and those whose operands are known to be harmless, stay as they are.
 */
export function guardDivisions(graph: Graph): Graph {
  if (!graph.nodes.some(traps)) return graph;
  const copy: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  for (const node of graph.nodes) {
    const [A, B] = node.inputs;
    copy.nodes.push(traps(node) ? { ...node, inputs: [A, harmless(copy, A!, B!)] } : node);
  }
  return copy;
}

function traps({ op, domain, attributes, inputs: [A, B] }: Node): boolean {
  const divides = domain === "" && (op === "Div" || (op === "Mod" && attributes.fmod?.value !== 1));
  const bound = A && least[A.type];
  return divides && bound !== undefined && mayHold(A!, Number(bound.data[0])) && mayHold(B!, -1);
}

function mayHold({ constant }: Value, number: number): boolean {
  return !constant || constant.data.some((element) => Number(element) === number);
}

/** B with 0 for −1 wherever A is the least integer. */
function harmless(graph: Graph, A: Value, B: Value): Value {
  const one = (op: string, inputs: Value[], type: ElementType = "bool") =>
    addNode(graph, { op, inputs, outputs: [{ type, shape: broadcast(...inputs.map(({ shape }) => shape)) }] })[0]!;
  const number = (value: bigint) => constant(graph, { ...least[A.type]!, data: filled(A.type, value) });
  const isLeast = one("Equal", [A, constant(graph, least[A.type]!)]);
  const overflows = one("And", [isLeast, one("Equal", [B, number(-1n)])]);
  return one("Where", [overflows, number(0n), B], B.type);
}

function filled(type: ElementType, value: bigint) {
  return type === "int64" ? BigInt64Array.of(value) : Int32Array.of(Number(value));
}
