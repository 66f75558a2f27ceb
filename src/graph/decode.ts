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
import { DataError, UnsupportedError } from "../tensor/errors.ts";
import type { ElementType, Tensor } from "../tensor/tensor.ts";
import { decodeTensor } from "./decodeTensor.ts";
import type { Attribute, Attributes } from "./graph.ts";
import { elementTypeOf, onnxTypeName } from "./onnxTypes.ts";

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
}

/** What an `.onnx` file says, with nothing inferred, folded or renamed. */
export interface DecodedModel {
  readonly name: string;
  /** Operator set version of `ai.onnx`. */
  readonly opset: number;
  /** Versions of the other domains. */
  readonly domains: ReadonlyMap<string, number>;
  /** Files of IR version 3 and older list the initializers here too. */
  readonly inputs: readonly DecodedInput[];
  readonly outputs: readonly DecodedOutput[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly DecodedNode[];
}

/**
 * Reads an ONNX `ModelProto` (onnx.proto, IR version 3 and later). Throws `DataError` for bytes that are not one, and
 * `UnsupportedError` that lists everything in it that no `Graph` can hold: sub-graphs, sparse tensors, sequences,
 * functions, external data, element types.
 */
export function decode(bytes: Uint8Array): DecodedModel {
  const { graph, opsetImport, functions } = parse(bytes);
  const versions = new Map(opsetImport.map(({ domain, version }) => [normalDomain(domain), Number(version)]));
  const opset = versions.get("");
  if (!graph || opset === undefined)
    throw new DataError(
      `onnx: expected a model with a graph and an operator set, got ${graph ? "no operator set" : "no graph"}; export the model again`,
    );
  const problems = functions.map((f) => `function "${f.name}" (inline it: onnx.inliner)`);
  const decoded: DecodedModel = {
    name: graph.name,
    opset,
    domains: new Map([...versions].filter(([domain]) => domain !== "")),
    inputs: decodeInputs(graph, problems),
    outputs: graph.output.map((value) => ({ name: value.name, ...decodeType(value, problems) })),
    initializers: decodeInitializers(graph, problems),
    nodes: graph.node.map((node) => decodeNode(node, problems)),
  };
  if (problems.length > 0)
    throw new UnsupportedError(
      `onnx: expected a model of dense tensors and plain operators, got ${problems.join(", ")}; export the model without them`,
    );
  return decoded;
}

function parse(bytes: Uint8Array): ModelProto {
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
  const element = elementTypeOf(elemType);
  if (!element) problems.push(`"${name}" of type ${onnxTypeName(elemType)}`);
  const dims = shape?.dim.map(({ value }): Dimension => {
    if (value.case === "dimParam") return value.value || undefined;
    return value.case === "dimValue" ? Number(value.value) : undefined;
  });
  return { type: element, dims };
}

function decodeInitializers(graph: GraphProto, problems: string[]): Map<string, Tensor> {
  for (const sparse of graph.sparseInitializer) problems.push(`sparse initializer "${sparse.values?.name ?? ""}"`);
  const entries = graph.initializer.map((proto): [string, Tensor | undefined] => [
    proto.name,
    decodeTensor(proto, `initializer "${proto.name}"`, problems),
  ]);
  return new Map(entries.filter((entry): entry is [string, Tensor] => entry[1] !== undefined));
}

function decodeNode(node: NodeProto, problems: string[]): DecodedNode {
  const label = `node "${node.name || node.output[0] || ""}" (${node.opType})`;
  const attributes = Object.fromEntries(
    node.attribute
      .map((proto) => [proto.name, decodeAttribute(proto, label, problems)] as const)
      .filter((entry): entry is [string, Attribute] => entry[1] !== undefined),
  );
  const { name, opType, domain, input, output } = node;
  return { name, op: opType, domain: normalDomain(domain), inputs: input, outputs: output, attributes };
}

function decodeAttribute(proto: AttributeProto, label: string, problems: string[]): Attribute | undefined {
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
      const value = proto.t && decodeTensor(proto.t, `${label} attribute "${proto.name}"`, problems);
      return value && { kind: "tensor", value };
    }
    default:
      problems.push(`${label} attribute "${proto.name}" of kind ${AttributeType[proto.type] ?? proto.type}`);
  }
}

/** "To the end" is written as 2^63 − 1 in exported files; it saturates as in `toNumbers`. */
function toNumber(integer: bigint): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(integer)));
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
