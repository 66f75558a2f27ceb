import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { newBatch } from "../dataset.ts";
import { openCsv } from "../files/csv.ts";
import { type Cell, numberIn, type Table } from "../files/table.ts";
import { cachedTable } from "./cachedTable.ts";
import { openTables } from "./openTables.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-cached-table-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** 3,000 rows, three blocks: numbers as people write them, texts, both mixed, and what is missing. */
function written(name: string): string {
  const generator = random(4);
  const file = join(folder, name);
  const rows = Array.from({ length: 3000 }, (_, i) => {
    const number = (generator.normal() * 10 ** (i % 9)).toPrecision(12);
    const grade = ["a", "b", "1.0", "1"][i % 4];
    return [number, i % 5 === 0 ? "" : `${i}.50`, grade, `0${i % 3}`, i % 2 === 0 ? "yes" : "no"].join();
  });
  writeFileSync(file, `wide,price,grade,site,class\n${rows.join("\n")}\n`);
  return file;
}

/** Counts the scans that reach the file. */
async function counted(file: string): Promise<{ table: Table; scans: string[] }> {
  const [opened, scans] = [await openCsv(file), [] as string[]];
  const scan: Table["scan"] = (columns) => {
    scans.push(columns.join());
    return opened.scan(columns);
  };
  return { table: { ...opened, scan }, scans };
}

async function read(table: Table, columns: readonly string[]) {
  const cells = columns.map(() => [] as Cell[]);
  const places: string[] = [];
  for await (const block of table.scan(columns)) {
    for (const [c, column] of block.cells.entries()) cells[c]!.push(...column);
    for (let i = 0; i < block.size; i++) places.push(block.place(i));
  }
  return { cells, places };
}

describe("a cached table", () => {
  test("reads its file once, with the same numbers, texts and places", async () => {
    const file = written("once.csv");
    const { table, scans } = await counted(file);
    const cached = cachedTable(table, ["site"], 2 ** 20);
    const columns = ["wide", "price", "grade"];
    await read(cached, columns);
    const again = await read(cached, ["grade", "site", "price", "wide"]);
    expect(scans).toEqual(["wide,price,grade,site"]);
    const plain = await read(await openCsv(file), ["grade", "site", "price", "wide"]);
    expect(again.places).toEqual(plain.places);
    // What was asked for as texts, and columns in which a block holds texts, come as they were; numbers as numbers, to
    // the last bit.
    expect(again.cells[1]).toEqual(plain.cells[1]);
    expect(again.cells.map((column) => column.map((cell) => numberIn(cell, cached) ?? cell))).toEqual(
      plain.cells.map((column) => column.map((cell) => numberIn(cell, cached) ?? cell)),
    );
    expect(again.cells[3]!.every((cell) => typeof cell === "number")).toBe(true);
  });

  test("reads it again where it is too large, has too many texts, or other columns are asked for", async () => {
    const file = written("again.csv");
    const times = async (asTexts: string[], memory: number, second: string[]) => {
      const { table, scans } = await counted(file);
      const cached = cachedTable(table, asTexts, memory);
      await read(cached, ["wide", "class"]);
      const { cells } = await read(cached, second);
      expect(cells[0]).toHaveLength(3000);
      return scans.length;
    };
    expect(await times([], 3000 * 3 * 8, ["class", "wide"])).toBe(1);
    expect(await times([], 3000 * 3 * 8 - 1, ["class", "wide"])).toBe(2);
    expect(await times([], 2 ** 20, ["price"])).toBe(2);
    const many = join(folder, "many.csv");
    writeFileSync(many, `a,b\n${Array.from({ length: 5000 }, (_, i) => `${i},t${i}`).join("\n")}\n`);
    const { table, scans } = await counted(many);
    const cached = cachedTable(table, [], 2 ** 20);
    for (let k = 0; k < 2; k++) await read(cached, ["a", "b"]);
    expect(scans).toHaveLength(2);
  });

  test("left half way keeps nothing", async () => {
    const { table, scans } = await counted(written("half.csv"));
    const cached = cachedTable(table, [], 2 ** 20);
    for await (const _ of cached.scan(["wide"])) break;
    expect((await read(cached, ["wide"])).cells[0]).toHaveLength(3000);
    expect(scans).toHaveLength(2);
  });
});

test("a data set is the same bits whether its table was kept or read twice", async () => {
  const file = written("same.csv");
  const opened = async (dataMemory: number) => {
    const { table, scans } = await counted(file);
    const options = { target: "class", missing: "mean", splitBy: "site", dataMemory } as const;
    const { train, validation, notes } = await openTables("same", "csv", [table], options);
    const batches = [train, validation].map((data) => {
      const batch = newBatch(data, data.size);
      void data.read(
        Uint32Array.from({ length: data.size }, (_, i) => i),
        batch,
      );
      return [batch.x!.data, batch.y!.data, data.columns];
    });
    return { batches, scans: scans.length, notes: notes.filter(({ kind }) => kind !== "tableOnDisk") };
  };
  const [once, twice] = [await opened(2 ** 24), await opened(1000)];
  expect([once.scans, twice.scans]).toEqual([1, 2]);
  expect(once.batches).toEqual(twice.batches);
  expect(once.notes).toEqual(twice.notes);
  // Both spellings of one category are one input.
  expect(Object.keys(once.batches[0]![2] as object)).toEqual(["grade", "site"]);
});
