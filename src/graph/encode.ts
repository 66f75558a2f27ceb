import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "onnx-buf";
import type { ElementType, Shape, Tensor } from "../tensor/tensor.ts";
import { type Attribute, type Graph, type Node, OPSET, producers, type Value } from "./graph.ts";
import { onnxTypes } from "./onnxTypes.ts";

/** Understood by every ONNX Runtime since 1.18. */
const IR_VERSION = 10n;

type AttributeInit = MessageInitShape<typeof AttributeProtoSchema>;
type NodeInit = MessageInitShape<typeof NodeProtoSchema>;

/**
 * The graph as the bytes of an ONNX `ModelProto`: operator set `OPSET`, and version 1 of every other domain in use.
 * Constants that something reads become initializers; every other value gets a `value_info`, so that viewers show
 * shapes. Equal graphs give equal bytes. Throws `internal: …` when a node reads what nothing before it makes.
 */
export function encode(graph: Graph): Uint8Array {
  assertOrdered(graph);
  const names = chooseNames(graph);
  const domains = new Set(graph.nodes.map((node) => node.domain));
  domains.delete("");
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: "batchscope",
    opsetImport: [
      { domain: "", version: BigInt(OPSET) },
      ...[...domains].sort().map((domain) => ({ domain, version: 1n })),
    ],
    graph: graphInit(graph, names),
  });
  return toBinary(ModelProtoSchema, model);
}

function graphInit(graph: Graph, names: Map<Value, string>): MessageInitShape<typeof GraphProtoSchema> {
  const outputs = [...graph.outputs];
  const renamed = outputs.filter(([name, value]) => names.get(value) !== name);
  const carriers = new Set(outputs.filter(([name, value]) => names.get(value) === name).map(([, value]) => value));
  return {
    name: graph.name,
    node: [...graph.nodes.map((node) => nodeInit(node, names)), ...renamed.map((o) => identityInit(o, names))],
    initializer: constants(graph).map((value) => ({ ...tensorInit(value.constant!), name: names.get(value)! })),
    input: graph.inputs.map((value) => valueInfo(names.get(value)!, value)),
    output: outputs.map(([name, value]) => valueInfo(name, value)),
    valueInfo: graph.nodes
      .flatMap((node) => node.outputs)
      .filter((value) => !carriers.has(value))
      .map((value) => valueInfo(names.get(value)!, value)),
  };
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

function nodeInit(node: Node, names: Map<Value, string>): NodeInit {
  return {
    name: node.name,
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((value) => (value ? names.get(value)! : "")),
    output: node.outputs.map((value) => names.get(value)!),
    attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeInit(name, attribute)),
  };
}

/** An output that is an input, a constant or a second name of a value needs a node of its own. */
function identityInit([name, value]: [string, Value], names: Map<Value, string>): NodeInit {
  return { name: `${name}_identity`, opType: "Identity", input: [names.get(value)!], output: [name] };
}

function attributeInit(name: string, { kind, value }: Attribute): AttributeInit {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  switch (kind) {
    case "int":
      return { name, type: AttributeType.INT, i: BigInt(value) };
    case "float":
      return { name, type: AttributeType.FLOAT, f: value };
    case "string":
      return { name, type: AttributeType.STRING, s: utf8(value) };
    case "ints":
      return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
    case "floats":
      return { name, type: AttributeType.FLOATS, floats: [...value] };
    case "strings":
      return { name, type: AttributeType.STRINGS, strings: value.map(utf8) };
    case "tensor":
      return { name, type: AttributeType.TENSOR, t: tensorInit(value) };
  }
}

/** `raw_data` is little-endian, as every platform that Node runs on. */
function tensorInit({ type, shape, data }: Tensor): MessageInitShape<typeof TensorProtoSchema> & object {
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return { dims: shape.map(BigInt), dataType: onnxTypes[type], rawData: bytes };
}

function valueInfo(
  name: string,
  { type, shape }: { type: ElementType; shape: Shape },
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } }));
  return { name, type: { value: { case: "tensorType", value: { elemType: onnxTypes[type], shape: { dim } } } } };
}
