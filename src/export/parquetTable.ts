import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { MetricRecord } from "../store/schema.ts";
import { eachNumber, type MetricSurvey, surveyed } from "./metricFields.ts";

/** Rows of a group: few in the first, so that a reader soon has something to show. */
const ROWS = { first: 1000, later: 100_000 };

/** Numbers of a group, which are in memory together; for a table of more columns its rows are fewer. */
const NUMBERS = 2 ** 22;

/** The rows of a group, column by column. */
interface Group {
  readonly kind: string[];
  readonly step: bigint[];
  readonly epoch: bigint[];
  readonly numbers: readonly (number | null)[][];
}

/**
 * The table of `metricsCsv` as an Apache Parquet file, in pieces: `kind` text, `step` and `epoch` int64, the others
 * double, null where a record lacks one. A group of rows at a time is in memory. Throws `DataError` as `surveyed`.
 */
export function* metricsParquet(
  survey: MetricSurvey,
  metrics: Iterable<MetricRecord>,
  together = NUMBERS,
): Generator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: columns(survey.names, newGroup(survey.names.length)) }),
  });
  for (const group of groups(survey, metrics, together)) {
    writer.write({ columnData: columns(survey.names, group), rowGroupSize: group.kind.length });
    yield taken(bytes);
  }
  writer.finish();
  yield taken(bytes);
}

function* groups(survey: MetricSurvey, metrics: Iterable<MetricRecord>, together: number): Generator<Group> {
  const places = new Map(survey.names.map((name, i) => [name, i]));
  const most = Math.max(1, Math.min(ROWS.later, Math.floor(together / survey.names.length)));
  let group = newGroup(survey.names.length);
  let rows = Math.min(ROWS.first, most);
  const take = (name: string, value: number) => {
    const place = places.get(name);
    if (place !== undefined) group.numbers[place]![group.kind.length] = value;
  };
  for (const record of surveyed(survey, metrics)) {
    if (group.kind.length === rows) {
      yield group;
      group = newGroup(survey.names.length);
      rows = most;
    }
    for (const column of group.numbers) column.push(null);
    eachNumber(record, take);
    group.kind.push(record.kind);
    group.step.push(BigInt(record.step));
    group.epoch.push(BigInt(record.epoch));
  }
  if (group.kind.length > 0) yield group;
}

function newGroup(names: number): Group {
  return { kind: [], step: [], epoch: [], numbers: Array.from({ length: names }, () => []) };
}

function columns(names: readonly string[], group: Group): ColumnSource[] {
  return [
    { name: "kind", data: group.kind, type: "STRING", nullable: false },
    { name: "step", data: group.step, type: "INT64", nullable: false },
    { name: "epoch", data: group.epoch, type: "INT64", nullable: false },
    ...names.map((name, i): ColumnSource => ({ name, data: group.numbers[i]!, type: "DOUBLE", nullable: true })),
  ];
}

/** What was written since. Offsets go on counting. */
function taken(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice();
  bytes.index = 0;
  return piece;
}
