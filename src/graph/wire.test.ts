import { create, toBinary } from "@bufbuild/protobuf";
import { AttributeProtoSchema, TensorProtoSchema } from "onnx-buf";
import { expect, test } from "vitest";
import { bytesOf, float, int, message, run, text } from "./wire.ts";

test.each([0, 1, 127, 128, 300, 2 ** 31 - 1, 2 ** 31, 2 ** 40, 2 ** 53 - 1, -1, -128, -(2 ** 31), -(2 ** 53)])(
  "the whole number %i is written as the library writes it",
  (value) => {
    const expected = toBinary(AttributeProtoSchema, create(AttributeProtoSchema, { i: BigInt(value) }));
    expect(bytesOf([int(3, value)])).toEqual(expected);
  },
);

test.each([0, -0, 1.5, -3e-45, 1e-60, Number.POSITIVE_INFINITY, Number.NaN])("so is the number %f", (value) => {
  const expected = toBinary(AttributeProtoSchema, create(AttributeProtoSchema, { f: value, floats: [value, 1] }));
  expect(bytesOf([float(2, value), float(7, value), float(7, 1)])).toEqual(expected);
});

test("so are messages in messages, with texts and bytes beyond one byte of length", () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i);
  const tensor = { dims: [3n, 0n], name: "größer", rawData: bytes };
  const expected = create(AttributeProtoSchema, { name: "", t: create(TensorProtoSchema, tensor) });
  const fields = [int(1, 3), int(1, 0), text(8, "größer"), run(9, bytes)];
  expect(bytesOf([text(1, ""), message(5, fields)])).toEqual(toBinary(AttributeProtoSchema, expected));
});

test("what is no whole number is refused", () => {
  expect(() => int(1, 1.5)).toThrow(RangeError);
});
