import { DataError } from "../../tensor/errors.ts";
import { canInflate } from "./compression.ts";
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
/** Flags of a member: encrypted, sizes behind it, patched, strongly encrypted. */
const [ENCRYPTED, SIZES_BEHIND, PATCHED, STRONG] = [1, 8, 0x20, 0x40];
/** Times ten, the version of the format that a reader must know; later ones need what nobody writes here. */
const HIGHEST_VERSION = 63;

/**
 * The members of a ZIP archive (APPNOTE 6.3.10, §4.3), also of more than 4 GiB, from its directory; of the members
 * themselves only the headers are read, which must say the same. Throws `DataError` for what is no archive, is damaged
 * (a member that overlaps another, a name twice, bytes behind the end), or is compressed other than by deflate.
 */
export function zipEntries(file: RandomAccess): ZipEntry[] {
  const { count, offset, size } = directoryOf(file);
  const bytes = part(file, offset, size);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = 0;
  while (entries.length < count) {
    if (at + 46 > size || bytes.getUint32(at, true) !== MEMBER)
      throw damaged(file, `a member ${entries.length + 1} of ${count}`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((where) => bytes.getUint16(at + where, true));
    const end = at + 46 + nameLength! + extraLength! + commentLength!;
    if (end > size) throw damaged(file, `a directory of ${size} bytes`);
    const entry = entryAt(file, new DataView(bytes.buffer, at, 46 + nameLength! + extraLength!), nameLength!);
    if (names.size === names.add(entry.name).size) throw damaged(file, `one member called "${entry.name}"`, "two");
    entries.push(entry);
    at = end;
  }
  if (at !== size) throw damaged(file, `a directory of ${at} bytes for ${count} members`, `${size}`);
  checkPlaces(file, entries, offset);
  return entries;
}

/** Members must not share bytes: a small archive could hold no end of them. */
function checkPlaces(file: RandomAccess, entries: readonly ZipEntry[], directory: number): void {
  let [end, before] = [0, ""];
  for (const { name, offset, storedSize } of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < end) throw damaged(file, `"${name}" behind "${before}"`, "members that overlap");
    [end, before] = [offset + storedSize, name];
  }
  if (end > directory) throw damaged(file, `"${before}" before the directory`, "members that overlap it");
}

/** The member of a record of the directory: 46 bytes, its name, its extra fields. */
function entryAt(file: RandomAccess, record: DataView, nameLength: number): ZipEntry {
  const name = nameIn(file, new Uint8Array(record.buffer, record.byteOffset + 46, nameLength));
  const [version, flags, method] = [6, 8, 10].map((where) => record.getUint16(where, true));
  if ((method !== 0 && method !== 8) || flags! & (ENCRYPTED | PATCHED | STRONG) || version! % 256 > HIGHEST_VERSION)
    throw new DataError(
      `${file.path}: expected "${name}" stored or deflated, got ${flags! & (ENCRYPTED | STRONG) ? "an encrypted member" : `compression ${method} of version ${version}`}; save it with numpy.savez`,
    );
  const wide = widened(
    file,
    new DataView(record.buffer, record.byteOffset + 46 + nameLength),
    record.byteLength - 46 - nameLength,
  );
  const read = (where: number) => {
    const value = record.getUint32(where, true);
    return value === IN_64 ? wide() : value;
  };
  // In the order of the 64-bit fields: size, stored size, place of the local header.
  const [size, storedSize, local] = [read(24), read(20), read(42)];
  const crc32 = record.getUint32(16, true);
  const offset = checkLocal(file, local, { name, size, storedSize, crc32, method: method!, bytes: record, nameLength });
  if (!(offset + storedSize <= file.size) || (method === 0 ? size !== storedSize : !canInflate(storedSize, size)))
    throw damaged(file, `all ${size} bytes of "${name}"`, `${storedSize} at ${offset} of ${file.size}`);
  return { name, compression: method === 0 ? "stored" : "deflated", offset, storedSize, size, crc32 };
}

function nameIn(file: RandomAccess, bytes: Uint8Array): string {
  try {
    const name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!/\p{Cc}/u.test(name)) return name;
  } catch {
    // Reported below.
  }
  const got = JSON.stringify(new TextDecoder("latin1").decode(bytes)).replace(/\p{Cc}/gu, "?");
  throw damaged(file, "members with names in UTF-8 without control characters", got);
}

interface Directed extends Omit<ZipEntry, "compression" | "offset"> {
  readonly method: number;
  readonly bytes: DataView;
  readonly nameLength: number;
}

