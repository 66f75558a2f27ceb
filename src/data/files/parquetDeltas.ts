import type { DataReader } from "hyparquet";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import type { RunsOf } from "./parquetRuns.ts";

/** Of parquet.thrift: texts without what they share with the text before. */
const DELTA_BYTE_ARRAY = 7;

/**
 * Bytes of the texts of a data page that are written as the length of what they share with the text before them, and
 * the rest: a small page may stand for no end of them. 0 for other encodings, whose texts stand in the page. `bytes`
 * are those of the whole page, or of its values alone in version 2. Throws `RangeError` where there are no such
 * lengths.
 */
export function sharedTextBytes(bytes: Uint8Array, page: RunsOf): number {
  if (page.encoding !== DELTA_BYTE_ARRAY) return 0;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const count = page.values - (page.second ? page.nulls : missing(reader, page));
  if (count < 0) throw new RangeError(`${page.nulls} missing among ${page.values} values`);
  return count === 0 ? 0 : lengths(reader, count) + lengths(reader, count);
}

function missing(reader: DataReader, { optional, values }: RunsOf): number {
  if (!optional) return 0;
  const levels = new Uint8Array(values);
  readRleBitPackedHybrid(reader, 1, levels as never);
  return levels.reduce((sum, level) => sum + Number(level !== 1), 0);
}

/**
 * Throws `RangeError` where a page of version 2 tells of another number of missing values than its levels, the first of
 * `bytes`.
 */
export function checkMissing(bytes: Uint8Array, page: RunsOf): void {
  if (!page.second || !page.optional || page.levels === 0) return;
  const levels = new Uint8Array(page.values);
  const view = new DataView(bytes.buffer, bytes.byteOffset, page.levels);
  readRleBitPackedHybrid({ view, offset: 0 }, 1, levels as never, page.levels);
  const found = levels.reduce((sum, level) => sum + Number(level !== 1), 0);
  if (found !== page.nulls) throw new RangeError(`${found} missing values and ${page.nulls} told of`);
}

/** The sum of lengths that the library will read, by the library's own reading of them. */
function lengths(reader: DataReader, count: number): number {
  const found = new Int32Array(count);
  deltaBinaryUnpack(reader, count, found);
  if (found.some((length) => length < 0)) throw new RangeError("texts of a negative length");
  return found.reduce((sum, length) => sum + length, 0);
}
