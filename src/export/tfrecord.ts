import { crc32c } from "@aws-crypto/crc32c";

/**
 * The container of TensorBoard's event files (TensorFlow, core/lib/io/record_writer.h):
 *
 *   uint64 length | uint32 masked CRC-32C of length | length bytes | uint32 masked CRC-32C of these
 *
 * all little-endian.
 */
const BEFORE = 12;
const AFTER = 4;

/** Rotated right by 15 bits plus a constant, so that a CRC of data that holds CRCs stays strong. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(BEFORE + data.length + AFTER);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(record.subarray(0, 8)), true);
  record.set(data, BEFORE);
  view.setUint32(BEFORE + data.length, masked(data), true);
  return record;
}

/** Records one after the other in pieces of `size` bytes and a little more, so that many can be written at once. */
export function* inPieces(records: Iterable<Uint8Array>, size = 2 ** 16): Generator<Uint8Array> {
  let [held, length]: [Uint8Array[], number] = [[], 0];
  for (const record of records) {
    held.push(record);
    length += record.length;
    if (length < size) continue;
    yield joined(held, length);
    [held, length] = [[], 0];
  }
  if (length > 0) yield joined(held, length);
}

function joined(arrays: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

export interface FoundRecord {
  readonly data: Uint8Array;
  /** Of the record in the file, in bytes. */
  readonly start: number;
  readonly end: number;
}

/** Longer than any that is written; what claims to be longer counts as damaged. */
const LONGEST = 2 ** 26;

/** Fills the array from a place in a file and says how many bytes it had; fewer only at its end. */
export type ReadAt = (into: Uint8Array, at: number) => number;

/**
 * The records of a file up to the first that is cut or damaged, read piece by piece. `data` is theirs until the next is
 * asked for.
 */
export function* readRecords(read: ReadAt, piece = 2 ** 16): Generator<FoundRecord> {
  let bytes = new Uint8Array(piece);
  let [start, from, to] = [0, 0, 0];
  const need = (length: number) => {
    if (from + length <= to) return true;
    if (length > bytes.length) bytes = grown(bytes.subarray(from, to), Math.max(length, 2 * bytes.length));
    else bytes.copyWithin(0, from, to);
    [from, to] = [0, to - from];
    to += read(bytes.subarray(to), start + to);
    return length <= to;
  };
  while (need(BEFORE + AFTER)) {
    const length = lengthOf(bytes.subarray(from, from + BEFORE));
    if (length === null || length > LONGEST || !need(BEFORE + length + AFTER)) return;
    const data = bytes.subarray(from + BEFORE, from + BEFORE + length);
    if (uint32(bytes, from + BEFORE + length) !== masked(data)) return;
    const end = start + BEFORE + length + AFTER;
    yield { data, start, end };
    [start, from] = [end, from + BEFORE + length + AFTER];
  }
}

/** Null where the check sum is another's. */
function lengthOf(head: Uint8Array): number | null {
  if (uint32(head, 8) !== masked(head.subarray(0, 8))) return null;
  return Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
