import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createSpill } from "./spill.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-spill-"));
afterAll(() => rmSync(folder, { recursive: true }));
// No folder can be made in a file, whoever asks.
const file = join(folder, "file");
writeFileSync(file, "");
const nowhere = join(file, "cache");

function readBack(folders: readonly string[]): number[] {
  const spill = createSpill(3, folders);
  spill.append(Uint8Array.of(1, 2, 3));
  const bytes = new Uint8Array(3);
  spill.finish().read(bytes, 0);
  return [...bytes];
}

test("where the cache cannot be written, the next folder serves", () => {
  expect(readBack([nowhere, folder])).toEqual([1, 2, 3]);
});

test("where none can, the error names what a user can set", () => {
  const words =
    /^\S+ or \S+: expected to write what does not fit into memory, got: .*; set XDG_CACHE_HOME .*`dataMemory`$/;
  expect(() => createSpill(3, [nowhere, nowhere])).toThrow(words);
});

test("what has no room is refused before it is written", () => {
  expect(() => createSpill(2 ** 60, [folder])).toThrow(
    /got: \d+ bytes free of 1152921504606847000 in .*; set XDG_CACHE_HOME/,
  );
});

test("so is what has no room behind what was written", () => {
  const spill = createSpill(3, [folder]);
  try {
    spill.append(Uint8Array.of(1, 2, 3));
    spill.reserve(3);
    expect(() => spill.reserve(2 ** 60)).toThrow(
      /got: \d+ bytes free of 1152921504606847000 in .*; set XDG_CACHE_HOME/,
    );
  } finally {
    spill.close();
  }
});
