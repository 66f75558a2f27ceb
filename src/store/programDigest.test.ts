import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { digestOfCode, programDigest } from "./programDigest.ts";

const scene = mkdtempSync(join(tmpdir(), "batchscope-code-"));
afterAll(() => rmSync(scene, { recursive: true }));

/** A checkout of these files. */
function code(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(scene, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return digestOfCode(folder);
}

const files = { "a.ts": "1", "b/c.ts": "2", "b/d.js": "3" };

test("the same code has the same digest, with other tests, types and texts too", () => {
  const digest = code("one", files);
  expect(digest).toMatch(/^[0-9a-f]{12}$/);
  expect(code("two", { ...files, "a.test.ts": "x", "b/d.d.ts": "x", "b/README.md": "x" })).toBe(digest);
});

test.each([
  ["a changed file", { ...files, "b/c.ts": "4" }],
  ["one more", { ...files, "e.ts": "" }],
  ["another name", { "a.ts": "1", "b/e.ts": "2", "b/d.js": "3" }],
  ["text that moved from one to the next", { "a.ts": "12", "b/c.ts": "", "b/d.js": "3" }],
])("%s makes another digest", (name, changed) => {
  expect(code(name, changed)).not.toBe(code("as before", files));
});

test("of this program", () => {
  expect(programDigest()).toBe(digestOfCode(join(import.meta.dirname, "..")));
});
