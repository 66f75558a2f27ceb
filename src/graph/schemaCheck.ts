import { isFieldSet } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from "onnx-buf";
import { DataError } from "../tensor/errors.ts";
import { didYouMean } from "../tensor/suggest.ts";
import { type OperatorSchema, operatorSchemas } from "./operatorSchemas.ts";
import { type ElementTypes, requireTypes, showType, type TypeScope, typeOf } from "./typeCheck.ts";

/**
 * Throws `DataError` for the first node that its operator's schema in this operator set does not allow, inside branches
 * too: unknown, repeated, missing or ill-typed attributes, too few or too many inputs or outputs, element types that
 * the operator does not take or that differ where it wants one. ONNX Runtime refuses the same. Operators without a
 * schema here are nobody's business here.
 */
export function requireSchemas(graph: GraphProto, opset: number): void {
  requireGraph(graph, opset, undefined);
}

/** Gives the element types of the graph's outputs. */
function requireGraph(graph: GraphProto, opset: number, outer: TypeScope | undefined): ElementTypes {
  const scope: TypeScope = { own: new Map(), outer };
  for (const { name, dataType } of graph.initializer) scope.own.set(name, dataType);
  for (const value of graph.input) addInput(value, scope);
  const declared = new Map([...graph.valueInfo, ...graph.output].map((value) => [value.name, elementType(value)]));
  requireDistinctNames(graph);
  for (const node of graph.node) {
    const label = labelOf(node);
    const schema = requireSchema(node, opset, label);
    for (const attribute of node.attribute) requireAttribute(attribute, label);
    if (schema) requireForm(node, schema, label);
    const branches = node.attribute.flatMap(({ g }) => (g ? [requireGraph(g, opset, scope)] : []));
    if (schema) requireTypes(node, { schema, label, scope, declared, branches });
  }
  return graph.output.map((value) => typeOf(value.name, scope) ?? elementType(value));
}

/** Files of IR version 3 and older list the initializers among the inputs. */
function addInput(value: ValueInfoProto, { own }: TypeScope): void {
  const [stored, said] = [own.get(value.name), elementType(value)];
  if (stored !== undefined && said !== undefined && stored !== said)
    throw new DataError(
      `onnx: expected initializer "${value.name}" of ${showType(said)} as its input says, got ${showType(stored)}; export the model again`,
    );
  own.set(value.name, stored ?? said);
}

function elementType({ type }: ValueInfoProto): number | undefined {
  return (type?.value.case === "tensorType" && type.value.value.elemType) || undefined;
}

function labelOf({ name, output, opType }: NodeProto): string {
  return `onnx: node "${name || output.find((one) => one !== "") || opType}" (${opType})`;
}

function requireDistinctNames({ node }: GraphProto): void {
  const names = new Set<string>();
  for (const one of node) {
    if (names.has(one.name))
      throw new DataError(
        `${labelOf(one)}: expected nodes of distinct names, got "${one.name}" again; export the model again`,
      );
    if (one.name !== "") names.add(one.name);
  }
}

/** The schema in force in an operator set; none for operators that are not in the table. */
function requireSchema({ opType, domain }: NodeProto, opset: number, label: string): OperatorSchema | undefined {
  const versions = domain === "" || domain === "ai.onnx" ? operatorSchemas.get(opType) : undefined;
  const schema = versions?.findLast(({ since }) => since <= opset);
  if (versions && !schema)
    throw new DataError(
      `${label}: expected operator set ${versions[0]!.since} or later, got ${opset}; export with that one`,
    );
  return schema;
}

/** The field in which each kind of attribute lies, as the schema of the message calls it. */
const fields = new Map<AttributeType, string>([
  [AttributeType.FLOAT, "f"],
  [AttributeType.INT, "i"],
  [AttributeType.STRING, "s"],
  [AttributeType.TENSOR, "t"],
  [AttributeType.GRAPH, "g"],
  [AttributeType.SPARSE_TENSOR, "sparse_tensor"],
  [AttributeType.TYPE_PROTO, "tp"],
  [AttributeType.FLOATS, "floats"],
  [AttributeType.INTS, "ints"],
  [AttributeType.STRINGS, "strings"],
  [AttributeType.TENSORS, "tensors"],
  [AttributeType.GRAPHS, "graphs"],
  [AttributeType.SPARSE_TENSORS, "sparse_tensors"],
  [AttributeType.TYPE_PROTOS, "type_protos"],
]);

