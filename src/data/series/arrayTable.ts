import { DataError } from "../../tensor/errors.ts";
import type { Rows } from "../files/rows.ts";
import type { Cell, Table } from "../files/table.ts";
import type { NamedArrays } from "../tables/arrayRoles.ts";

/** Rows that are given at a time. */
const BLOCK = 1024;
/** Cells that are given at a time, but for a single row. */
const CELLS = 2 ** 20;

/**
 * Arrays [T] and [T, C] of one length as a table of T rows: `y` is the column y, and `x` [T, 3] the columns x[0], x[1]
 * and x[2]; NaN is a missing cell. Throws `DataError` for arrays with more axes or of another length.
 */
export function arrayTable({ file, arrays }: NamedArrays): Table {
  const [length = 0] = [...arrays.values()][0]?.shape ?? [];
  const columns = new Map<string, { rows: Rows; at: number }>();
  for (const [name, rows] of arrays) {
    if (rows.shape.length > 2 || rows.shape[0] !== length)
      throw new DataError(
        `${file}: expected arrays [T] or [T, quantities] of ${length} readings, got "${name}" of [${rows.shape.join(", ")}]; save it so`,
      );
    const [, width] = rows.shape;
    if (width === undefined) columns.set(name, { rows, at: 0 });
    else for (let at = 0; at < width; at++) columns.set(`${name}[${at}]`, { rows, at });
  }
  return {
    file,
    columns: [...columns.keys()],
    numbersAsText: false,
    async *scan(wanted) {
      const most = Math.max(1, Math.min(BLOCK, Math.floor(CELLS / wanted.length)));
      for (let start = 0; start < length; start += most) {
        const size = Math.min(most, length - start);
        const cells = wanted.map((name) => {
          const { rows, at } = columns.get(name)!;
          return Array.from({ length: size }, (_, i) => cellOf(rows.at(start + i)[at]!));
        });
        yield { size, cells, place: (i) => `${file}: row ${start + i + 1}` };
      }
    },
  };
}

function cellOf(value: number | bigint): Cell {
  if (typeof value === "bigint" && !Number.isSafeInteger(Number(value))) return value;
  return Number.isNaN(value) ? null : Number(value);
}
