import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { inWords } from "../../../test/fixtures/findings.ts";
import { readBatch } from "../../../test/readBatch.ts";
import { DataError } from "../../tensor/errors.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import type { OpenData } from "../registry.ts";

const { put, open } = dataFolder();

/** The numbers of the feature "a" as the file means them, in ascending order. */
async function numbersOf({ train, validation, description }: OpenData): Promise<number[]> {
  const at = description!.inputs.findIndex(({ name }) => name === "a");
  const { mean, deviation } = description!.inputs[at]!.moments!;
  const parts = [train, validation].map(async (part) => {
    const { x } = await readBatch(part, [...Array(part.size).keys()]);
    const width = part.inputs[0]!.shape[0]!;
    return toNumbers(x!).filter((_, i) => i % width === at);
  });
  const values = (await Promise.all(parts)).flat().map((value) => value * deviation + mean);
  return values.sort((a, b) => a - b);
}

/** A table of ten rows with the cells by turns in "a", which tell nothing of the label, and "b" in no order. */
const csv = (cells: readonly string[], more = "", name = "") =>
  `a;b${name};label\n${Array.from({ length: 10 }, (_, i) => `${cells[i % cells.length]};${(7 * i) % 10}${more};${i % 3 ? "yes" : "no"}\n`).join("")}`;

test.each([
  ["a decimal comma", ["1,7", "-0,25", "3", ",5"], [-0.25, 0.5, 1.7, 3], "with a decimal comma"],
  [
    "points between thousands, too",
    ["1.234,5", "12", "1.000.000,25"],
    [12, 1234.5, 1000000.25],
    'with a decimal comma and "." between thousands',
  ],
  ["commas between thousands", ["1,234.5", "12,000.0", "7"], [7, 1234.5, 12000], 'with "," between thousands'],
  ["lakhs", ["12,34,567", "1,00,000", "7"], [7, 100000, 1234567], 'with "," between thousands'],
  [
    "narrow spaces between thousands",
    ["1\u202f234", "12\u00a0000", "7"],
    [7, 1234, 12000],
    'with " " between thousands',
  ],
  ["apostrophes between thousands", ["1'234.50", "12’000", "7"], [7, 1234.5, 12000], `with "'" between thousands`],
  ["per cent", ["12.5 %", "3%", "-4 %"], [-4, 3, 12.5], "with %"],
  ["per cent with a decimal comma", ["12,5 %", "3 %"], [3, 12.5], "with a decimal comma and %"],
  [
    "a currency before the sign or behind",
    ["$1,234.56", "-$5.00", "$ 12"],
    [-5, 12, 1234.56],
    'with "," between thousands and $',
  ],
  ["a unit", ["5.1cm", "4.9 cm", "12 cm"], [4.9, 5.1, 12], "with cm"],
  ["a minus sign of typographers", ["\u22125.5", "2.5"], [-5.5, 2.5], ""],
  ["full width", ["１２．５", "３"], [3, 12.5], ""],
  ["three decimals before an exponent", ["-1,234E+00", "2,500E-01"], [-1.234, 0.25], "with a decimal comma"],
  ["an exponent with a decimal comma", ["1,5E+03", "2,25E-01"], [0.225, 1500], "with a decimal comma"],
])("%s is read as numbers, and said", async (name, cells, expected, said) => {
  const data = await open(put(`${name}.csv`, csv(cells)));
  const read = await numbersOf(data);
  const largest = Math.max(...expected.map(Math.abs));
  expect(read.every((value) => expected.some((one) => Math.abs(value - one) < 1e-6 * largest))).toBe(true);
  expect(expected.every((value) => read.some((one) => Math.abs(value - one) < 1e-6 * largest))).toBe(true);
  expect(data.train.inputs[0]!.shape).toEqual([2]);
  expect(inWords(data.notes)).toContain(`a: read as numbers${said === "" ? "" : ` ${said}`}`);
});

