/** The footer of a Parquet file needs six. */
const MOST_DEPTH = 16;

export type Struct = Map<number, unknown>;

/** Where a reader of Thrift stands. */
export interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

/**
 * A structure of Thrift's compact protocol (thrift-compact-protocol.md): fields by number; texts are skipped. Throws
 * `RangeError` where it is none, or holds lists.
 */
export function readStruct(reader: Reader, depth = 0): Struct {
  if (depth > MOST_DEPTH) throw new RangeError("structures in structures");
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

export function varint(reader: Reader): number {
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

/**
 * How many fields and elements of lists a structure holds, lists in lists and structures in structures included. Throws
 * `RangeError` where it is none, reaches beyond the bytes, or declares a list longer than them: a reader would make
 * room for it.
 */
export function countThrift(bytes: Uint8Array): number {
  const reader = { bytes, at: 0 };
  let count = 0;
  const skipValue = (type: number, depth: number): void => {
    count++;
    if (depth > MOST_DEPTH) throw new RangeError("structures in structures");
    if (type === 12) skipStruct(depth + 1);
    else if (type === 9) skipList(depth + 1);
    else readValue(reader, type, depth);
  };
  const skipStruct = (depth: number): void => {
    for (let byte = next(reader); byte !== 0; byte = next(reader)) {
      if (byte >> 4 === 0) zigZag(reader);
      skipValue(byte & 15, depth);
    }
  };
  const skipList = (depth: number): void => {
    const head = next(reader);
    const size = head >> 4 === 15 ? varint(reader) : head >> 4;
    if (size > bytes.length - reader.at) throw new RangeError(`a list of ${size}`);
    // A truth value is a byte in a list, and none as a field.
    const type = (head & 15) <= 2 ? 3 : head & 15;
    for (let i = 0; i < size; i++) skipValue(type, depth);
  };
  skipStruct(0);
  return count;
}
