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

export interface FoundRecord {
  readonly data: Uint8Array;
  /** Of the record in the file, in bytes. */
  readonly start: number;
  readonly end: number;
}

/** The records of a file up to the first that is cut or damaged. */
export function* readRecords(bytes: Uint8Array): Generator<FoundRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start + BEFORE + AFTER <= bytes.length; ) {
    if (view.getUint32(start + 8, true) !== masked(bytes.subarray(start, start + 8))) return;
    const from = start + BEFORE;
    const to = from + Number(view.getBigUint64(start, true));
    if (to + AFTER > bytes.length) return;
    const data = bytes.subarray(from, to);
    if (view.getUint32(to, true) !== masked(data)) return;
    yield { data, start, end: to + AFTER };
    start = to + AFTER;
  }
}