test.each([
  ["ranges", ["1-3", "4-6"]],
  ["versions", ["1.2.3", "1.10.0"]],
  ["clock times", ["12:30", "7:15"]],
  ["lists", ["1,2,3", "4"]],
  ["codes", ["A12", "B7"]],
  ["days", ["2026-01-31", "2026-02-01"]],
  ["limits", ["<5", ">5"]],
  ["ages", ["18+", "65+"]],
  ["grades", ["3rd", "4th"].map((text) => `the ${text}`)],
  ["telephones", ["030 12 345", "040 99 11"]],
])("%s stay categories, without a remark", async (name, cells) => {
  const { train, notes } = await open(put(`${name}.csv`, csv(cells)));
  expect(train.inputs[0]!.shape).toEqual([3]);
  expect(inWords(notes)).toHaveLength(2);
});

test("numbers in several spellings or units stay categories, and that is said", async () => {
  const cells = ["5 kg", "300 g"];
  const { train, notes } = await open(put("units.csv", csv(cells)));
  expect(train.inputs[0]!.shape).toEqual([3]);
  expect(inWords(notes)).toContain(
    '"a" looks like numbers in more than one spelling ("5 kg", "300 g"): read as texts; write them alike if they are numbers',
  );
  expect(inWords((await open(put("marks.csv", csv(["1,5", "2.5"])))).notes).at(-1)).toMatch(
    /more than one spelling \("1,5", "2\.5"\)/,
  );
  // One among many numbers is a mistake.
  await expect(open(put("one.csv", csv(["1.5", "2.5", "3.5", "4,5"])))).rejects.toThrow(
    /one\.csv:5: expected a number in "a" .*"4,5"/,
  );
});

test("three digits behind one mark are told by the file's other numbers, or refused", async () => {
  const cells = ["1,234", "5,678"];
  await expect(open(put("two.csv", csv(cells)))).rejects.toThrow(DataError);
  await expect(open(put("two.csv", csv(cells)))).rejects.toThrow(
    /two\.csv:2: expected numbers that can be read in one way in "a", got "1,234", which is 1234 or 1\.234; write it so, or leave .* `drop`$/,
  );
  const read = async (name: string, more: string) => [
    ...new Set((await numbersOf(await open(put(name, csv(cells, more))))).map((x) => Number(x.toPrecision(4)))),
  ];
  expect(await read("point.csv", ".5")).toEqual([1234, 5678]);
  expect(await read("comma.csv", ",5")).toEqual([1.234, 5.678]);
  expect((await open(put("two.csv", csv(cells)), { drop: ["a"] })).train.inputs[0]!.shape).toEqual([1]);
  expect((await open(put("two.csv", csv(cells)), { features: ["b"] })).train.inputs[0]!.shape).toEqual([1]);
});

test("points are between thousands where a comma is that of decimals", async () => {
  const cells = ["1.234", "12.500", "7"];
  const german = await open(put("german.csv", csv(cells, ",5")));
  expect([...new Set((await numbersOf(german)).map((x) => Number(x.toPrecision(4))))]).toEqual([7, 1234, 12500]);
  expect(inWords(german.notes)).toContain('a: read as numbers with a decimal comma and "." between thousands');
  const plain = await open(put("plain.csv", csv(cells, ".5")));
  expect([...new Set((await numbersOf(plain)).map((x) => Number(x.toPrecision(4))))]).toEqual([1.234, 7, 12.5]);
});

