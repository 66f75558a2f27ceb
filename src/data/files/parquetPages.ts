import type { ColumnMetaData, FileMetaData } from "hyparquet";
import { DataError } from "../../tensor/errors.ts";
import { crc32 } from "./compression.ts";
import { checkMissing, sharedTextBytes } from "./parquetDeltas.ts";
import { checkRuns, type RunsOf } from "./parquetRuns.ts";
import type { RandomAccess } from "./randomAccess.ts";
import { readStruct, type Struct } from "./thrift.ts";

/** A page's header is shorter unless it holds long statistics. */
const HEADER = 2 ** 16;

/** A page, as far as its decoder must be told: what is compressed of it, and what that holds. */
export interface Page extends RunsOf {
  /** Bytes of the header, of the page behind it, and of what that unpacks to. */
  readonly header: number;
  readonly bytes: number;
  readonly unpacked: number;
  readonly isData: boolean;
  readonly isCompressed: boolean;
  readonly crc: number | undefined;
}

/** Is told of the bytes that values take beyond those of their page. Throws `DataError` where they are too many. */
export type Room = (bytes: number) => void;

/** The chunk of a column without lists in a row group, and whether it has missing values. */
export interface Chunk {
  readonly name: string;
  readonly meta: ColumnMetaData;
  readonly rows: number;
  readonly optional: boolean;
}

type ColumnChunk = FileMetaData["row_groups"][number]["columns"][number];

/** The chunks of a row group by the names of their columns, those of lists and structures left out. */
export function columnChunks({ row_groups }: FileMetaData, group: number): Map<string, ColumnChunk> {
  const found = new Map<string, ColumnChunk>();
  for (const column of row_groups[group]!.columns)
    if (column.meta_data?.path_in_schema.length === 1) found.set(column.meta_data.path_in_schema[0]!, column);
  return found;
}

/** Where the pages of a chunk lie. Throws `DataError` where that is not in the file. */
export function byteRangeOf(access: RandomAccess, { name, meta }: Pick<Chunk, "name" | "meta">) {
  // Some writers give 0 where there is no dictionary.
  const start = Number(meta.dictionary_page_offset ? meta.dictionary_page_offset : meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 4 && end > start && end <= access.size))
    throw damaged(access, `pages of "${name}" from byte ${start} to ${end} of ${access.size}`);
  return { start, end };
}

/**
 * The pages of a column chunk. Throws `DataError` where they do not follow one another to its end, are not those of
 * their check sums (if they have any), hold more values than the chunk has rows, or repeat one more often: a decoder
 * that trusts damaged headers may take no end of memory, or never come to an end. `take` is told of texts that are
 * shared in pages that are not compressed.
 */
export function checkPages(access: RandomAccess, chunk: Chunk, take: Room): Page[] {
  const { name, meta, rows } = chunk;
  const values = Number(meta.num_values);
  if (rows !== values) throw damaged(access, `${values} values of "${name}" in a row group of ${rows} rows`);
  const { start, end } = byteRangeOf(access, chunk);
  const unpacked = Number(meta.total_uncompressed_size);
  const pages: Page[] = [];
  let [position, counted] = [start, 0];
  while (position < end) {
    const header = new Uint8Array(Math.min(HEADER, end - position));
    access.read(header, position);
    const page = pageOf(header, access, chunk);
    const fits = page.bytes >= 0 && page.unpacked >= 0 && page.unpacked <= unpacked;
    if (!fits || page.values < 0 || position + page.header + page.bytes > end)
      throw damaged(access, `a page of "${name}" of ${page.bytes} bytes and ${page.values} values at byte ${position}`);
    if (page.isData) counted += page.values;
    else if (page.values > page.unpacked)
      throw damaged(access, `a dictionary of ${page.values} values in ${page.unpacked} bytes`);
    if (counted > values) throw damaged(access, `more than ${values} values of "${name}"`);
    checkContents(access, page, { position: position + page.header, name, take });
    pages.push(page);
    position += page.header + page.bytes;
  }
  if (position !== end || counted !== values)
    throw damaged(access, `${counted} values of "${name}" up to byte ${position} instead of ${values} up to ${end}`);
  return pages;
}

/** What can be seen of a page that may be compressed. */
function checkContents(
  access: RandomAccess,
  page: Page,
  { position, name, take }: { readonly position: number; readonly name: string; readonly take: Room },
): void {
  const levels = page.isData ? page.levels : 0;
  if (page.crc === undefined && page.isCompressed && levels === 0) return;
  const bytes = new Uint8Array(page.bytes);
  access.read(bytes, position);
  if (page.crc !== undefined && crc32(bytes) !== page.crc >>> 0)
    throw damaged(access, `a page of "${name}" of another CRC-32 at byte ${position}`);
  if (!page.isData) return;
  try {
    checkRuns(bytes, page, page.isCompressed ? "levels" : "all");
    checkMissing(bytes, page);
    if (!page.isCompressed) take(sharedTextBytes(page.second ? bytes.subarray(page.levels) : bytes, page));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw damaged(access, `a page of "${name}" at byte ${position} with ${(error as Error).message}`);
  }
}

/**
 * PageHeader of parquet.thrift: 1 type, 2 and 3 sizes, 4 the check sum, 5, 7 and 8 what is in a data page, a
 * dictionary, a data page of version 2.
 */
function pageOf(bytes: Uint8Array, access: RandomAccess, { meta, optional }: Chunk): Page {
  const reader = { bytes, at: 0 };
  let fields: Struct;
  try {
    fields = readStruct(reader);
  } catch {
    throw damaged(access, "a page header that is none");
  }
  const number = (value: unknown) => (typeof value === "number" ? value : -1);
  const type = number(fields.get(1));
  const found = fields.get({ 0: 5, 2: 7, 3: 8 }[type] ?? -1);
  const inside: Struct = found instanceof Map ? found : new Map();
  const [values, second] = [number(inside.get(1)), type === 3];
  // In version 2 the levels are not compressed, and their lengths say where they end; there are none of lists here.
  const levels = second ? number(inside.get(5)) : 0;
  const nulls = second ? number(inside.get(2)) : 0;
  const size = number(fields.get(3));
  const sound =
    levels >= 0 && levels <= size && nulls >= 0 && nulls <= values && !(second && number(inside.get(6)) !== 0);
  const crc = fields.get(4);
  return {
    header: reader.at,
    bytes: sound ? size : -1,
    unpacked: number(fields.get(2)),
    values,
    isData: type !== 2,
    isCompressed: meta.codec !== "UNCOMPRESSED" && inside.get(7) !== false,
    crc: typeof crc === "number" ? crc : undefined,
    second,
    levels,
    nulls,
    optional,
    encoding: number(inside.get(second ? 4 : 2)),
    isBoolean: meta.type === "BOOLEAN",
  };
}

function damaged({ path }: RandomAccess, got: string): DataError {
  return new DataError(`${path}: expected a Parquet file, got: ${got}; write the file again`);
}
