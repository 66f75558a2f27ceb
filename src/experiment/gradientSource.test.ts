import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, describe, expect, test } from "vitest";
import { encodeNpy, encodeNpz } from "../data/npz.ts";
import { encodeSafetensors } from "../data/safetensors.ts";
import { toBfloat16 } from "../graph/bfloat16.ts";
import { DataError, NotFoundError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { type ElementType, fromNumbers, type Shape, type Tensor } from "../tensor/tensor.ts";
import { type GradientSource, openGradients } from "./gradientSource.ts";

const scene = mkdtempSync(join(tmpdir(), "batchscope-gradients-"));
process.env.XDG_CACHE_HOME = join(scene, "cache");
afterAll(() => rmSync(scene, { recursive: true }));

const [K, P] = [5, 23];
const generator = random(3);
/** Halves, quarters and eighths, which every type holds exactly. */
const values = Array.from({ length: K * P }, () => generator.integer(64) / 8 - 4);
const matrix = (type: ElementType): Tensor => fromNumbers(type, [K, P], values);
const path = (name: string, bytes: Uint8Array) => {
  writeFileSync(join(scene, name), bytes);
  return join(scene, name);
};
const folder = (name: string, files: Readonly<Record<string, Uint8Array>>) => {
  mkdirSync(join(scene, name));
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(scene, name, file), bytes);
  return join(scene, name);
};

/** All rows, a few columns at a time. */
function rowsOf(source: GradientSource, width = 4): number[][] {
  const rows: number[][] = Array.from({ length: source.rows }, () => []);
  const block = new Float64Array(source.rows * width);
  source.parts.forEach(({ length }, part) => {
    for (let from = 0; from < length; from += width) {
      const to = Math.min(length, from + width);
      source.read(part, from, to, block);
      for (const [k, row] of rows.entries()) row.push(...block.subarray(k * (to - from), (k + 1) * (to - from)));
    }
  });
  return rows;
}

const expected = Array.from({ length: K }, (_, k) => values.slice(k * P, (k + 1) * P));

/** As numpy.asfortranarray saves it: columns one after the other. */
function fortran(): Uint8Array {
  const columns = Array.from({ length: K * P }, (_, i) => values[(i % K) * P + Math.floor(i / K)]!);
  const bytes = encodeNpy(fromNumbers("float64", [K, P], columns));
  const text = Buffer.from(bytes);
  // As long as before.
  text.write("True ", text.indexOf("False"), "latin1");
  return text;
}

/** A .safetensors file of bfloat16, as the format says. */
function bfloat16(shape: Shape, numbers: readonly number[], name = "g"): Uint8Array {
  const bits = new Uint8Array(toBfloat16(numbers).buffer);
  const entry = { dtype: "BF16", shape, data_offsets: [0, bits.length] };
  const header = new TextEncoder().encode(JSON.stringify({ [name]: entry }));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return Uint8Array.from([...length, ...header, ...bits]);
}

const deflated = (members: Readonly<Record<string, Tensor>>) =>
  zipSync(Object.fromEntries(Object.entries(members).map(([name, value]) => [`${name}.npy`, encodeNpy(value)])), {
    level: 6,
  });
const counts = fromNumbers("int64", [K], [8, 8, 8, 8, 3]);

