import { expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { parseIdx } from "./idx.ts";

/** Inside a larger buffer, as files that were read together are. */
function bytes(...values: number[]): Uint8Array {
  return new Uint8Array([255, ...values, 255]).subarray(1, -1);
}

test.each([
  ["uint8", bytes(0, 0, 8, 1, 0, 0, 0, 2, 7, 255), "uint8", [2], [7, 255]],
  ["int8", bytes(0, 0, 9, 1, 0, 0, 0, 2, 7, 255), "int8", [2], [7, -1]],
  ["short", bytes(0, 0, 11, 1, 0, 0, 0, 2, 1, 2, 255, 254), "int32", [2], [258, -2]],
  ["int", bytes(0, 0, 12, 1, 0, 0, 0, 1, 255, 255, 255, 0), "int32", [1], [-256]],
  ["float", bytes(0, 0, 13, 1, 0, 0, 0, 1, 0x40, 0x49, 0x0f, 0xdb), "float32", [1], [Math.fround(Math.PI)]],
  ["double", bytes(0, 0, 14, 1, 0, 0, 0, 1, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0), "float64", [1], [1.5]],
  ["axes of several bytes", bytes(0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 1, 2, 3), "uint8", [3, 1], [1, 2, 3]],
  ["no elements", bytes(0, 0, 8, 2, 0, 0, 1, 0, 0, 0, 0, 0), "uint8", [256, 0], []],
])("reads %s", (_, file, type, shape, numbers) => {
  const { data, ...rest } = parseIdx(file, "a");
  expect({ ...rest, data: Array.from(data as Uint8Array) }).toEqual({ type, shape, data: numbers });
});

test.each([
  ["an empty file", bytes(), /^a\.idx: expected an IDX file .* got the bytes of an empty file; /],
  [
    "a compressed file",
    bytes(0x1f, 0x8b, 8, 0),
    /^a\.idx: expected an IDX file .* got the bytes 31, 139, 8, 0; is it still/,
  ],
  [
    "an unknown element type",
    bytes(0, 0, 10, 1, 0, 0, 0, 0),
    /^a\.idx: expected an IDX file .* got the bytes 0, 0, 10, 1/,
  ],
  ["a cut header", bytes(0, 0, 8, 3, 0, 0, 0, 1), /^a\.idx: expected at least 16 bytes of header, got 8 bytes; /],
  [
    "truncated data",
    bytes(0, 0, 12, 1, 0, 0, 0, 2, 1, 2, 3),
    /^a\.idx: expected 16 bytes for int32\[2\], got 11 bytes; /,
  ],
  ["trailing bytes", bytes(0, 0, 8, 1, 0, 0, 0, 1, 5, 6), /^a\.idx: expected 9 bytes for uint8\[1\], got 10 bytes; /],
])("refuses %s", (_, file, message) => {
  expect(() => parseIdx(file, "a.idx")).toThrow(DataError);
  expect(() => parseIdx(file, "a.idx")).toThrow(message);
});
