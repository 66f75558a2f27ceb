import { create, toBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as AttributeType, ModelProtoSchema } from "onnx-buf";
import { InferenceSession } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { parseModel } from "../src/graph/decode.ts";
import { type OperatorSchema, operatorSchemas } from "../src/graph/operatorSchemas.ts";
import { requireSchemas } from "../src/graph/schemaCheck.ts";
import { DataError } from "../src/tensor/errors.ts";
import type { AttributeInit } from "./foreignFile.ts";

/** TensorProto.DataType of the names in the table. */
const codes: Readonly<Record<string, number>> = {
  float32: 1,
  float64: 11,
  float16: 10,
  bfloat16: 16,
  int8: 3,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
};
const types = Object.keys(codes);

interface Form {
  readonly about: string;
  readonly op: string;
  readonly opset: number;
  /** Element types; undefined is an input without a name. */
  readonly inputs: readonly (string | undefined)[];
  /** Element types that are declared; undefined where none is, "" for an output without a name. */
  readonly outputs: readonly (string | undefined)[];
  readonly attributes: readonly AttributeInit[];
}

function value(name: string, type: string | undefined) {
  if (type === undefined) return { name };
  return { name, type: { value: { case: "tensorType" as const, value: { elemType: codes[type]! } } } };
}

function bytesOf({ op, opset, inputs, outputs, attributes }: Form): Uint8Array {
  const named = outputs.map((type, i) => ({ name: type === "" ? "" : `o${i}`, type: type || undefined }));
  const graph = {
    name: "g",
    input: inputs.flatMap((type, i) => (type === undefined ? [] : [value(`i${i}`, type)])),
    output: named.filter(({ name }) => name !== "").map(({ name, type }) => value(name, type)),
    node: [
      {
        name: "n",
        opType: op,
        input: inputs.map((type, i) => (type === undefined ? "" : `i${i}`)),
        output: named.map(({ name }) => name),
        attribute: [...attributes],
      },
    ],
  };
  const model = { irVersion: 9n, opsetImport: [{ domain: "", version: BigInt(opset) }], graph };
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, model));
}

function weRefuse(bytes: Uint8Array, opset: number): string {
  try {
    requireSchemas(parseModel(bytes).graph!, opset);
    return "";
  } catch (error) {
    if (!(error instanceof DataError) || !/^onnx: [^\n]+$/.test(error.message)) throw error;
    return error.message;
  }
}

/**
 * Said of the sizes and values of a node, of kernels that are missing, of the body of a function: not of the node's
 * form.
 */
const ofOtherThings =
  /Inference|Could not find an implementation|Exception during initialization|Unsupported data type: 16|in node \(\)/;

/** Undefined where something else is wrong, so that nothing is known of the form. */
async function ortRefuses(bytes: Uint8Array): Promise<boolean | undefined> {
  try {
    const session = await InferenceSession.create(bytes, { graphOptimizationLevel: "disabled", logSeverityLevel: 4 });
    await session.release();
    return false;
  } catch (error) {
    return ofOtherThings.test((error as Error).message) ? undefined : true;
  }
}

function attribute(name: string, kind: string): AttributeInit {
  const type = AttributeType[kind as keyof typeof AttributeType];
  const values: Record<string, object> = {
    FLOAT: { f: 0.5 },
    INT: { i: 1n },
    STRING: { s: new TextEncoder().encode("a") },
    TENSOR: { t: { dataType: 1, dims: [1n], floatData: [1] } },
    FLOATS: { floats: [0.5] },
    INTS: { ints: [1n, 1n] },
    STRINGS: { strings: [new TextEncoder().encode("a")] },
  };
  return { name, type, ...values[kind] } as AttributeInit;
}

const plainKinds = ["FLOAT", "INT", "STRING", "TENSOR", "FLOATS", "INTS", "STRINGS"];

