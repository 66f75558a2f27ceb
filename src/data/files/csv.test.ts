import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { openCsv } from "./csv.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function cellsOf(text: string | Uint8Array) {
  const path = join(folder, "a.csv");
  writeFileSync(path, text);
  const table = await openCsv(path);
  const rows: unknown[][] = [];
  for await (const { size, cells } of table.scan(table.columns))
    for (let i = 0; i < size; i++) rows.push(cells.map((column) => column[i]));
  return [table.columns, ...rows];
}

describe("the ends of lines", () => {
  const expected = [
    ["a", "b"],
    ["1", "2"],
    ["3", "4"],
    ["5", null],
  ];

  test.each([
    ["LF", "a,b\n1,2\n3,4\n5,\n"],
    ["CR LF", "a,b\r\n1,2\r\n3,4\r\n5,\r\n"],
    ["CR", "a,b\r1,2\r3,4\r5,\r"],
    ["LF, then CR LF", "a,b\n1,2\r\n3,4\r\n5,"],
    ["CR LF, then LF", "a,b\r\n1,2\n3,4\n5,"],
    ["LF, then CR", "a,b\n1,2\r3,4\r5,"],
    ["CR, then LF", "a,b\r1,2\n3,4\n5,\n"],
    ["CR LF, then LF and CR LF by turns", "a,b\r\n1,2\r\n3,4\n5,\r\n"],
    ["blank lines, also before the first", "\n \r\na,b\n1,2\n\n3,4\r\r\n5,\n \n"],
  ])("%s", async (_, text) => expect(await cellsOf(text)).toEqual(expected));

  test("between quotes they are the cell's", async () =>
    expect(await cellsOf('a,"b\r\nc"\n1,"x\ry"\r\n')).toEqual([
      ["a", "b\r\nc"],
      ["1", "x\ry"],
    ]));
});

test.each([
  ["behind blank lines", "\n\r\na;b;c,d\n1;2;3\n", ["a", "b", "c,d"]],
  ["behind a name with a line end", '"a\nb";c;d\n1;2;3\n', ["a\nb", "c", "d"]],
  ["not between quotes", '"a,b,c";d\n1;2\n', ["a,b,c", "d"]],
  ["behind a first name that is none", "\ta\n1\t2\n", ["(unnamed)", "a"]],
])("the delimiter is told by the first line, %s", async (_, text, columns) =>
  expect((await cellsOf(text))[0]).toEqual(columns),
);

describe("a file that says, or shows, how it separates and quotes", () => {
  const expected = [
    ["a", "b,c"],
    ["1,5", "x;y"],
  ];

  test.each([
    ["sep=;", 'sep=;\r\na;b,c\r\n1,5;"x;y"\r\n'],
    ["sep=; in quotes", '"sep=;"\na;b,c\n1,5;"x;y"\n'],
    ["sep=, although semicolons are more", 'sep=,\na,"b,c"\n"1,5",x;y\n'],
    ["SEP= with a tab", "SEP=\t\na\tb,c\n1,5\tx;y\n"],
    ["sep=| with commas behind it, as a spreadsheet fills the line", "sep=|,,\ra|b,c\r1,5|x;y\r"],
    ["sep=; behind a byte-order mark", '\ufeffsep=;\na;b,c\n1,5;"x;y"\n'],
    ["sep=; behind a blank line", '\r\nsep=;\r\na;b,c\r\n1,5;"x;y"\r\n'],
    ["|, where nothing else is", '"a"|"b,c"\n"1,5"|x;y\n'],
    ["single quotes around each name", "'a','b,c'\n'1,5','x;y'\n"],
    ["white space around quotes", ' "a" ; "b,c" \n 1,5 ; "x;y" \n'],
  ])("%s", async (_, text) => expect(await cellsOf(text)).toEqual(expected));

  test("a column called sep=1 beside others is a column", async () =>
    expect((await cellsOf("sep=1,b\n1,2\n"))[0]).toEqual(["sep=1", "b"]));

  test("| in a name beside commas separates nothing", async () =>
    expect((await cellsOf("a|b|c,d\n1,2\n"))[0]).toEqual(["a|b|c", "d"]));

  test("lines are counted with the line sep=", async () =>
    await expect(cellsOf("sep=;\r\na;b\r\n1;2\r\n3;4;5\r\n")).rejects.toThrow(
      /a\.csv:4: expected 2 cells as in the first/,
    ));

  test.each(["a b label\n1 2 x\n", "a:b:label\n1:2:x\n", "a  ~ b\n1 ~ 2\n"])(
    "something else between the columns is named: %j",
    async (text) =>
      await expect(cellsOf(text)).rejects.toThrow(/a\.csv:1: expected names with commas, semicolons, tabs or \|/),
  );
});

test.each([
  [
    "names in GBK",
    Buffer.from([0xcf, 0xfa, 0xc1, 0xbf, 0x2c, 0xbc, 0xdb, 0xb8, 0xf1, 0x0a, 0x31, 0x2c, 0x32, 0x0a]),
    1,
  ],
  ["one name twice in GBK", Buffer.from([0xcf, 0xfa, 0x2c, 0xcf, 0xfb, 0x0a, 0x31, 0x2c, 0x32, 0x0a]), 1],
  ["a name in Latin-1", Buffer.from("caf\xe9,label\n1,x\n", "latin1"), 1],
  ["a cell in Latin-1", Buffer.from("a,label\n1,caf\xe9\n", "latin1"), 2],
  ["names in UTF-16", Buffer.from("a,label\n1,x\n", "utf16le"), 1],
  ["a cell with NUL", "a,label\n1,x\n2,\0\n", 3],
])("%s is refused with its line", async (_, text, line) => {
  await expect(cellsOf(text)).rejects.toThrow(DataError);
  await expect(cellsOf(text)).rejects.toThrow(
    new RegExp(`a\\.csv:${line}: expected UTF-8, got .*save it as UTF-8 \\(in Excel: CSV UTF-8\\)$`),
  );
});