/** Where the bytes of a member begin, behind a header that says what the directory says. */
function checkLocal(file: RandomAccess, at: number, { name, method, bytes, nameLength, ...entry }: Directed): number {
  const header = part(file, at, 30);
  const [localName, extra] = [26, 28].map((where) => header.getUint16(where, true));
  const flags = header.getUint16(6, true);
  const differs = (what: string) => damaged(file, `a header of "${name}" as in the directory`, `another ${what}`);
  if (header.getUint32(0, true) !== LOCAL) throw damaged(file, `a header of "${name}"`);
  if (header.getUint16(8, true) !== method) throw differs("compression");
  if (localName !== nameLength) throw differs("name");
  const rest = part(file, at + 30, nameLength + extra!);
  for (let i = 0; i < nameLength; i++) if (rest.getUint8(i) !== bytes.getUint8(46 + i)) throw differs("name");
  const wide = widened(file, new DataView(rest.buffer, nameLength), extra!);
  for (const [where, expected] of [
    [14, entry.crc32],
    [22, entry.size],
    [18, entry.storedSize],
  ] as const) {
    const short = header.getUint32(where, true);
    const said = short === IN_64 && where !== 14 ? wide() : short;
    // What was not known when the header was written stands behind the member.
    if (said !== expected && !(flags & SIZES_BEHIND && said === 0)) throw differs(where === 14 ? "check sum" : "size");
  }
  return at + 30 + nameLength + extra!;
}

/** The values of the ZIP64 extra field one after the other; NaN where there are no more. */
function widened(file: RandomAccess, extra: DataView, length: number): () => number {
  let [next, end] = [0, 0];
  for (let at = 0; at + 4 <= length; ) {
    const size = extra.getUint16(at + 2, true);
    if (at + 4 + size > length) throw damaged(file, "whole extra fields", `one of ${size} bytes in ${length}`);
    if (extra.getUint16(at, true) === 1 && end === 0) [next, end] = [at + 4, at + 4 + size];
    at += 4 + size;
  }
  return () => {
    next += 8;
    return next <= end ? Number(extra.getBigUint64(next - 8, true)) : Number.NaN;
  };
}

function directoryOf(file: RandomAccess): { count: number; offset: number; size: number } {
  const length = Math.min(file.size, LONGEST_END);
  const tail = part(file, file.size - length, length);
  let at = length - 22;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw damaged(file, "a ZIP archive");
  const behind = length - at - 22 - tail.getUint16(at + 20, true);
  if (behind !== 0) throw damaged(file, "the end of a ZIP archive at the end of the file", `${behind} bytes behind it`);
  const [disk, first, here, count] = [4, 6, 8, 10].map((where) => tail.getUint16(at + where, true));
  const [size, offset] = [12, 16].map((where) => tail.getUint32(at + where, true));
  const is64 = count === 0xffff || size === IN_64 || offset === IN_64 || hasLocator(tail, at);
  const found = is64
    ? directory64(file, tail, at)
    : { count: count!, size: size!, offset: offset!, end: file.size - length + at };
  const alone = is64 || (disk === 0 && first === 0 && here === count);
  if (!alone || found.offset + found.size !== found.end)
    throw damaged(file, "a whole directory", `${found.size} bytes at ${found.offset} before ${found.end}`);
  return found;
}

function hasLocator(tail: DataView, end: number): boolean {
  return end >= 20 && tail.getUint32(end - 20, true) === END_64_LOCATOR;
}

function directory64(file: RandomAccess, tail: DataView, at: number) {
  if (!hasLocator(tail, at)) throw damaged(file, "a ZIP64 directory");
  const end = Number(tail.getBigUint64(at - 12, true));
  const record = part(file, end, 56);
  const [count, here, size, offset] = [32, 24, 40, 48].map((where) => Number(record.getBigUint64(where, true)));
  const disks = tail.getUint32(at - 16, true) + record.getUint32(16, true) + record.getUint32(20, true);
  const length = Number(record.getBigUint64(4, true)) + 12;
  const follows = end + length === file.size - tail.byteLength + at - 20;
  if (record.getUint32(0, true) !== END_64 || disks !== 0 || here !== count || !follows)
    throw damaged(file, "a ZIP64 directory");
  return { count: count!, size: size!, offset: offset!, end };
}

function part(file: RandomAccess, from: number, length: number): DataView {
  if (!(from >= 0 && from + length <= file.size)) throw damaged(file, `${length} bytes at ${from}`);
  const bytes = new Uint8Array(length);
  file.read(bytes, from);
  return new DataView(bytes.buffer);
}

function damaged(file: RandomAccess, what: string, got = `${file.size} bytes without it`): DataError {
  return new DataError(`${file.path}: expected ${what}, got ${got}; write the file again`);
}
