import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from "onnx-buf";
import { is, requireArguments } from "../tensor/arguments.ts";
import { DataError } from "../tensor/errors.ts";
import type { ElementType, Tensor } from "../tensor/tensor.ts";
import { decodeTensor, type ReadExternal } from "./decodeTensor.ts";
import type { Attribute, Attributes } from "./graph.ts";
import { onnxTypeName } from "./onnxTypeName.ts";
import { readTypeOf } from "./onnxTypes.ts";
import { requireWire } from "./wireCheck.ts";

/** A number, the name of a symbolic size, or `undefined` where the file says nothing. */
export type Dimension = number | string | undefined;

export interface DecodedInput {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly Dimension[];
}

/** Exporters may leave out what shape inference finds. */
export interface DecodedOutput {
  readonly name: string;
  readonly type: ElementType | undefined;
  readonly dims: readonly Dimension[] | undefined;
}

export interface DecodedNode {
  readonly name: string;
  readonly op: string;
  /** "" for `ai.onnx`. */
  readonly domain: string;
  /** "" for an omitted optional input. */
  readonly inputs: readonly string[];
  /** "" for an output that nobody wants. */
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /**
   * Attributes that are graphs: the branches of `If`, the body of `Loop`. Their nodes may read values around the node.
   */
  readonly graphs: Readonly<Record<string, DecodedGraph>>;
}

export interface DecodedGraph {
  readonly name: string;
  /** Files of IR version 3 and older list the initializers here too. */
  readonly inputs: readonly DecodedInput[];
  readonly outputs: readonly DecodedOutput[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly DecodedNode[];
}

/** What an `.onnx` file says, with nothing inferred, folded or renamed. */
export interface DecodedModel extends DecodedGraph {
  /** Operator set version of `ai.onnx`. */
  readonly opset: number;
  /** Versions of the other domains. */
  readonly domains: ReadonlyMap<string, number>;
  /** What wrote the file, such as "pytorch" or "tf2onnx". */
  readonly producer: string;
  /**
   * Everything in the file that no `Graph` can hold, in words: sparse tensors, sequences, functions, element types,
   * external data without a reader. It is left out above, so a model with an entry here must not be used.
   */
  readonly unsupported: readonly string[];
}

/** Sub-graphs in sub-graphs; nothing that trains is deeper. */
const DEPTH = 8;

/** What decoding carries through the file. */
interface Context {
  readonly problems: string[];
  readonly readExternal: ReadExternal | undefined;
  readonly depth: number;
}

/**
 * Reads an ONNX `ModelProto` (onnx.proto, IR version 3 and later). `readExternal` fetches tensors stored in files
 * beside the model. Throws `DataError` for bytes that are not a model, and what `readExternal` throws.
 */
export function decode(bytes: Uint8Array, readExternal?: ReadExternal): DecodedModel {
  requireArguments("decode", { bytes, readExternal }, { bytes: is.bytes, readExternal: is.optional(is.function) });
  return decodeModel(parseModel(bytes), readExternal);
}

/** `decode` of a message that is parsed already. */
export function decodeModel(model: ModelProto, readExternal?: ReadExternal): DecodedModel {
  const { graph, opsetImport, functions, producerName: producer } = model;
  const versions = new Map(opsetImport.map(({ domain, version }) => [normalDomain(domain), Number(version)]));
  const opset = versions.get("");
  if (!graph || opset === undefined)
    throw new DataError(
      `onnx: expected a model with a graph and an operator set, got ${graph ? "no operator set" : "no graph"}; export the model again`,
    );
  const problems = functions.map((f) => `function "${f.name}" (inline it: onnx.inliner)`);
  return {
    ...decodeGraph(graph, { problems, readExternal, depth: 0 }),
    opset,
    producer,
    domains: new Map([...versions].filter(([domain]) => domain !== "")),
    unsupported: problems,
  };
}

function decodeGraph(graph: GraphProto, context: Context): DecodedGraph {
  const { problems } = context;
  requirePrintable(graph);
  return {
    name: graph.name,
    inputs: decodeInputs(graph, problems),
    outputs: graph.output.map((value) => ({ name: value.name, ...decodeType(value, problems) })),
    initializers: decodeInitializers(graph, context),
    nodes: graph.node.map((node) => decodeNode(node, context)),
  };
}

/** Names stand in errors, and in the graph that the engine reads. */
function requirePrintable({ name, node, input, output, initializer }: GraphProto): void {
  const ofNodes = node.flatMap((n) => [
    n.name,
    n.opType,
    n.domain,
    ...n.input,
    ...n.output,
    ...n.attribute.map((a) => a.name),
  ]);
  const names = [name, ...ofNodes, ...[...input, ...output, ...initializer].map((value) => value.name)];
  const odd = names.find((text) => /\p{Cc}/u.test(text));
  if (odd !== undefined)
    throw new DataError(`onnx: expected names without control characters, got ${JSON.stringify(odd)}; export it again`);
}

/** Throws `DataError` for bytes that are no message. */
export function parseModel(bytes: Uint8Array): ModelProto {
  requireWire(ModelProtoSchema, bytes);
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    const reason = (error as Error).message.replaceAll(/\s+/g, " ");
    throw new DataError(`onnx: expected an ONNX model, got ${bytes.length} damaged bytes (${reason}); export it again`);
  }
}

function normalDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

function decodeInputs(graph: GraphProto, problems: string[]): DecodedInput[] {
  return graph.input.map((value) => {
    const before = problems.length;
    const { type, dims } = decodeType(value, problems);
    if (problems.length === before && !(type && dims))
      problems.push(`input "${value.name}" without an element type and a rank`);
    return { name: value.name, type: type ?? "float32", dims: dims ?? [] };
  });
}

function decodeType({ name, type }: ValueInfoProto, problems: string[]): Omit<DecodedOutput, "name"> {
  if (!type?.value.case) return { type: undefined, dims: undefined };
  if (type.value.case !== "tensorType") {
    problems.push(`"${name}" of kind ${type.value.case}`);
    return { type: undefined, dims: undefined };
  }
  const { elemType, shape } = type.value.value;
  const element = readTypeOf(elemType);
  if (!element) problems.push(`"${name}" of type ${onnxTypeName(elemType)}`);
  const dims = shape?.dim.map(({ value }): Dimension => {
    if (value.case === "dimParam") return value.value || undefined;
    return value.case === "dimValue" ? Number(value.value) : undefined;
  });
  return { type: element, dims };
}

function decodeInitializers(graph: GraphProto, { problems, readExternal }: Context): Map<string, Tensor> {
  for (const sparse of graph.sparseInitializer) problems.push(`sparse initializer "${sparse.values?.name ?? ""}"`);
  const initializers = new Map<string, Tensor>();
  for (const proto of graph.initializer) {
    if (initializers.has(proto.name))
      throw new DataError(`onnx: expected distinct initializers, got "${proto.name}" twice; export the model again`);
    const contents = decodeTensor(proto, `initializer "${proto.name}"`, problems, readExternal);
    if (contents) initializers.set(proto.name, contents);
  }
  return initializers;
}

function decodeNode(node: NodeProto, context: Context): DecodedNode {
  const label = `node "${node.name || node.output[0] || ""}" (${node.opType})`;
  const attributes = Object.fromEntries(
    node.attribute
      .map((proto) => [proto.name, decodeAttribute(proto, label, context)] as const)
      .filter((entry): entry is [string, Attribute] => entry[1] !== undefined),
  );
  const { name, opType, domain, input, output } = node;
  const graphs = decodeGraphs(node, label, context);
  return { name, op: opType, domain: normalDomain(domain), inputs: input, outputs: output, attributes, graphs };
}

function decodeGraphs(node: NodeProto, label: string, context: Context): Record<string, DecodedGraph> {
  const protos = node.attribute.filter((proto) => proto.type === AttributeType.GRAPH && proto.g);
  if (protos.length === 0) return {};
  if (context.depth === DEPTH) {
    context.problems.push(`${label} more than ${DEPTH} graphs deep`);
    return {};
  }
  const inner = { ...context, depth: context.depth + 1 };
  return Object.fromEntries(protos.map((proto) => [proto.name, decodeGraph(proto.g!, inner)]));
}

function decodeAttribute(proto: AttributeProto, label: string, context: Context): Attribute | undefined {
  switch (proto.type) {
    case AttributeType.INT:
      return { kind: "int", value: toNumber(proto.i) };
    case AttributeType.FLOAT:
      return { kind: "float", value: proto.f };
    case AttributeType.STRING:
      return { kind: "string", value: toText(proto.s) };
    case AttributeType.INTS:
      return { kind: "ints", value: proto.ints.map(toNumber) };
    case AttributeType.FLOATS:
      return { kind: "floats", value: proto.floats };
    case AttributeType.STRINGS:
      return { kind: "strings", value: proto.strings.map(toText) };
    case AttributeType.TENSOR: {
      const name = `${label} attribute "${proto.name}"`;
      const value = proto.t && decodeTensor(proto.t, name, context.problems, context.readExternal);
      return value && { kind: "tensor", value };
    }
    case AttributeType.GRAPH:
      return undefined;
    default:
      context.problems.push(`${label} attribute "${proto.name}" of kind ${AttributeType[proto.type] ?? proto.type}`);
  }
}

/** "To the end" is written as 2^63 − 1 in exported files; it saturates as in `toNumbers`. */
function toNumber(integer: bigint): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(integer)));
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
