import { DataError } from "../tensor/errors.ts";
import { readTensors } from "./files.ts";
import { IDX_HEADER, idxLayout } from "./idx.ts";
import { NPY_HEADER, npyLayout } from "./npyLayout.ts";
import { openRandomAccess, type RandomAccess } from "./randomAccess.ts";
import { type Rows, rowsInFile, rowsOf } from "./rows.ts";
import { safetensorsLayout } from "./safetensors.ts";

/** The endings of files that hold named arrays. */
export const arrayEnding = /\.(safetensors|npz|npy)$/;

/**
 * The named arrays of a file. One larger than `memory` bytes stays on disk, where each example is read when it is asked
 * for; a .npz is always read whole, since its arrays may be compressed. Throws as `readTensors` and the layouts do, and
 * `DataError` for an array without axes.
 */
export async function openArrays(path: string, memory: number): Promise<Map<string, Rows>> {
  const file = path.endsWith(".npz") ? null : openRandomAccess(path);
  const arrays =
    file === null || file.size <= memory
      ? new Map([...(await readTensors(path))].map(([name, value]) => [name, rowsOf(value)]))
      : path.endsWith(".npy")
        ? new Map([[path.replace(/^.*[/\\]|\.npy$/g, ""), npyInFile(file)]])
        : safetensorsInFile(file);
  for (const [name, { type, shape }] of arrays)
    if (shape.length === 0)
      throw new DataError(`${path}: expected examples along the first axis of "${name}", got one ${type}; add an axis`);
  return arrays;
}

/**
 * The examples of an IDX file of bytes that stays on disk. Throws as `parseIdx`, and `DataError` for other elements
 * than bytes.
 */
export function idxInFile(path: string): Rows {
  const file = openRandomAccess(path);
  const { element, shape, start } = idxLayout(head(file, IDX_HEADER), file.size, path);
  if (element.type !== "uint8")
    throw new DataError(`${path}: expected bytes to read them from disk, got ${element.type}; raise --data-memory`);
  return rowsInFile(file, start, "uint8", shape);
}

function npyInFile(file: RandomAccess): Rows {
  const { start, type, shape } = npyLayout(head(file, NPY_HEADER), file.size, file.path);
  return rowsInFile(file, start, type, shape);
}

function safetensorsInFile(file: RandomAccess): Map<string, Rows> {
  const read = (from: number, to: number) => {
    const bytes = new Uint8Array(to - from);
    file.read(bytes, from);
    return bytes;
  };
  const { entries, start } = safetensorsLayout(read, file.size, file.path);
  return new Map(entries.map(({ name, type, shape, begin }) => [name, rowsInFile(file, start + begin, type, shape)]));
}

function head(file: RandomAccess, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(length, file.size));
  file.read(bytes, 0);
  return bytes;
}
