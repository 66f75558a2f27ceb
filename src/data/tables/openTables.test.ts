import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { inWords } from "../../../test/fixtures/findings.ts";
import { readBatch } from "../../../test/readBatch.ts";
import { DataError, UsageError } from "../../tensor/errors.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import type { Dataset } from "../dataset.ts";
import { openCsv } from "../files/csv.ts";
import type { OpenOptions } from "../openOptions.ts";
import { openTables } from "./openTables.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-tables-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string | Uint8Array): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function open(text: string, options: OpenOptions = {}, validation?: string) {
  const table = await openCsv(write("a.csv", text));
  if (validation === undefined) return openTables("a", "csv", [table], options);
  return openTables("a", "csv", [table, await openCsv(write("b.csv", validation))], options);
}

async function readAll(dataset: Dataset) {
  const { x, y } = await readBatch(dataset, [...Array(dataset.size).keys()]);
  return { x: toNumbers(x!), y: toNumbers(y!) };
}

const lines = (count: number, row: (i: number) => string) => Array.from({ length: count }, (_, i) => row(i)).join("\n");
const flowers = `length,width,label\n${lines(20, (i) => `${i},${i % 3 === 0 ? 1.5 : 2},${i % 2 ? "rose" : "tulip"}`)}\n`;

describe("classification", () => {
  test("finds the target, the classes in order, and splits by class", async () => {
    const { train, validation, description } = await open(flowers);
    expect([train.size, validation.size, train.classes, train.classNames]).toEqual([16, 4, 2, ["rose", "tulip"]]);
    expect([...validation.labels].sort()).toEqual([0, 0, 1, 1]);
    expect(train.inputs).toEqual([{ name: "x", type: "float32", shape: [2] }]);
    expect(description).toMatchObject({
      task: "classification",
      duplicates: 0,
      examples: { train: 16, validation: 4 },
    });
    const { y } = await readAll(train);
    expect(y).toEqual([...train.labels]);
  });

  test("standardises by the training rows alone, validation rows by the same numbers", async () => {
    const { train, validation, description } = await open(flowers);
    const { x } = await readAll(train);
    for (const column of [0, 1]) {
      const values = x.filter((_, at) => at % 2 === column);
      const mean = values.reduce((sum, value) => sum + value, 0) / 16;
      expect(mean).toBeCloseTo(0, 6);
      expect(values.reduce((sum, value) => sum + value ** 2, 0) / 16).toBeCloseTo(1, 5);
    }
    // Lengths are 0 … 19, so what is not in the training rows is in the validation rows.
    const { mean, deviation } = description.inputs[0]!.moments!;
    const lengths = [...x, ...(await readAll(validation)).x].filter((_, at) => at % 2 === 0);
    expect(lengths.map((value) => Math.abs(Math.round(value * deviation + mean))).sort((a, b) => a - b)).toEqual([
      ...Array(20).keys(),
    ]);
  });

  test("a constant column becomes 0, also where its mean is not exact", async () => {
    const { train } = await open(`a,b,label\n${lines(10, (i) => `0.1,${i},${i % 2}`)}`);
    expect((await readAll(train)).x.filter((_, at) => at % 2 === 0)).toEqual(Array(8).fill(0));
  });

  test("large numbers keep their differences", async () => {
    const { train } = await open(`time,label\n${lines(10, (i) => `${1.7e12 + i},${i % 2}`)}`);
    expect(new Set((await readAll(train)).x).size).toBe(8);
  });

  test("columns of texts become one input for each category, and stay as columns", async () => {
    const text = `colour,size,class\n${lines(12, (i) => `${["red", "green", "blue"][i % 3]},${i},${i % 2}`)}`;
    const { train, notes } = await open(text);
    expect(train.inputs[0]!.shape).toEqual([4]);
    const { x } = await readAll(train);
    const hot = Array.from({ length: train.size }, (_, i) => x.slice(4 * i, 4 * i + 3));
    const names = hot.map((row) => ["blue", "green", "red"][row.indexOf(1)]);
    expect(names).toEqual(train.columns!.colour);
    expect(hot.every((row) => row.reduce((a, b) => a + b) === 1)).toBe(true);
    expect(inWords(notes)[0]).toMatch(/target "class" \(2 classes\), 2 features as 4 inputs, .* one-hot: colour$/);
  });

  test("whole numbers are classes by value, more of them or fractions are not, unless asked for", async () => {
    const { train } = await open(`a,label\n${lines(30, (i) => `${i},${(i % 3) * 5}`)}`);
    expect(train.classNames).toEqual(["0", "5", "10"]);
    const many = `a,label\n${lines(60, (i) => `${i},${i % 30}`)}`;
    expect((await open(many)).train.classes).toBe(0);
    expect((await open(many, { task: "classification" })).train.classes).toBe(30);
  });
});

