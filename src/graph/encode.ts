import { is, requireArguments } from "../tensor/arguments.ts";
import type { ElementType, Shape, Tensor } from "../tensor/tensor.ts";
import { type Attribute, type Graph, type Node, OPSET, producers, type Value } from "./graph.ts";
import { onnxTypes } from "./onnxTypes.ts";
import { bytesOf, float, int, message, run, text, type Wire } from "./wire.ts";

/** Understood by every ONNX Runtime since 1.18. */
const IR_VERSION = 10;

/** Numbers of fields in onnx.proto, each message's in the order in which they are written. */
const model = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8 } as const;
const opset = { domain: 1, version: 2 } as const;
const graphs = { node: 1, name: 2, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
const nodes = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
const attributes = { name: 1, f: 2, i: 3, s: 4, t: 5, floats: 7, ints: 8, strings: 9, type: 20 } as const;
const tensors = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;
const values = { name: 1, type: 2, tensorType: 1, elemType: 1, shape: 2, dim: 1, dimValue: 1 } as const;

/** `AttributeProto.AttributeType`. */
const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

/**
 * The graph as the bytes of an ONNX `ModelProto`: operator set `OPSET`, and version 1 of every other domain in use.
 * Constants that something reads become initializers; every other value gets a `value_info`, so that viewers show
 * shapes. Equal graphs give equal bytes. Throws `internal: …` when a node reads what nothing before it makes.
 */
export function encode(graph: Graph): Uint8Array {
  requireArguments("encode", { graph }, { graph: is.graph });
  assertOrdered(graph);
  const names = chooseNames(graph);
  const domains = new Set(graph.nodes.map((node) => node.domain));
  domains.delete("");
  return bytesOf([
    int(model.irVersion, IR_VERSION),
    text(model.producerName, "batchscope"),
    message(model.graph, graphFields(graph, names)),
    ...[["", OPSET] as const, ...[...domains].sort().map((domain) => [domain, 1] as const)].map(([domain, version]) =>
      message(model.opsetImport, [text(opset.domain, domain), int(opset.version, version)]),
    ),
  ]);
}

function graphFields(graph: Graph, names: Map<Value, string>): Wire[] {
  const outputs = [...graph.outputs];
  const renamed = outputs.filter(([name, value]) => names.get(value) !== name);
  const carriers = new Set(outputs.filter(([name, value]) => names.get(value) === name).map(([, value]) => value));
  const inner = graph.nodes.flatMap((node) => node.outputs).filter((value) => !carriers.has(value));
  return [
    ...graph.nodes.map((node) => message(graphs.node, nodeFields(node, names))),
    ...renamed.map((output) => message(graphs.node, identityFields(output, names))),
    text(graphs.name, graph.name),
    ...constants(graph).map((value) => message(graphs.initializer, tensorFields(value.constant!, names.get(value)!))),
    ...graph.inputs.map((value) => message(graphs.input, valueFields(names.get(value)!, value))),
    ...outputs.map(([name, value]) => message(graphs.output, valueFields(name, value))),
    ...inner.map((value) => message(graphs.valueInfo, valueFields(names.get(value)!, value))),
  ];
}

/** Every value that a node or an output reads, in order. */
function reads(graph: Graph): Value[] {
  return [...graph.nodes.flatMap((node) => node.inputs.filter((x) => x !== undefined)), ...graph.outputs.values()];
}

function constants(graph: Graph): Value[] {
  return [...new Set(reads(graph))].filter((value) => value.constant);
}

function assertOrdered(graph: Graph): void {
  const known = new Set(graph.inputs);
  const check = (value: Value | undefined, reader: string) => {
    if (value && !value.constant && !known.has(value))
      throw new Error(`internal: encode: expected ${reader} to read what an earlier node made, got "${value.name}"`);
  };
  for (const node of graph.nodes) {
    for (const input of node.inputs) check(input, `node "${node.name}"`);
    for (const output of node.outputs) known.add(output);
  }
  for (const [name, value] of graph.outputs) check(value, `output "${name}"`);
}

/**
 * A value that a node makes and that carries one output takes that output's name. Inputs keep theirs. The others keep
 * theirs unless it is taken.
 */
function chooseNames(graph: Graph): Map<Value, string> {
  const names = new Map(graph.inputs.map((value) => [value, value.name]));
  const made = producers(graph);
  const carried = Map.groupBy(graph.outputs, ([, value]) => value);
  for (const [value, [output, second]] of carried) if (made.has(value) && !second) names.set(value, output![0]);
  const taken = new Set([...names.values(), ...graph.outputs.keys()]);
  for (const value of [...constants(graph), ...made.keys()]) {
    if (names.has(value)) continue;
    let name = value.name;
    for (let i = 1; taken.has(name); i++) name = `${value.name}_${i}`;
    taken.add(name);
    names.set(value, name);
  }
  return names;
}

function nodeFields(node: Node, names: Map<Value, string>): Wire[] {
  return [
    ...node.inputs.map((value) => text(nodes.input, value ? names.get(value)! : "")),
    ...node.outputs.map((value) => text(nodes.output, names.get(value)!)),
    text(nodes.name, node.name),
    text(nodes.opType, node.op),
    ...Object.entries(node.attributes).map(([name, attribute]) =>
      message(nodes.attribute, attributeFields(name, attribute)),
    ),
    text(nodes.domain, node.domain),
  ];
}

/** An output that is an input, a constant or a second name of a value needs a node of its own. */
function identityFields([name, value]: [string, Value], names: Map<Value, string>): Wire[] {
  return [
    text(nodes.input, names.get(value)!),
    text(nodes.output, name),
    text(nodes.name, `${name}_identity`),
    text(nodes.opType, "Identity"),
  ];
}

function attributeFields(name: string, attribute: Attribute): Wire[] {
  return [
    text(attributes.name, name),
    ...attributeValue(attribute),
    int(attributes.type, attributeTypes[attribute.kind]),
  ];
}

function attributeValue({ kind, value }: Attribute): Wire[] {
  switch (kind) {
    case "int":
      return [int(attributes.i, value)];
    case "float":
      return [float(attributes.f, value)];
    case "string":
      return [text(attributes.s, value)];
    case "ints":
      return value.map((one) => int(attributes.ints, one));
    case "floats":
      return Array.from(value, (one) => float(attributes.floats, one));
    case "strings":
      return value.map((one) => text(attributes.strings, one));
    case "tensor":
      return [message(attributes.t, tensorFields(value))];
  }
}

/** `raw_data` is little-endian, as every platform that Node runs on. */
function tensorFields({ type, shape, data }: Tensor, name?: string): Wire[] {
  return [
    ...shape.map((size) => int(tensors.dims, size)),
    int(tensors.dataType, onnxTypes[type]),
    ...(name === undefined ? [] : [text(tensors.name, name)]),
    run(tensors.rawData, new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)),
  ];
}

function valueFields(name: string, { type, shape }: { type: ElementType; shape: Shape }): Wire[] {
  const dimensions = shape.map((size) => message(values.dim, [int(values.dimValue, size)]));
  const tensorType = [int(values.elemType, onnxTypes[type]), message(values.shape, dimensions)];
  return [text(values.name, name), message(values.type, [message(values.tensorType, tensorType)])];
}
