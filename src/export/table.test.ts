import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { epochRecord, stepRecord } from "../../test/scratchStore.ts";
import type { MetricRecord } from "../store/schema.ts";
import { metricsCsv, metricsParquet } from "./table.ts";

const metrics: MetricRecord[] = [
  stepRecord(3),
  { ...stepRecord(4, Number.NaN), gradientNorm: Infinity },
  epochRecord(1, 4),
];

const csv = (records: readonly MetricRecord[]) => Buffer.concat([...metricsCsv(() => records)]).toString();

test("CSV of many records comes in pieces", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => stepRecord(i + 1));
  expect([...metricsCsv(() => many)]).toHaveLength(3);
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
  const bytes = metricsParquet(metrics);
  const rows = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({ kind: "step", step: 3n, epoch: 1n, loss: 1 / 3, trainLoss: null });
  expect(rows[1]).toMatchObject({ loss: Number.NaN, gradientNorm: Number.POSITIVE_INFINITY });
  expect(rows[2]).toMatchObject({ kind: "epoch", loss: null, validationAccuracy: 0.8 });
});
