import { DataError } from "../../tensor/errors.ts";
import type { Table } from "../files/table.ts";

/** Who writes a table in parts numbers them: part-00000-…, part.0, train-00000-of-00002. */
const numbered =
  /^(?:part[-_.]?\d+.*|(?<stem>.+?)[-_.](?:part[-_.]?\d+|\d+[-_.]of[-_.]\d+).*)\.(?<ending>parquet|csv|csv\.gz)$/i;

/** What stands beside the parts, and says that all files of the folder are parts. */
export const marks = /^_(SUCCESS|metadata|common_metadata)$/;

const validationNames = ["validation", "val", "valid", "test"];

/**
 * The files of a folder that are one table in parts, in their order; two tables where the parts of one are called train
 * and those of another validation, val, valid or test. Null where there is no table in parts, or another file beside
 * it that could be one.
 */
export function tableParts(folder: string, files: readonly string[]): readonly (readonly string[])[] | null {
  const tables = files.filter((name) => /\.(parquet|csv|csv\.gz)$/i.test(name));
  const all = files.some((name) => marks.test(name));
  const found = tables.map(
    (name) => ({ name, ...numbered.exec(name)?.groups }) as { name: string; stem?: string; ending?: string },
  );
  const isPart = found.map(({ ending }) => all || ending !== undefined);
  const endings = new Set(tables.map((name) => name.replace(/^.*?(parquet|csv)(\.gz)?$/i, "$1").toLowerCase()));
  if (tables.length === 0 || !isPart.every(Boolean) || endings.size !== 1 || (tables.length === 1 && !all)) return null;
  const named = Map.groupBy(found, ({ stem }) => stem?.toLowerCase() ?? "");
  const paths = (stem: string) => named.get(stem)!.map(({ name }) => `${folder}/${name}`);
  const second = validationNames.find((name) => named.has(name));
  if (named.size === 1) return [paths([...named.keys()][0]!)];
  return named.size === 2 && named.has("train") && second !== undefined ? [paths("train"), paths(second)] : null;
}

/** Tables of the same columns as one, the rows of the first before those of the next. Throws `DataError` for others. */
export function joinTables(parts: readonly Table[], file: string): Table {
  const [first, ...others] = parts as [Table, ...Table[]];
  for (const { columns, file: other } of others) {
    const [own, wanted] = [new Set(columns), new Set(first.columns)];
    const lacking = first.columns.find((name) => !own.has(name));
    const more = columns.find((name) => !wanted.has(name));
    if (lacking !== undefined || more !== undefined)
      throw new DataError(
        `${other}: expected the columns of ${first.file}, got ${lacking === undefined ? `"${more}" too` : `no "${lacking}"`}; ` +
          "put what is no part of that table elsewhere",
      );
  }
  return {
    file,
    columns: first.columns,
    numbersAsText: first.numbersAsText,
    indexColumns: first.indexColumns,
    async *scan(wanted) {
      for (const part of parts) yield* part.scan(wanted);
    },
  };
}
