import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../tensor/errors.ts";
import { checkPages } from "./parquetPages.ts";
import { openRandomAccess, type RandomAccess } from "./randomAccess.ts";
import { type Cell, checkNames, type Table, type TableBlock } from "./table.ts";

export const parquetEnding = /\.parquet$/i;

/**
 * A Parquet file, read by row groups: memory holds the asked-for columns of one group. Lists and structures are no
 * cells; dates are texts. Throws `DataError`, naming the file, for a damaged one.
 */
export async function openParquet(file: string): Promise<Table> {
  const access = openRandomAccess(file);
  const metadata = await decode(file, () => parquetMetadataAsync(buffer(access)));
  const groups = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
  const { columns, nested } = await decode(file, async () => {
    const { children } = parquetSchema(metadata);
    return {
      columns: children.map(({ element }) => element.name),
      nested: new Set(children.filter((child) => child.children.length > 0).map(({ element }) => element.name)),
    };
  });
  checkNames(columns, file);
  return {
    file,
    columns,
    numbersAsText: false,
    async *scan(wanted) {
      const bad = wanted.find((name) => nested.has(name));
      if (bad !== undefined)
        throw new DataError(
          `${file}: expected numbers or texts in the column "${bad}", got lists or structures; leave it out with --features`,
        );
      let rowStart = 0;
      for (const [group, size] of groups.entries()) {
        for (const name of wanted) checkPages(access, metadata, group, name);
        yield await readGroup(access, metadata, wanted, rowStart, size);
        rowStart += size;
      }
    },
  };
}

async function readGroup(
  access: RandomAccess,
  metadata: FileMetaData,
  wanted: readonly string[],
  rowStart: number,
  size: number,
): Promise<TableBlock> {
  const place = (i: number) => `${access.path}: row ${rowStart + i + 1}`;
  const cells: Cell[][] = [];
  // One column after the other: a group decoded as rows would take several times the memory.
  for (const name of wanted) {
    const column: Cell[] = [];
    const onComplete = (rows: unknown[][]) => {
      for (const [i, [value]] of rows.entries()) column.push(cellOf(value, name, () => place(i)));
    };
    const range = { rowStart, rowEnd: rowStart + size, columns: [name] };
    await decode(access.path, () =>
      parquetRead({ file: buffer(access), metadata, compressors, rowFormat: "array", onComplete, ...range }),
    );
    if (column.length !== size)
      throw damaged(access.path, `${column.length} values of "${name}" in a group of ${size} rows`);
    cells.push(column);
  }
  return { size, cells, place };
}

function cellOf(value: unknown, name: string, place: () => string): Cell {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw new DataError(
    `${place()}: expected a number or a text in "${name}", got something else; leave it out with --features`,
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
