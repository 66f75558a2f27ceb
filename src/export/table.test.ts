import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { epochRecord, stepRecord } from "../../test/scratchStore.ts";
import type { MetricRecord } from "../store/schema.ts";
import { surveyMetrics } from "./metricFields.ts";
import { metricsParquet } from "./parquetTable.ts";
import { metricsCsv } from "./table.ts";

const metrics: MetricRecord[] = [
  stepRecord(3),
  { ...stepRecord(4, Number.NaN), gradientNorm: Infinity },
  epochRecord(1, 4),
];

const parquet = (records: readonly MetricRecord[]) =>
  Uint8Array.from(Buffer.concat([...metricsParquet(surveyMetrics(records), records)])).buffer;
const csv = (records: readonly MetricRecord[]) =>
  Buffer.concat([...metricsCsv(surveyMetrics(records), records)]).toString();

test("CSV of many records comes in pieces", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => stepRecord(i + 1));
  expect([...metricsCsv(surveyMetrics(many), many)]).toHaveLength(3);
  const rows: Record<string, string>[] = parse(csv(many), { columns: true });
  expect(rows.map(({ step }) => Number(step))).toEqual(many.map(({ step }) => step));
});

test("CSV has a row for each record and an empty cell for what it lacks", () => {
  const rows: Record<string, string>[] = parse(csv(metrics), { columns: true });
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({ kind: "step", step: "3", epoch: "1", loss: String(1 / 3), trainLoss: "" });
  expect(rows[1]).toMatchObject({ loss: "NaN", gradientNorm: "Infinity" });
  expect(rows[2]).toMatchObject({ kind: "epoch", step: "4", loss: "", validationAccuracy: "0.8" });
  expect(csv([])).toBe("kind,step,epoch\r\n");
});

test("Parquet has the same table, with numbers as they were", async () => {
  const rows = await parquetReadObjects({ file: parquet(metrics) });
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({ kind: "step", step: 3n, epoch: 1n, loss: 1 / 3, trainLoss: null });
  expect(rows[1]).toMatchObject({ loss: Number.NaN, gradientNorm: Number.POSITIVE_INFINITY });
  expect(rows[2]).toMatchObject({ kind: "epoch", loss: null, validationAccuracy: 0.8 });
});

/** The whole table in memory, as the library writes it. */
function wholeParquet(records: readonly MetricRecord[]): Buffer {
  const { names } = surveyMetrics(records);
  const numbers = (name: string) =>
    records.map((record) => (record as unknown as Record<string, number>)[name] ?? null);
  const columnData = [
    { name: "kind", data: records.map(({ kind }) => kind), type: "STRING" as const, nullable: false },
    { name: "step", data: records.map(({ step }) => BigInt(step)), type: "INT64" as const, nullable: false },
    { name: "epoch", data: records.map(({ epoch }) => BigInt(epoch)), type: "INT64" as const, nullable: false },
    ...names.map((name) => ({ name, data: numbers(name), type: "DOUBLE" as const, nullable: true })),
  ];
  return Buffer.from(parquetWriteBuffer({ columnData }));
}

test.each([0, 1, 999, 1000, 1001, 2500])("Parquet of %i records has the bytes of one made in memory", (count) => {
  const records: MetricRecord[] = Array.from({ length: count }, (_, i) => stepRecord(i + 1));
  if (count > 2000) records.push(epochRecord(1, count), stepRecord(count + 1, Number.NaN));
  expect(Buffer.from(parquet(records)).equals(wholeParquet(records))).toBe(true);
});

test("Parquet is written group by group, of fewer rows where it has many columns", async () => {
  const wide = Object.fromEntries(Array.from({ length: 495 }, (_, i) => [`n${i}`, i]));
  const records = Array.from({ length: 2000 }, (_, i) => ({ ...stepRecord(i + 1), ...(i === 7 && wide) }));
  let read = 0;
  const counted = function* () {
    for (const record of records) {
      read++;
      yield record;
    }
  };
  const before: number[] = [];
  for (const _ of metricsParquet(surveyMetrics(records), counted(), 2 ** 18)) before.push(read);
  expect(before).toEqual([525, 1049, 1573, 2000, 2000]);
  const rows = await parquetReadObjects({ file: parquet(records), columns: ["step", "n494"] });
  expect(rows.map(({ step }) => Number(step))).toEqual(records.map(({ step }) => step));
  expect(rows.filter(({ n494 }) => n494 !== null)).toEqual([{ step: 8n, n494: 494 }]);
});

describe.each([["CSV", metricsCsv] as const, ["Parquet", metricsParquet] as const])(
  "%s of a run in training",
  (_, write) => {
    const records = [stepRecord(1), stepRecord(2)];
    const bytes = (metrics: Iterable<MetricRecord>) => Buffer.concat([...write(surveyMetrics(records), metrics)]);

    test("has the records that were there at first", () => {
      const more = [...records, { ...stepRecord(3), momentum: 1 }, epochRecord(1, 3)];
      expect(bytes(more).equals(bytes(records))).toBe(true);
    });

    test("is refused where they are gone", () => {
      expect(() => bytes(records.slice(1))).toThrow(
        /^metrics\.jsonl: expected 2 records, got 1; the file is being changed, try again$/,
      );
    });
  },
);
