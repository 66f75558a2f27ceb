import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { deflated, expected, gradientScene, K, matrix, P, rowsOf, values } from "../../../test/gradientScene.ts";
import { encodeNpy, encodeNpz } from "../../data/files/npz.ts";
import { encodeSafetensors } from "../../data/files/safetensors.ts";
import { toBfloat16 } from "../../graph/bfloat16.ts";
import { DataError, NotFoundError } from "../../tensor/errors.ts";
import { fromNumbers, type Shape } from "../../tensor/tensor.ts";
import { openGradients } from "./gradientSource.ts";

const { scene, path } = gradientScene();
afterAll(() => rmSync(scene, { recursive: true }));

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

/** The same array behind a header of 2,000 spaces more. */
function longHeader(): Uint8Array {
  const bytes = encodeNpy(matrix("float64"));
  const start = 10 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  const long = Uint8Array.from([
    ...bytes.subarray(0, start - 1),
    ...Array<number>(2000).fill(32),
    10,
    ...bytes.subarray(start),
  ]);
  new DataView(long.buffer).setUint16(8, start + 2000 - 10, true);
  return long;
}

const counts = fromNumbers("int64", [K], [8, 8, 8, 8, 3]);

describe("a matrix", () => {
  test.each<[string, Uint8Array]>([
    ["f8.npy", encodeNpy(matrix("float64"))],
    ["f4.npy", encodeNpy(matrix("float32"))],
    ["f2.npy", encodeNpy(matrix("float16"))],
    ["fortran.npy", fortran()],
    ["long.npy", longHeader()],
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

  test("deflated zeros are unpacked as far as memory goes, other numbers without end", async () => {
    const wide = { type: "float32", shape: [2, 2 ** 18], data: new Float32Array(2 ** 19) } as const;
    const zeros = path("zeros.npz", deflated({ G: wide }));
    expect((await openGradients(zeros, 2 ** 22)).rows).toBe(2);
    await expect(openGradients(zeros, 2 ** 20)).rejects.toThrow(
      /zeros\.npz\/G\.npy: expected at most 1 MiB unpacked of 1 MiB, got 3 MiB; raise `memoryBudget`, or save the file unc/,
    );
    expect((await openGradients(path("numbers.npz", deflated({ G: matrix("float32") })), 1)).rows).toBe(K);
  });

  test("a damaged deflated member is refused by its checksum", async () => {
    const bytes = deflated({ G: matrix("float64") });
    // Of the member's header, and of the directory.
    for (const at of [14, bytes.length - 22 - 46 - 5 + 16]) bytes[at]! ^= 1;
    await expect(openGradients(path("damaged.npz", bytes))).rejects.toThrow(
      /damaged\.npz\/G\.npy: expected bytes of the CRC-32 [\da-f]{8}, as the archive says, got [\da-f]{8}; /,
    );
  });

  test("so is one that is stored, of which only parts are read later", async () => {
    const bytes = encodeNpz(new Map([["G", matrix("float32")]]));
    bytes[30 + 5 + 128 + 10]! ^= 64;
    await expect(openGradients(path("flipped.npz", bytes))).rejects.toThrow(
      /flipped\.npz\/G\.npy: expected bytes of the CRC-32/,
    );
  });

  test("nothing there", async () => {
    await expect(openGradients(join(scene, "none"))).rejects.toThrow(NotFoundError);
  });
});