test.each([
  ["a number", "0,1", undefined, 0],
  ["a class where it is called one", "0,1", "classification", 2],
  ["a class where its unit is part of its name", "2 D", undefined, 2],
] as const)("a target is %s", async (name, text, task, classes) => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i};${text.replace(/\d(?=\D*$)/, String((i % 2) + 1))}\n`);
  const { train } = await open(put(`target ${name}.csv`, `a;target\n${rows.join("")}`), { task });
  expect(train.classes).toBe(classes);
});

test("the two parts are read alike, or refused", async () => {
  put("parts/train.csv", csv(["1,7", "0,25"]));
  put("parts/test.csv", csv(["2", "3"]));
  expect((await open("parts")).train.inputs[0]!.shape).toEqual([2]);
  put("units/train.csv", csv(["5 %", "7 %"]));
  put("units/test.csv", csv(["0.05", "0.07"]));
  await expect(open("units")).rejects.toThrow(
    /test\.csv: expected numbers in "a" as in .*train\.csv, with the unit "%", got ""; write/,
  );
});

test("a table that stays on disk is read alike", async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `${i % 7},5;${i % 3}.000;${i % 2 ? "yes" : "no"}\n`);
  const data = await open(put("large.csv", `a;b;label\n${rows.join("")}`), { dataMemory: 2 ** 12 });
  expect(inWords(data.notes)).toEqual(
    expect.arrayContaining(["a: read as numbers with a decimal comma", expect.stringMatching(/stay on disk/)]),
  );
  expect([...new Set((await numbersOf(data)).map((x) => Number(x.toPrecision(4))))]).toEqual([
    0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5,
  ]);
});

const big = 9007199254740992n;
const wide = (i: number) => big + BigInt(i % 2);

test.each([
  [
    "csv",
    "labels beyond 2^53 stay apart",
    `a,label\n${Array.from({ length: 20 }, (_, i) => `${i},${wide(i)}\n`).join("")}`,
  ],
  [
    "csv",
    "also below 0 and with a sign",
    `a,label\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2 ? `-${big + 1n}` : `+${big}`}\n`).join("")}`,
  ],
  [
    "csv",
    "also beyond 64 bits",
    `a,label\n${Array.from({ length: 20 }, (_, i) => `${i},${"9".repeat(30)}${i % 2}\n`).join("")}`,
  ],
])("%s: %s", async (ending, name, text) => {
  expect((await open(put(`${name}.${ending}`, text))).train.classes).toBe(2);
});

const parquet = (columns: Parameters<typeof parquetWriteBuffer>[0]["columnData"]) =>
  new Uint8Array(parquetWriteBuffer({ columnData: columns }));
const a = Array.from({ length: 100 }, (_, i) => ((i * 7919) % 101) / 101 - 0.5);

test("Parquet: labels beyond 2^53 stay apart, in order of their values", async () => {
  const label = a.map((v) => (v > 0 ? big + 1n : v > -0.25 ? big : -big));
  const columns = [
    { name: "a", data: a, type: "DOUBLE" as const },
    { name: "label", data: label, type: "INT64" as const },
  ];
  const { train } = await open(put("labels.parquet", parquet(columns)));
  expect(train.classNames).toEqual(["-9007199254740992", "9007199254740992", "9007199254740993"]);
});

test.each(["csv", "parquet"])(
  "%s: groups beyond 2^53 stay apart; as quantities they are said to be rounded",
  async (ending) => {
    const user = a.map((_, i) => 1500000000000000000n + BigInt(i % 25));
    const label = a.map((v) => (v > 0 ? "p" : "q"));
    const columns = [
      { name: "a", data: a, type: "DOUBLE" as const },
      { name: "user", data: user, type: "INT64" as const },
      { name: "label", data: label, type: "STRING" as const },
    ];
    const text = `a,user,label\n${a.map((v, i) => `${v},${user[i]},${label[i]}\n`).join("")}`;
    const path = put(`users.${ending}`, ending === "csv" ? text : parquet(columns));
    const { train, validation } = await open(path, { splitBy: "user" });
    expect(new Set([...train.columns!.user!, ...validation.columns!.user!]).size).toBe(25);
    const { notes } = await open(path);
    expect(inWords(notes).at(-1)).toMatch(/^user: whole numbers beyond 2\^53, rounded to 53 bits as quantities/);
  },
);
