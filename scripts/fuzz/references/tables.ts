import { newBatch } from "../../../src/data/dataset.ts";
import type { Cell, Table } from "../../../src/data/files/table.ts";
import type { OpenedData } from "../../../src/data/openOptions.ts";
import { openData } from "../../../src/data/registry.ts";
import { unlessRefused } from "../dataset.ts";
import { Fault } from "../judge.ts";
import type { SecondTable } from "./csv.ts";

/** Throws `Fault` for a difference that is found, unless ours refuses to read. */
export async function refuseDifference(compare: () => Promise<string | null>): Promise<void> {
  const difference = await unlessRefused(compare);
  if (typeof difference === "string") throw new Fault("disagreement", difference);
}

/**
 * How the cells that were read differ from those of a second reader, which is asked where ours takes the file; null
 * where they do not, or where it does not know.
 */
export async function cellsDiffer(table: Table, ask: () => SecondTable | string | null): Promise<string | null> {
  const rows: Cell[][] = [];
  for await (const { size, cells } of table.scan(table.columns))
    for (let i = 0; i < size; i++) rows.push(cells.map((column) => column[i]!));
  const theirs = ask();
  if (theirs === null) return null;
  if (typeof theirs === "string") return `taken, and a second reader refuses it: ${theirs}`;
  const [ours, other] = [table.columns, theirs.columns].map((names) => JSON.stringify(names).slice(0, 300));
  if (ours !== other) return `taken with the columns ${ours}, and a second reader finds ${other}`;
  if (rows.length !== theirs.rows.length)
    return `taken with ${rows.length} rows, and a second reader finds ${theirs.rows.length}`;
  for (const [i, row] of rows.entries())
    for (const [c, cell] of row.entries())
      if (!Object.is(cell, theirs.rows[i]![c])) {
        const [a, b] = [cell, theirs.rows[i]![c]].map((one) => (JSON.stringify(one) ?? "").slice(0, 200));
        return `taken with ${a} in row ${i + 1} of column ${c + 1}, and a second reader finds ${b}`;
      }
  return null;
}

/** Texts that are meant as numbers, as docs/data.md has them: decimal, with a point and an exponent or without. */
const decimal = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

function numberOf(cell: string | number | boolean, asText: boolean): number | null {
  if (typeof cell !== "string") return Number(cell);
  return asText && decimal.test(cell) ? Number(cell) : null;
}

const wordOf = (cell: string | number | boolean, asText: boolean) => String(numberOf(cell, asText) ?? cell);

/**
 * How the examples of a table, whose rows of missing values are left out, differ from the rows of a second reader: each
 * row must stand there once, in training or validation, standardised as the description says. Null where they do not.
 */
export async function rowsDiffer(path: string, sheet: SecondTable, asText: boolean): Promise<string | null> {
  const opened = await openData(path, { reading: { missing: "drop" } });
  const { inputs, target } = opened.description as unknown as Description;
  const places = new Map(sheet.columns.map((name, c) => [name, c]));
  const used = [...inputs, target].map(({ name }) => places.get(name)!);
  const whole = sheet.rows.filter((row) => used.every((c) => row[c] !== null && !Number.isNaN(row[c])));
  const expected = whole.map((row) => {
    const x = inputs.flatMap((input) => numbersOf(input, row[places.get(input.name)!]!, asText));
    const goal = row[places.get(target.name)!]!;
    return keyOf(x, target.moments ? numbersOf(target, goal, asText).join() : wordOf(goal, asText));
  });
  const found: string[] = [];
  for (const part of [opened.train, opened.validation]) found.push(...(await keysOf(part)));
  expected.sort();
  found.sort();
  const at = found.findIndex((key, i) => key !== expected[i]);
  if (at < 0 && found.length === expected.length) return null;
  return `examples are not the rows: ${found.length} of ${expected.length}, ${found[at]?.slice(0, 200)} where ${expected[at]?.slice(0, 200)} is expected`;
}

interface Description {
  readonly inputs: readonly Column[];
  readonly target: Column;
}

interface Column {
  readonly name: string;
  readonly categories?: readonly string[] | null;
  readonly moments: { readonly mean: number; readonly deviation: number } | null;
}

function numbersOf({ categories, moments }: Column, cell: string | number | boolean, asText: boolean): number[] {
  if (moments === null) return categories!.map((category) => Number(category === wordOf(cell, asText)));
  return [Math.fround((numberOf(cell, asText)! - moments.mean) / moments.deviation)];
}

const keyOf = (x: Iterable<number>, y: string) => JSON.stringify([[...x].map((value) => value + 0).join(), y]);

async function keysOf(data: OpenedData["train"]): Promise<string[]> {
  const indices = Uint32Array.from({ length: data.size }, (_, i) => i);
  const batch = newBatch(data, data.size);
  await data.read(indices, batch, 0);
  const { x, y } = batch as unknown as { x: { data: Float32Array }; y: { data: Float32Array | BigInt64Array } };
  const width = x.data.length / data.size;
  return Array.from(indices, (i) => {
    const goal = y.data[i]!;
    const word = typeof goal === "bigint" ? data.classNames[Number(goal)]! : String(goal + 0);
    return keyOf(x.data.subarray(i * width, (i + 1) * width), word);
  });
}