describe("a matrix", () => {
  test.each<[string, Uint8Array]>([
    ["f8.npy", encodeNpy(matrix("float64"))],
    ["f4.npy", encodeNpy(matrix("float32"))],
    ["f2.npy", encodeNpy(matrix("float16"))],
    ["fortran.npy", fortran()],
    ["stored.npz", encodeNpz(new Map([["G", matrix("float32")]]))],
    ["deflated.npz", deflated({ G: matrix("float64") })],
    ["f8.safetensors", encodeSafetensors(new Map([["G", matrix("float64")]]))],
    ["f2.safetensors", encodeSafetensors(new Map([["G", matrix("float16")]]))],
    ["bf16.safetensors", bfloat16([K, P], values)],
  ])("%s is read in any stretches of columns", async (name, bytes) => {
    const source = await openGradients(path(name, bytes));
    expect([source.rows, source.parts, source.counts]).toEqual([K, [{ name: "", length: P }], null]);
    expect(rowsOf(source)).toEqual(expected);
    expect(rowsOf(source, 1)).toEqual(expected);
    expect(rowsOf(source, P)).toEqual(expected);
    source.close();
  });

  test.each<[string, Uint8Array]>([
    [
      "counted.npz",
      encodeNpz(
        new Map([
          ["counts", counts],
          ["G", matrix("float32")],
        ]),
      ),
    ],
    ["deflatedCounts.npz", deflated({ G: matrix("float32"), counts })],
    [
      "counted.safetensors",
      encodeSafetensors(
        new Map([
          ["counts", counts],
          ["G", matrix("float32")],
        ]),
      ),
    ],
  ])("%s says how many examples are behind each row", async (name, bytes) => {
    const source = await openGradients(path(name, bytes));
    expect([source.counts, rowsOf(source)]).toEqual([[8, 8, 8, 8, 3], expected]);
  });

  test("the fingerprint changes with the contents' size, type and date, and not otherwise", async () => {
    const file = path("mark.npy", encodeNpy(matrix("float32")));
    const mark = async () => (await openGradients(file)).fingerprint;
    const before = await mark();
    expect(await mark()).toBe(before);
    writeFileSync(file, encodeNpy(matrix("float64")));
    expect(await mark()).not.toBe(before);
  });

  const nan = values.with(2 * P + 7, Number.NaN);
  test.each<[string, () => Uint8Array, RegExp]>([
    [
      "nan.npy",
      () => encodeNpy(fromNumbers("float32", [K, P], nan)),
      /nan\.npy: expected finite gradients, got NaN in row 2, column 7; /,
    ],
    [
      "flat.npy",
      () => encodeNpy(fromNumbers("float32", [4], [1, 2, 3, 4])),
      /matrix \[K ≥ 2, P ≥ 1\], got float32\[4\]/,
    ],
    [
      "whole.npy",
      () => encodeNpy(fromNumbers("int32", [2, 2], [1, 2, 3, 4])),
      /floating-point matrix .* got int32\[2, 2\]/,
    ],
    ["one.npy", () => encodeNpy(fromNumbers("float32", [1, 4], [1, 2, 3, 4])), /got float32\[1, 4\]/],
    [
      "two.npz",
      () =>
        encodeNpz(
          new Map([
            ["a", matrix("float32")],
            ["b", matrix("float32")],
          ]),
        ),
      /expected one array, got 2 \(a, b\)/,
    ],
    [
      "short.npy",
      () => encodeNpy(matrix("float32")).subarray(0, -1),
      /short\.npy: expected \d+ bytes for float32\[5, 23\], got/,
    ],
    ["cut.npz", () => deflated({ G: matrix("float64") }).subarray(9), /cut\.npz: expected/],
    [
      "wrong.npz",
      () =>
        encodeNpz(
          new Map([
            ["G", matrix("float32")],
            ["counts", fromNumbers("int64", [2], [1, 2])],
          ]),
        ),
      /wrong\.npz: "counts": expected 5 whole numbers of examples, got 2/,
    ],
    [
      "zero.npz",
      () =>
        encodeNpz(
          new Map([
            ["G", matrix("float32")],
            ["counts", fromNumbers("int64", [K], [1, 2, 0, 1, 1])],
          ]),
        ),
      /zero\.npz: "counts": expected 5 whole numbers of examples, got others/,
    ],
  ])("%s is refused, by name", async (name, bytes, words) => {
    const file = path(name, bytes());
    const open = async () => rowsOf(await openGradients(file));
    await expect(open()).rejects.toThrow(DataError);
    await expect(open()).rejects.toThrow(words);
  });

  test("a damaged deflated member is refused by its checksum", async () => {
    const bytes = deflated({ G: matrix("float64") });
    const file = path(
      "damaged.npz",
      bytes.with(bytes.length - 22 - 46 - 5 + 16, bytes[bytes.length - 22 - 46 - 5 + 16]! ^ 1),
    );
    await expect(openGradients(file)).rejects.toThrow(/damaged\.npz\/G\.npy: expected \d+ bytes with their checksum/);
  });

  test("nothing there", async () => {
    await expect(openGradients(join(scene, "none"))).rejects.toThrow(NotFoundError);
  });
});

/** Two parameters of a batch, in one of the formats. */
const parameters = (k: number, type: ElementType = "float32"): [string, Tensor][] => [
  ["fc.weight", fromNumbers(type, [4, 5], expected[k]!.slice(0, 20))],
  ["fc.bias", fromNumbers(type, [3], expected[k]!.slice(20))],
];
const batches = (ending: string, encoded: (k: number) => Uint8Array) =>
  Object.fromEntries(Array.from({ length: K }, (_, k) => [`step${2 * k + 1}${ending}`, encoded(k)]));

