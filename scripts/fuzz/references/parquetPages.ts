import { decodeFrom, type Thrift } from "../formats/thrift.ts";
import { Unknown } from "./parquet.ts";
import { unsnapped } from "./snappy.ts";

/** A page as it stands in the file. */
interface Page {
  readonly type: number;
  readonly header: ReadonlyMap<number, Thrift>;
  readonly body: Uint8Array;
  readonly end: number;
}

interface Column {
  readonly type: number;
  readonly codec: number;
  readonly optional: boolean;
  /** Of values of a fixed length. */
  readonly width: number;
}

/** PageHeader of parquet.thrift and what follows it. */
export function pageAt(file: Uint8Array, at: number): Page {
  const { value, end } = decodeFrom(file, at);
  const fields = fieldsOf(value);
  const [type, length] = [numberOf(fields, 1), numberOf(fields, 3)];
  if (length < 0 || end + length > file.length) throw new RangeError(`a page of ${length} bytes`);
  const header = fieldsOf(fields.get([5, -1, 7, 8][type] ?? -1));
  return { type, header, body: file.subarray(end, end + length), end: end + length };
}

/** The values of a page, null where one is missing. */
export function valuesOf({ type, header, body }: Page, column: Column, dictionary: readonly unknown[]): unknown[] {
  const count = numberOf(header, 1);
  const second = type === 3;
  const unpack = (bytes: Uint8Array) => (column.codec === 1 ? unsnapped(bytes) : bytes);
  const encoding = numberOf(header, second ? 4 : 2);
  let [levels, bytes]: [number[] | null, Uint8Array] = [null, body];
  if (second) {
    const length = numberOf(header, 5);
    levels = column.optional ? hybrid(body.subarray(0, length), 1, count) : null;
    const packed = header.get(7)?.kind !== "boolean" || (header.get(7) as { value: boolean }).value;
    bytes = body.subarray(length + numberOf(header, 6));
    bytes = packed && bytes.length > 0 ? unpack(bytes) : bytes;
  } else {
    bytes = unpack(body);
    if (column.optional) {
      const length = uint32(bytes, 0);
      levels = hybrid(bytes.subarray(4, 4 + length), 1, count);
      bytes = bytes.subarray(4 + length);
    }
  }
  const there = levels === null ? count : levels.filter((level) => level === 1).length;
  if (second && numberOf(header, 2) !== count - there) throw new RangeError("another number of missing values");
  const values = decoded(bytes, encoding, { ...column, count: there }, dictionary);
  if (levels === null) return values;
  let next = 0;
  return levels.map((level) => (level === 1 ? values[next++] : null));
}

function decoded(
  bytes: Uint8Array,
  encoding: number,
  { type, width, count }: Column & { readonly count: number },
  dictionary: readonly unknown[],
): unknown[] {
  if (count === 0) return [];
  if (encoding === 0) return plain(bytes, type, width, count);
  if (encoding === 3 && type === 0)
    return hybrid(bytes.subarray(4, 4 + uint32(bytes, 0)), 1, count).map((bit) => bit === 1);
  if (encoding !== 2 && encoding !== 8) throw new Unknown(`encoding ${encoding}`);
  return hybrid(bytes.subarray(1), bytes[0]!, count).map((index) => {
    if (index >= dictionary.length) throw new RangeError(`index ${index} of ${dictionary.length}`);
    return dictionary[index];
  });
}

function plain(bytes: Uint8Array, type: number, width: number, count: number): unknown[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const each = (size: number, get: (at: number) => unknown) => Array.from({ length: count }, (_, i) => get(i * size));
  if (type === 0) return Array.from({ length: count }, (_, i) => ((view.getUint8(i >> 3) >> (i & 7)) & 1) === 1);
  if (type === 1) return each(4, (at) => view.getInt32(at, true));
  if (type === 2) return each(8, (at) => view.getBigInt64(at, true));
  if (type === 4) return each(4, (at) => view.getFloat32(at, true));
  if (type === 5) return each(8, (at) => view.getFloat64(at, true));
  if (type !== 6) throw new Unknown(`type ${type} of ${width} bytes`);
  let at = 0;
  return Array.from({ length: count }, () => {
    const length = uint32(bytes, at);
    at += 4 + length;
    if (at > bytes.length) throw new RangeError("a text beyond the end");
    return bytes.subarray(at - length, at);
  });
}

/** "Run Length Encoding / Bit-Packing Hybrid" of Encodings.md. */
function hybrid(bytes: Uint8Array, width: number, count: number): number[] {
  if (width > 32) throw new RangeError(`${width} bits`);
  const values: number[] = [];
  for (let at = 0; values.length < count; ) {
    let header = 0;
    for (let factor = 1; ; factor *= 128) {
      if (at >= bytes.length) {
        if (width === 0) return Array<number>(count).fill(0);
        throw new RangeError("too few runs");
      }
      header += (bytes[at]! & 127) * factor;
      if (bytes[at++]! < 128) break;
    }
    const [length, packed] = [Math.floor(header / 2), header % 2 === 1];
    const size = packed ? length * width : Math.ceil(width / 8);
    if (at + size > bytes.length && !packed) throw new RangeError("a run beyond the end");
    const wanted = Math.min(count - values.length, packed ? 8 * length : length);
    for (let i = 0; i < wanted; i++)
      values.push(packed ? bitsAt(bytes, 8 * at + i * width, width) : bitsAt(bytes, 8 * at, 8 * size));
    if (length === 0 && size === 0) throw new RangeError("a run of none");
    at += size;
  }
  return values;
}

function bitsAt(bytes: Uint8Array, place: number, width: number): number {
  let value = 0;
  for (let bit = 0; bit < width; bit++) {
    const byte = bytes[(place + bit) >> 3];
    if (byte === undefined) throw new RangeError("bits beyond the end");
    value += ((byte >> ((place + bit) & 7)) & 1) * 2 ** bit;
  }
  return value;
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}

function fieldsOf(value: Thrift | undefined): ReadonlyMap<number, Thrift> {
  if (value?.kind !== "struct") throw new RangeError("no header of a page");
  return new Map(value.fields.map((field) => [field.id, field.value]));
}

function numberOf(fields: ReadonlyMap<number, Thrift>, id: number): number {
  const value = fields.get(id);
  if (value?.kind !== "number") throw new RangeError(`no number in field ${id} of a page's header`);
  return Number(value.value);
}
