import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { type Dataset, newBatch } from "../src/data/dataset.ts";
import type { DataOptions } from "../src/data/options.ts";
import { openData } from "../src/data/registry.ts";
import { toNumbers } from "../src/tensor/tensor.ts";

/** Removed when the tests of the file that reads this have run. */
export const folder = mkdtempSync(join(tmpdir(), "batchscope-series-"));
afterAll(() => rmSync(folder, { recursive: true }));

export function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

export type Row = readonly (string | number)[];
export const csv = (header: string, rows: readonly Row[]) =>
  `${header}\n${rows.map((row) => row.join(",")).join("\n")}\n`;
export const count = <T>(length: number, of: (i: number) => T) => Array.from({ length }, (_, i) => of(i));

/**
 * Readings whose values say where they stand: quantity `a` is 1000·unit + place, `b` its negative. Place 20 … 24 of
 * each series is a fault.
 */
export const planted = (unit: number, length: number) =>
  count(length, (t): Row => [`u${unit}`, t, 1000 * unit + t, -1000 * unit - t, t >= 20 && t < 25 ? "fault" : "normal"]);
export const HEADER = "unit,time,a,b,label";

export const windows: DataOptions = { series: { length: 8, stride: 4 }, seriesFiles: { by: "unit" } };
export const opened = (path: string, options: DataOptions & { subset?: string } = windows) => openData(path, options);

export async function read(data: Dataset) {
  const batch = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    batch,
  );
  return Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, toNumbers(value)]));
}

/** Every reading that the windows of a part hold, as "series:place". */
export function readingsOf(data: Dataset, length: number): Set<string> {
  const { series, start } = data.columns!;
  return new Set(series!.flatMap((name, i) => count(length, (t) => `${name}:${Number(start![i]) + t}`)));
}

export const overlap = (a: Set<string>, b: Set<string>) => [...a].filter((one) => b.has(one));
