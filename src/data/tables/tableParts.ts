import { DataError } from "../../tensor/errors.ts";
import type { Table } from "../files/table.ts";
import type { DataNote } from "../notes.ts";

/** Who writes a table in parts numbers them: part-00000-…, part.0, train-00000-of-00002. */
const numbered =
  /^(?:part[-_.]?\d+.*|(?<stem>.+?)[-_.](?:part[-_.]?\d+|\d+[-_.]of[-_.]\d+).*)\.(?<ending>parquet|csv|csv\.gz)$/i;

/** What stands beside the parts, and says that all files of the folder are parts. */
export const marks = /^_(SUCCESS|metadata|common_metadata)$/;

const validationNames = ["validation", "val", "valid", "test"];

/** A part that says how many there are: train-00000-of-00002. */
const counted = /^(?<before>.*?[-_.]?)(?<number>\d+)(?<of>[-_.]of[-_.](?<parts>\d+))(?<after>.*)$/i;
/** One that only says which it is: part-00000-…, flowers_part_1. */
const unbounded = /^(?<before>(?:.*?[-_.])?part[-_.]?)(?<number>\d+)(?<after>.*)$/i;

/**
 * The files of a folder that are one table in parts, in their order; two tables where the parts of one are called train
 * and those of another validation, val, valid or test, the first of these that is there. Null where there is no table
 * in parts, or another file beside it that could be one. A single file is a part where it says of how many.
 */
export function tableParts(folder: string, files: readonly string[]): readonly (readonly string[])[] | null {
  const tables = files.filter((name) => /\.(parquet|csv|csv\.gz)$/i.test(name));
  const all = files.some((name) => marks.test(name));
  const found = tables.map(
    (name) => ({ name, ...numbered.exec(name)?.groups }) as { name: string; stem?: string; ending?: string },
  );
  const isPart = found.map(({ ending }) => all || ending !== undefined);
  const endings = new Set(tables.map((name) => name.replace(/^.*?(parquet|csv)(\.gz)?$/i, "$1").toLowerCase()));
  if (tables.length === 0 || !isPart.every(Boolean) || endings.size !== 1) return null;
  if (tables.length === 1 && !all && !counted.test(tables[0]!)) return null;
  const named = Map.groupBy(found, ({ stem }) => stem?.toLowerCase() ?? "");
  const paths = (stem: string) => named.get(stem)!.map(({ name }) => `${folder}/${name}`);
  const second = validationNames.find((name) => named.has(name));
  if (named.size === 1) return [paths([...named.keys()][0]!)];
  const isSplit = [...named.keys()].every((stem) => stem === "train" || validationNames.includes(stem));
  return isSplit && named.has("train") && second !== undefined ? [paths("train"), paths(second)] : null;
}

/** Names of missing parts that a note shows. */
const MOST_NAMED = 5;

interface Series {
  readonly pattern: Record<string, string>;
  readonly parts: number | null;
  readonly files: Map<number, string>;
}

/**
 * A note where the numbers of parts say that others are missing: of those that say how many there are, and between the
 * numbers of others. Throws `DataError` where parts of two tables are mixed, or one is there twice.
 */
export function missingParts(paths: readonly string[]): DataNote[] {
  return seriesOf(paths).flatMap(({ pattern, parts, files }) => {
    const {
      before,
      number,
      of = "",
      after,
    } = pattern as Record<"before" | "number" | "after", string> & { of?: string };
    const numbers = [...files.keys()];
    const most = numbers.reduce((a, b) => Math.max(a, b), 0);
    const first = parts === null ? Math.min(1, ...numbers) : most === parts ? 1 : 0;
    const last = parts === null ? most : first + parts - 1;
    const names: string[] = [];
    for (let n = first; n <= last && names.length < MOST_NAMED; n++)
      if (!files.has(n)) names.push(`${before}${String(n).padStart(number.length, "0")}${of}${after}`);
    const missing = last - first + 1 - files.size;
    if (missing <= 0) return [];
    return [{ kind: "missingParts", names, more: missing - names.length, there: files.size, of: parts }];
  });
}

/** Files whose names differ by their number alone; what follows a number without a bound is another each time. */
function seriesOf(paths: readonly string[]): Series[] {
  const found = new Map<string, Series>();
  for (const path of paths) {
    const [, folder = "", name = path] = /^(.*[/\\])?([^/\\]+)$/.exec(path) ?? [];
    const bound = counted.exec(name)?.groups;
    const pattern = bound ?? unbounded.exec(name)?.groups;
    if (pattern === undefined) continue;
    const parts = bound ? Number(bound.parts) : null;
    const key = `${folder}${pattern.before}`;
    const series = found.get(key) ?? { pattern: { ...pattern }, parts, files: new Map<number, string>() };
    found.set(key, series);
    const known = series.files.get(Number(pattern.number));
    if (series.parts !== parts || (known !== undefined && parts !== null))
      throw new DataError(
        `${path}: expected the parts of one table, each once, got ${baseOf(known ?? [...series.files.values()][0]!)} too; move one of them elsewhere`,
      );
    series.files.set(Number(pattern.number), path);
  }
  return [...found.values()];
}

function baseOf(path: string): string {
  return path.replace(/^.*[/\\]/, "");
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
