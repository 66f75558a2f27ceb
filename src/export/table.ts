import { parquetWriteBuffer } from "hyparquet-writer";
import type { MetricRecord } from "../store/schema.ts";
import { csvText } from "./csvText.ts";
import { numbersOf } from "./metricFields.ts";

/** Metrics as one table: a row for each record, a column for each number that any of them has. */
interface MetricTable {
  readonly kinds: readonly string[];
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  /** null where a record has no such number. */
  readonly columns: ReadonlyMap<string, readonly (number | null)[]>;
}

function tableOf(metrics: readonly MetricRecord[]): MetricTable {
  const rows = metrics.map((record) => new Map(numbersOf(record)));
  const names = new Set(rows.flatMap((row) => [...row.keys()]));
  return {
    kinds: metrics.map(({ kind }) => kind),
    steps: metrics.map(({ step }) => step),
    epochs: metrics.map(({ epoch }) => epoch),
    columns: new Map([...names].map((name) => [name, rows.map((row) => row.get(name) ?? null)])),
  };
}

/**
 * RFC 4180 with a header; what a record lacks is an empty cell. Numbers are the shortest text that gives the same float64 again; what is
 * not finite is NaN, Infinity or -Infinity. Texts are no formulas: see `csvText`.
 */
export function metricsCsv(metrics: readonly MetricRecord[]): string {
  const { kinds, steps, epochs, columns } = tableOf(metrics);
  const header = ["kind", "step", "epoch", ...columns.keys()].map(csvText).join(",");
  const lines = kinds.map((kind, i) => {
    const cells = Array.from(columns.values(), (column) => column[i] ?? "");
    return [csvText(kind), steps[i], epochs[i], ...cells].join(",");
  });
  return `${[header, ...lines].join("\r\n")}\r\n`;
}

/** The same table as an Apache Parquet file: `kind` text, `step` and `epoch` int64, the others double, null where a record lacks one. */
export function metricsParquet(metrics: readonly MetricRecord[]): Uint8Array {
  const { kinds, steps, epochs, columns } = tableOf(metrics);
  const data = [
    { name: "kind", data: [...kinds], type: "STRING" as const, nullable: false },
    { name: "step", data: steps.map(BigInt), type: "INT64" as const, nullable: false },
    { name: "epoch", data: epochs.map(BigInt), type: "INT64" as const, nullable: false },
    ...Array.from(columns, ([name, column]) => ({ name, data: [...column], type: "DOUBLE" as const, nullable: true })),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData: data }));
}
