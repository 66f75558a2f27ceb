import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { file } from "../../test/foreignFile.ts";
import { DataError } from "../tensor/errors.ts";
import { parseModel } from "./decode.ts";
import { requireWire } from "./wireCheck.ts";

/** A field that holds bytes. */
function field(number: number, ...contents: number[]): number[] {
  const length = contents.length;
  return [number * 8 + 2, ...(length < 128 ? [length] : [(length & 127) | 128, length >> 7]), ...contents];
}

/** A graph in an attribute in a node in a graph …, `levels` times. */
function nested(levels: number): Uint8Array {
  let inside: number[] = [];
  for (let i = 0; i < levels; i++) inside = field(1, ...field(5, ...field(6, ...inside)));
  return Uint8Array.from(field(7, ...inside));
}

describe("bytes that are no protobuf message", () => {
  test.each<[string, number[], string]>([
    ["a field longer than its message", [...field(7, 1 * 8 + 2, 9, 0), 0, 0, 0], "a field of 9 bytes that leaves its"],
    ["a number that its message cuts", [...field(7, 3 * 8), 0], "a field that leaves its message"],
    ["eight bytes at the end", [15 * 8 + 1, 0, 0], "a field that leaves its message at 9"],
    ["field 0", [2, 0], "a field without a number"],
    ["the end of a group", [15 * 8 + 4], "a field of no type"],
    ["a type that does not exist", [15 * 8 + 7], "a field of no type"],
    ["a node as a number", field(7, 1 * 8, 46), "the field node in another encoding"],
    ["a name of four bytes", field(7, 2 * 8 + 5, 1, 2, 3, 4), "the field name in another encoding"],
    ["a number without an end", [8, ...Array(11).fill(255)], "a number of more than 10 bytes"],
    ["a number that the file cuts", [8, 255], "premature end"],
  ])("%s", (_, bytes, message) => {
    const read = () => parseModel(Uint8Array.from(bytes));
    expect(read).toThrow(DataError);
    expect(read).toThrow(`onnx: expected an ONNX model, got ${bytes.length} damaged bytes (${message}`);
    expect(read).toThrow(/; export it again$/);
  });

  test("a thousand graphs in each other are refused, twenty are read", () => {
    expect(() => parseModel(nested(1000))).toThrow("damaged bytes (more than 100 messages in each other)");
    expect(parseModel(nested(20)).graph?.node[0]?.attribute).toHaveLength(1);
  });
});

test("a model and fields that nobody knows are let through", () => {
  const known = file({ node: [{ opType: "Relu", input: ["x"], output: ["y"] }] });
  expect(() => requireWire(ModelProtoSchema, known)).not.toThrow();
  expect(() => requireWire(ModelProtoSchema, Uint8Array.from([...known, ...field(15, 1, 2, 3)]))).not.toThrow();
});
