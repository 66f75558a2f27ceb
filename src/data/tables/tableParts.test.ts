import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { inWords } from "../../../test/fixtures/findings.ts";
import { tableParts } from "./tableParts.ts";

const { put, open } = dataFolder();

/** Rows from `first` on, `a` their number. */
function parquet(first: number, count = 10, names = ["a", "label"]): Uint8Array {
  const rows = Array.from({ length: count }, (_, i) => first + i);
  const [a, label] = names as [string, string];
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: a, data: rows.map((i) => i / 10), type: "DOUBLE" },
        { name: label, data: rows.map((i) => (i % 3 ? "p" : "q")), type: "STRING" },
      ],
    }),
  );
}

test.each([
  [
    "Spark",
    ["part-00000-4f1c.c000.snappy.parquet", "part-00001-4f1c.c000.snappy.parquet"],
    ["_SUCCESS", "._SUCCESS.crc"],
  ],
  ["Dask", ["part.0.parquet", "part.1.parquet"], []],
  ["Hugging Face", ["data-00000-of-00002.parquet", "data-00001-of-00002.parquet"], []],
  ["numbered names behind a mark", ["flowers_part_1.parquet", "flowers_part_2.parquet"], []],
  ["any names beside metadata", ["b.parquet", "a.parquet"], ["_metadata", "_common_metadata"]],
])("parts by %s are one table", async (name, files, others) => {
  for (const [i, file] of files.entries()) put(`${name}/${file}`, parquet(10 * i));
  for (const file of others) put(`${name}/${file}`, "");
  const { train, validation, subsets, notes } = await open(name);
  expect([train.size + validation.size, subsets]).toEqual([20, []]);
  expect(inWords(notes).filter((note) => note.includes("not read"))).toEqual([]);
});

test("parts of the name train and parts of the name test are two tables", async () => {
  put("hub/train-00000-of-00002.parquet", parquet(0));
  put("hub/train-00001-of-00002.parquet", parquet(10));
  put("hub/test-00000-of-00001.parquet", parquet(20, 6));
  put("hub/README.md", "a note");
  const { train, validation, notes } = await open("hub");
  expect([train.size, validation.size]).toEqual([20, 6]);
  expect(inWords(notes)).toContainEqual(expect.stringMatching(/hub: not read: 1 \.md$/));
});

test("CSV in parts is read alike, and a part of other columns is refused", async () => {
  put("csv/part-0.csv", "a,label\n1,p\n2,q\n3,p\n4,q\n5,p\n");
  put("csv/part-1.csv", "a,label\n6,p\n7,q\n8,p\n9,q\n10,x\n");
  const { train, validation } = await open("csv");
  expect([train.size + validation.size, train.classNames]).toEqual([10, ["p", "q", "x"]]);
  put("odd/part-0.parquet", parquet(0));
  put("odd/part-1.parquet", parquet(10, 10, ["b", "label"]));
  await expect(open("odd")).rejects.toThrow(
    /part-1\.parquet: expected the columns of .*part-0\.parquet, got no "a"; put what/,
  );
});

test.each([
  [["a.parquet", "b.parquet"]],
  [["2025.parquet", "2026.parquet"]],
  [["part-0.parquet", "other.parquet"]],
  [["part-0.parquet", "part-1.csv"]],
  [["part-0.parquet"]],
  [["mnist-0-1.csv", "mnist-1-2.csv"]],
])("%j are no parts of one table", (files) => expect(tableParts("f", files)).toBeNull());
