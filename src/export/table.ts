import { parquetWriteBuffer } from "hyparquet-writer";
import type { MetricRecord } from "../store/schema.ts";
import { csvText } from "./csvText.ts";
import { numbersOf } from "./metricFields.ts";

/** Rows of CSV that are written at once. */
const ROWS = 4096;

/**
 * RFC 4180 with a header and a row for each record, in pieces; what a record lacks is an empty cell. Numbers are the shortest text that
 * gives the same float64 again; what is not finite is NaN, Infinity or -Infinity. Texts are no formulas: see `csvText`. `metrics` is read
 * twice, since the header needs every name.
 */
export function* metricsCsv(metrics: () => Iterable<MetricRecord>): Generator<Uint8Array> {
  const names = new Set<string>();
  for (const record of metrics()) for (const [name] of numbersOf(record)) names.add(name);
  const encoder = new TextEncoder();
  let lines = [["kind", "step", "epoch", ...names].map(csvText).join(",")];
  for (const record of metrics()) {
    if (lines.length === ROWS) {
      yield encoder.encode(`${lines.join("\r\n")}\r\n`);
      lines = [];
    }
    const row = new Map(numbersOf(record));
    const cells = Array.from(names, (name) => row.get(name) ?? "");
    lines.push([csvText(record.kind), record.step, record.epoch, ...cells].join(","));
  }
  yield encoder.encode(`${lines.join("\r\n")}\r\n`);
}

/**
 * The same table as an Apache Parquet file: `kind` text, `step` and `epoch` int64, the others double, null where a record lacks one. It is
 * made in memory, a column of numbers at a time.
 */
export function metricsParquet(metrics: Iterable<MetricRecord>): Uint8Array {
  const [kinds, steps, epochs]: [string[], bigint[], bigint[]] = [[], [], []];
  const columns = new Map<string, (number | null)[]>();
  for (const record of metrics) {
    for (const [name, value] of numbersOf(record)) {
      const column = columns.get(name) ?? [];
      columns.set(name, column);
      while (column.length < kinds.length) column.push(null);
      column.push(value);
    }
    kinds.push(record.kind);
    steps.push(BigInt(record.step));
    epochs.push(BigInt(record.epoch));
  }
  for (const column of columns.values()) while (column.length < kinds.length) column.push(null);
  const data = [
    { name: "kind", data: kinds, type: "STRING" as const, nullable: false },
    { name: "step", data: steps, type: "INT64" as const, nullable: false },
    { name: "epoch", data: epochs, type: "INT64" as const, nullable: false },
    ...Array.from(columns, ([name, column]) => ({ name, data: column, type: "DOUBLE" as const, nullable: true })),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData: data }));
}
