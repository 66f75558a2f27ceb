import { expect, test } from "vitest";
import { columnsOf, tableLines } from "./tableLines.ts";

const rows = [
  ["arm", "loss", "accuracy", ""],
  ["small", "0.5 [0.4, 0.6]", "–", "note"],
  ["大", "0.25", "97 %", ""],
];

test("a table that fits, or goes to a file, stands under its head", () => {
  const whole = [
    "arm              loss  accuracy      ",
    "small  0.5 [0.4, 0.6]         –  note",
    "大               0.25      97 %",
  ];
  for (const columns of [37, 80, undefined])
    expect(tableLines(rows, undefined, columns)).toEqual(whole.map((line) => line.trimEnd()));
});

test("one that does not fit is told row by row, without what says nothing", () => {
  expect(tableLines(rows, undefined, 36)).toEqual([
    "small",
    "  loss  0.5 [0.4, 0.6]",
    "        note",
    "大",
    "  loss      0.25",
    "  accuracy  97 %",
  ]);
});

test("only a terminal has columns", () => {
  expect([{ columns: 40 }, { isTTY: true }, { isTTY: true, columns: 40 }].map(columnsOf)).toEqual([
    undefined,
    undefined,
    40,
  ]);
});
