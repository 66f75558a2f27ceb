import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { fromNumbers } from "../../src/tensor/tensor.ts";
import type { AttributeInit, GraphInit, NodeInit } from "../foreignFile.ts";

/**
 * Nodes whose form or meaning differs between operator sets 13 and 20 (onnx/docs/Changelog.md), as a file of that set
 * writes them.
 */
export interface OpsetCase {
  readonly about: string;
  readonly opsets: readonly number[];
  /** Of the input x, examples included. */
  readonly shape: readonly number[];
  /** From x to y. */
  readonly nodes: readonly (readonly [op: string, inputs: string, outputs: string, attributes?: Plain])[];
  readonly constants?: Readonly<Record<string, Tensor>>;
}

type Plain = Readonly<Record<string, number | string | readonly number[] | undefined>>;

export const ints = (...values: number[]) => fromNumbers("int64", [values.length], values);
export const floats = (...values: number[]) => fromNumbers("float32", [values.length], values);
export const FLOAT = 1;

/** The case as the contents of a file. */
export function graphOf({ shape, nodes, constants = {} }: OpsetCase): GraphInit {
  const dim = shape.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } }));
  const type = { value: { case: "tensorType" as const, value: { elemType: FLOAT, shape: { dim } } } };
  return {
    name: "case",
    input: [{ name: "x", type }],
    output: [{ name: "y", type: { value: { case: "tensorType", value: { elemType: FLOAT } } } }],
    initializer: Object.entries(constants).map(([name, { type: element, shape: dims, data }]) => ({
      name,
      dims: dims.map(BigInt),
      dataType: { float32: 1, uint8: 2, int64: 7 }[element as "float32"]!,
      rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
    })),
    node: nodes.map(
      ([opType, input, output, attributes = {}]): NodeInit => ({
        opType,
        name: `${opType} ${output}`,
        input: input.split(" "),
        output: output.split(" "),
        attribute: Object.entries(attributes).flatMap(([name, value]) =>
          value === undefined ? [] : [{ name, ...attributeOf(value) }],
        ),
      }),
    ),
  };
}

function attributeOf(value: NonNullable<Plain[string]>): Omit<AttributeInit & object, "name" | "$typeName"> {
  if (typeof value === "string") return { type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value !== "number") return { type: AttributeType.INTS, ints: value.map(BigInt) };
  return Number.isInteger(value)
    ? { type: AttributeType.INT, i: BigInt(value) }
    : { type: AttributeType.FLOAT, f: value };
}
