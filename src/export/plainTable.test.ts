import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { type PlainTable, plainCsv, plainParquet } from "./plainTable.ts";

const table: PlainTable = {
  name: "windows",
  columns: [
    { name: "seed", kind: "integer", values: [1, null, 2 ** 40] },
    { name: "=peak", kind: "number", values: [0.1, null, 1e-7] },
    { name: "paired", kind: "boolean", values: [true, false, null] },
    { name: "arm", kind: "text", values: ["=1+1", 'a,"b"', null] },
  ],
};

test("a table as CSV: what is missing is an empty cell, no text is a formula", () => {
  expect(plainCsv(table)).toBe(
    `seed,'=peak,paired,arm\r\n1,0.1,true,'=1+1\r\n,,false,"a,""b"""\r\n${2 ** 40},1e-7,,\r\n`,
  );
});

test("a table as Parquet: every column of its type, what is missing is null", async () => {
  const { buffer } = plainParquet(table);
  expect(await parquetReadObjects({ file: buffer as ArrayBuffer })).toEqual([
    { seed: 1n, "=peak": 0.1, paired: true, arm: "=1+1" },
    { seed: null, "=peak": null, paired: false, arm: 'a,"b"' },
    { seed: BigInt(2 ** 40), "=peak": 1e-7, paired: null, arm: null },
  ]);
});
