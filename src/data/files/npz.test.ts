import { readFileSync } from "node:fs";
import { strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { fromNumbers, type Tensor, tensor } from "../../tensor/tensor.ts";
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz, readNpz } from "./npz.ts";

/** Written by NumPy 2.4. */
function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../test/fixtures/files/${name}`, import.meta.url));
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

test("what is written is NumPy's own file, byte for byte", () => {
  const members = unzipSync(fixture("stored.npz"));
  for (const [name, value] of contents) expect([name, encodeNpy(value)]).toEqual([name, members[`${name}.npy`]]);
  const plain = fixture("float32.npy");
  expect(encodeNpy(decodeNpy(plain, "a"))).toEqual(new Uint8Array(plain));
});

test("what is written is read back, and is the same file whenever it is written", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-01-01") });
  const bytes = encodeNpz(contents);
  vi.setSystemTime(new Date("2027-02-02"));
  expect(Object.fromEntries(decodeNpz(bytes, "a"))).toEqual(Object.fromEntries(contents));
  expect(encodeNpz(contents)).toEqual(bytes);
  vi.useRealTimers();
});

/** With the lowest bits of bytes changed; negative places count from the end. */
function flipped(bytes: Uint8Array, ...places: number[]): Uint8Array {
  return places.reduce((changed, at) => changed.with(at, changed.at(at)! ^ 1), bytes);
}

/** With the size of the only member, "x.npy", at its largest in both headers. */
function oversized(bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (const at of [22, bytes.length - 22 - 51 + 24]) new DataView(changed.buffer).setUint32(at, 2 ** 32 - 2, true);
  return changed;
}

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
  ["structured arrays", fixture("structured.npy"), /^a\.npy: expected .* got: a structure; /],
  ["unsigned 64-bit integers", Buffer.from(encodeNpy(integers(1n))).fill("u", 22, 23), /^a\.npy: .* got: <u8; /],
  [
    "negative axes",
    Buffer.from(fixture("float32.npy").toString("latin1").replace("(2, 3), ", "(-2,-3),"), "latin1"),
    /^a\.npy: expected .* got the shape \(-2,-3\); /,
  ],
  ["missing elements", truncated, /^a\.npy: expected 152 bytes for float32\[2, 3\], got 148; /],
  ["a cut element", truncated.subarray(0, -1), /^a\.npy: expected 152 bytes for float32\[2, 3\], got 147; /],
  ["another file", Buffer.from("not an array"), /^a\.npy: expected a \.npy file, got another; /],
  ["an empty file", new Uint8Array(0), /^a\.npy: expected .* got another; /],
])("refuses %s", (_, bytes, message) => {
  expect(() => decodeNpy(bytes, "a.npy")).toThrow(DataError);
  expect(() => decodeNpy(bytes, "a.npy")).toThrow(message);
});

describe("what NumPy refuses", () => {
  const x = contents.get("float16")!;
  const bits = new Uint8Array(x.data.buffer);
  const stored = encodeNpz(new Map([["x", x]]));
  const compressed = zipSync({ "x.npy": encodeNpy(x) });
  const header = (text: string) =>
    Uint8Array.from([...strToU8("\x93NUMPY\x01\0\xf6\x01", true), ...strToU8(text.padEnd(501)), 10, ...bits]);
  const sound = "{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }";

  test.each<[string, Uint8Array, RegExp]>([
    ["one bit of a stored array", flipped(stored, -22 - 51 - 2), /^a\/x\.npy: expected bytes of the CRC-32 /],
    ["one bit of a deflated array", flipped(compressed, 14, -22 - 51 + 16), /^a\/x\.npy: expected bytes of the CRC-32/],
    ["a check sum that the directory has otherwise", flipped(stored, 14), /got another check sum/],
    ["a size that the directory has otherwise", flipped(stored, 22), /got another size/],
    ["a name that the directory has otherwise", flipped(stored, 30), /got another name/],
    ["bytes behind the archive", Uint8Array.from([...stored, 1, 2, 3]), /got 3 bytes behind it/],
    [
      "bytes before the archive",
      Uint8Array.from([1, 2, 3, ...stored]),
      /expected a \.npz archive from its first byte on/,
    ],
    ["a size of a deflated array that cannot be", oversized(compressed), /expected all 4294967294 bytes/],
  ])("an archive with %s", (_, bytes, message) => {
    expect(() => decodeNpz(bytes, "a")).toThrow(message);
  });

  test.each([
    ["(4)", sound.replace("(4,)", "(4)")],
    ["a key twice", sound.replace(" }", " 'shape': (4,), }")],
    ["no order", sound.replace("'fortran_order': False, ", "")],
    ["an order that is no truth value", sound.replace("False", "'No'")],
    ["something behind the dictionary", `${sound}1`],
    ["an axis beyond all numbers", sound.replace("4", "9".repeat(30))],
    ["33 axes", sound.replace("4,", "1, ".repeat(33))],
    ["a leading zero", sound.replace("4", "04")],
  ])("a header with %s", (_, text) => {
    expect(() => decodeNpy(header(text), "a.npy")).toThrow(/^a\.npy: expected a \.npy file, got (the|an?) /);
  });

  test("but not other spacing, quotes and orders of a header", () => {
    for (const text of [sound, sound.replaceAll("'", '"'), sound.replaceAll(" ", ""), sound.replace("<f2", "f2")])
      expect(decodeNpy(header(text), "a.npy")).toEqual(x);
    expect(decodeNpy(header("{'shape':(4L,),'descr':'<f2','fortran_order':False}"), "a.npy")).toEqual(x);
  });
});

test("names are names, whatever they mean to JavaScript", () => {
  const one = fromNumbers("int8", [1], [7]);
  const names = ["__proto__", "constructor", "toString", "", "0"];
  const decoded = decodeNpz(zipSync(Object.fromEntries(names.map((name) => [`${name}.npy`, encodeNpy(one)]))), "a");
  expect([...decoded.keys()].sort()).toEqual([...names].sort());
});

test("compressed arrays may take no more memory than is allowed", () => {
  const bytes = zipSync({ "x.npy": encodeNpy(fromNumbers("int8", [4096], new Int8Array(4096))) });
  const file = {
    path: "a",
    size: bytes.length,
    read: (into: Uint8Array, at: number) => into.set(bytes.subarray(at, at + into.length)),
  };
  expect(() => readNpz(file, 4096)).toThrow(
    /^a: expected at most 1 MiB unpacked in memory, got 1 MiB; raise `dataMemory`/,
  );
  expect(readNpz(file, 8192).size).toBe(1);
});

test("an error in an archive names the array", () => {
  const archive = zipSync({ "G.npy": truncated });
  expect(() => decodeNpz(archive, "a.npz")).toThrow(/^a\.npz\/G\.npy: expected 152 bytes/);
  expect(() => decodeNpz(zipSync({ "notes.txt": strToU8("hello") }), "a.npz")).toThrow(
    /^a\.npz\/notes\.txt: expected a \.npy file, got another; /,
  );
  expect(() => decodeNpz(archive.subarray(0, 40), "a.npz")).toThrow(/^a\.npz: expected a ZIP archive, got 40 bytes/);
});
