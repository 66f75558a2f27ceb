import { expect, test } from "vitest";
import type { Table } from "../files/table.ts";
import { timeReader, timeText } from "./seriesTimes.ts";

test.each([
  [0, true, "1970-01-01 00:00:00"],
  [1.5, true, "1970-01-01 00:00:01.500"],
  [1.5, false, "1.5"],
  // One file of a series may have texts, and another numbers that no calendar reaches.
  [-9007199254740991, true, "-9007199254740991"],
  [8.64e12, true, "+275760-09-13 00:00:00"],
])("the time %d, a text: %s, is told as %s", (time, isText, told) => {
  expect(timeText(time, isText)).toBe(told);
});

const table: Table = { file: "a.csv", columns: ["t"], numbersAsText: true, async *scan() {} };
const read = (text: string) => timeReader(table, "t").read(text, () => "a.csv:7");

test.each([
  "2026-02-30",
  "2026-02-29",
  "2026-02-30 10:00:00",
  "2026-04-31T00:00",
  "1900-02-29",
  "2026-13-01",
  "2026-00-10",
  "2026-01-00",
  "2026-01-32",
  "2026-01-01 25:00",
  "2026-01-01 24:01",
  "2026-01-01 25:61",
  "2026-01-01 12:60",
  "2026-01-01 12:00:61",
  "2026-01-01 12:00+25:00",
])("%s is no time", (text) =>
  expect(() => read(text)).toThrow(
    `a.csv:7: expected a number or a time as 2026-01-31 23:59:00 in "t", got ${JSON.stringify(text)}; correct it`,
  ),
);

test.each([
  ["2024-02-29", "2024-02-29 00:00:00"],
  ["2000-02-29 23:59:59", "2000-02-29 23:59:59"],
  ["2026-12-31T23:59:59.5Z", "2026-12-31 23:59:59.500"],
  ["2026-01-01 00:30+01:00", "2025-12-31 23:30:00"],
])("%s is one", (text, told) => expect(timeText(read(text), true)).toBe(told));
