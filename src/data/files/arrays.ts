import { DataError, option } from "../../tensor/errors.ts";
import { arrayClass, type ElementType, type Shape, sizeOf } from "../../tensor/tensor.ts";
import { tooLarge } from "./compression.ts";
import { readTensors } from "./files.ts";
import { IDX_HEADER, idxLayout } from "./idx.ts";
import { NPY_HEADER, npyLayout } from "./npyLayout.ts";
import { checkRoom, npzArray, npzMembers } from "./npz.ts";
import { type OpenFile, openRandomAccess, type RandomAccess } from "./randomAccess.ts";
import { type Rows, rowsInFile, tensorRows } from "./rows.ts";
import { safetensorsLayout } from "./safetensors.ts";
import { checkMember } from "./zipMembers.ts";

/** In bytes, the least of `dataMemory`. */
const LEAST_MEMORY = 2 ** 20;

/** The endings of files that hold named arrays. */
export const arrayEnding = /\.(safetensors|npz|npy)$/;

/**
 * The named arrays of a file. One larger than `memory` bytes stays on disk, where each example is read when it is asked
 * for; but what a .npz holds compressed is read whole. Throws as `readTensors` and the layouts do, and `DataError` for
 * an array without axes and for compressed ones that take more memory.
 */
export async function openArrays(path: string, memory: number): Promise<Map<string, Rows>> {
  const file = openRandomAccess(path);
  const arrays = path.endsWith(".npz")
    ? await openNpz(file, memory)
    : file.size <= memory
      ? new Map([...(await readWhole(file))].map(([name, value]) => [name, tensorRows(value)]))
      : path.endsWith(".npy")
        ? new Map([
            [path.replace(/^.*[/\\]|\.npy$/g, ""), npyInFile(file, { offset: 0, size: file.size, name: path }, memory)],
          ])
        : safetensorsInFile(file, memory);
  for (const [name, { type, shape }] of arrays)
    if (shape.length === 0)
      throw new DataError(`${path}: expected examples along the first axis of "${name}", got one ${type}; add an axis`);
  return arrays;
}

function readWhole(file: OpenFile) {
  file.close();
  return readTensors(file.path);
}

/**
 * All in memory where they fit; otherwise those that are stored as they are stay on disk, once their check sums are
 * seen.
 */
async function openNpz(file: RandomAccess, memory: number): Promise<Map<string, Rows>> {
  const members = npzMembers(file);
  checkRoom(file, members.values(), memory);
  const fits = [...members.values()].reduce((sum, { size }) => sum + size, 0) <= memory;
  const arrays = new Map<string, Rows>();
  for (const [name, entry] of members) {
    const onDisk = !fits && entry.compression === "stored";
    if (onDisk) await checkMember(file, entry);
    const place = { offset: entry.offset, size: entry.size, name: `${file.path}/${entry.name}` };
    arrays.set(name, onDisk ? npyInFile(file, place, memory) : tensorRows(npzArray(file, entry)));
  }
  return arrays;
}

/** What a `.safetensors` file says in its header beside its tensors; nothing of other files. */
export function arraysMetadata(path: string): Readonly<Record<string, string>> {
  if (!path.endsWith(".safetensors")) return {};
  const file = openRandomAccess(path);
  try {
    return safetensorsLayout(readerOf(file), file.size, path).metadata;
  } finally {
    file.close();
  }
}

/**
 * The examples of an IDX file of bytes that stays on disk. Throws as `parseIdx`, and `DataError` for other elements
 * than bytes.
 */
export function idxInFile(path: string): Rows {
  const file = openRandomAccess(path);
  const { element, shape, start } = idxLayout(head(file, IDX_HEADER), file.size, path);
  if (element.type !== "uint8")
    throw new DataError(
      `${path}: expected bytes to read them from disk, got ${element.type}; raise ${option("dataMemory")}`,
    );
  return rowsInFile(file, start, "uint8", shape);
}

/** A .npy file that stands in a file, of the name `name`. */
function npyInFile(
  file: RandomAccess,
  { offset, size, name }: { offset: number; size: number; name: string },
  memory: number,
): Rows {
  const { start, type, shape } = npyLayout(head(file, Math.min(size, NPY_HEADER), offset), size, name);
  checkExample(name, type, shape, memory);
  return rowsInFile(file, offset + start, type, shape);
}

/** Throws `DataError` where one example alone would take more memory than it may. */
function checkExample(name: string, type: ElementType, [, ...example]: Shape, memory: number): void {
  const bytes = sizeOf(example) * arrayClass(type).BYTES_PER_ELEMENT;
  if (bytes > Math.max(memory, LEAST_MEMORY)) throw tooLarge(`${name} (an example)`, memory, bytes);
}

function readerOf(file: RandomAccess): (from: number, to: number) => Uint8Array {
  return (from, to) => {
    const bytes = new Uint8Array(to - from);
    file.read(bytes, from);
    return bytes;
  };
}

function safetensorsInFile(file: RandomAccess, memory: number): Map<string, Rows> {
  const { entries, start } = safetensorsLayout(readerOf(file), file.size, file.path);
  for (const { name, type, shape } of entries) checkExample(`${file.path}: "${name}"`, type, shape, memory);
  return new Map(entries.map(({ name, type, shape, begin }) => [name, rowsInFile(file, start + begin, type, shape)]));
}

function head(file: RandomAccess, length: number, offset = 0): Uint8Array {
  const bytes = new Uint8Array(Math.min(length, file.size));
  file.read(bytes, offset);
  return bytes;
}
