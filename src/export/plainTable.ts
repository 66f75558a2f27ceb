import { parquetWriteBuffer } from "hyparquet-writer";
import { csvText } from "./csvText.ts";

/** A table of texts and numbers, with a name for its file. */
export interface PlainTable {
  readonly name: string;
  readonly columns: readonly PlainColumn[];
}

/** What a row lacks is null. */
export type PlainColumn =
  | { readonly name: string; readonly kind: "text"; readonly values: readonly (string | null)[] }
  | { readonly name: string; readonly kind: "number"; readonly values: readonly (number | null)[] };

/** As RFC 4180 with a header; what is missing is an empty cell. Texts are no formulas: see `csvText`. */
export function plainCsv({ columns }: PlainTable): string {
  const rows = Array.from({ length: columns[0]?.values.length ?? 0 }, (_, i) =>
    columns.map(({ values }) => cell(values[i] ?? null)).join(","),
  );
  return [columns.map(({ name }) => csvText(name)).join(","), ...rows, ""].join("\r\n");
}

function cell(value: string | number | null): string {
  if (value === null) return "";
  return typeof value === "number" ? String(value) : csvText(value);
}

/** As an Apache Parquet file: texts, and doubles. */
export function plainParquet({ columns }: PlainTable): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(({ name, kind, values }) => ({
        name,
        data: [...values],
        type: kind === "text" ? ("STRING" as const) : ("DOUBLE" as const),
        nullable: true,
      })),
    }),
  );
}