test("numbers are a target, standardised, that regression can be asked for", async () => {
  const text = `a,price\n${lines(40, (i) => `${i},${100 + i / 4}`)}`;
  const { train, description } = await open(text, { target: "price" });
  expect(train).toMatchObject({ classes: 0, target: { name: "y", type: "float32", shape: [1] } });
  const { mean, deviation } = description.target!.moments!;
  const { x, y } = await readAll(train);
  const first = description.inputs[0]!.moments!;
  y.forEach((value, i) => {
    expect(value * deviation + mean).toBeCloseTo(100 + (x[i]! * first.deviation + first.mean) / 4, 4);
  });
  expect((await open(flowers.replaceAll(/rose|tulip/g, "7"), { task: "regression" })).train.classes).toBe(0);
});

describe("parts", () => {
  test("two files are used as they are; categories come from the first, classes from both", async () => {
    const first = `kind,v,label\n${lines(6, (i) => `${i % 2 ? "p" : "q"},${i},${i % 2 ? "a" : "b"}`)}`;
    const { train, validation } = await open(first, {}, "v,label,kind\n2.5,c,r\n1,a,p\n");
    expect([train.size, validation.size, train.classNames]).toEqual([6, 2, ["a", "b", "c"]]);
    const { x, y } = await readAll(validation);
    expect([x[0], x[1], x[2], y[0]]).toEqual([0, 0, 0, 2]);
    expect([x[3], x[4], y[1]]).toEqual([1, 0, 0]);
    await expect(open(first, { validationSplit: 0.5 }, first)).rejects.toThrow(
      /^`validationSplit`: expected data in one part, got training and validation data in .*a\.csv and .*b\.csv; leave/,
    );
    await expect(open(first, {}, "v,label\n1,a\n")).rejects.toThrow(
      /b\.csv: expected the column "kind" as in .*a\.csv/,
    );
    await expect(open(first, {}, "kind,v,label\np,1,a\np,many,a")).rejects.toThrow(
      /b\.csv:3: expected a number in "v" as in the training data, got "many"; correct it/,
    );
  });

  test("the groups of `splitBy` stay whole and are no feature", async () => {
    const text = `patient,v,label\n${lines(30, (i) => `${Math.floor(i / 5)},${i},${i % 2}`)}`;
    const { train, validation } = await open(text, { splitBy: "patient", validationSplit: 0.3 });
    expect(train.inputs[0]!.shape).toEqual([1]);
    const [a, b] = [train, validation].map(({ columns }) => new Set(columns!.patient));
    expect([...a!].filter((patient) => b!.has(patient))).toEqual([]);
    expect([train.size, validation.size]).toEqual([20, 10]);
  });

  test("`splitBlock` validates on the last rows", async () => {
    const { train, validation, description } = await open(flowers, { splitBlock: 3 });
    const { mean, deviation } = description.inputs[0]!.moments!;
    const lengths = async (d: Dataset) =>
      (await readAll(d)).x
        .filter((_, at) => at % 2 === 0)
        .map((value) => Math.abs(Math.round(value * deviation + mean)));
    expect(await lengths(train)).toEqual([...Array(13).keys()]);
    expect(await lengths(validation)).toEqual([16, 17, 18, 19]);
    await expect(open(flowers, { splitBlock: 3, splitBy: "length" })).rejects.toThrow(UsageError);
  });

  test("rows with equal features in both parts are reported", async () => {
    const text = `v,label\n${lines(10, (i) => `${i},${i % 2}`)}`;
    const { notes, description } = await open(text, {}, "v,label\n3,0\n77,1\n3,1\n");
    expect(description.duplicates).toBe(2);
    expect(inWords(notes).at(-1)).toMatch(
      /^2 of the 3 validation rows have the features of a training row \(rows \S+a\.csv:5 and \S+b\.csv:2, for one\)/,
    );
  });
});

