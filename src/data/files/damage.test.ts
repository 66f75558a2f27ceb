import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readBatch } from "../../../test/readBatch.ts";
import { DataError, UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { arrayClass, fromNumbers, sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { OpenOptions } from "../openOptions.ts";
import { openData } from "../registry.ts";
import { parseIdx } from "./idx.ts";
import { npyLayout } from "./npyLayout.ts";
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz } from "./npz.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/files/${name}`, import.meta.url));

const readers: [string, Uint8Array, (bytes: Uint8Array) => Iterable<Tensor>][] = [
  ["idx", Uint8Array.of(0, 0, 13, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8), (b) => [parseIdx(b, "a")]],
  ["npy", fixture("fortran.npy"), (b) => [decodeNpy(b, "a")]],
  ["npz", fixture("compressed.npz"), (b) => decodeNpz(b, "a").values()],
  ["safetensors", fixture("reference.safetensors"), (b) => decodeSafetensors(b, "a").tensors.values()],
];

/**
 * Whatever is in the bytes, a reader gives tensors whose data fit their shapes, or a `DataError` that begins with the
 * file's name.
 */
function survives(read: () => Iterable<Tensor>): boolean {
  try {
    return [...read()].every(({ shape, data }) => data.length === sizeOf(shape) && shape.every((axis) => axis >= 0));
  } catch (error) {
    return error instanceof DataError && error.message.startsWith("a");
  }
}

test.each(readers)("%s: no cut and no changed byte gets past the checks", (_, original, read) => {
  const { integer } = random(1);
  for (let position = 0; position < original.length; position++) {
    expect(survives(() => read(original.subarray(0, position)))).toBe(true);
    const changed = Uint8Array.from(original);
    changed[position] = integer(256);
    expect(survives(() => read(changed))).toBe(true);
  }
  expect([...read(original)].length).toBeGreaterThan(0);
});

const arrays = new Map([
  ["x", fromNumbers("float32", [6, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])],
  ["y", fromNumbers("int32", [6], [0, 1, 0, 1, 0, 1])],
]);

/** Bytes of small files that are read in part, or as tables. */
const files: [string, Uint8Array, OpenOptions][] = [
  [
    "table.csv",
    new TextEncoder().encode('a,"b",label\n1,"x, y",p\n2,z,q\n-3e2,z,p\n4,z,q\n5,z,p\n6,z,q\n'),
    { dataMemory: 10 },
  ],
  ["arrays.safetensors", encodeSafetensors(arrays), { dataMemory: 10 }],
  ["arrays.npz", encodeNpz(arrays), {}],
];

test.each(files)("%s: whatever is changed, it opens or is refused by name", async (name, original, reading) => {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-damage-"));
  const path = join(folder, name);
  const { integer } = random(2);
  const problem = async (bytes: Uint8Array) => {
    writeFileSync(path, bytes);
    try {
      const { train } = await openData(path, { reading: { validationSplit: 0.4, ...reading } });
      await readBatch(train, [...Array(train.size).keys()]);
      return null;
    } catch (error) {
      const known = error instanceof DataError || error instanceof UsageError;
      return known && !error.message.includes("\n") ? null : String(error);
    }
  };
  for (let position = 0; position < original.length; position++) {
    if (position % 5 === 0) expect(await problem(original.subarray(0, position))).toBeNull();
    const changed = Uint8Array.from(original);
    changed[position] = integer(256);
    expect(await problem(changed)).toBeNull();
  }
  expect(await problem(original)).toBeNull();
  rmSync(folder, { recursive: true });
});

test("headers of arrays that stay on disk: no cut and no changed byte gets past the checks", () => {
  const original = encodeNpy(fromNumbers("float32", [3, 2], [1, 2, 3, 4, 5, 6]));
  const { integer } = random(4);
  const survives = (bytes: Uint8Array) => {
    try {
      const { type, shape, start } = npyLayout(bytes, bytes.length, "a");
      return start + sizeOf(shape) * arrayClass(type).BYTES_PER_ELEMENT === bytes.length;
    } catch (error) {
      return error instanceof DataError && error.message.startsWith("a: ");
    }
  };
  for (let position = 0; position < original.length; position++) {
    expect(survives(original.subarray(0, position))).toBe(true);
    const changed = Uint8Array.from(original);
    changed[position] = integer(256);
    expect(survives(changed)).toBe(true);
  }
  expect(npyLayout(original, original.length, "a")).toMatchObject({ type: "float32", shape: [3, 2] });
});
