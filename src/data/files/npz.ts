import { zipSync } from "fflate";
import { DataError } from "../../tensor/errors.ts";
import { arrayClass, type ElementType, sizeOf, type Tensor, type TensorData, tensor } from "../../tensor/tensor.ts";
import { tooLarge } from "./compression.ts";
import { littleEndian, NPY_HEADER, npyHeader } from "./npyLayout.ts";
import type { RandomAccess } from "./randomAccess.ts";
import { type ZipEntry, zipEntries } from "./zip.ts";
import { readMember } from "./zipMembers.ts";

/** NumPy's codes, with the order of the bytes where there are several. */
const codes: Readonly<Record<ElementType, string>> = {
  float32: "<f4",
  float64: "<f8",
  float16: "<f2",
  int8: "|i1",
  uint8: "|u1",
  int32: "<i4",
  int64: "<i8",
  bool: "|b1",
};

/** Integers of NumPy that we lack widen to the next type that holds every value; uint64 has none. */
const widened = {
  i2: { type: "int32", stored: Int16Array },
  u2: { type: "int32", stored: Uint16Array },
  u4: { type: "int64", stored: Uint32Array },
} as const;

/**
 * The array of a .npy file, format versions 1 to 3 (numpy.lib.format): a view of `bytes` where it can be one. Fortran
 * order is transposed to row-major. Throws `DataError`, naming `file`, for a damaged file and for what is not a
 * little-endian array of numbers.
 */
export function decodeNpy(bytes: Uint8Array, file: string): Tensor {
  const { type, code = "", description, shape, fortran, start } = npyHeader(bytes.subarray(0, NPY_HEADER), file);
  const wide = Object.hasOwn(widened, code) ? widened[code as keyof typeof widened] : null;
  const own = type ?? wide?.type;
  if (own === undefined) throw unreadable(file, description);
  const Stored = wide?.stored ?? arrayClass(own);
  const expected = start + sizeOf(shape) * Stored.BYTES_PER_ELEMENT;
  if (bytes.length !== expected)
    throw new DataError(
      `${file}: expected ${expected} bytes for ${own}[${shape.join(", ")}], got ${bytes.length}; write the file again`,
    );
  const aligned = (bytes.byteOffset + start) % Stored.BYTES_PER_ELEMENT === 0;
  const part = aligned ? bytes.subarray(start) : bytes.slice(start);
  const data = new Stored(part.buffer as ArrayBuffer, part.byteOffset, sizeOf(shape));
  const elements = toElements(own, data);
  return tensor(own, shape, fortran ? toRowMajor(elements, shape) : elements);
}

/** Before the header of version 1.0: a mark, the version, and the length of what follows. */
const NPY_START = 10;

/** The bytes of a .npy file, format version 1.0. */
export function encodeNpy({ type, shape, data }: Tensor): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${codes[type]}', 'fortran_order': False, 'shape': (${axes}), }`;
  // The elements begin at a multiple of 64 bytes.
  const start = 64 * Math.ceil((NPY_START + header.length + 1) / 64);
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(bytes.buffer).setUint16(NPY_START - 2, start - NPY_START, true);
  bytes.set(new TextEncoder().encode(`${header.padEnd(start - NPY_START - 1)}\n`), NPY_START);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

/**
 * The arrays of a .npz file by name, with the check sums of the archive verified. Throws `DataError`, naming `file` and
 * the array, as `zipEntries`, `readMember` and `decodeNpy` do.
 */
export function decodeNpz(bytes: Uint8Array, file: string): Map<string, Tensor> {
  const read = (into: Uint8Array, position: number) => into.set(bytes.subarray(position, position + into.length));
  return readNpz({ path: file, size: bytes.length, read }, Number.POSITIVE_INFINITY);
}

/** The same of a file, of which arrays that are compressed take at most `limit` bytes together. */
export function readNpz(file: RandomAccess, limit: number): Map<string, Tensor> {
  const members = npzMembers(file);
  checkRoom(file, members.values(), limit);
  return new Map([...members].map(([name, entry]) => [name, npzArray(file, entry)]));
}

/** The array of a member. Throws as `readNpz`. */
export function npzArray(file: RandomAccess, entry: ZipEntry): Tensor {
  return decodeNpy(readMember(file, entry), `${file.path}/${entry.name}`);
}

/**
 * The members of a .npz file by the names of their arrays. Throws `DataError` as `zipEntries`, for a name twice, and
 * for an archive with other bytes before it, which NumPy takes for something else.
 */
export function npzMembers(file: RandomAccess): Map<string, ZipEntry> {
  const first = new Uint8Array(Math.min(2, file.size));
  file.read(first, 0);
  if (String.fromCharCode(...first) !== "PK")
    throw new DataError(
      `${file.path}: expected a .npz archive from its first byte on, got another; write the file again`,
    );
  const members = new Map<string, ZipEntry>();
  for (const entry of zipEntries(file)) {
    const name = entry.name.replace(/\.npy$/, "");
    if (members.has(name))
      throw new DataError(`${file.path}: expected one array "${name}", got two; rename one of them`);
    members.set(name, entry);
  }
  return members;
}

/** Throws `DataError` where arrays that are compressed would take more memory than they may. */
export function checkRoom(file: RandomAccess, members: Iterable<ZipEntry>, limit: number): void {
  let bytes = 0;
  for (const { compression, size } of members) if (compression === "deflated") bytes += size;
  if (bytes > limit) throw tooLarge(file.path, limit, bytes, " unpacked");
}

/** The bytes of an uncompressed .npz file. Equal contents give equal bytes: every member is dated 1980. */
export function encodeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const members = [...tensors].map(([name, value]) => [`${name}.npy`, encodeNpy(value)]);
  return zipSync(Object.fromEntries(members), { level: 0, mtime: new Date(1980, 0, 1) });
}

function unreadable(file: string, got: string): DataError {
  // NumPy's codes of texts, bytes and objects.
  const advice = /[USO]\d*$/.test(got)
    ? "number what they stand for, e.g. with numpy.unique(a, return_inverse=True)[1], or save a table as CSV"
    : /c\d+$/.test(got)
      ? "save numpy.stack([a.real, a.imag], -1)"
      : /^[<>|=]?[Mm]8/.test(got)
        ? 'save the time since the first in a unit of yours, e.g. (a - a[0]) / numpy.timedelta64(1, "s")'
        : got === "a structure"
          ? "save each field as an array of its own"
          : `convert it with .astype("${littleEndian(got)}")`;
  return new DataError(
    `${file}: expected a NumPy array of little-endian integers, floats or booleans, got: ${got}; ${advice}`,
  );
}

function toElements(type: ElementType, data: ArrayLike<number | bigint>): TensorData {
  // NumPy writes 0 and 1, and reads every other byte as true.
  if (type === "bool") return (data as Uint8Array).map((byte) => Number(byte !== 0));
  if (data instanceof arrayClass(type)) return data;
  // Only integers widen.
  return type === "int64" ? BigInt64Array.from(Array.from(data, BigInt)) : Int32Array.from(data as ArrayLike<number>);
}

function toRowMajor(source: TensorData, shape: readonly number[]): TensorData {
  const target = source.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  let from = 0;
  for (let to = 0; to < source.length; to++) {
    target[to] = source[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}
