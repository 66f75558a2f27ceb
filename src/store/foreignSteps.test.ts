import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { type ForeignLine, readForeignSteps } from "./foreignSteps.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "batchscope-foreign-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, "steps.jsonl");
const header = { kind: "run", schemaVersion: 1, unit: "examples" };
const step = (number: number) => ({
  kind: "step",
  step: number,
  seconds: number,
  counts: [4, 4],
  squaredNorms: [2, 3],
  squaredNorm: 1.5,
});
const lines = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
const read = (from?: { bytes: number; lines: number }) => {
  const found: ForeignLine[] = [];
  const place = readForeignSteps(folder, (line) => found.push(line), from);
  return { found, place };
};

test("a torn last line waits for its end", () => {
  const torn = JSON.stringify(step(2));
  writeFileSync(file(), lines(header, step(1)) + torn.slice(0, 20));
  const { found, place } = read();
  expect(found).toEqual([header, step(1)]);
  appendFileSync(file(), `${torn.slice(20)}\n`);
  const { found: rest, place: end } = read(place);
  expect(rest).toEqual([step(2)]);
  expect(read(end).found).toEqual([]);
});

test("not-a-number, infinities, empty lines and fields of a later writer are read", () => {
  writeFileSync(file(), `${lines(header)}\n${lines({ ...step(1), loss: "NaN", squaredNorm: "Infinity", more: [1] })}`);
  expect(read().found[1]).toMatchObject({ loss: Number.NaN, squaredNorm: Number.POSITIVE_INFINITY, more: [1] });
});

test.each([
  ["no JSON", "nonsense\n", 'expected a JSON object, got "nonsense"; delete the line'],
  ["an array", "[1]\n", 'expected a JSON object, got "[1]"; delete the line'],
  ["another kind", lines({ kind: "epoch" }), 'expected a line of kind run, step, evaluation or end, got "epoch"'],
  ["a norm too few", lines({ ...step(1), squaredNorms: [1] }), 'expected 2 numbers in "squaredNorms", got [1]'],
  ["no count", lines({ ...step(1), counts: [] }), 'expected positive numbers in "counts", got []'],
  ["a count of 0", lines({ ...step(1), counts: [4, 0] }), 'expected positive numbers in "counts", got [4,0]'],
  ["a text", lines({ ...step(1), squaredNorm: "much" }), 'expected a number in "squaredNorm", got "much"'],
  ["a later version", lines({ ...header, schemaVersion: 2 }), "expected schemaVersion 1, got 2; install a newer"],
  ["another unit", lines({ ...header, unit: "words" }), "expected the first line of a loop, got unit:"],
])("a line with %s is named with its place", (_, text, message) => {
  writeFileSync(file(), lines(header) + text);
  expect(read).toThrow(DataError);
  expect(read).toThrow(`${file()}:2: ${message}`);
});

test("a folder without the file is named", () => {
  expect(read).toThrow(`${folder}: expected a folder with steps.jsonl, got none there; name the folder`);
});
