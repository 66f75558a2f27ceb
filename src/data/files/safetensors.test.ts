import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { fromNumbers, type Tensor, tensor } from "../../tensor/tensor.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/**
 * One tensor of each type, an empty one and a Chinese name, written by the reference library (safetensors 0.8.0 for
 * Python).
 */
const reference = new Uint8Array(
  readFileSync(new URL("../../../test/fixtures/files/reference.safetensors", import.meta.url)),
);

const contents = new Map<string, Tensor>([
  ["weight", fromNumbers("float32", [2, 3], [0, 0.25, 0.5, 0.75, 1, 1.25])],
  ["bias", fromNumbers("float16", [2], [1.5, -2])],
  ["step", fromNumbers("int64", [], [7])],
  ["mask", fromNumbers("bool", [3], [1, 0, 1])],
  ["moment", fromNumbers("float64", [3], [Math.PI, -0, Number.NaN])],
  ["small", fromNumbers("int8", [2], [-128, 127])],
  ["pixels", fromNumbers("uint8", [2], [0, 255])],
  ["index", fromNumbers("int32", [2, 1], [-(2 ** 31), 5])],
  ["empty", fromNumbers("float32", [0, 3], [])],
  ["層", fromNumbers("float32", [1], [2.5])],
]);

test("reads what the reference library writes", () => {
  const { tensors, metadata } = decodeSafetensors(reference, "reference");
  expect(metadata).toEqual({ format: "pt" });
  expect(Object.fromEntries(tensors)).toEqual(Object.fromEntries(contents));
});

test("writes the reference library's bytes", () => {
  expect(Buffer.from(encodeSafetensors(contents, { format: "pt" }))).toEqual(Buffer.from(reference));
});

test("aligned tensors are views of the file, the others copies with the same numbers", () => {
  const shifted = Buffer.alloc(reference.length + 1);
  shifted.set(reference, 1);
  const views = decodeSafetensors(reference, "a").tensors;
  const copies = decodeSafetensors(shifted.subarray(1), "a").tensors;
  expect(views.get("moment")!.data.buffer).toBe(reference.buffer);
  expect(copies.get("moment")!.data.buffer).not.toBe(shifted.buffer);
  expect(Object.fromEntries(copies)).toEqual(Object.fromEntries(contents));
});

test("names that JavaScript treats specially stay as they are, in the order of the file", () => {
  const names = ["__proto__", "1", "0", 'a"b\\', "constructor"].sort();
  const tensors = new Map(names.map((name, i) => [name, fromNumbers("int32", [1], [i])]));
  const decoded = decodeSafetensors(encodeSafetensors(tensors, { "a:b": '{"c":"d"}' }), "a");
  expect([...decoded.tensors.keys()]).toEqual(names);
  expect([...decoded.tensors.values()]).toEqual([...tensors.values()]);
  expect(decoded.metadata).toEqual({ "a:b": '{"c":"d"}' });
});

test("a part of a larger array is written alone", () => {
  const part = tensor("float32", [2], Float32Array.of(9, 1, 2, 9).subarray(1, 3));
  const { tensors } = decodeSafetensors(encodeSafetensors(new Map([["part", part]])), "a");
  expect(tensors.get("part")).toEqual(fromNumbers("float32", [2], [1, 2]));
});

test("no tensors make a file of an empty header", () => {
  const bytes = encodeSafetensors(new Map());
  expect(Buffer.from(bytes).toString("latin1")).toBe("\x08\0\0\0\0\0\0\0{}      ");
  expect(decodeSafetensors(bytes, "a")).toEqual({ tensors: new Map(), metadata: {} });
});

/** A file of `length` data bytes under a header that is written as it stands. */
function file(header: string, length = 8): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(Buffer.from(header, "latin1"), 8);
  return bytes;
}

const entry = (begin: number, end: number, dtype = "F32", shape = `[${(end - begin) / 4}]`) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

