import type { ColumnMetaData, FileMetaData } from "hyparquet";
import { DataError } from "../tensor/errors.ts";
import type { RandomAccess } from "./randomAccess.ts";

/** A page's header is shorter unless it holds long statistics. */
const HEADER = 2 ** 16;

/**
 * Throws `DataError` where the pages of a column chunk do not follow one another to its end, or hold more values than
 * the chunk has rows: a decoder that trusts damaged headers may never come to an end. `group` is the index of the row
 * group, `name` that of a column without lists.
 */
export function checkPages(access: RandomAccess, { row_groups }: FileMetaData, group: number, name: string): void {
  const { columns, num_rows } = row_groups[group]!;
  const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === name)?.meta_data;
  if (chunk === undefined) throw damaged(access, `no pages of "${name}" in row group ${group}`);
  const [rows, values] = [Number(num_rows), Number(chunk.num_values)];
  if (rows !== values) throw damaged(access, `${values} values of "${name}" in a row group of ${rows} rows`);
  let position = Number(startOf(chunk));
  const end = position + Number(chunk.total_compressed_size);
  if (!(position >= 4 && end > position && end <= access.size))
    throw damaged(access, `pages of "${name}" from byte ${position} to ${end} of ${access.size}`);
  const unpacked = Number(chunk.total_uncompressed_size);
  let counted = 0;
  while (position < end) {
    const header = new Uint8Array(Math.min(HEADER, end - position));
    access.read(header, position);
    const page = pageOf(header, access);
    const sound = page.bytes >= 0 && page.values >= 0 && page.unpacked >= 0 && page.unpacked <= unpacked;
    if (!sound || (page.isData && counted + page.values > values))
      throw damaged(access, `a page of "${name}" of ${page.bytes} bytes and ${page.values} values at byte ${position}`);
    if (page.isData) counted += page.values;
    else if (page.values > page.unpacked)
      throw damaged(access, `a dictionary of ${page.values} values in ${page.unpacked} bytes`);
    position += page.header + page.bytes;
  }
  if (position !== end || counted !== values)
    throw damaged(access, `${counted} values of "${name}" up to byte ${position} instead of ${values} up to ${end}`);
}

function startOf({ dictionary_page_offset, data_page_offset }: ColumnMetaData): bigint {
  // Some writers give 0 where there is no dictionary.
  return dictionary_page_offset ? dictionary_page_offset : data_page_offset;
}

interface Page {
  /** Bytes of the header, of the page behind it, and of what that unpacks to. */
  readonly header: number;
  readonly bytes: number;
  readonly unpacked: number;
  readonly values: number;
  readonly isData: boolean;
}

/**
 * PageHeader of parquet.thrift: 1 type, 2 and 3 sizes, 5, 7 and 8 what is in a data page, a dictionary, a data page of
 * version 2.
 */
function pageOf(bytes: Uint8Array, access: RandomAccess): Page {
  const reader = { bytes, at: 0 };
  let fields: Struct;
  try {
    fields = readStruct(reader, 0);
  } catch {
    throw damaged(access, "a page header that is none");
  }
  const number = (value: unknown) => (typeof value === "number" ? value : -1);
  const type = number(fields.get(1));
  const inside = fields.get({ 0: 5, 2: 7, 3: 8 }[type] ?? -1);
  const values = inside instanceof Map ? number(inside.get(1)) : -1;
  // In version 2 the levels are not compressed, and their lengths say where they end.
  const levels = type === 3 && inside instanceof Map ? number(inside.get(5)) + number(inside.get(6)) : 0;
  const size = number(fields.get(3));
  const fits = levels >= 0 && levels <= size;
  return { header: reader.at, bytes: fits ? size : -1, unpacked: number(fields.get(2)), values, isData: type !== 2 };
}

type Struct = Map<number, unknown>;

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

/** A structure of Thrift's compact protocol (thrift-compact-protocol.md): fields by number; texts are skipped. */
function readStruct(reader: Reader, depth: number): Struct {
  if (depth > 8) throw new RangeError("structures in structures");
  const fields: Struct = new Map();
  for (let id = 0; ; ) {
    const byte = next(reader);
    if (byte === 0) return fields;
    id = byte >> 4 ? id + (byte >> 4) : zigZag(reader);
    fields.set(id, readValue(reader, byte & 15, depth));
  }
}

function readValue(reader: Reader, type: number, depth: number): unknown {
  if (type === 1 || type === 2) return type === 1;
  if (type === 3) return next(reader);
  if (type >= 4 && type <= 6) return zigZag(reader);
  if (type === 7) return skip(reader, 8);
  if (type === 8) return skip(reader, varint(reader));
  if (type === 12) return readStruct(reader, depth + 1);
  throw new RangeError("no field of a page header");
}

function next(reader: Reader): number {
  if (reader.at >= reader.bytes.length) throw new RangeError("the end");
  return reader.bytes[reader.at++]!;
}

function skip(reader: Reader, length: number): void {
  reader.at += length;
  if (reader.at > reader.bytes.length) throw new RangeError("the end");
}

function varint(reader: Reader): number {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = next(reader);
    value += (byte & 127) * factor;
    if (byte < 128) return value;
    if (factor > 2 ** 56) throw new RangeError("a long number");
  }
}

function zigZag(reader: Reader): number {
  const value = varint(reader);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function damaged({ path }: RandomAccess, got: string): DataError {
  return new DataError(`${path}: expected a Parquet file, got: ${got}; write the file again`);
}
