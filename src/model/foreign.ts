import { type DecodedModel, type DecodedNode, decode } from "../graph/decode.ts";
import { type Attributes, addNode, constant, type Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { fold } from "../ops/fold.ts";
import { outputSpecifications, plainAttributes } from "../ops/op.ts";
import { isOpName, type OpName, ops } from "../ops/table.ts";
import { DataError, UnsupportedError } from "../tensor/errors.ts";
import { convert, fromNumbers, isFloat, type Tensor } from "../tensor/tensor.ts";
import type { ForwardIo, ForwardResult, Mode, Model, ModelInput, Parameter } from "./model.ts";

/** Operator sets whose operators mean what the op table says, after `modernize`. */
const OPSETS = { first: 13, last: 20 };

/** Inputs that are constants of an operator even where they are real numbers. */
const constantInputs: Readonly<Record<string, readonly number[]>> = { Clip: [1, 2], Pad: [2], Resize: [1, 2] };
const runningInputs = [3, 4];

/**
 * A network exported to `.onnx` (PyTorch: `torch.onnx.export(…, training=TrainingMode.TRAINING)`) as a model that trains: float
 * initializers become parameters under their own names, running statistics of batch normalisation become state, everything else
 * stays constant. The first axis of every input is the batch, bound when a graph is built. The first output is the logits.
 *
 * Throws `DataError` for a damaged file and `UnsupportedError` that lists every operator that is not supported, with its nodes.
 */
export function foreignModel(bytes: Uint8Array, name: string): Model {
  const file = decode(bytes);
  const [output] = file.outputs;
  if (!output) throw new DataError("onnx: expected an output, the logits, got none; export the model again");
  refuseUnsupported(file);
  const nodes = file.nodes.filter((node) => node.op !== "Constant").map((node) => modernize(node));
  const constants = new Map([...file.initializers].filter(([key, value]) => !isParameter(file, key, value)));
  for (const node of file.nodes) if (node.op === "Constant") constants.set(node.outputs[0]!, constantOf(node));
  const running = new Set(
    nodes.flatMap((n) => (n.op === "BatchNormalization" ? runningInputs.map((i) => n.inputs[i]!) : [])),
  );
  const floats = [...file.initializers].filter(([key, value]) => isParameter(file, key, value));
  const asParameter = ([key, value]: [string, Tensor]): Parameter => ({
    name: key,
    initial: convert(value, "float32"),
  });
  return {
    name,
    inputs: file.inputs.filter((input) => !file.initializers.has(input.name)).map(inputOf),
    parameters: floats.filter(([key]) => !running.has(key)).map(asParameter),
    state: floats.filter(([key]) => running.has(key)).map(asParameter),
    forward: (g, io) => replay(g, io, nodes, constants, output.name),
  };
}

function refuseUnsupported(file: DecodedModel): void {
  if (file.opset < OPSETS.first || file.opset > OPSETS.last)
    throw new UnsupportedError(
      `onnx: expected operator set ${OPSETS.first} to ${OPSETS.last}, got ${file.opset}; export with opset_version=17`,
    );
  const unknown = file.nodes.filter((node) => node.op !== "Constant" && (node.domain !== "" || !isOpName(node.op)));
  const kinds = [...new Set(unknown.map((node) => node.op))];
  if (kinds.length > 0)
    throw new UnsupportedError(
      `onnx: expected supported operators, got ${kinds.map((op) => `${op} (${nodesOf(unknown, op)})`).join(", ")}; replace them in the model`,
    );
}

function nodesOf(nodes: readonly DecodedNode[], op: string): string {
  const names = nodes.filter((node) => node.op === op).map((node) => node.name || node.outputs[0]);
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

/** A float initializer is a parameter unless every reader takes it as a constant. */
function isParameter(file: DecodedModel, name: string, value: Tensor): boolean {
  if (!isFloat(value.type)) return false;
  const reads = file.nodes.flatMap((node) =>
    node.inputs.flatMap((input, i) => (input === name ? [{ op: node.op, i }] : [])),
  );
  return reads.length === 0 || reads.some(({ op, i }) => !constantInputs[op]?.includes(i));
}

function inputOf({ name, type, dims }: DecodedModel["inputs"][number]): ModelInput {
  if (dims.length === 0)
    throw new UnsupportedError(
      `onnx: expected the first axis of "${name}" to be the batch, got a scalar; export with a batch axis`,
    );
  const shape = dims.slice(1).map((size, i) => {
    if (typeof size === "number") return size;
    throw new UnsupportedError(
      `onnx: expected only the batch axis of "${name}" to be symbolic, got axis ${i + 1} named "${size ?? "?"}"; export with fixed sizes there`,
    );
  });
  return { name, type, shape };
}

function constantOf(node: DecodedNode): Tensor {
  const [kind, attribute] = Object.entries(node.attributes)[0] ?? [];
  if (attribute?.kind === "tensor") return attribute.value;
  if (attribute?.kind === "float") return fromNumbers("float32", [], [attribute.value]);
  if (attribute?.kind === "int") return fromNumbers("int64", [], [attribute.value]);
  if (attribute?.kind === "floats") return fromNumbers("float32", [attribute.value.length], attribute.value);
  if (attribute?.kind === "ints") return fromNumbers("int64", [attribute.value.length], attribute.value);
  throw new UnsupportedError(
    `onnx: expected a numeric Constant, got "${kind ?? "nothing"}" at node "${node.name}"; export it as a tensor`,
  );
}

/** What became an input after operator set 13 is still an attribute in older files: the axes of reductions. */
function modernize(node: DecodedNode): DecodedNode & { readonly axes?: readonly number[] } {
  const axes = node.attributes.axes;
  if (!node.op.startsWith("Reduce") || axes?.kind !== "ints") return node;
  const { axes: _moved, ...attributes } = node.attributes;
  return { ...node, attributes, axes: axes.value };
}

function replay(
  g: Builder,
  { inputs, parameters, state, mode }: ForwardIo,
  nodes: readonly (DecodedNode & { readonly axes?: readonly number[] })[],
  constants: ReadonlyMap<string, Tensor>,
  output: string,
): ForwardResult {
  const values = new Map<string, Value>(Object.entries({ ...inputs, ...parameters, ...state }));
  for (const [name, contents] of constants) values.set(name, constant(g.graph, contents, name));
  const newState: Record<string, Value> = {};
  for (const node of nodes) {
    const read = node.inputs.map((name) => (name === "" ? undefined : find(values, name, node)));
    if (node.axes) read.push(constant(g.graph, fromNumbers("int64", [node.axes.length], node.axes), "axes"));
    const known = fold(node.op as OpName, read, node.attributes, node.outputs.length);
    if (known) {
      for (const [i, contents] of known.entries())
        values.set(node.outputs[i]!, constant(g.graph, contents, node.outputs[i]));
      continue;
    }
    const made =
      node.op === "BatchNormalization"
        ? normalize(g, node, read, mode, newState)
        : copy(g, node, read, node.attributes);
    made.forEach((value, i) => {
      if (node.outputs[i]) values.set(node.outputs[i], value);
    });
  }
  return { logits: find(values, output, undefined), state: newState };
}

function find(values: ReadonlyMap<string, Value>, name: string, reader: DecodedNode | undefined): Value {
  const value = values.get(name);
  if (value) return value;
  const where = reader ? `node "${reader.name || reader.op}"` : "the graph's output";
  throw new UnsupportedError(
    `onnx: expected every value to be computed before it is read, got "${name}" at ${where}; export the model again`,
  );
}

function copy(
  g: Builder,
  node: DecodedNode,
  inputs: readonly (Value | undefined)[],
  attributes: Attributes,
  outputs = node.outputs.length,
): Value[] {
  const op = ops[node.op as keyof typeof ops];
  const specifications = outputSpecifications(op, inputs, plainAttributes(op, attributes), outputs);
  return addNode(g.graph, { op: node.op, name: node.name || node.op, inputs, attributes, outputs: specifications });
}

/**
 * In training mode with momentum 0, so that the operator hands out the batch's own statistics, which its gradient needs;
 * the running ones are updated beside it: running ← momentum·running + (1 − momentum)·batch (BatchNormalization-15).
 */
function normalize(
  g: Builder,
  node: DecodedNode,
  inputs: readonly (Value | undefined)[],
  mode: Mode,
  newState: Record<string, Value>,
): Value[] {
  const { momentum = 0.9, training_mode } = plainAttributes(ops.BatchNormalization, node.attributes);
  const attributes: Attributes = { ...node.attributes, momentum: { kind: "float", value: 0 } };
  if (mode === "evaluation" || !training_mode)
    return copy(g, node, inputs, { ...node.attributes, training_mode: { kind: "int", value: 0 } }, 1);
  const outputs = copy(g, node, inputs, attributes, 3);
  for (const i of runningInputs) {
    const running = inputs[i]!;
    newState[node.inputs[i]!] = g.add(g.mul(running, momentum), g.mul(outputs[i - 2]!, 1 - momentum));
  }
  return outputs;
}
