/**
 * The little of protocol buffers that writing a graph takes, so that a session does not load the library that reads
 * any message: single bytes, and runs of bytes that are copied once, at the end.
 */
export type Wire = (number | Uint8Array)[];

const VARINT = 0;
const LENGTH = 2;
const FIXED32 = 5;

const utf8 = new TextEncoder();

/** Of a whole number; a negative one takes ten bytes. Throws `RangeError` for another number. */
export function int(field: number, value: number): Wire {
  return [...varint(8 * field + VARINT), ...varint(value)];
}

export function float(field: number, value: number): Wire {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [...varint(8 * field + FIXED32), bytes];
}

export function text(field: number, value: string): Wire {
  return run(field, utf8.encode(value));
}

export function run(field: number, bytes: Uint8Array): Wire {
  return [...varint(8 * field + LENGTH), ...varint(bytes.length), bytes];
}

/** A message inside another, of its fields in their order. */
export function message(field: number, fields: readonly Wire[]): Wire {
  const length = fields.reduce((sum, parts) => sum + lengthOf(parts), 0);
  const wire: Wire = [...varint(8 * field + LENGTH), ...varint(length)];
  for (const parts of fields) for (const part of parts) wire.push(part);
  return wire;
}

/** The bytes of the outermost message. */
export function bytesOf(fields: readonly Wire[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, parts) => sum + lengthOf(parts), 0));
  let at = 0;
  for (const parts of fields)
    for (const part of parts) {
      if (typeof part === "number") bytes[at++] = part;
      else {
        bytes.set(part, at);
        at += part.length;
      }
    }
  return bytes;
}

function lengthOf(wire: Wire): number {
  let length = 0;
  for (const part of wire) length += typeof part === "number" ? 1 : part.length;
  return length;
}

function varint(value: number): number[] {
  if ((value & 0x7fff_ffff) !== value) return longVarint(BigInt(value));
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return bytes;
}

function longVarint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
}
