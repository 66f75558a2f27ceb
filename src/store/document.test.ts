import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchStore } from "../../test/scratchStore.ts";
import { writeAtomically } from "./document.ts";

const store = scratchStore();

test("a file is replaced, never written over: who has the old one open still reads it", () => {
  const path = join(store.directory, "new/folder/file");
  writeAtomically(path, "old");
  linkSync(path, `${path}.open`);
  writeAtomically(path, Uint8Array.of(110, 101, 119));
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readFileSync(`${path}.open`, "utf8")).toBe("old");
});

test("a write that fails leaves nothing behind", () => {
  const path = join(store.directory, "file");
  mkdirSync(path);
  writeFileSync(join(path, "inside"), "");
  expect(() => writeAtomically(path, "new")).toThrow(/^E[A-Z]+: /);
  expect(readdirSync(store.directory)).toEqual(["file"]);
});