describe("missing values", () => {
  const text = `a,b,label\n1,?,x\n,2,y\n${lines(8, (i) => `${i},${i},${i % 2 ? "x" : "y"}`)}\n5,5,NA`;
  test("are refused unless something is said about them", async () => {
    await expect(open(text)).rejects.toThrow(
      /a\.csv:3: expected a value in "a", got none, as in 1 row, and none in rows of .*; correct it, or/,
    );
  });
  test("rows can be left out", async () => {
    const { train, validation, notes } = await open(text, { missing: "drop" });
    expect(train.size + validation.size).toBe(8);
    expect(inWords(notes)).toContain("3 rows with missing values left out");
  });
  test("or features replaced by the mean, which is 0, but no target", async () => {
    await expect(open(text, { missing: "mean" })).rejects.toThrow(/a\.csv:12: expected a value in "label", got none/);
    const { train, validation } = await open(text.slice(0, text.lastIndexOf("\n")), { missing: "mean", splitSeed: 1 });
    const [a, b] = [await readAll(train), await readAll(validation)];
    expect([...a.x, ...b.x].filter((value) => value === 0)).toHaveLength(2);
  });
});

test("what is larger than the memory stays on disk and gives the same bits", async () => {
  const text = `a,b,label\n${lines(20_000, (i) => `${i * 0.37},${i % 7},${i % 2}`)}`;
  const [memory, disk] = [await open(text), await open(text, { dataMemory: 1000 })];
  expect(inWords(disk.notes)).toContain("the numbers are larger than `dataMemory` and stay on disk");
  expect(inWords(memory.notes)).not.toContain("the numbers are larger than `dataMemory` and stay on disk");
  expect(disk.description).toEqual(memory.description);
  const some = Array.from({ length: 500 }, (_, i) => (i * 31) % 16_000);
  expect(await readBatch(disk.train, some)).toEqual(await readBatch(memory.train, some));
});

test.each<[string, string, OpenOptions, RegExp]>([
  [
    "a ragged row",
    "a,label\n1,x\n2\n",
    {},
    /a\.csv:3: expected 2 cells as in the first line, got 1; correct the line$/,
  ],
  ["an open quote", 'a,label\n"1,x\n', {}, /a\.csv:2: expected comma-separated values, got: Quote Not Closed/],
  ["one text among numbers", "a,label\n1,x\n2,y\nthree,x\n4,y", {}, /a\.csv:4: expected a number in "a" as in 3 other/],
  [
    "numbers instead of names",
    "5.1,3.5,setosa\n4.9,3,setosa",
    {},
    /a\.csv:1: expected the names .* the number 5.1; add/,
  ],
  ["a name twice", "a,a,label\n1,2,3", {}, /a\.csv:1: expected names that differ, got "a" twice; rename one/],
  ["no name", "a,,label\n1,2,3", {}, /a\.csv:1: expected a name for every column, got an empty one/],
  ["an empty file", "", {}, /a\.csv: expected a line of names and rows below it, got an empty file/],
  ["no rows", "a,label\n", {}, /a\.csv: expected rows, got none/],
  [
    "an empty column",
    "a,b,label\n1,,x\n2,,y",
    { missing: "mean" },
    /got no values in "b"; leave it out with `drop` b$/,
  ],
  [
    "nothing but free text",
    `t,label\n${lines(150, (i) => `word${i},${i % 2}`)}`,
    {},
    /a\.csv: expected columns to predict from that rows share, got .* \("t"\); add .* with `features`$/,
  ],
  [
    "free text that is asked for",
    `t,label\n${lines(150, (i) => `word${i},${i % 2}`)}`,
    { features: ["t"] },
    /at most 100 categories in .*, got 150 different texts in "t"; leave it out with `drop` t$/,
  ],
  [
    "all columns that cannot be used at once",
    `my street,b,sold,label\n${lines(600, (i) => `word${i % 150},,day${i % 150},${i % 2}`)}`,
    { missing: "mean" },
    /got 150 different texts in "my street", 150 different texts in "sold", no values in "b"; leave them out with `drop` "my street,b,sold"$/,
  ],
  ["an unknown column to drop", flowers, { drop: ["lenght"] }, /^`drop`: .* got "lenght"; did you mean "length"\?/],
  ["the target to drop", flowers, { drop: ["label"] }, /^`drop`: expected columns other than the target, got "label"/],
  [
    "both ways to choose",
    flowers,
    { drop: ["width"], features: ["length"] },
    /^`drop`: expected one way to choose columns/,
  ],
  ["every column to drop", flowers, { drop: ["width", "length"] }, /expected columns of/],
  ["one class", "a,label\n1,x\n2,x\n3,x", {}, /expected from 2 to 1000 classes in the target "label", got 1; choose/],
  ["no target", "a,b\n1,2\n", {}, /^`target`: expected a column of .*a\.csv, got none, .* choose one of a, b$/],
  [
    "an unknown target",
    flowers,
    { target: "lable" },
    /^`target`: expected a column of .*, got "lable"; did you mean "label"/,
  ],
  ["an unknown feature", flowers, { features: ["lenght"] }, /^`features`: .* got "lenght"; did you mean "length"\?/],
  ["the target as a feature", flowers, { features: ["label"] }, /^`features`: expected columns other than the target/],
  ["a feature twice", flowers, { features: ["width", "width"] }, /^`features`: .* got "width" twice; name it once/],
  [
    "texts to regress on",
    flowers,
    { task: "regression" },
    /^.*a\.csv:2: expected a number in the target "label", got "tu/,
  ],
  [
    "an option of images",
    flowers,
    { imageSize: [8, 8] },
    /^`imageSize`: expected data that it means something for, got/,
  ],
  ["a huge number", "a,label\n1e999,x\n2,y", {}, /a\.csv:2: expected a finite number in "a", got Infinity; correct it/],
])("refuses %s", async (_, text, options, message) => {
  await expect(open(text, options)).rejects.toThrow(message);
});

