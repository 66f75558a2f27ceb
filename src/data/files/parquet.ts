import {
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type RowGroup,
  type SchemaElement,
} from "hyparquet";
import { DataError, option } from "../../tensor/errors.ts";
import { defaultMemory } from "../openOptions.ts";
import { tooLarge } from "./compression.ts";
import { decompressors } from "./parquetCodecs.ts";
import { byteRangeOf, type Chunk, checkPages, columnChunks, type Room } from "./parquetPages.ts";
import { openRandomAccess, type RandomAccess } from "./randomAccess.ts";
import { type Cell, checkNames, type Table, type TableBlock } from "./table.ts";
import { countThrift } from "./thrift.ts";

/** What an element of the footer takes when it is read, in bytes, and what a row takes wherever it is kept. */
const ELEMENT = 64;
const ROW = 8;

/**
 * A Parquet file, read by row groups: memory holds the asked-for columns of one group. Lists and structures are no
 * cells; dates are texts. Throws `DataError`, naming the file, for a damaged one, and for one that declares more than
 * fits into `memory` bytes: a footer, rows, or a group of them.
 */
export async function openParquet(file: string, memory: number = defaultMemory): Promise<Table> {
  const access = openRandomAccess(file);
  checkFooter(access, memory);
  const metadata = await decode(file, () => parquetMetadataAsync(buffer(access), { geoparquet: false }));
  const groups = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
  const rows = groups.reduce((sum, size) => sum + size, 0);
  if (rows !== Number(metadata.num_rows) || groups.some((size) => !(size >= 0)))
    throw damaged(file, `${metadata.num_rows} rows in groups of ${rows}`);
  if (rows * ROW > memory) throw tooLarge(`${file} (${rows} rows)`, memory, rows * ROW);
  const children = await decode(file, async () => parquetSchema(metadata).children);
  const elements = new Map(children.map((child) => [child.element.name, child.element]));
  const nested = new Set(
    children
      .filter((child) => child.children.length > 0 || child.element.repetition_type === "REPEATED")
      .map(({ element }) => element.name),
  );
  // The library gives what the file has for a name, whatever it is.
  const named: unknown = children.find(({ element }) => typeof element.name !== "string")?.element.name;
  if (named !== undefined) throw damaged(file, `a column called ${String(named)}`);
  const columns = checkNames([...children.map(({ element }) => element.name)], file);
  return {
    file,
    columns,
    numbersAsText: false,
    indexColumns: indexOf(metadata),
    async *scan(wanted) {
      const bad = wanted.filter((name) => nested.has(name));
      if (bad.length > 0)
        throw new DataError(
          `${file}: expected numbers or texts in ${bad.length > 1 ? "the columns" : "the column"} "${bad.join('", "')}", ` +
            `got lists or structures; leave ${bad.length > 1 ? "them" : "it"} out with ${option("drop")}`,
        );
      checkPlaces(access, metadata, wanted);
      let rowStart = 0;
      for (const [group, size] of groups.entries()) {
        const parts = partsOf(access, metadata, group, wanted, elements);
        checkSize(access, parts, size, memory);
        yield await readGroup(access, metadata, parts, { rowStart, size, memory });
        rowStart += size;
      }
    },
  };
}

