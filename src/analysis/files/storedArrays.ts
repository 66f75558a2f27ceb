import { littleEndian, NPY_HEADER, npyHeader } from "../../data/files/npyLayout.ts";
import { npzMembers } from "../../data/files/npz.ts";
import type { RandomAccess } from "../../data/files/randomAccess.ts";
import { type StoredType, storedBytes, storedLayout } from "../../data/files/safetensors.ts";
import type { Spill } from "../../data/files/spill.ts";
import type { ZipEntry } from "../../data/files/zip.ts";
import { checkMember, memberParts } from "../../data/files/zipMembers.ts";
import { DataError } from "../../tensor/errors.ts";
import { arrayClass, type Shape, sizeOf } from "../../tensor/tensor.ts";

/** An array that stays where it is, in a file or, unpacked, in the spill. */
export interface StoredArray {
  readonly type: StoredType;
  readonly shape: Shape;
  readonly fortran: boolean;
  /** Of its first element, in bytes. */
  readonly offset: number;
  readonly unpacked: boolean;
  /** The elements of a small array that was unpacked: nothing is read of the spill before all of it is written. */
  readonly bytes?: Uint8Array;
}

export interface StoredFile {
  /** In the order of the file; the array of a .npy file is called "". */
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** Of a .safetensors file. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where deflated arrays go, one after the other. */
export interface Unpacked {
  readonly spill: Spill;
  bytes: number;
}

/** Where a member goes. Throws `DataError` where there is no room for it. */
export type Unpacking = (file: RandomAccess, entry: ZipEntry) => Unpacked;

/** What is kept of an array that was unpacked, beside the spill. */
const SMALL = 2 ** 20;
const SHORT_HEADER = 512;
/** A header ends with a line end, and has none before but perhaps among the 12 bytes that come first. */
const NEWLINE = 10;
const MAGIC = 12;

/**
 * Where the arrays of a .npy, .npz or .safetensors file lie, of which only headers are read; but members of a .npz are
 * read once for their check sums, and deflated ones unpacked to `unpacked`, since nothing can be read from their
 * middle. Throws `DataError`, naming file and array, for damaged files and for other endings.
 */
export async function storedArrays(file: RandomAccess, unpacked: Unpacking): Promise<StoredFile> {
  const { path } = file;
  if (path.endsWith(".safetensors")) return ofSafetensors(file);
  if (path.endsWith(".npy"))
    return { arrays: new Map([["", ofNpy(headOf(file, 0, file.size), file.size, 0, path)]]), metadata: {} };
  if (!path.endsWith(".npz"))
    throw new DataError(`${path}: expected a name ending in .safetensors, .npz or .npy, got another; convert the file`);
  const arrays = new Map<string, StoredArray>();
  for (const [key, entry] of npzMembers(file)) {
    const name = `${path}/${entry.name}`;
    if (entry.compression === "stored") await checkMember(file, entry);
    const array =
      entry.compression === "stored"
        ? ofNpy(headOf(file, entry.offset, entry.size), entry.size, entry.offset, name)
        : await unpack(file, entry, unpacked(file, entry), name);
    arrays.set(key, array);
  }
  return { arrays, metadata: {} };
}

function ofSafetensors(file: RandomAccess): StoredFile {
  const read = (from: number, to: number) => {
    const bytes = new Uint8Array(to - from);
    file.read(bytes, from);
    return bytes;
  };
  const { entries, start, metadata } = storedLayout(read, file.size, file.path);
  const arrays = entries.map(({ name, type, shape, begin }) => {
    return [name, { type, shape, fortran: false, offset: start + begin, unpacked: false }] as const;
  });
  return { arrays: new Map(arrays), metadata };
}

/**
 * Enough of a .npy file for its header, which is seldom longer than a few lines: a folder may have a million of them.
 */
function headOf(file: RandomAccess, offset: number, size: number): Uint8Array {
  const first = new Uint8Array(Math.min(size, SHORT_HEADER));
  file.read(first, offset);
  const ends = first.length === size || first.includes(NEWLINE, MAGIC);
  if (ends) return first;
  const head = new Uint8Array(Math.min(size, NPY_HEADER));
  file.read(head, offset);
  return head;
}

/** The array of a .npy file of `size` bytes that begins with `head`, at `offset` of something larger. */
function ofNpy(head: Uint8Array, size: number, offset: number, file: string, unpacked = false): StoredArray {
  const { type, description, shape, fortran, start } = npyHeader(head, file);
  if (type === undefined)
    throw new DataError(
      `${file}: expected little-endian floats or integers, got ${description}; convert it with .astype("${littleEndian(description)}")`,
    );
  const expected = start + sizeOf(shape) * storedBytes(type);
  if (size !== expected)
    throw new DataError(
      `${file}: expected ${expected} bytes for ${type}[${shape.join(", ")}], got ${size}; save it again`,
    );
  return { type, shape, fortran, offset: offset + start, unpacked };
}

async function unpack(file: RandomAccess, entry: ZipEntry, unpacked: Unpacked, name: string): Promise<StoredArray> {
  const begin = unpacked.bytes;
  const head: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of memberParts(file, entry)) {
    if (held < SMALL) head.push(chunk);
    held += chunk.length;
    unpacked.spill.append(chunk);
    unpacked.bytes += chunk.length;
  }
  const kept = Buffer.concat(head);
  const array = ofNpy(kept.subarray(0, NPY_HEADER), held, begin, name, true);
  // A copy, which begins at an aligned place.
  return held <= SMALL ? { ...array, bytes: new Uint8Array(kept.subarray(array.offset - begin)) } : array;
}

/** A view of bytes that begin their buffer. */
export function typed(bytes: Uint8Array, type: StoredType) {
  const TypedArray = type === "bfloat16" ? Uint16Array : arrayClass(type);
  return new TypedArray(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / storedBytes(type));
}

export function showStored({ type, shape }: Pick<StoredArray, "type" | "shape">): string {
  return `${type}[${shape.join(", ")}]`;
}

export function arrayLabel(path: string, name: string): string {
  return name === "" ? path : `${path}: "${name}"`;
}
