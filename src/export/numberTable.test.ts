import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { numbersCsv, numbersParquet } from "./numberTable.ts";

const columns = { batchSize: [1, 2, 1024], "=peak": [0.1, Number.NaN, 1e-7] };

test("numbers as CSV are those that were given, and a missing one is an empty cell", () => {
  expect(numbersCsv(columns)).toBe("batchSize,'=peak\r\n1,0.1\r\n2,\r\n1024,1e-7\r\n");
});

test("numbers as Parquet are those that were given, and a missing one is null", async () => {
  const { buffer } = numbersParquet(columns);
  expect(await parquetReadObjects({ file: buffer as ArrayBuffer })).toEqual([
    { batchSize: 1, "=peak": 0.1 },
    { batchSize: 2, "=peak": null },
    { batchSize: 1024, "=peak": 1e-7 },
  ]);
});