const valueFields = AttributeProtoSchema.fields.filter(({ name }) => [...fields.values()].includes(name));

/** Lists may be empty, so that their field is not there; tensors and graphs are read below. */
const mayBeUnset = /S$/;

/** One kind, one value, and that of its kind: onnx.checker's `check_attribute`. */
function requireAttribute(attribute: AttributeProto, label: string): void {
  const { name, type, refAttrName } = attribute;
  const used = valueFields.filter((field) => isFieldSet(attribute, field)).map((field) => field.name);
  const kind = AttributeType[type];
  const own = fields.get(type);
  const wrong = (got: string) =>
    new DataError(
      `${label}: expected attribute "${name}" with one value of its kind, got ${got}; export the model again`,
    );
  if (refAttrName !== "") throw wrong(`a reference to "${refAttrName}"`);
  if (own === undefined) throw wrong(type === AttributeType.UNDEFINED ? "no kind" : `kind ${kind ?? type}`);
  const others = used.filter((field) => field !== own);
  if (others.length > 0) throw wrong(`kind ${kind!.toLowerCase()} with a value in ${others.join(" and ")}`);
  if (used.length === 0 && !mayBeUnset.test(kind!)) throw wrong(`kind ${kind!.toLowerCase()} without a value`);
}

function requireForm(node: NodeProto, schema: OperatorSchema, label: string): void {
  requireAttributes(node, schema, label);
  requireCount("input", node.input, schema.inputs, label);
  requireCount("output", node.output, schema.outputs, label);
  if (node.opType === "BatchNormalization") requireStatistics(node, schema, label);
}

/** Outputs for training are all there, and those for inference are not: a rule that stands in no table. */
function requireStatistics({ attribute, output }: NodeProto, { since, outputs }: OperatorSchema, label: string): void {
  const training = attribute.find(({ name }) => name === "training_mode")?.i === 1n;
  const expected = since < 14 ? [1, outputs.length] : [training ? outputs.length : 1];
  if (!expected.includes(output.length))
    throw new DataError(
      `${label}: expected ${expected.join(" or ")} outputs${training ? " in training mode" : ""}, got ${output.length}; export the model again`,
    );
}

function requireAttributes(node: NodeProto, { attributes }: OperatorSchema, label: string): void {
  const known = Object.keys(attributes);
  const seen = new Set<string>();
  for (const { name, type } of node.attribute) {
    if (seen.has(name)) throw new DataError(`${label}: expected each attribute once, got "${name}" again; remove it`);
    seen.add(name);
    if (!Object.hasOwn(attributes, name)) {
      const expected = known.length > 0 ? `the attributes ${known.join(", ")}` : "no attributes";
      throw new DataError(`${label}: expected ${expected}, got "${name}"${didYouMean(name, known) || "; remove it"}`);
    }
    const kind = attributes[name]!.replace("!", "");
    if (AttributeType[type] !== kind)
      throw new DataError(
        `${label}: expected attribute "${name}" of kind ${kind.toLowerCase()}, got ${AttributeType[type]?.toLowerCase()}; export the model again`,
      );
  }
  if (node.opType === "Constant" && seen.size !== 1)
    throw new DataError(`${label}: expected one attribute, the value, got ${seen.size}; export the model again`);
  const missing = known.find((name) => attributes[name]!.endsWith("!") && !seen.has(name));
  if (missing !== undefined)
    throw new DataError(`${label}: expected the attribute "${missing}", got none of that name; export the model again`);
}

function requireCount(which: string, given: readonly string[], formal: readonly string[], label: string): void {
  const names = formal.map((text) => text.split(":")[0]!);
  const least = names.findLastIndex((name) => !name.endsWith("?")) + 1;
  const most = names.at(-1)?.endsWith("*") ? Number.POSITIVE_INFINITY : names.length;
  const range =
    most === least ? `${least}` : most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  if (given.length < least || given.length > most)
    throw new DataError(
      `${label}: expected ${range} ${which}s (${names.join(", ")}), got ${given.length}; export the model again`,
    );
  const empty = names.find((name, i) => !/[?*]$/.test(name) && given[i] === "");
  if (empty !== undefined)
    throw new DataError(`${label}: expected ${which} ${empty}, got one without a name; export the model again`);
}
