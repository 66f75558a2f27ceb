import type { TensorData } from "../tensor/tensor.ts";
import type { Rows } from "./files/rows.ts";

/** A training and a validation example with the same inputs, bit for bit. */
export interface Duplicate {
  readonly train: number;
  readonly validation: number;
}

/**
 * The validation examples whose first `length` elements of every array some training example has too (one of them).
 * `train` and `validation` hold indices into their arrays. Memory is about 100 bytes for each validation example; equal
 * hashes are compared in full.
 */
export function duplicatesAcross(
  train: { readonly arrays: readonly Rows[]; readonly indices: Uint32Array },
  validation: { readonly arrays: readonly Rows[]; readonly indices: Uint32Array },
  length: (elements: TensorData) => number = (elements) => elements.length,
): Duplicate[] {
  const example = (arrays: readonly Rows[], index: number) =>
    arrays.map((rows) => {
      const elements = rows.at(index);
      return bytesOf(elements.subarray(0, length(elements)));
    });
  const waiting = Map.groupBy(validation.indices.toSorted(), (i) => hash(example(validation.arrays, i)));
  const found: Duplicate[] = [];
  for (const i of train.indices.toSorted()) {
    const key = hash(example(train.arrays, i));
    const candidates = waiting.get(key);
    if (candidates === undefined) continue;
    // A copy, since reading the other example may overwrite this one.
    const own = example(train.arrays, i).map((bytes) => bytes.slice());
    const [equal, rest] = partition(candidates, (j) => sameBytes(own, example(validation.arrays, j)));
    found.push(...equal.map((j) => ({ train: i, validation: j })));
    waiting.set(key, rest);
  }
  return found.sort((a, b) => a.validation - b.validation);
}

/** FNV-1a over the bytes, twice with different starts, as one whole number of 53 bits. */
export function hash(parts: readonly Uint8Array[]): number {
  let [a, b] = [0x811c9dc5, 0x2ab1f3a7];
  for (const part of parts)
    for (let i = 0; i < part.length; i++) {
      a = Math.imul(a ^ part[i]!, 0x01000193);
      b = Math.imul(b ^ part[i]!, 0x5bd1e995) ^ (b >>> 15);
    }
  return (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1fffff);
}

function bytesOf({ buffer, byteOffset, byteLength }: TensorData): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sameBytes(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.every((bytes, k) => bytes.length === b[k]!.length && bytes.every((byte, i) => byte === b[k]![i]));
}

function partition<T>(list: readonly T[], holds: (item: T) => boolean): [T[], T[]] {
  const { yes = [], no = [] } = Object.groupBy(list, (item) => (holds(item) ? "yes" : "no"));
  return [yes, no];
}