test.each([
  ["an empty file", new Uint8Array(0), /^a: expected at least 8 bytes, got 0; /],
  [
    "another kind of file",
    Buffer.from("PK\x03\x04 some archive"),
    /^a: expected a header of at most 100000000 bytes, got \d{10,}; /,
  ],
  [
    "a cut header",
    file(`{"w":${entry(0, 8)}}`).subarray(0, 30),
    /^a: expected a header of 54 bytes, got 22; .*truncated/,
  ],
  ["a header that is not JSON", file("{nonsense"), /^a: expected a JSON object as header, got "\{nonsense"…; /],
  ["a header that is no object", file("[1, 2]"), /^a: expected a JSON object as header, got "\[1, 2\]"…; /],
  ["a header with a leading space", file(" {}", 0), /^a: expected a JSON object as header, got " \{\}"…; /],
  ["a header that is not UTF-8", file('{"\xff":1}'), /^a: expected a JSON object as header/],
  [
    "metadata that are not strings",
    file('{"__metadata__":{"a":1}}', 0),
    /tensor "__metadata__": expected a map of strings, got \{"a":1\}; /,
  ],
  [
    "a name given twice",
    file(`{"w":${entry(0, 4)},"w":${entry(4, 8)}}`),
    /tensor "w": expected each name once, got the name "w" twice/,
  ],
  [
    "a name given twice, spelled in two ways",
    file(`{"w":${entry(0, 4)},"\\u0077":${entry(4, 8)}}`),
    /tensor "w": expected each name once, got the name "\\u0077" twice/,
  ],
  [
    "a field given twice",
    file(`{"w":${entry(0, 8).replace("}", ',"shape":[2]}')}}`),
    /tensor "w": expected each name once, got the name "shape" twice/,
  ],
  ["half a character", file(`{"\\ud800":${entry(0, 8)}}`), /expected whole characters, got half a one in "\\ud800"; /],
  [
    "nesting without end",
    file(`{"w":${entry(0, 8, "F32", `[2],"x":${"[".repeat(200)}${"]".repeat(200)}`)}}`),
    /tensor "w": expected nesting of at most 127, got more; /,
  ],
  [
    "an unknown type",
    file(`{"w":${entry(0, 8, "BF16", "[4]")}}`),
    /tensor "w": expected a dtype of I64, .*BOOL, got "BF16"; /,
  ],
  ["an entry that is no object", file('{"w":3}'), /tensor "w": expected a dtype of .* got undefined; /],
  [
    "a negative axis",
    file(`{"w":${entry(0, 8, "F32", "[-1,-2]")}}`),
    /tensor "w": expected a shape of whole numbers, got \[-1,-2\]; /,
  ],
  [
    "offsets that are missing",
    file('{"w":{"dtype":"F32","shape":[2]}}'),
    /tensor "w": expected two data_offsets, got undefined; /,
  ],
  [
    "a size that disagrees",
    file(`{"w":${entry(0, 8, "F32", "[3]")}}`),
    /tensor "w": expected 12 bytes for float32\[3\], got 8 bytes; /,
  ],
  [
    "an overlap",
    file(`{"v":${entry(0, 8)},"w":${entry(4, 8)}}`),
    /tensor "w": expected to begin at byte 8, got an overlap from byte 4; /,
  ],
  [
    "a hole",
    file(`{"v":${entry(0, 4)},"w":${entry(8, 12)}}`, 12),
    /tensor "w": expected to begin at byte 4, got a hole up to byte 8; /,
  ],
  [
    "a tensor beyond the file",
    file(`{"w":${entry(0, 12)}}`),
    /tensor "w": expected to end within the 8 bytes of data, got an end at byte 12; /,
  ],
  [
    "bytes of no tensor",
    file(`{"w":${entry(0, 4)}}`),
    /^a: expected 4 bytes of data, got 8; the last ones belong to no tensor/,
  ],
])("refuses %s", (_, bytes, message) => {
  expect(() => decodeSafetensors(bytes, "a")).toThrow(DataError);
  expect(() => decodeSafetensors(bytes, "a")).toThrow(message);
});
