import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { inWords } from "../../../test/fixtures/findings.ts";
import { random } from "../../tensor/random.ts";
import type { OpenOptions } from "../openOptions.ts";

const { put, open } = dataFolder();
const SIZE = 40;
const { normal, permutation } = random(2);
const noise = Array.from({ length: SIZE }, () => [normal(), normal()] as const);
const shuffled = permutation(SIZE);

/** Rows sorted by class whose features are noise, behind a column of another name. */
const csv = (head: string, value: (i: number) => number | string) =>
  `${head},a,b,label\n${noise.map(([a, b], i) => `${value(i)},${a},${b},${i < SIZE / 2 ? "p" : "q"}\n`).join("")}`;

const count = (i: number) => i;
/** As the index of rows that a filter has kept. */
const gaps = (i: number) => 3 * i + (i % 2);

describe("names and numbers of the rows are no features, and it is said", () => {
  const cases: readonly (readonly [string, string, (i: number) => number | string])[] = [
    ["pandas, without a name", "", count],
    ["pandas, filtered", "", gaps],
    ["pandas, shuffled", "", (i) => shuffled[i]!],
    ["pandas, read and written again", "Unnamed: 0", gaps],
    ["and once more", "Unnamed: 0.1", count],
    ["pandas, after an index of two levels", "level_0", gaps],
    ["pandas, in Parquet", "__index_level_0__", (i) => shuffled[i]!],
    ["R, of numbers", "rownames", count],
    ["R, of names", "row.names", (i) => `car ${i}`],
    ["R, without a name", "", (i) => `car ${i}`],
    ["R, read by readr", "...1", count],
    ["an id with gaps", "id", gaps],
    ["a number of the row", "Row_Number", count],
    ["an id in no order", "id", (i) => shuffled[i]!],
    ["an id of customers", "customer_id", (i) => 7_000_003 + 9973 * shuffled[i]!],
    ["in camel case", "PassengerId", (i) => 900 - shuffled[i]!],
    ["in capitals, behind a space", "Order ID", (i) => 1000 + 17 * shuffled[i]!],
    ["of 64 bits, which float64 rounds", "tweet_id", (i) => `17530000000000${10_000 + shuffled[i]!}`],
    ["negative, as hashes are", "user.id", (i) => (shuffled[i]! - 20) * 7919],
  ];
  test.each(cases)("%s", async (_about, head, value) => {
    const { train, notes } = await open(put("table.csv", csv(head, value)));
    expect(train.inputs[0]!.shape).toEqual([2]);
    expect(inWords(notes)).toContain(
      `${head || "(unnamed)"} left out: it only numbers or names the rows; \`features\` takes it as a feature`,
    );
  });
});

describe("what only looks like them is a feature", () => {
  const cases: readonly (readonly [string, string, (i: number) => number, OpenOptions])[] = [
    ["asked for by name", "rownames", count, { features: ["rownames", "a", "b"] }],
    ["an id that several rows share", "customer_id", (i) => 1000 + (i % 13), {}],
    ["a measured number that is called an id", "grid_id", (i) => 7 + Math.round(100 * noise[i]![0]) / 100, {}],
    ["a number that no other row has, of another name", "population", (i) => 31 * shuffled[i]!, {}],
    ["a measurement that no other row has", "voltage", (i) => noise[i]![0] * 1000, {}],
    ["a word that ends so", "bid", (i) => shuffled[i]!, {}],
    ["a later column of a sheet that has no name", "Unnamed: 3", (i) => shuffled[i]!, {}],
    ["a level of a game", "level_1", (i) => i % 7, {}],
    ["an index of shares", "index", (i) => 100 + normal() * i, {}],
  ];
  test.each(cases)("%s", async (_about, head, value, reading) => {
    const { train } = await open(put("table.csv", csv(head, value)), reading);
    expect(train.inputs[0]!.shape).toEqual([3]);
  });

  test("the target, and a table that has nothing else", async () => {
    const named = await open(
      put(
        "table.csv",
        csv("rownames", (i) => i % 3),
      ),
      { target: "rownames" },
    );
    expect(named.train.classNames).toEqual(["0", "1", "2"]);
    const alone = csv("rownames", count).replaceAll(/^([^,]*),[^,]*,[^,]*,/gm, "$1,");
    const { train, notes } = await open(put("alone.csv", alone));
    expect(train.inputs[0]!.shape).toEqual([1]);
    expect(inWords(notes).join("\n")).toContain("rownames ascends or descends with the rows, as their number does");
  });
});

