import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readBatch } from "../../../test/readBatch.ts";
import { DataError } from "../../tensor/errors.ts";
import { fromNumbers } from "../../tensor/tensor.ts";
import { openCsv } from "../files/csv.ts";
import { encodeNpz } from "../files/npz.ts";
import { encodeSafetensors } from "../files/safetensors.ts";
import { summarizeColumns, type Table } from "../files/table.ts";
import { openData } from "../registry.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-names-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Names that mean something of every object. */
const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];

function csv(name: string, columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  writeFileSync(join(folder, name), [columns, ...rows].map((row) => row.join()).join("\n"));
  return join(folder, name);
}

describe("names that mean something of every object", () => {
  const rows = Array.from({ length: 12 }, (_, i) => [i, i % 5, `t${i % 3}`, (i * 7) % 4, i % 2]);

  test("columns of a table are read as those of other names", async () => {
    const other = await openData(csv("other.csv", ["a", "b", "c", "d", "label"], rows), { reading: { splitBy: "c" } });
    const own = await openData(csv("own.csv", [...names.slice(0, 2), "toString", "hasOwnProperty", "label"], rows), {
      reading: { splitBy: "toString" },
    });
    const all = Array.from({ length: own.train.size }, (_, i) => i);
    expect(await readBatch(own.train, all)).toEqual(await readBatch(other.train, all));
    expect(own.train.columns!.toString).toEqual(other.train.columns!.c);
  });

  test("so are categories, and the column of the target", async () => {
    const texts = rows.map(([a, b, c, d, label]) => [`x${(a! as number) % 2}`, b!, c!, d!, label!]);
    const { train } = await openData(csv("texts.csv", [...names, "y"], texts), { reading: { target: "constructor" } });
    expect(Object.keys(train.columns!).sort()).toEqual(["__proto__", "toString"]);
    expect(train.classNames).toEqual(["0", "1", "2", "3", "4"]);
  });

  test.each(["a.npz", "a.safetensors"])("arrays of %s are inputs of their names", async (name) => {
    const array = fromNumbers("float32", [6, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const arrays = new Map([
      ...names.map((one) => [one, array] as const),
      ["y", fromNumbers("int32", [6], [0, 1, 0, 1, 0, 1])] as const,
    ]);
    writeFileSync(join(folder, name), name.endsWith("npz") ? encodeNpz(arrays) : encodeSafetensors(arrays));
    const { train } = await openData(join(folder, name), { reading: { validationSplit: 0.4 } });
    expect(train.inputs.map((input) => input.name).sort()).toEqual([...names].sort());
    const batch = await readBatch(train, [0, 1]);
    const [first, ...others] = names.map((one) => Object.getOwnPropertyDescriptor(batch, one)?.value);
    expect(first.shape).toEqual([2, 2]);
    for (const other of others) expect(other).toEqual(first);
  });

  test("a name that is empty is refused in a table", async () => {
    await expect(openCsv(csv("empty.csv", ["a", "", "label"], [[1, 2, 3]]))).rejects.toThrow(
      /empty\.csv:1: expected a name for every column, got an empty one/,
    );
  });
});

describe("very wide tables", () => {
  const columns = Array.from({ length: 20_000 }, (_, i) => `c${i}`);

  test("each column is looked at once, and a block holds few of their rows", async () => {
    const rows = Array.from({ length: 60 }, (_, r) => [...columns.map((_, c) => (c * r) % 7), r % 2]);
    const { train } = await openData(csv("flat.csv", [...columns, "label"], rows.slice(0, 6)));
    expect(train.inputs[0]!.shape).toEqual([20_000]);
    const path = csv("wide.csv", [...columns, "label"], rows);
    for await (const { size } of (await openCsv(path)).scan(["c0"]))
      expect(size * columns.length).toBeLessThan(2 ** 21);
  });

  test("of columns of numbers, not every value is kept", async () => {
    const table: Table = {
      file: "values",
      columns: [...columns, "label"],
      numbersAsText: false,
      async *scan() {
        for (let r = 0; r < 220; r++)
          yield { size: 1, cells: [...columns.map((_, c) => [c + r / 1000]), [r % 2]], place: () => "" };
      },
    };
    const summaries = await summarizeColumns(table, table.columns);
    const kept = summaries.reduce((sum, { distinct }) => sum + (distinct?.size ?? 0), 0);
    expect(kept).toBeLessThan(2 ** 22);
    expect(summaries.at(-1)!.distinct?.size).toBe(2);
    expect(summaries[0]).toMatchObject({ size: 220, numbers: 220, distinct: null });
  });

  test("a cell beyond all bounds, and a row of too many cells, are refused", async () => {
    const scan = async (path: string) => {
      for await (const block of (await openCsv(path)).scan(["a"])) if (block.size === 0) return;
    };
    const long = csv("long.csv", ["a", "label"], [["x".repeat(2 ** 24 + 10), 1]]);
    await expect(scan(long)).rejects.toThrow(DataError);
    const many = csv("many.csv", ["a", "label"], [Array(1_000_000).fill(1)]);
    await expect(scan(many)).rejects.toThrow(
      /many\.csv:2: expected 2 cells as in the first line, got 1000000; correct/,
    );
    const open = csv("open.csv", ["a", "label"], [['"x\n'.repeat(1), 1]]);
    await expect(scan(open)).rejects.toThrow(/open\.csv:\d+: expected comma-separated values, got: Quote Not Closed/);
  });
});
