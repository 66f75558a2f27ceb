import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { makeFolder, requireWritableFolder } from "./folders.ts";

const root = mkdtempSync(join(tmpdir(), "batchscope-folders-"));
afterAll(() => rmSync(root, { recursive: true }));
writeFileSync(join(root, "file"), "");
symlinkSync("/nowhere/x", join(root, "dangling"));
symlinkSync("loop", join(root, "loop"));
mkdirSync(join(root, "real"));
symlinkSync("real", join(root, "link"));

test.each(["a/b/c", "a/b/c/d", "link/below", "real", "."])("%s is made, once or again", (path) => {
  requireWritableFolder(join(root, path));
  makeFolder(join(root, path));
  makeFolder(join(root, path));
  expect(existsSync(join(root, path))).toBe(true);
});

const below = "that/is/not/made";
const impossible: [string, string][] = [
  ["a file", join(root, "file")],
  ["below a file", join(root, "file", below)],
  ["a link to nothing", join(root, "dangling")],
  ["below a link to nothing", join(root, "dangling", below)],
  ["below a loop of links", join(root, "loop", below)],
  ["a name too long", join(root, "x".repeat(300))],
  ["a path too long", join(root, "x/".repeat(3000))],
];
test.each(impossible)("%s is refused, with nothing made", (_, path) => {
  const before = readdirSync(root);
  for (const refuse of [requireWritableFolder, makeFolder])
    expect(() => refuse(path)).toThrow(expect.objectContaining({ syscall: expect.any(String) }));
  expect(readdirSync(root)).toEqual(before);
});

test("a name with a NUL is no name", () => {
  for (const refuse of [requireWritableFolder, makeFolder])
    expect(() => refuse(join(root, "a\0b"))).toThrow(UsageError);
});

// There `mkdirSync` with `recursive` never ends.
test.runIf(process.platform === "linux").each(["/proc/nowhere", "/proc/nowhere/below", "/dev/null/x"])(
  "%s is refused at once",
  (path) => {
    expect(() => makeFolder(path)).toThrow(/^E[A-Z]+: .* mkdir '\/(proc\/nowhere|dev\/null)'$/);
  },
);
