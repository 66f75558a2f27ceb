import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { readBatch } from "../../../test/readBatch.ts";
import { DataError, NotFoundError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { openTables } from "../tables/openTables.ts";
import { openCsv } from "./csv.ts";
import { openParquet } from "./parquet.ts";
import type { Cell } from "./table.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-parquet-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Columns = Parameters<typeof parquetWriteBuffer>[0]["columnData"];

function write(name: string, columnData: Columns, rowGroupSize = 40): string {
  writeFileSync(join(folder, name), new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize })));
  return join(folder, name);
}

const count = 100;
const whole = Array.from({ length: count }, (_, i) => i);
const columnData: Columns = [
  { name: "a", data: whole.map((i) => i / 8), type: "DOUBLE" },
  { name: "big", data: whole.map((i) => BigInt(i) * 1000n), type: "INT64" },
  { name: "colour", data: whole.map((i) => ["red", "green"][i % 2]!), type: "STRING" },
  { name: "flag", data: whole.map((i) => i % 4 === 0), type: "BOOLEAN" },
  { name: "label", data: whole.map((i) => `class ${i % 3}`), type: "STRING" },
];

async function column(path: string, name: string): Promise<Cell[]> {
  const cells: Cell[] = [];
  for await (const block of (await openParquet(path)).scan([name])) cells.push(...block.cells[0]!);
  return cells;
}

test("reads numbers, texts, truth values and long integers, by row groups", async () => {
  const path = write("all.parquet", columnData);
  expect((await openParquet(path)).columns).toEqual(["a", "big", "colour", "flag", "label"]);
  expect(await column(path, "a")).toEqual(whole.map((i) => i / 8));
  expect(await column(path, "big")).toEqual(whole.map((i) => i * 1000));
  expect((await column(path, "flag")).slice(0, 5)).toEqual([true, false, false, false, true]);
  const sizes: number[] = [];
  for await (const { size } of (await openParquet(path)).scan(["a", "label"])) sizes.push(size);
  expect(sizes).toEqual([40, 40, 20]);
});

test("the same table as CSV gives the same examples", async () => {
  const rows = whole.map((i) => columnData.map(({ data }) => (data[i] === true ? 1 : data[i] === false ? 0 : data[i])));
  const csv = join(folder, "all.csv");
  writeFileSync(csv, `${columnData.map(({ name }) => name).join()}\n${rows.map((row) => row.join()).join("\n")}`);
  const a = await openTables("t", "parquet", [await openParquet(write("same.parquet", columnData))], {});
  const b = await openTables("t", "csv", [await openCsv(csv)], {});
  expect(await readBatch(a.train, [...Array(80).keys()])).toEqual(await readBatch(b.train, [...Array(80).keys()]));
  expect([a.train.classNames, a.train.columns]).toEqual([b.train.classNames, b.train.columns]);
  expect(a.train.inputs[0]!.shape).toEqual([5]);
});

test("texts that read as numbers stay texts, dates become texts, null and NaN are missing", async () => {
  const path = write("kinds.parquet", [
    { name: "code", data: ["1", "2", "1"], type: "STRING" },
    { name: "when", data: [new Date(0), new Date(1e12), new Date(0)], type: "TIMESTAMP" },
    { name: "v", data: [1.5, Number.NaN, null], type: "DOUBLE", nullable: true },
    { name: "label", data: ["a", "b", "a"], type: "STRING" },
  ]);
  expect(await column(path, "when")).toContain("2001-09-09T01:46:40.000Z");
  expect(await column(path, "v")).toEqual([1.5, null, null]);
  const { train } = await openTables("t", "parquet", [await openParquet(path)], {
    features: ["code"],
    validationSplit: 0.4,
  });
  expect(train.inputs[0]!.shape).toEqual([2]);
  await expect(openTables("t", "parquet", [await openParquet(path)], {})).rejects.toThrow(
    /kinds\.parquet: row 2: expected a value in "v", got none, as in 2 rows; correct it/,
  );
});

describe("refuses", () => {
  test("lists, by the name of their column", async () => {
    const path = write("lists.parquet", [
      { name: "list", data: [[1, 2], [3]], type: "JSON" },
      { name: "label", data: [0, 1], type: "INT32" },
    ]);
    const opened = openTables("t", "parquet", [await openParquet(path)], {});
    await expect(opened).rejects.toThrow(
      /lists\.parquet: row 1: expected a number or a text in "list", got something else/,
    );
  });

  test("bytes that are no text, by their place", async () => {
    const name = [Uint8Array.of(97), Uint8Array.of(0xff, 98)];
    const path = write("bytes.parquet", [{ name: "name", data: name, type: "BYTE_ARRAY" }]);
    await expect(column(path, "name")).rejects.toThrow(
      /bytes\.parquet: row 2: expected UTF-8 in "name", got "\ufffdb"; /,
    );
  });

  test("what is not there or no Parquet file", async () => {
    await expect(openParquet(join(folder, "none.parquet"))).rejects.toThrow(NotFoundError);
    writeFileSync(join(folder, "text.parquet"), "not a table at all");
    await expect(openParquet(join(folder, "text.parquet"))).rejects.toThrow(
      /text\.parquet: expected a Parquet file, got: /,
    );
    writeFileSync(join(folder, "empty.parquet"), "");
    await expect(openParquet(join(folder, "empty.parquet"))).rejects.toThrow(DataError);
  });
});

test("no cut and no changed byte gets past the checks or keeps the reader busy", async () => {
  const small = columnData.map(({ name, data, type }) => ({ name, data: data.slice(0, 6), type }) as Columns[number]);
  const original = new Uint8Array(parquetWriteBuffer({ columnData: small }));
  const path = join(folder, "damaged.parquet");
  const { integer } = random(3);
  const problem = async (bytes: Uint8Array) => {
    writeFileSync(path, bytes);
    try {
      const table = await openParquet(path);
      for await (const { size, cells } of table.scan(table.columns))
        if (cells.some((cell) => cell.length !== size)) return "columns of different lengths";
      return null;
    } catch (error) {
      const known = error instanceof DataError && error.message.startsWith(path) && !error.message.includes("\n");
      return known ? null : String(error);
    }
  };
  for (let position = 0; position < original.length; position++) {
    if (position % 5 === 0) expect(await problem(original.subarray(0, position))).toBeNull();
    const changed = Uint8Array.from(original);
    changed[position] = integer(256);
    expect(await problem(changed)).toBeNull();
  }
});