test.each<[string, string, string]>([
  ["a number that is too large once standardised", "a,label\n0,x\n0.1,y\n0.2,x\n0.3,y\n", "a,label\n-3.5e38,x\n1,y\n"],
  ["numbers whose deviation is beyond numbers", "a,label\n1e300,x\n-1e300,y\n0,x\n1,y\n", "a,label\n1,x\n"],
])("refuses %s", async (_, training, validation) => {
  const opened = open(training, {}, validation);
  await expect(opened).rejects.toThrow(DataError);
  await expect(opened).rejects.toThrow(/[ab]\.csv:\d+: expected numbers that float32 holds once standardised in "a" /);
});

test("text that is not UTF-8 is refused with its line", async () => {
  const path = write("latin.csv", Buffer.from("a,label\n1,x\n2,caf\xe9\n", "latin1"));
  const table = openTables("a", "csv", [await openCsv(path)], {});
  await expect(table).rejects.toThrow(DataError);
  await expect(table).rejects.toThrow(/latin\.csv:3: expected UTF-8, got "caf/);
});

test.each([
  ["semicolons", "s.csv", flowers.replaceAll(",", ";")],
  ["tabs", "t.tsv", flowers.replaceAll(",", "\t")],
  [
    "a byte order mark, quotes, blank lines and other line ends",
    "q.csv",
    `\ufeff${flowers.replaceAll("rose", '"rose"').replaceAll("\n", "\r\n\r\n")}`,
  ],
  ["compression", "z.csv.gz", gzipSync(flowers)],
])("reads a table with %s", async (_, name, text) => {
  const opened = await openTables("a", "csv", [await openCsv(write(name, text))], {});
  expect(await readAll(opened.train)).toEqual(await readAll((await open(flowers)).train));
});

describe("columns that only number the rows", () => {
  const text = `,v,label\n${lines(10, (i) => `${i},${i % 4},${i < 5 ? "a" : "b"}`)}`;
  test("are left out, and it is said", async () => {
    const { train, notes } = await open(text);
    expect(train.inputs[0]!.shape).toEqual([1]);
    expect(inWords(notes)).toContain(
      "(unnamed) left out: it only numbers or names the rows; `features` takes it as a feature",
    );
    expect((await open(text.replace(",v", "Id,v"))).train.inputs[0]!.shape).toEqual([1]);
  });
  test("unless they are asked for, do not count, or are called something else", async () => {
    expect((await open(text, { features: ["(unnamed)", "v"] })).train.inputs[0]!.shape).toEqual([2]);
    expect((await open(text.replace(",v", "id,v").replace("\n3,", "\n2,"))).train.inputs[0]!.shape).toEqual([2]);
    expect((await open(text.replace(",v", "age,v"))).train.inputs[0]!.shape).toEqual([2]);
  });
});

test("a class that no training row has is told", async () => {
  const text = `v,label\n${lines(10, (i) => `${i},${i < 8 ? i % 2 : 2}`)}`;
  const { notes, train } = await open(text, { splitBlock: 0 });
  expect(inWords(notes)).toContain("no training example is of the class 2");
  expect(train.classes).toBe(3);
});

test("a label that stands for none more often than not is told, as in arrays, and heeded where it is named", async () => {
  const labels = ["0", "1", "255", "2"];
  const text = `a,label\n${lines(24, (i) => `${(i * 7) % 24},${labels[i % 4]}`)}\n`;
  const open255 = (ignoreIndex?: number) => open(text, { targets: { ignoreIndex } });
  expect(inWords((await open255()).notes).join()).toMatch(
    /labels 0, 1, 2, 255 are 4 classes, .*255 if 255 stands for no/,
  );
  const { train, notes } = await open255(255);
  expect(train.classNames).toEqual(["0", "1", "2"]);
  expect(inWords(notes).join()).not.toMatch(/numbered by/);
});

describe("codes", () => {
  const table = (column: (i: number) => string, rows = 20) =>
    `a,code,label\n${lines(rows, (i) => `${(i * 7) % rows}.5,${column(i)},${i % 2}`)}\n`;
  test.each<[name: string, column: (i: number) => string, categories: readonly string[] | null, said: RegExp | null]>([
    [
      "leading zeros",
      (i) => `0012${i % 3}`,
      ["00120", "00121", "00122"],
      /"code" holds codes such as 00120: read as texts/,
    ],
    ["mostly digits", (i) => (i === 7 ? "0A" : `0${i % 2}`), ["00", "01", "0A"], /codes such as 00/],
    ["too many", (i) => `00${i}`, null, /numbers such as 000, read as quantities; if they are codes/],
    ["fractions", (i) => (i === 3 ? "1.5" : `0${i}`), null, null],
    ["below 0", (i) => (i === 3 ? "-1" : `0${i % 4}`), null, null],
    ["exponents among texts", (i) => ["1E5", "2B3", "3C7", "100000"][i % 4]!, ["100000", "1E5", "2B3", "3C7"], null],
  ])("%s", async (name, column, categories, said) => {
    const { description, notes, train, validation } = await open(table(column, name === "too many" ? 400 : 20));
    expect(description.inputs[1]!.categories ?? null).toEqual(categories);
    const words = inWords(notes.filter(({ kind }) => kind === "codes"));
    expect(words).toEqual(said === null ? [] : [expect.stringMatching(said)]);
    if (categories === null) return;
    // Each row is of exactly one category.
    for (const part of [train, validation]) {
      const { x } = await readAll(part);
      const width = categories.length + 1;
      for (let i = 0; i < part.size; i++)
        expect(x.slice(i * width + 1, (i + 1) * width).reduce((sum, one) => sum + one, 0)).toBe(1);
    }
  });

  test("of a target are classes by their digits, and one may stand for none", async () => {
    const text = `a,label\n${lines(24, (i) => `${(i * 7) % 24},${["01", "1", "007"][i % 3]}`)}\n`;
    expect((await open(text)).train.classNames.toSorted()).toEqual(["007", "01", "1"]);
    const { train, notes } = await open(text, { targets: { ignoreIndex: 1 } });
    expect(train.classNames.toSorted()).toEqual(["007", "01"]);
    expect(inWords(notes).join()).toMatch(/8 of 24 labels are 1, which stands for none/);
    expect((await open(text, { task: "regression" })).train.classes).toBe(0);
  });
});

test("what missing values become is counted", async () => {
  const text = `a,b,c,label\n${lines(20, (i) => `${i % 4 ? i : ""},${i % 5 ? i * i : ""},${i % 10 ? "xy"[i % 2] : ""},${i % 2}`)}\n`;
  expect(inWords((await open(text, { missing: "mean" })).notes)).toContainEqual(
    "the training mean stands for 9 missing values in 2 columns; no category stands for 2 missing values in 1 column of categories",
  );
  await expect(open(text)).rejects.toThrow(/"a", got none, as in 5 rows, and none in rows of "b", "c"; correct it, or/);
});

test("mistakes are told together", async () => {
  await expect(open("a,label\n1,x\n2\n3,y\n4,y,z\n5,x\n6\n7\n8\n9\n")).rejects.toThrow(
    /a\.csv:3: expected 2 cells as in the first line, got 1, 3 in line 5, 1 in line 7, 1 in line 8 and so in 2 more; correct the 6 lines$/,
  );
  await expect(open(`a,label\n${lines(20, (i) => `${i < 16 ? i : `(${i})`},${i % 2}`)}`)).rejects.toThrow(
    /a\.csv:18: expected a number in "a" as in 16 other rows, got "\(16\)", the first of 4 texts there \(then "\(17\)" at .*:19, "\(18\)" at .*:20\); correct them, or/,
  );
});

test("what leaves no feature is blamed", async () => {
  await expect(open(flowers, { drop: ["width", "length"] })).rejects.toThrow(
    /^`drop`: expected columns of .* that remain/,
  );
  await expect(open("label\n1\n2\n")).rejects.toThrow(/got none but "label", the target; drop fewer, or add columns/);
});

test("names between single quotes may hold two of them for one", async () => {
  const { description } = await open(
    `'it''s','a, b','label'\n${lines(10, (i) => `${i},${i * i},'${i % 2 ? "p''q" : "r"}'`)}\n`,
  );
  expect(description.inputs.map(({ name }) => name)).toEqual(["it's", "a, b"]);
  expect(description.classNames).toEqual(["p'q", "r"]);
});

test("classes apart but for their sign are two", async () => {
  const { notes } = await open(`c,label\n${lines(40, (i) => `${(i * 7) % 40},${i % 2 ? 1 : -1}`)}\n`);
  expect(notes.filter(({ kind }) => kind === "similarNames")).toEqual([]);
});

test.each<[name: string, column: (i: number) => string, said: RegExp | null]>([
  [
    "fractions",
    (i) => `1/${(i % 20) + 1}`,
    /"c" holds texts such as 1\/1 and 1\/10, each of them an input of 20: write numbers/,
  ],
  ["in parentheses", (i) => `(${i % 20}.5)`, /"c" holds texts such as \(0\.5\) and/],
  ["hexadecimal", (i) => `0x${(i % 20).toString(16)}`, /"c" holds texts such as 0x0 and/],
  [
    "each its own",
    (i) => `1/${i + 1}`,
    /^c left out: hardly a row shares a text as "1\/1" .*quantities, write numbers$/,
  ],
  ["names with digits", (i) => `sensor ${i}`, null],
  ["a few", (i) => `1/${i % 8}`, null],
  ["in two cases", (i) => ["Yes", "yes", "no"][i % 3]!, /"c" holds Yes and yes, which are read as different/],
  ["in two encodings", (i) => ["caf\u00e9", "cafe\u0301", "no"][i % 3]!, /which are read as different/],
  ["grades", (i) => ["A", "A-", "B"][i % 3]!, null],
  ["in words apart", (i) => ["ice cream", "ice_cream", "no"][i % 3]!, /"c" holds ice cream and ice_cream, which/],
  ["like names in numbers", (i) => (i % 2 ? `${i}e377999` : `a${i}`), null],
  [
    "whole numbers with exponents",
    (i) => `${(i % 9) + 1}E${i % 5}`,
    /"c" holds numbers such as 1E0, read as quantities/,
  ],
])("texts that may be something else are remarked on: %s", async (_, column, said) => {
  const { notes } = await open(`c,x,label\n${lines(40, (i) => `${column(i)},${(i * 7) % 40},${i % 2}`)}\n`);
  const found = notes.filter(
    (note) =>
      ["quantitiesAsTexts", "similarNames", "codes"].includes(note.kind) ||
      (note.kind === "ownTexts" && note.quantities),
  );
  expect(inWords(found)).toEqual(said === null ? [] : [expect.stringMatching(said)]);
});