/** The columns that pandas says to have been the index of a data frame; what it wrote otherwise says nothing. */
function indexOf({ key_value_metadata: pairs = [] }: FileMetaData): string[] {
  const text = pairs.find(({ key }) => key === "pandas")?.value;
  try {
    const { index_columns: columns } = JSON.parse(text ?? "{}");
    return Array.isArray(columns) ? columns.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

/** A column of a row group: its chunk, and how the file's metadata describe it. */
interface Part extends Chunk {
  readonly column: RowGroup["columns"][number];
  readonly element: SchemaElement;
}

/** Throws `DataError` where the footer is none, or would take more memory than it may when it is read. */
function checkFooter(access: RandomAccess, memory: number): void {
  const tail = new DataView(buffer(access).slice(-8));
  const length = tail.getUint32(0, true);
  if (tail.getUint32(4, true) !== 0x31524150) throw damaged(access.path, "another end than PAR1");
  const start = access.size - 8 - length;
  if (start < 4) throw damaged(access.path, `a footer of ${length} bytes in ${access.size}`);
  if (length * 2 > memory) throw tooLarge(access.path, memory, length * 2);
  let count = 0;
  try {
    count = countThrift(new Uint8Array(buffer(access).slice(start, start + length)));
  } catch {
    throw damaged(access.path, "a footer that is none");
  }
  if (count * ELEMENT > memory) throw tooLarge(access.path, memory, count * ELEMENT);
}

/** Throws `DataError` where chunks of the wanted columns share bytes: a small file could hold no end of rows. */
function checkPlaces(access: RandomAccess, metadata: FileMetaData, wanted: readonly string[]): void {
  const names = new Set(wanted);
  const places = metadata.row_groups.flatMap((_, group) =>
    [...columnChunks(metadata, group)]
      .filter(([name]) => names.has(name))
      .map(([name, { meta_data }]) => byteRangeOf(access, { name, meta: meta_data! })),
  );
  places.sort((a, b) => a.start - b.start);
  const shared = places.findIndex(({ start }, i) => i > 0 && start < places[i - 1]!.end);
  if (shared >= 0) throw damaged(access.path, `columns that share the bytes from ${places[shared]!.start} on`);
}

function partsOf(
  access: RandomAccess,
  metadata: FileMetaData,
  group: number,
  wanted: readonly string[],
  elements: ReadonlyMap<string, SchemaElement>,
): Part[] {
  const rows = Number(metadata.row_groups[group]!.num_rows);
  const columns = columnChunks(metadata, group);
  return wanted.map((name) => {
    const column = columns.get(name);
    if (column === undefined) throw damaged(access.path, `no pages of "${name}" in row group ${group}`);
    const element = elements.get(name)!;
    if (column.meta_data!.type !== element.type)
      throw damaged(access.path, `"${name}" as ${element.type} and in row group ${group} as ${column.meta_data!.type}`);
    return { name, meta: column.meta_data!, column, element, rows, optional: element.repetition_type !== "REQUIRED" };
  });
}

/**
 * Throws `DataError` where the cells of a row group, or what a column of it unpacks to, are more than memory may hold.
 */
function checkSize({ path }: RandomAccess, parts: readonly Part[], rows: number, memory: number): void {
  const cells = rows * ROW * parts.length;
  const described = `${path} (a row group of ${rows} rows in ${parts.length} columns)`;
  if (cells > memory) throw tooLarge(described, memory, cells);
  for (const { name, meta } of parts) {
    const unpacked = Number(meta.total_uncompressed_size);
    if (unpacked > memory) throw tooLarge(`${path} ("${name}" in a row group)`, memory, unpacked, " unpacked");
  }
}

/** For the texts of a column that repeat what is before them. */
function roomFor({ path }: RandomAccess, { name }: Part, memory: number): Room {
  let all = 0;
  return (bytes) => {
    all += bytes;
    if (all > memory) throw tooLarge(`${path} ("${name}" in a row group)`, memory, all, " unpacked");
  };
}

async function readGroup(
  access: RandomAccess,
  metadata: FileMetaData,
  parts: readonly Part[],
  { rowStart, size, memory }: { readonly rowStart: number; readonly size: number; readonly memory: number },
): Promise<TableBlock> {
  const place = (i: number) => `${access.path}: row ${rowStart + i + 1}`;
  const cells: Cell[][] = [];
  // One column after the other: a group decoded as rows would take several times the memory.
  for (const part of parts) {
    const column: Cell[] = [];
    const take = roomFor(access, part, memory);
    const onComplete = (rows: unknown[][]) => {
      for (const [i, [value]] of rows.entries()) column.push(cellOf(value, part.name, () => place(i)));
    };
    await decode(access.path, () =>
      parquetRead({
        file: buffer(access),
        metadata: metadataOf(metadata, part, size),
        compressors: decompressors(checkPages(access, part, take), take),
        rowFormat: "array",
        onComplete,
      }),
    );
    if (column.length !== size)
      throw damaged(access.path, `${column.length} values of "${part.name}" in a group of ${size} rows`);
    cells.push(column);
  }
  return { size, cells, place };
}

/** As if the file held one group of one column: the library goes through all columns for each that it reads. */
function metadataOf(metadata: FileMetaData, { column, element }: Part, size: number): FileMetaData {
  const root = { ...metadata.schema[0]!, num_children: 1 };
  const group = { columns: [column], total_byte_size: 0n, num_rows: BigInt(size) };
  return { ...metadata, schema: [root, element], num_rows: BigInt(size), row_groups: [group] };
}

function cellOf(value: unknown, name: string, place: () => string): Cell {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (typeof value === "string" && value.includes("\ufffd"))
    throw new DataError(
      `${place()}: expected UTF-8 in "${name}", got ${JSON.stringify(value)}; write texts, or leave it out with ${option("drop")}`,
    );
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw new DataError(
    `${place()}: expected a number or a text in "${name}", got something else; leave it out with ${option("drop")}`,
  );
}

function buffer(access: RandomAccess) {
  return {
    byteLength: access.size,
    slice(start: number, end: number = access.size) {
      const from = start < 0 ? access.size + start : start;
      if (!(from >= 0 && end >= from && end <= access.size))
        throw damaged(access.path, `a reference to the bytes from ${from} to ${end} of ${access.size}`);
      const bytes = new Uint8Array(end - from);
      access.read(bytes, from);
      return bytes.buffer;
    },
  };
}

async function decode<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw damaged(file, error instanceof Error ? error.message : String(error));
  }
}

function damaged(file: string, got: string): DataError {
  return new DataError(`${file}: expected a Parquet file, got: ${got.split("\n", 1)[0]}; write the file again`);
}
