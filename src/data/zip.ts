import { DataError } from "../tensor/errors.ts";
import type { RandomAccess } from "./randomAccess.ts";

/** A member of a ZIP archive and where its bytes lie. */
export interface ZipEntry {
  readonly name: string;
  readonly compression: "stored" | "deflated";
  /** Position and length in the archive, as they are stored there. */
  readonly offset: number;
  readonly storedSize: number;
  readonly size: number;
  readonly crc32: number;
}

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const MEMBER = 0x02014b50;
const LOCAL = 0x04034b50;
/** The end record is the last 22 bytes, but for a comment of at most 65,535. */
const LONGEST_END = 22 + 0xffff;
const IN_64 = 0xffffffff;

/**
 * The members of a ZIP archive (APPNOTE 6.3.10, §4.3), also of more than 4 GiB, from its directory; of the members themselves only the
 * headers are read. Throws `DataError` for what is no archive, is damaged, or is compressed other than by deflate.
 */
export function zipEntries(file: RandomAccess): ZipEntry[] {
  const { count, offset, size } = directoryOf(file);
  const bytes = part(file, offset, size);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > size || bytes.getUint32(at, true) !== MEMBER)
      throw damaged(file, `a member ${entries.length + 1} of ${count}`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((where) => bytes.getUint16(at + where, true));
    const end = at + 46 + nameLength! + extraLength! + commentLength!;
    if (end > size) throw damaged(file, `a directory of ${size} bytes`);
    entries.push(entryAt(file, bytes, at, nameLength!, extraLength!));
    at = end;
  }
  return entries;
}

function entryAt(file: RandomAccess, bytes: DataView, at: number, nameLength: number, extraLength: number): ZipEntry {
  const name = new TextDecoder().decode(new Uint8Array(bytes.buffer, bytes.byteOffset + at + 46, nameLength));
  const method = bytes.getUint16(at + 10, true);
  if ((method !== 0 && method !== 8) || bytes.getUint16(at + 8, true) & 1)
    throw new DataError(
      `${file.path}: expected "${name}" stored or deflated, got ${method === 0 || method === 8 ? "an encrypted member" : `compression ${method}`}; save it with numpy.savez`,
    );
  const wide = widened(bytes, at + 46 + nameLength, extraLength);
  const read = (where: number) => {
    const value = bytes.getUint32(at + where, true);
    return value === IN_64 ? wide() : value;
  };
  // In the order of the 64-bit fields: size, stored size, place of the local header.
  const [size, storedSize, local] = [read(24), read(20), read(42)];
  const header = part(file, local, 30);
  if (header.getUint32(0, true) !== LOCAL) throw damaged(file, `a header of "${name}"`);
  const offset = local + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (!(offset + storedSize <= file.size) || (method === 0 && size !== storedSize))
    throw damaged(file, `all of "${name}"`);
  const crc32 = bytes.getUint32(at + 16, true);
  return { name, compression: method === 0 ? "stored" : "deflated", offset, storedSize, size, crc32 };
}

/** The values of the ZIP64 extra field one after the other; NaN where there are no more. */
function widened(bytes: DataView, from: number, length: number): () => number {
  for (let at = from; at + 4 <= from + length; ) {
    const size = bytes.getUint16(at + 2, true);
    let next = at + 4;
    if (bytes.getUint16(at, true) === 1)
      return () => {
        next += 8;
        return next <= at + 4 + size ? Number(bytes.getBigUint64(next - 8, true)) : Number.NaN;
      };
    at += 4 + size;
  }
  return () => Number.NaN;
}

function directoryOf(file: RandomAccess): { count: number; offset: number; size: number } {
  const length = Math.min(file.size, LONGEST_END);
  const tail = part(file, file.size - length, length);
  let at = length - 22;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw damaged(file, "a ZIP archive");
  const [count, size, offset] = [
    tail.getUint16(at + 10, true),
    tail.getUint32(at + 12, true),
    tail.getUint32(at + 16, true),
  ];
  const found =
    count === 0xffff || size === IN_64 || offset === IN_64 ? directory64(file, tail, at) : { count, size, offset };
  if (!(found.offset + found.size <= file.size)) throw damaged(file, "a whole directory");
  return found;
}

function directory64(file: RandomAccess, tail: DataView, end: number) {
  if (end < 20 || tail.getUint32(end - 20, true) !== END_64_LOCATOR) throw damaged(file, "a ZIP64 directory");
  const record = part(file, Number(tail.getBigUint64(end - 12, true)), 56);
  if (record.getUint32(0, true) !== END_64) throw damaged(file, "a ZIP64 directory");
  const [count, size, offset] = [32, 40, 48].map((at) => Number(record.getBigUint64(at, true)));
  return { count: count!, size: size!, offset: offset! };
}

function part(file: RandomAccess, from: number, length: number): DataView {
  if (!(from >= 0 && from + length <= file.size)) throw damaged(file, `${length} bytes at ${from}`);
  const bytes = new Uint8Array(length);
  file.read(bytes, from);
  return new DataView(bytes.buffer);
}

function damaged(file: RandomAccess, what: string): DataError {
  return new DataError(`${file.path}: expected ${what}, got ${file.size} bytes without it; write the file again`);
}
