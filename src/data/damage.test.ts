import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import { parseIdx } from "./idx.ts";
import { decodeNpy, decodeNpz } from "./npz.ts";
import { decodeSafetensors } from "./safetensors.ts";

const fixture = (name: string) => readFileSync(new URL(`../../test/fixtures/files/${name}`, import.meta.url));

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
