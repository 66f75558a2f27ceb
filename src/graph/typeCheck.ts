import { type AttributeProto, AttributeProto_AttributeType as AttributeType, type NodeProto } from "onnx-buf";
import { DataError } from "../tensor/errors.ts";
import { onnxTypeName } from "./onnxTypeName.ts";
import { onnxTypes } from "./onnxTypes.ts";
import type { OperatorSchema } from "./operatorSchemas.ts";

/** Element types of the values that nodes see, as onnx.proto numbers them; `undefined` where the file does not say. */
export interface TypeScope {
  readonly own: Map<string, number | undefined>;
  readonly outer: TypeScope | undefined;
}

/** Element types of a list of values; `undefined` where they are not known. */
export type ElementTypes = readonly (number | undefined)[];

const BFLOAT16 = 16;
const names = new Map<number, string>([
  ...Object.entries(onnxTypes).map(([name, code]) => [code, name] as const),
  [BFLOAT16, "bfloat16"],
]);
const codes = new Map([...names].map(([code, name]) => [name, code]));

export function showType(code: number): string {
  return names.get(code) ?? onnxTypeName(code);
}

export function typeOf(name: string, scope: TypeScope | undefined): number | undefined {
  for (let at = scope; at; at = at.outer) if (at.own.has(name)) return at.own.get(name);
  return undefined;
}

/**
 * Throws `DataError` where the inputs of a node have element types that its schema does not allow or that differ where
 * it wants one, and where an output is declared as another type than it has. Types of outputs are added to the scope.
 */
export function requireTypes(node: NodeProto, where: TypedNode): void {
  const { schema, label, scope, declared } = where;
  const bound = requireInputs(node, where);
  for (const [i, output] of node.output.entries()) {
    if (output === "") continue;
    const { name, type } = formal(schema.outputs, i);
    const code = madeType(node, i, where, bound) ?? bound.get(type)?.code ?? codes.get(schema.types[type] ?? type);
    const given = declared.get(output);
    if (given !== undefined && code !== undefined && given !== code)
      throw new DataError(
        `${label}: expected output ${name} "${output}" declared as ${showType(code)}, got ${showType(given)}; export the model again`,
      );
    scope.own.set(output, code ?? given);
  }
}

export interface TypedNode {
  readonly schema: OperatorSchema;
  readonly label: string;
  readonly scope: TypeScope;
  /** Types that the graph declares of what its nodes compute. */
  readonly declared: ReadonlyMap<string, number | undefined>;
  /** Types of the outputs of the node's own graphs. */
  readonly branches: readonly ElementTypes[];
}

/** What each type parameter stands for, and the input that says so. */
type Bound = Map<string, { readonly name: string; readonly code: number }>;

function requireInputs(node: NodeProto, { schema, label, scope }: TypedNode): Bound {
  const bound: Bound = new Map();
  for (const [i, input] of node.input.entries()) {
    const code = typeOf(input, scope);
    const { name, type } = formal(schema.inputs, i);
    if (input === "" || code === undefined || type === "any") continue;
    requireAllowed(code, schema.types[type] ?? type, `input ${name}`, label);
    const other = bound.get(type);
    if (other && other.code !== code)
      throw new DataError(
        `${label}: expected inputs ${other.name} and ${name} of one type, got ${showType(other.code)} and ${showType(code)}; insert a Cast`,
      );
    bound.set(type, { name, code });
  }
  return bound;
}

function formal(list: readonly string[], i: number): { readonly name: string; readonly type: string } {
  const [name = "", type = "any"] = list[Math.min(i, list.length - 1)]?.split(": ") ?? [];
  return { name: name.replace(/[?*]$/, ""), type };
}

function requireAllowed(code: number, allowed: string, what: string, label: string): void {
  const list = allowed.split(" ");
  if (!list.includes(names.get(code) ?? ""))
    throw new DataError(`${label}: expected ${what} of ${list.join(", ")}, got ${showType(code)}; insert a Cast`);
}

/** Of an output whose type an attribute says: its schema allows many and binds none. */
function madeType({ opType, attribute }: NodeProto, i: number, { branches }: TypedNode, bound: Bound) {
  const named = (name: string) => attribute.find((one) => one.name === name);
  const code = (name: string) => Number(named(name)?.i ?? 0) || undefined;
  switch (opType) {
    case "Cast":
      return code("to");
    case "Constant":
      return constantType(attribute[0]);
    case "ConstantOfShape":
      return named("value")?.t?.dataType ?? onnxTypes.float32;
    case "EyeLike":
      return code("dtype") ?? bound.get("T1")?.code;
    case "If":
      return branches.map((outputs) => outputs[i]).find((known) => known !== undefined);
    case "LayerNormalization":
      return i === 0 ? undefined : (code("stash_type") ?? onnxTypes.float32);
    default:
      return undefined;
  }
}

function constantType(attribute: AttributeProto | undefined): number | undefined {
  switch (attribute?.type) {
    case AttributeType.TENSOR:
      return attribute.t?.dataType;
    case AttributeType.FLOAT:
    case AttributeType.FLOATS:
      return onnxTypes.float32;
    case AttributeType.INT:
    case AttributeType.INTS:
      return onnxTypes.int64;
    default:
      return undefined;
  }
}
