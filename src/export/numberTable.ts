import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { csvText } from "./csvText.ts";

/** Columns of numbers by name, of the same length; NaN where a row has none. */
export type NumberColumns = Readonly<Record<string, readonly number[]>>;

/** RFC 4180 with a header; numbers are the shortest text that gives the same float64 again, and NaN an empty cell. */
export function numbersCsv(columns: NumberColumns): string {
  const names = Object.keys(columns);
  const length = columns[names[0]!]?.length ?? 0;
  const rows = Array.from({ length }, (_, i) => {
    return names.map((name) => (Number.isNaN(columns[name]![i]!) ? "" : String(columns[name]![i]!))).join(",");
  });
  return [names.map(csvText).join(","), ...rows, ""].join("\r\n");
}

/** The same as an Apache Parquet file of doubles, null for NaN. */
export function numbersParquet(columns: NumberColumns): Uint8Array {
  const columnData = Object.entries(columns).map(([name, values]): ColumnSource => {
    return { name, data: values.map((value) => (Number.isNaN(value) ? null : value)), type: "DOUBLE", nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
