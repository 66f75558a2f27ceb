import { basename } from "node:path";
import type { RandomAccess } from "../../data/files/randomAccess.ts";
import { storedBytes } from "../../data/files/safetensors.ts";
import { DataError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { type StoredArray, type StoredFile, typed } from "./storedArrays.ts";

/** The array of a matrix file that counts the examples of each row, and that of a batch's file. */
export const COUNTS = "counts";
export const COUNT = "count";

/** From an array, the metadata or the file's name, whichever is there. */
export function countOf({ arrays, metadata }: StoredFile, file: RandomAccess): number | null {
  const array = arrays.get(COUNT);
  if (array) return readNumbers(array, file)[0] ?? Number.NaN;
  if (metadata[COUNT] !== undefined) return Number(metadata[COUNT]);
  const [, digits] = /[-_.]n=?(\d+)\.[a-z]+$/.exec(basename(file.path)) ?? [];
  return digits === undefined ? null : Number(digits);
}

export function countsOfAll(counts: readonly (number | null)[], paths: readonly string[]): number[] | null {
  if (counts.every((count) => count === null)) return null;
  const bad = counts.findIndex((count) => count === null || !(Number.isInteger(count) && count >= 1));
  if (bad >= 0)
    throw new DataError(
      `${paths[bad]}: expected the number of examples behind its gradient, as other files say it, got ${counts[bad] ?? "none"}; save it in every file`,
    );
  return counts as number[];
}

export function checkedCounts(counts: readonly number[], rows: number, place: string): readonly number[] {
  if (counts.length === rows && counts.every((count) => Number.isInteger(count) && count >= 1)) return counts;
  throw new DataError(
    `${place}: expected ${rows} whole numbers of examples, got ${counts.length === rows ? "others" : counts.length}; count the examples of each row`,
  );
}

/** A small array, whole. */
export function readNumbers({ bytes, type, shape, offset }: StoredArray, file: RandomAccess): number[] {
  const held = bytes ?? new Uint8Array(sizeOf(shape) * storedBytes(type));
  if (!bytes) file.read(held, offset);
  return Array.from(typed(held, type) as ArrayLike<number | bigint>, Number);
}