/** The node with the first allowed types, every input and output, and the attributes that it must have. */
function plainForm(op: string, schema: OperatorSchema, opset: number): Form {
  const first = (text: string) => {
    const type = text.split(": ")[1]!;
    return (schema.types[type] ?? type).split(" ")[0]!;
  };
  const needed = Object.entries(schema.attributes).filter(([, kind]) => kind.endsWith("!"));
  return {
    about: "as it should be",
    op,
    opset,
    inputs: schema.inputs.map(first),
    outputs: schema.outputs.map(() => undefined),
    attributes: needed.map(([name, kind]) => attribute(name, kind.slice(0, -1))),
  };
}

function variants(op: string, schema: OperatorSchema, opset: number): Form[] {
  const plain = plainForm(op, schema, opset);
  const others = (name: string) => plain.attributes.filter((one) => one.name !== name);
  const retyped = (name: string, type: string) =>
    schema.inputs.map((text, i) => (text.endsWith(`: ${name}`) ? type : plain.inputs[i]));
  return [
    plain,
    { ...plain, about: "unknown attribute", attributes: [...plain.attributes, attribute("odd_one", "INT")] },
    ...Object.entries(schema.attributes).flatMap(([name, declared]) =>
      plainKinds.map((kind) => ({
        ...plain,
        about: `attribute ${name} of ${kind}, declared ${declared}`,
        attributes: [...others(name), attribute(name, kind)],
      })),
    ),
    ...plain.attributes.map(({ name }) => ({ ...plain, about: `without ${name}`, attributes: others(name!) })),
    ...plain.attributes.map((one) => ({
      ...plain,
      about: `${one.name} twice`,
      attributes: [...plain.attributes, one],
    })),
    ...Object.keys(schema.types).flatMap((name) =>
      types.map((type) => ({ ...plain, about: `${name} is ${type}`, inputs: retyped(name, type) })),
    ),
    ...plain.inputs.flatMap((_, i) =>
      types.map((type) => ({ ...plain, about: `input ${i} of ${type}`, inputs: plain.inputs.with(i, type) })),
    ),
    ...plain.inputs.map((_, i) => ({ ...plain, about: `only ${i} inputs`, inputs: plain.inputs.slice(0, i) })),
    ...plain.inputs.map((_, i) => ({
      ...plain,
      about: `input ${i} left out`,
      inputs: plain.inputs.with(i, undefined),
    })),
    { ...plain, about: "one input more", inputs: [...plain.inputs, plain.inputs[0] ?? "float32"] },
    ...plain.outputs.map((_, i) => ({ ...plain, about: `only ${i} outputs`, outputs: plain.outputs.slice(0, i) })),
    ...plain.outputs.map((_, i) => ({
      ...plain,
      about: `output ${i} without a name`,
      outputs: plain.outputs.with(i, ""),
    })),
    { ...plain, about: "one output more", outputs: [...plain.outputs, undefined] },
    ...plain.outputs.flatMap((_, i) =>
      types.map((type) => ({ ...plain, about: `output ${i} declared ${type}`, outputs: plain.outputs.with(i, type) })),
    ),
  ];
}

/** In the operator set where a schema begins, and in the last one. */
const all = [...operatorSchemas].flatMap(([op, versions]) =>
  versions.flatMap((schema, i) => {
    const last = (versions[i + 1]?.since ?? 21) - 1;
    return [...new Set([Math.max(13, schema.since), last])].map((opset) => ({ op, opset, schema }));
  }),
);

/** Compared by hand: it has nodes inside; ONNX Runtime takes a Constant's first attribute whatever it is. */
const apart = new Set(["Constant", "If"]);

describe("nodes of every form are taken and refused as ONNX Runtime does", () => {
  test.each(all.filter(({ op }) => !apart.has(op)))("$op in operator set $opset", async ({ op, opset, schema }) => {
    const differing: string[] = [];
    let compared = 0;
    for (const form of variants(op, schema, opset)) {
      // ONNX Runtime's own schema of it takes anything. Of any operator it takes names that begin with `__`, which are
      // refused here.
      if (op === "LayerNormalization" && form.about === "unknown attribute") continue;
      const bytes = bytesOf(form);
      const [ours, theirs] = [weRefuse(bytes, opset), await ortRefuses(bytes)];
      if (theirs !== undefined) compared++;
      if (theirs !== undefined && theirs !== (ours !== "")) differing.push(`${form.about}: ${ours || "taken"}`);
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(5);
  });
});
