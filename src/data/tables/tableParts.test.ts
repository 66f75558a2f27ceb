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

test.each<[name: string, files: readonly string[], said: RegExp | null]>([
  ["whole", ["t-00000-of-00002.csv", "t-00001-of-00002.csv"], null],
  ["from1", ["t-1-of-2.csv", "t-2-of-2.csv"], null],
  [
    "alone",
    ["train-00001-of-00003.csv"],
    /^only 1 of 3 parts .*missing: train-00000-of-00003.csv, train-00002-of-00003.csv/,
  ],
  ["last", ["t-00000-of-00003.csv", "t-00001-of-00003.csv"], /^only 2 of 3 parts .*: t-00002-of-00003\.csv$/],
  ["many", ["t.part_3_of_9999999.csv"], /t\.part_0_of_9999999.csv, .* and 9999993 more/],
  ["gap", ["part-00000-a.csv", "part-00003-a.csv"], /other 2 parts: part-00001-a.csv, part-00002-a.csv; nothing/],
  ["uuids", ["part-00000-a.csv", "part-00001-b.csv", "part-00001-c.csv"], null],
  ["splits", ["train-0-of-1.csv", "validation-0-of-1.csv", "test-1-of-2.csv"], null],
  ["splits2", ["train-0-of-2.csv", "test-0-of-1.csv"], /^only 1 of 2 parts .*: train-1-of-2\.csv/],
])("parts that are not there are named: %s", async (name, files, said) => {
  for (const file of files) put(`lack/${name}/${file}`, "a,label\n1,p\n2,q\n3,p\n4,q\n");
  const { notes } = await open(`lack/${name}`);
  const words = inWords(notes.filter(({ kind }) => kind === "missingParts"));
  expect(words).toEqual(said === null ? [] : [expect.stringMatching(said)]);
});

test.each([
  [
    ["t-0-of-2.csv", "t-1-of-2.csv", "t-1-of-3.csv"],
    /t-1-of-3\.csv: expected the parts of one table, each once, got t-1-of-2/,
  ],
  [["t-0-of-2-aa.csv", "t-0-of-2-bb.csv"], /t-0-of-2-bb\.csv: expected .*, got t-0-of-2-aa\.csv too/],
])("parts of two tables are refused: %j", async (files, said) => {
  for (const file of files) put(`mixed/${files.length}/${file}`, "a,label\n1,p\n2,q\n3,p\n4,q\n");
  await expect(open(`mixed/${files.length}`)).rejects.toThrow(said);
});

test.each([
  [["a.parquet", "b.parquet"]],
  [["2025.parquet", "2026.parquet"]],
  [["part-0.parquet", "other.parquet"]],
  [["part-0.parquet", "part-1.csv"]],
  [["part-0.parquet"]],
  [["mnist-0-1.csv", "mnist-1-2.csv"]],
])("%j are no parts of one table", (files) => expect(tableParts("f", files)).toBeNull());

test.each([
  [["train/x.csv", "test/x.csv"]],
  [["train/part-0.csv", "train/part-1.csv", "val/part-0.csv", "val/part-1.csv"]],
  [["train/a-0-of-1.csv", "validation/b.csv"]],
])("tables in folders called train and validation are two parts: %j", async (files) => {
  const folder = `folders/${files.length}${files[1]!.length}`;
  for (const [i, file] of files.entries()) put(`${folder}/${file}`, `a,label\n${i},p\n2,q\n3,p\n4,q\n`);
  const { train, validation } = await open(folder);
  const inTrain = files.filter((file) => file.startsWith("train/")).length;
  expect([train.size, validation.size]).toEqual([4 * inTrain, 4 * (files.length - inTrain)]);
});