test("columns that ascend, and those that tell the target, are remarked on", async () => {
  const rows = noise.map(([a], i) => `${a},${gaps(i)},${i % 2 ? "yes" : "no"},${i % 2}\n`);
  const { notes } = await open(put("told.csv", `a,measured,answer,label\n${rows.join("")}`));
  expect(inWords(notes)).toContain(
    "measured ascends or descends with the rows, as their number does: rows in the order of their classes are given away by it; `drop` leaves it out",
  );
  expect(inWords(notes)).toContain(
    '"label" follows from answer alone, in every row: the same in other words? `drop` leaves it out',
  );
  const dropped = await open("told.csv", { drop: ["measured", "answer"] });
  expect(dropped.notes.map(({ kind }) => kind)).toEqual(["table", "parts"]);
});

test("numbers that may only identify are remarked on where they stay, and measurements are not", async () => {
  const kinds = async (head: string, value: (i: number) => number | string) => {
    const { notes } = await open(put("ids.csv", csv(head, value)));
    return inWords(notes).filter((note) => note.includes("only identif"));
  };
  const remark = (name: string) => [
    `${name}: read as a quantity, though it looks like a number that only identifies; \`drop\` leaves it out`,
  ];
  expect(await kinds("customer_id", (i) => 1000 + (i % 13))).toEqual(remark("customer_id"));
  expect(await kinds("sheet", (i) => 500 + shuffled[i]!)).toEqual(remark("sheet"));
  expect(await kinds("bid", (i) => 2 * shuffled[i]!)).toEqual(remark("bid"));
  // Each once, but far apart; measurements; a flag; few values; what ascends is said already.
  expect(await kinds("population", (i) => 31 * shuffled[i]!)).toEqual([]);
  expect(await kinds("voltage", (i) => noise[i]![0] * 1000)).toEqual([]);
  expect(await kinds("has_id", (i) => i % 2)).toEqual([]);
  expect(await kinds("age", (i) => 20 + (i % 37))).toEqual([]);
  expect(await kinds("measured", gaps)).toEqual([]);
});

test("a table of nothing but ids is predicted from them", async () => {
  const rows = noise.map((_, i) => `${shuffled[i]},${3 * shuffled[SIZE - 1 - i]!},${i % 2 ? "yes" : "no"}\n`);
  const { train } = await open(put("only.csv", `id,other_id,label\n${rows.join("")}`));
  expect(train.inputs[0]!.shape).toEqual([2]);
});

test("a target that does not vary is remarked on", async () => {
  const rows = noise.map(([a]) => `${a},3.5\n`);
  const { notes } = await open(put("flat.csv", `a,label\n${rows.join("")}`), { task: "regression" });
  expect(inWords(notes)).toContain('the target "label" is 3.5 in every training example: there is nothing to learn');
});

describe("Parquet", () => {
  const columnData = [
    { name: "a", data: noise.map(([a]) => a) },
    { name: "patient", data: [...shuffled].map(Number) },
    { name: "label", data: noise.map((_, i) => (i % 2 ? "yes" : "no")) },
  ];
  const written = (pandas: string | undefined) => {
    const writer = new ByteWriter();
    const metadata = pandas === undefined ? {} : { kvMetadata: [{ key: "pandas", value: pandas }] };
    const parquet = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData }), ...metadata });
    parquet.write({ columnData });
    parquet.finish();
    return new Uint8Array(writer.getBuffer());
  };

  test.each([
    ["leaves the index of a data frame out", JSON.stringify({ index_columns: ["patient"] }), 1],
    ["has no index where rows are counted", JSON.stringify({ index_columns: [{ kind: "range", start: 0 }] }), 2],
    ["takes what is no JSON for nothing", "{", 2],
    ["takes another document for nothing", "[]", 2],
    ["takes null for nothing", "null", 2],
    ["may have no such metadata", undefined, 2],
  ])("%s", async (_about, pandas, features) => {
    const { train, notes } = await open(put("table.parquet", written(pandas)));
    expect(train.inputs[0]!.shape).toEqual([features]);
    expect(notes.some(({ kind }) => kind === "rowNumbers")).toBe(features === 1);
  });
});