describe("a folder of batches", () => {
  test.each<[string, Record<string, Uint8Array>, number[] | null]>([
    ["tensors", batches(".safetensors", (k) => encodeSafetensors(new Map(parameters(k)))), null],
    ["archives", batches(".npz", (k) => encodeNpz(new Map(parameters(k)))), null],
    ["deflated", batches(".npz", (k) => deflated(Object.fromEntries(parameters(k)))), null],
    [
      "metadata",
      batches(".safetensors", (k) => encodeSafetensors(new Map(parameters(k)), { count: String(k + 4) })),
      [4, 5, 6, 7, 8],
    ],
    [
      "countArrays",
      batches(".npz", (k) =>
        deflated({ count: fromNumbers("int64", [], [k + 1]), ...Object.fromEntries(parameters(k)) }),
      ),
      [1, 2, 3, 4, 5],
    ],
    ["names", batches("-n32.safetensors", (k) => encodeSafetensors(new Map(parameters(k)))), [32, 32, 32, 32, 32]],
  ])("%s: rows in natural order, layers by name", async (name, files, counted) => {
    const source = await openGradients(folder(name, { ...files, "notes.txt": new Uint8Array(1) }));
    expect([source.rows, source.counts]).toEqual([K, counted]);
    const all = rowsOf(source);
    const order = source.parts.map((part) => part.name);
    expect(order.toSorted()).toEqual(["fc.bias", "fc.weight"]);
    const places = order[0] === "fc.weight" ? expected : expected.map((row) => [...row.slice(20), ...row.slice(0, 20)]);
    expect(all).toEqual(places);
    source.close();
  });

  test("flat vectors, more of them than files may be open", async () => {
    const many = Array.from({ length: 300 }, (_, k) => [`${k}.npy`, encodeNpy(fromNumbers("float64", [2], [k, -k]))]);
    const source = await openGradients(folder("vectors", Object.fromEntries(many)));
    expect(source.parts).toEqual([{ name: "", length: 2 }]);
    expect(rowsOf(source, 1)).toEqual(many.map((_, k) => [k, -k]));
    source.close();
  });

  const three = (changed: Uint8Array) => ({
    "1.npz": encodeNpz(new Map(parameters(0))),
    "2.npz": changed,
    "10.npz": encodeNpz(new Map(parameters(2))),
  });
  const changed = (change: [string, Tensor][]) => three(encodeNpz(new Map([...parameters(1), ...change])));
  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    [
      "shape",
      changed([["fc.bias", fromNumbers("float32", [2], [1, 2])]]),
      /2\.npz: "fc\.bias": expected float32\[3\] as in 1\.npz, got float32\[2\]; /,
    ],
    [
      "type",
      three(encodeNpz(new Map(parameters(1, "float64")))),
      /2\.npz: "fc\.weight": expected float32\[4, 5\] as in 1\.npz, got float64/,
    ],
    [
      "missing",
      three(encodeNpz(new Map(parameters(1).slice(0, 1)))),
      /2\.npz: "fc\.bias": expected float32\[3\] as in 1\.npz, got none/,
    ],
    [
      "extra",
      changed([["more", fromNumbers("float32", [1], [1])]]),
      /2\.npz: "more": expected the arrays of 1\.npz, got this one too/,
    ],
    [
      "integers",
      changed([["more", fromNumbers("int32", [1], [1])]]),
      /2\.npz: "more": expected floating-point gradients, got int32\[1\]/,
    ],
    [
      "infinite",
      changed([["fc.bias", fromNumbers("float32", [3], [1, Infinity, 2])]]),
      /2\.npz: "fc\.bias": expected finite gradients, got Infinity in row 1, column 1/,
    ],
    [
      "someCounts",
      changed([["count", fromNumbers("int64", [], [3])]]),
      /1\.npz: expected the number of examples behind its gradient, as other files say it, got none/,
    ],
    [
      "alone",
      { "1.npy": encodeNpy(fromNumbers("float32", [2], [1, 2])) },
      /expected a .* file for each of at least 2 batches, got 1/,
    ],
    ["empty", {}, /for each of at least 2 batches, got 0/],
  ])("refuses %s, naming file and array", async (name, files, words) => {
    const made = folder(`refused-${name}`, files);
    const open = async () => rowsOf(await openGradients(made));
    await expect(open()).rejects.toThrow(DataError);
    await expect(open()).rejects.toThrow(words);
  });
});
