import { listFolder } from "../files/files.ts";
import type { Cell, Table } from "../files/table.ts";

/** What Hive, Spark and pyarrow call the folder of rows without a value. */
const NO_VALUE = "__HIVE_DEFAULT_PARTITION__";

const folderName = /^([^=]+)=(.*)$/;

/**
 * The tables in folders that are named after the value of a column, as Hive, Spark, Dask and pyarrow divide one table:
 * `year=2024/month=1/part-0.parquet`. Null where the folders are others, or hold no such tables alone.
 */
export async function tablesByFolders(
  folder: string,
  { folders, files }: { readonly folders: readonly string[]; readonly files: readonly string[] },
  isTable: (file: string) => boolean,
): Promise<string[] | null> {
  const keys = new Set(folders.map((name) => folderName.exec(name)?.[1]));
  if (keys.size !== 1 || keys.has(undefined) || files.some(isTable)) return null;
  const found: string[] = [];
  for (const name of folders) {
    const path = `${folder}/${name}`;
    const inside = (await listFolder(path)) ?? { files: [], folders: [] };
    const deeper = inside.folders.length > 0 ? await tablesByFolders(path, inside, isTable) : [];
    if (deeper === null) return null;
    found.push(...inside.files.filter(isTable).map((file) => `${path}/${file}`), ...deeper);
  }
  return found.length > 0 ? found : null;
}

/** The columns that the folders between `root` and a file stand for. */
export function folderColumns(root: string, file: string): ReadonlyMap<string, string | null> {
  const folders = file.slice(root.length).split(/[/\\]/).slice(0, -1);
  return new Map(
    folders.flatMap((name) => {
      const [, column, value] = folderName.exec(name) ?? [];
      return column === undefined ? [] : [[decoded(column), value === NO_VALUE ? null : decoded(value!)] as const];
    }),
  );
}

/** Spark writes what no file system takes as %3A. */
function decoded(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
}

/** Whether the folders' values of a column are numbers, as pyarrow and Spark have it: all are whole ones. */
export function numericColumns(values: readonly ReadonlyMap<string, string | null>[]): ReadonlySet<string> {
  const names = new Set(values.flatMap((one) => [...one.keys()]));
  const isNumeric = (name: string) =>
    values.every((one) => (one.get(name) ?? null) === null || /^-?\d{1,15}$/.test(one.get(name)!));
  return new Set([...names].filter(isNumeric));
}

/** The table with the columns of its folders behind its own; one that the file has too is the file's. */
export function withFolderColumns(
  table: Table,
  values: ReadonlyMap<string, string | null>,
  numeric: ReadonlySet<string>,
): Table {
  const added = new Map<string, Cell>();
  for (const [name, value] of values)
    if (!table.columns.includes(name)) added.set(name, value !== null && numeric.has(name) ? Number(value) : value);
  return {
    ...table,
    columns: [...table.columns, ...added.keys()],
    async *scan(wanted) {
      const own = wanted.filter((name) => !added.has(name));
      // A table of nothing would have no rows.
      for await (const block of table.scan(own.length > 0 ? own : [table.columns[0]!])) {
        const fixed = (name: string) => Array<Cell>(block.size).fill(added.get(name)!);
        const cells = wanted.map((name) => (added.has(name) ? fixed(name) : block.cells[own.indexOf(name)]!));
        yield { ...block, cells };
      }
    },
  };
}
