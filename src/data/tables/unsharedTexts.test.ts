import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openData } from "../registry.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-texts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = 60;

async function opened(
  cell: (i: number) => string,
  options: NonNullable<Parameters<typeof openData>[1]>["reading"] = {},
) {
  const path = join(folder, "a.csv");
  const rows = Array.from({ length: ROWS }, (_, i) => `${i % 7},${cell(i)},${i % 2 ? "yes" : "no"}`);
  writeFileSync(path, `n,c,label\n${rows.join("\n")}\n`);
  return openData(path, { reading: options });
}

const two = (n: number) => String(n).padStart(2, "0");

test.each<[string, (i: number) => string, string | undefined]>([
  ["a date", (i) => `2024-${two(1 + (i % 12))}-${two(1 + (i % 28))}`, "dateTexts"],
  ["a few dates, each of many rows", (i) => `2024-03-0${1 + (i % 4)}`, "dateTexts"],
  ["a date with its time", (i) => `2024-03-01T${two(i % 24)}:${two(i % 60)}:00Z`, "dateTexts"],
  ["a date with points", (i) => `${two(1 + (i % 28))}.03.2024`, "dateTexts"],
  ["a date in Chinese", (i) => `2024年3月${1 + (i % 28)}日`, "dateTexts"],
  ["a time of day", (i) => `${i % 24}:${two(i % 60)}`, "dateTexts"],
  ["a name", (i) => `Person ${i}`, "ownTexts"],
  ["an id with letters", (i) => `PC-${17599 + 31 * i}`, "ownTexts"],
  ["an id of digits that begin with 0", (i) => `000${101 + ((i * 37) % ROWS)}`, "ownTexts"],
  ["a text of which a third repeats", (i) => (i % 3 ? `Person ${i}` : "nobody"), "ownTexts"],
  ["a category", (i) => `town ${i % 9}`, undefined],
  ["a category of which a few come once", (i) => (i < 6 ? `town ${i}` : "city"), undefined],
  ["a category of two dates", (i) => `2024-03-0${1 + (i % 2)}`, undefined],
  ["versions", (i) => `1.2.${i % 3}`, undefined],
])("a column that is %s", async (_, cell, kind) => {
  const { notes, train } = await opened(cell);
  const found = notes.filter((note) => note.kind === "dateTexts" || note.kind === "ownTexts");
  expect(found.map((note) => note.kind)).toEqual(kind === undefined ? [] : [kind]);
  if (kind !== undefined) expect(train.inputs[0]!.shape).toEqual([1]);
});

test("a column that is asked for is kept, and what validation has of its own is counted", async () => {
  const { notes, train } = await opened((i) => `Person ${i}`, { features: ["n", "c"] });
  expect(train.inputs[0]!.shape).toEqual([1 + ROWS]);
  const of = 12;
  expect(notes).toContainEqual({ kind: "unseenCategories", columns: ["c"], rows: of, of });
});

test("categories that both parts have are not remarked on", async () => {
  const { notes } = await opened((i) => `town ${i % 2}`);
  expect(notes.some(({ kind }) => kind === "unseenCategories")).toBe(false);
});

test("a missing value is no category that training lacks", async () => {
  const { notes } = await opened((i) => (i % 5 ? `town ${i % 2}` : ""), { missing: "mean" });
  expect(notes.some(({ kind }) => kind === "unseenCategories")).toBe(false);
});
