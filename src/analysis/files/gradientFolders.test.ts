import { rmSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { deflated, expected, gradientScene, K, rowsOf } from "../../../test/gradientScene.ts";
import { encodeNpy, encodeNpz } from "../../data/files/npz.ts";
import { encodeSafetensors } from "../../data/files/safetensors.ts";
import { DataError } from "../../tensor/errors.ts";
import { type ElementType, fromNumbers, type Tensor } from "../../tensor/tensor.ts";
import { openGradients } from "./gradientSource.ts";

const { scene, folder } = gradientScene();
afterAll(() => rmSync(scene, { recursive: true }));

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
