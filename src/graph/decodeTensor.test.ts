import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as AttributeType, type GraphProtoSchema, ModelProtoSchema } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { show, toNumbers } from "../tensor/tensor.ts";
import { toBfloat16 } from "./bfloat16.ts";
import { decode } from "./decode.ts";
import type { ExternalData } from "./decodeTensor.ts";

type GraphInit = MessageInitShape<typeof GraphProtoSchema> & object;

function file(graph: GraphInit): Uint8Array {
  const opsetImport = [{ domain: "ai.onnx", version: 17n }];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
}

test("numbers in typed fields, and in Constant's own attributes", () => {
  const tensors = [
    { name: "float", dataType: 1, dims: [2n], floatData: [0.5, -1] },
    { name: "uint8", dataType: 2, dims: [2n], int32Data: [0, 255] },
    { name: "int8", dataType: 3, dims: [2n], int32Data: [-128, 127] },
    { name: "int32", dataType: 6, dims: [1n, 1n], int32Data: [-7] },
    { name: "int64", dataType: 7, dims: [], int64Data: [-(2n ** 63n)] },
    { name: "bool", dataType: 9, dims: [2n], int32Data: [1, 0] },
    { name: "float16", dataType: 10, dims: [2n], int32Data: [0x3c00, 0xc000] }, // IEEE 754 half: 1, −2
    { name: "double", dataType: 11, dims: [1n], doubleData: [0.1] },
    { name: "empty", dataType: 1, dims: [0n, 3n] },
  ];
  const attribute = [
    { name: "value_int", type: AttributeType.INT, i: 2n ** 63n - 1n },
    { name: "value_ints", type: AttributeType.INTS, ints: [1n, -2n] },
    { name: "value_float", type: AttributeType.FLOAT, f: 0.5 },
    { name: "value_floats", type: AttributeType.FLOATS, floats: [1, 2] },
  ];
  const model = decode(file({ initializer: tensors, node: [{ opType: "Constant", output: ["c"], attribute }] }));
  expect([...model.initializers].map(([name, value]) => `${name} ${show(value)} ${value.data.join()}`)).toEqual([
    "float float32[2] 0.5,-1",
    "uint8 uint8[2] 0,255",
    "int8 int8[2] -128,127",
    "int32 int32[1, 1] -7",
    "int64 int64[] -9223372036854775808",
    "bool bool[2] 1,0",
    "float16 float16[2] 1,-2",
    "double float64[1] 0.1",
    "empty float32[0, 3] ",
  ]);
  expect(model.nodes[0]!.attributes).toEqual({
    value_int: { kind: "int", value: Number.MAX_SAFE_INTEGER },
    value_ints: { kind: "ints", value: [1, -2] },
    value_float: { kind: "float", value: 0.5 },
    value_floats: { kind: "floats", value: [1, 2] },
  });
});

describe("bfloat16 is read as float32, exactly", () => {
  const bits = [0x3f80, 0xc020, 0x0001, 0x7f80, 0x7fc0]; // 1, −2.5, the smallest, ∞, NaN
  const expected = [1, -2.5, 2 ** -133, Number.POSITIVE_INFINITY, Number.NaN];
  const half = { name: "half", dataType: 16, dims: [5n] };
  const bytes = () => new Uint8Array(Uint16Array.from(bits).buffer);
  const far = { ...half, dataLocation: 1, externalData: [{ key: "location", value: "a" }] };

  test.each<[string, NonNullable<GraphInit["initializer"]>[number]]>([
    ["in typed fields", { ...half, int32Data: bits }],
    ["as bytes", { ...half, rawData: bytes() }],
    ["in another file", far],
  ])("%s", (_, proto) => {
    const asked: ExternalData[] = [];
    const model = decode(file({ initializer: [proto] }), (data) => {
      asked.push(data);
      return bytes();
    });
    const found = model.initializers.get("half")!;
    expect(show(found)).toBe("float32[5]");
    expect(toNumbers(found)).toEqual(expected);
    expect(asked.map(({ length }) => length)).toEqual(proto === far ? [10] : []);
  });

  test("and written as the nearest, of two the even one", () => {
    expect([...toBfloat16(expected)]).toEqual(bits);
    const between = [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -1 - 2 ** -9, 3.4e38];
    expect([...toBfloat16(between)]).toEqual([0x3f80, 0x3f82, 0x3f81, 0xbf80, 0x7f80]);
  });
});

describe("external data", () => {
  const far = (...entries: [string, string][]) => ({
    name: "far",
    dataType: 1,
    dims: [2n],
    dataLocation: 1,
    externalData: entries.map(([key, value]) => ({ key, value })),
  });

  test("is fetched for initializers and attributes, with what type and shape ask for", () => {
    const asked: ExternalData[] = [];
    const read = (data: ExternalData) => {
      asked.push(data);
      return new Uint8Array(Float32Array.of(0.5, asked.length).buffer);
    };
    const attribute = [{ name: "value", type: AttributeType.TENSOR, t: far(["location", "b"], ["length", "8"]) }];
    const graph: GraphInit = {
      initializer: [far(["location", "a"], ["offset", "4096"], ["checksum", "0"])],
      node: [{ opType: "Constant", output: ["c"], attribute }],
    };
    const model = decode(file(graph), read);
    expect(asked).toEqual([
      { label: 'initializer "far"', location: "a", offset: 4096, length: 8 },
      { label: 'node "c" (Constant) attribute "value"', location: "b", offset: 0, length: 8 },
    ]);
    expect(model.initializers.get("far")!.data).toEqual(Float32Array.of(0.5, 1));
    expect(model.unsupported).toEqual([]);
  });

  test.each<[string, [string, string][], string]>([
    [
      "a length that the shape does not have",
      [["length", "12"]],
      'expected 8 bytes for initializer "far", got length "12"',
    ],
    ["a negative offset", [["offset", "-1"]], 'expected offset of initializer "far" in bytes, got "-1"'],
    ...["-0", "+1", "1.5", "1e3", "0x10", " 8", "", "9007199254740993", "9".repeat(400)].map(
      (text): [string, [string, string][], string] => [
        `an offset of ${JSON.stringify(text.slice(0, 20))}`,
        [["offset", text]],
        `expected offset of initializer "far" in bytes, got "${text.slice(0, 20)}`,
      ],
    ),
    ["an offset in words", [["offset", "four"]], 'expected offset of initializer "far" in bytes, got "four"'],
  ])("%s", (_, entries, message) => {
    const load = () => decode(file({ initializer: [far(["location", "a"], ...entries)] }), () => new Uint8Array(8));
    expect(load).toThrow(DataError);
    expect(load).toThrow(message);
  });

  test("a shape that no memory holds is refused before it is fetched", () => {
    const huge = { ...far(["location", "a"]), dims: [2n ** 40n, 2n ** 40n] };
    expect(() => decode(file({ initializer: [huge] }), () => new Uint8Array(8))).toThrow(
      /expected sizes of at least 0/,
    );
  });
});
