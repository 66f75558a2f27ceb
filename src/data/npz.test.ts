import { readFileSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import { expect, test, vi } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { fromNumbers, type Tensor, tensor } from "../tensor/tensor.ts";
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz } from "./npz.ts";

/** Written by NumPy 2.4. */
function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../test/fixtures/files/${name}`, import.meta.url));
}

const integers = (...values: bigint[]) => tensor("int64", [values.length], BigInt64Array.from(values));

const contents = new Map<string, Tensor>([
  ["float16", fromNumbers("float16", [4], [1.5, -2, 65504, Number.POSITIVE_INFINITY])],
  ["float64", fromNumbers("float64", [], [Math.PI])],
  ["int8", fromNumbers("int8", [2], [-128, 127])],
  ["uint8", fromNumbers("uint8", [1, 2], [0, 255])],
  ["int32", fromNumbers("int32", [1], [-(2 ** 31)])],
  ["int64", integers(-(2n ** 63n), 2n ** 63n - 1n)],
  ["bool", fromNumbers("bool", [3], [1, 0, 1])],
  ["empty", fromNumbers("float32", [0, 3], [])],
]);

const widened = new Map<string, Tensor>([
  ["uint16", fromNumbers("int32", [1], [65535])],
  ["int16", fromNumbers("int32", [1], [-32768])],
  ["uint32", integers(2n ** 32n - 1n)],
]);

test("reads every element type that NumPy stores", () => {
  const expected = Object.fromEntries([...contents, ...widened]);
  expect(Object.fromEntries(decodeNpz(fixture("stored.npz"), "a"))).toEqual(expected);
});

test("reads a compressed archive", () => {
  expect(Object.fromEntries(decodeNpz(fixture("compressed.npz"), "a"))).toEqual({
    zeros: fromNumbers("float64", [40, 50], new Float64Array(2000)),
    ones: fromNumbers("float32", [3], [1, 1, 1]),
  });
});

test("reads a plain array", () => {
  expect(decodeNpy(fixture("float32.npy"), "a")).toEqual(fromNumbers("float32", [2, 3], [0, 0.25, 0.5, 0.75, 1, 1.25]));
});

test("transposes Fortran order to row-major", () => {
  const numbers = Array.from({ length: 24 }, (_, i) => i);
  expect(decodeNpy(fixture("fortran.npy"), "a")).toEqual(fromNumbers("int32", [2, 3, 4], numbers));
});

test("what is written is read back, and is the same file whenever it is written", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-01-01") });
  const bytes = encodeNpz(contents);
  vi.setSystemTime(new Date("2027-02-02"));
  expect(Object.fromEntries(decodeNpz(bytes, "a"))).toEqual(Object.fromEntries(contents));
  expect(encodeNpz(contents)).toEqual(bytes);
  vi.useRealTimers();
});

test("writes NumPy's header", () => {
  const text = (value: Tensor) => Buffer.from(encodeNpy(value)).toString("latin1");
  expect(text(contents.get("float16")!).slice(0, 8)).toBe("\x93NUMPY\x01\0");
  expect(text(contents.get("float16")!)).toMatch(/\{'descr':'<f2','fortran_order':False,'shape':\(4,\)\} *\n/);
  expect(text(contents.get("float64")!)).toMatch(/'descr':'<f8','fortran_order':False,'shape':\(\)/);
});

const truncated = fixture("float32.npy").subarray(0, -4);

test.each([
  [
    "big-endian numbers",
    fixture("big-endian.npy"),
    /^a\.npy: expected a NumPy array of little-endian .* got: .*>f4; convert it/,
  ],
  [
    "Python objects",
    fixture("object.npy"),
    /^a\.npy: expected .* got: .*\|O; number what they stand for, e\.g\. with numpy\.unique\(a, return_inverse=True\)\[1\], or save/,
  ],
  ["structured arrays", fixture("structured.npy"), /^a\.npy: expected .* got: Malformed/],
  [
    "unsigned 64-bit integers",
    Buffer.from(encodeNpy(integers(1n))).fill("u", 21, 22),
    /^a\.npy: .* got: elements of type u8; /,
  ],
  [
    "negative axes",
    Buffer.from(fixture("float32.npy").toString("latin1").replace("(2, 3), ", "(-2,-3),"), "latin1"),
    /^a\.npy: expected .* got: the shape \(-2, -3\); /,
  ],
  ["missing elements", truncated, /^a\.npy: expected 6 elements for float32\[2, 3\], got 5; /],
  ["a cut element", truncated.subarray(0, -1), /^a\.npy: expected .* got: byte length of Float32Array/],
  ["another file", Buffer.from("not an array"), /^a\.npy: expected .* got: Not an \.npy file; /],
  ["an empty file", new Uint8Array(0), /^a\.npy: expected .* got: /],
])("refuses %s", (_, bytes, message) => {
  expect(() => decodeNpy(bytes, "a.npy")).toThrow(DataError);
  expect(() => decodeNpy(bytes, "a.npy")).toThrow(message);
});

test("an error in an archive names the array", () => {
  const archive = zipSync({ "G.npy": truncated });
  expect(() => decodeNpz(archive, "a.npz")).toThrow(/^a\.npz\/G\.npy: expected 6 elements/);
  expect(() => decodeNpz(zipSync({ "notes.txt": strToU8("hello") }), "a.npz")).toThrow(
    /^a\.npz\/notes\.txt: expected a NumPy array/,
  );
  expect(() => decodeNpz(archive.subarray(0, 40), "a.npz")).toThrow(/^a\.npz: expected a \.npz archive, got: .*; /);
});
