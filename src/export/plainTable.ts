import { parquetWriteBuffer } from "hyparquet-writer";
import { csvText } from "./csvText.ts";

/** A table with a name for its file. */
export interface PlainTable {
  readonly name: string;
  readonly columns: readonly PlainColumn[];
}

/** What a row lacks is null. */
export type PlainColumn =
  | { readonly name: string; readonly kind: "text"; readonly values: readonly (string | null)[] }
  | { readonly name: string; readonly kind: "boolean"; readonly values: readonly (boolean | null)[] }
  | { readonly name: string; readonly kind: "integer" | "number"; readonly values: readonly (number | null)[] };

/**
 * As RFC 4180 with a header; what is missing is an empty cell, and what holds or does not is true or false. Texts are
 * no formulas: see `csvText`.
 */
export function plainCsv({ columns }: PlainTable): string {
  const rows = Array.from({ length: columns[0]?.values.length ?? 0 }, (_, i) =>
    columns.map(({ values }) => cell(values[i] ?? null)).join(","),
  );
  return [columns.map(({ name }) => csvText(name)).join(","), ...rows, ""].join("\r\n");
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return "";
  return typeof value === "string" ? csvText(value) : String(value);
}

const types = { text: "STRING", boolean: "BOOLEAN", integer: "INT64", number: "DOUBLE" } as const;

/** As an Apache Parquet file: texts, booleans, integers of 64 bits, and doubles; what is missing is null. */
export function plainParquet({ columns }: PlainTable): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(({ name, kind, values }) => ({
        name,
        data: values.map((value) => (kind === "integer" && value !== null ? BigInt(value as number) : value)),
        type: types[kind],
        nullable: true,
      })),
    }),
  );
}
