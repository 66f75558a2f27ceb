import { mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openGradients } from "../../analysis/files/gradientSource.ts";
import { DataError } from "../../tensor/errors.ts";
import { tensor } from "../../tensor/tensor.ts";
import { openData } from "../registry.ts";
import { openRandomAccess } from "./randomAccess.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { createSpill } from "./spill.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-descriptors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

const rows = 40;
const x = tensor(
  "float32",
  [rows, 2],
  Float32Array.from({ length: 2 * rows }, (_, i) => Math.sin(i)),
);
const y = tensor(
  "int64",
  [rows],
  BigInt64Array.from({ length: rows }, (_, i) => BigInt(i % 2)),
);
writeFileSync(path("arrays.safetensors"), encodeSafetensors(new Map(Object.entries({ x, y }))));
function writeTable(name: string, length: number): void {
  const lines = Array.from({ length }, (_, i) => `${Math.sin(i)},${i % 7},${i % 2}`);
  writeFileSync(path(name), ["a,b,label", ...lines, ""].join("\n"));
}
writeTable("table.csv", rows);
// More than is read ahead at once.
writeTable("long.csv", 5000);
writeFileSync(path("gradients.safetensors"), encodeSafetensors(new Map([["g", x]])));

/** Linux alone shows a process its own. */
const shown = process.platform === "linux";

function openFiles(): number {
  return readdirSync("/proc/self/fd").length;
}

/** How many are open that are not `path`. */
function otherFiles(path: string): number {
  return readdirSync("/proc/self/fd").filter((name) => linkOf(name) !== path).length;
}

/** Undefined of the folder that was read, which is closed by now. */
function linkOf(name: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return undefined;
  }
}

/** No garbage is collected in between: one synchronous stretch of work collects none of what a registry would close. */
const bound = 140;

test.runIf(shown).for([
  ["arrays in memory", "arrays.safetensors", 2 ** 20],
  ["arrays on disk", "arrays.safetensors", 1],
  ["a table in memory", "table.csv", 2 ** 20],
])("opening %s again and again keeps few files open", async ([, name, dataMemory]) => {
  const before = openFiles();
  for (let i = 0; i < 300; i++) await openData(path(name as string), { reading: { dataMemory: dataMemory as number } });
  expect(openFiles() - before).toBeLessThan(bound);
});

test.runIf(shown)("a table on disk that is disposed of leaves nothing open", async () => {
  // The table's own file stays in the pool, until garbage is collected.
  const opened: number[] = [];
  for (let i = 0; i < 200; i++) {
    using data = await openData(path("table.csv"), { reading: { dataMemory: 1 } });
    expect(data.train.size + data.validation.size).toBe(rows);
    opened.push(otherFiles(path("table.csv")));
  }
  expect(Math.max(...opened) - opened[0]!).toBeLessThan(10);
});

test("data that were disposed of cannot be read any more", async () => {
  const data = await openData(path("long.csv"), { reading: { dataMemory: 1 } });
  data[Symbol.dispose]();
  data[Symbol.dispose]();
  const batch = { x: tensor("float32", [1, 2], new Float32Array(2)), y: tensor("int64", [1], new BigInt64Array(1)) };
  const first = data.train.selected!.indices.indexOf(Math.min(...data.train.selected!.indices));
  await expect((async () => data.train.read(Uint32Array.of(first), batch))()).rejects.toThrow(
    "expected a file that is open, got one that was closed",
  );
});

test.runIf(shown)("gradients that are closed leave nothing open", async () => {
  const before = openFiles();
  for (let i = 0; i < 5; i++) (await openGradients(path("gradients.safetensors"))).close();
  expect(openFiles()).toBeLessThanOrEqual(before);
});

test("a file that was put away is opened again, and must be the same", () => {
  writeFileSync(path("bytes"), "abc");
  const file = openRandomAccess(path("bytes"));
  const read = () => {
    const bytes = new Uint8Array(3);
    file.read(bytes, 0);
    return new TextDecoder().decode(bytes);
  };
  expect(read()).toBe("abc");
  file.close();
  expect(read()).toBe("abc");
  file.close();
  writeFileSync(path("other"), "xyz");
  renameSync(path("other"), path("bytes"));
  expect(read).toThrow(DataError);
  expect(read).toThrow("bytes: expected the file that was opened, got another in its place; do not change files while");
});

test.runIf(shown)("a spill is closed by hand, whole or unfinished", () => {
  const before = openFiles();
  createSpill(3, [folder]).close();
  const spill = createSpill(3, [folder]);
  spill.append(Uint8Array.of(1, 2, 3));
  const file = spill.finish();
  file.close();
  file.close();
  expect(openFiles()).toBeLessThanOrEqual(before);
});
