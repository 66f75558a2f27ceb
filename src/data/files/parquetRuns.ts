import { varint } from "./thrift.ts";

/** What says where the run lengths of a data page lie, and how many values they may stand for. */
export interface RunsOf {
  readonly values: number;
  /** Whether the page is of version 2, where the levels stand without their length, before what is compressed. */
  readonly second: boolean;
  /** Bytes of the levels in version 2. */
  readonly levels: number;
  /** Missing values, in version 2. */
  readonly nulls: number;
  /** Whether there are levels: whether values may be missing. */
  readonly optional: boolean;
  readonly encoding: number;
  readonly isBoolean: boolean;
}

/** Encodings of parquet.thrift whose values are run lengths. */
const [PLAIN_DICTIONARY, RLE, RLE_DICTIONARY] = [2, 3, 8];

/**
 * Throws `RangeError` where a run of the levels or of the values of a data page is longer than the page: a decoder
 * would write all of it. Of a page of version 2 that is compressed, `bytes` are its levels alone, or its values alone.
 */
export function checkRuns(bytes: Uint8Array, page: RunsOf, what: "levels" | "values" | "all"): void {
  const { second, optional, values, levels, encoding, isBoolean } = page;
  let at = 0;
  if (second && what !== "values") {
    if (optional) walk(bytes.subarray(0, levels), 1, values);
    at = levels;
  } else if (!second && what !== "levels" && optional) at = walkCounted(bytes, 0, values);
  if (what === "levels") return;
  if (isBoolean && encoding === RLE) walkCounted(bytes, at, values);
  else if (encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY || encoding === RLE) {
    const width = bytes[at] ?? 0;
    if (width > 32) throw new RangeError(`indices of ${width} bits`);
    if (width > 0) walk(bytes.subarray(at + 1), width, values);
  }
}

/** Runs behind their length in bytes. The place behind them. */
function walkCounted(bytes: Uint8Array, at: number, values: number): number {
  if (at + 4 > bytes.length) throw new RangeError("no run lengths");
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
  walk(bytes.subarray(at + 4, at + 4 + length), 1, values);
  return at + 4 + length;
}

/** Goes from run to run (Encodings.md, "Run Length Encoding / Bit-Packing Hybrid"), until they stand for all values. */
function walk(bytes: Uint8Array, width: number, values: number): void {
  const reader = { bytes, at: 0 };
  for (let seen = 0; seen < values && reader.at < bytes.length; ) {
    const header = varint(reader);
    const packed = header % 2 === 1;
    const count = packed ? 8 * Math.floor(header / 2) : header / 2;
    if (count > values + (packed ? 8 * bytes.length : 0))
      throw new RangeError(`a run of ${count} among ${values} values`);
    reader.at += packed ? (count / 8) * width : Math.ceil(width / 8);
    seen += count;
  }
}
