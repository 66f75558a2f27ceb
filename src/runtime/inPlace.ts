import { type Graph, type Node, producers, type Value } from "../graph/graph.ts";
import { equalShapes } from "../tensor/broadcast.ts";

/** The operands that may be overwritten: any one that has the output's shape, or those at the given positions. */
type Rule = "any" | readonly number[];

/**
 * Operators of ONNX Runtime 1.30 whose first output may lie on the memory of these operands. The library promises
 * nothing, hence inPlace.test.ts runs every row in place and not in place and compares all bits; MatMul, Transpose and
 * the A and B of Gemm and CumSum backwards are known to fail.
 */
export const inPlaceOperands = {
  Add: "any",
  Sub: "any",
  Mul: "any",
  Div: "any",
  Pow: "any",
  Sum: "any",
  Max: "any",
  Min: "any",
  Where: "any",
  Abs: "any",
  Neg: "any",
  Relu: "any",
  Tanh: "any",
  Sigmoid: "any",
  Erf: "any",
  Exp: "any",
  Log: "any",
  Sqrt: "any",
  Reciprocal: "any",
  Identity: "any",
  Clip: [0],
  Softmax: [0],
  LogSoftmax: [0],
  Reshape: [0],
  Gemm: [2],
  ScatterND: [0],
  ScatterElements: [0],
  "com.microsoft.FusedConv": [3],
} as const satisfies Record<string, Rule>;

/** ONNX Runtime gives the result of these the memory of their first operand. */
const views = new Set(["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"]);

/**
 * Throws `internal: …` unless every output of `aliases` (output name → input name) may be written over its input:
 *
 * - each other reader of the input comes before the writer on some path, because ONNX Runtime executes independent
 *   nodes in an order of its own and would hand a late reader the new contents;
 * - where the writer reads the input itself, its operator is one of `inPlaceOperands` in that operand.
 *
 * It holds for the graph as written: sessions must be created with graph optimisation off, because fusing a reader
 * into the writer (MatMul + Add to Gemm) would undo the order between them.
 */
export function assertInPlaceSafe(graph: Graph, aliases: Readonly<Record<string, string>>): void {
  const readers = readersOf(graph);
  for (const [outputName, inputName] of Object.entries(aliases)) {
    const fail = (got: string): never => {
      throw new Error(
        `internal: in place: expected output "${outputName}" of graph "${graph.name}" to be safe on the memory of input "${inputName}", got ${got}`,
      );
    };
    const output = graph.outputs.get(outputName) ?? fail("no such output");
    const input = graph.inputs.find((value) => value.name === inputName) ?? fail("no such input");
    if (output === input) continue;
    const writer = graph.nodes.find((node) => node.outputs[0] === output) ?? fail("a value that is no first output");
    const memory = viewsOf(input, readers);
    const kept = [...graph.outputs].find(([name, value]) => name !== outputName && memory.has(value));
    if (kept) fail(`output "${kept[0]}", which reads that memory too`);
    assertLastReader(
      graph,
      writer,
      [...memory].flatMap((value) => readers.get(value) ?? []),
      fail,
    );
    assertOperands(writer, memory, fail);
  }
}

function readersOf(graph: Graph): Map<Value, Node[]> {
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes)
    for (const value of new Set(node.inputs)) if (value) readers.set(value, [...(readers.get(value) ?? []), node]);
  return readers;
}

/** The input and everything that may lie on its memory inside ONNX Runtime. */
function viewsOf(input: Value, readers: Map<Value, Node[]>): Set<Value> {
  const memory = new Set([input]);
  for (const value of memory)
    for (const node of readers.get(value) ?? [])
      if (views.has(node.op) && node.inputs[0] === value) memory.add(node.outputs[0]!);
  return memory;
}

function assertLastReader(graph: Graph, writer: Node, readers: Node[], fail: (got: string) => never): void {
  const others = readers.filter((node) => node !== writer);
  if (others.length === 0) return;
  const before = ancestors(graph, writer);
  const late = others.find((node) => !before.has(node));
  if (late) fail(`node "${late.name}" (${late.op}), which may read it after "${writer.name}" has written`);
}

/** Every node whose result `node` depends on. */
function ancestors(graph: Graph, node: Node): Set<Node> {
  const made = producers(graph);
  const found = new Set<Node>();
  const pending = [node];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const input of next.inputs) {
      const producer = input && made.get(input);
      if (!producer || found.has(producer)) continue;
      found.add(producer);
      pending.push(producer);
    }
  }
  return found;
}

function assertOperands(writer: Node, memory: Set<Value>, fail: (got: string) => never): void {
  const name = writer.domain === "" ? writer.op : `${writer.domain}.${writer.op}`;
  const rule = (inPlaceOperands as Readonly<Record<string, Rule>>)[name];
  for (const [i, operand] of writer.inputs.entries()) {
    if (!operand || !memory.has(operand)) continue;
    const allowed = rule && (rule === "any" || rule.includes(i));
    if (!allowed) fail(`operand ${i} of "${writer.name}" (${writer.op}), which is not verified in place`);
    if (!sameLayout(writer.op, operand, writer.outputs[0]!))
      fail(`operand ${i} of "${writer.name}" (${writer.op}), which is broadcast`);
  }
}

function sameLayout(op: string, operand: Value, output: Value): boolean {
  return op === "Reshape" || equalShapes(operand.shape, output.shape);
}
