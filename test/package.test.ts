import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "batchscope-package-"));
const installed = join(folder, "node_modules/batchscope");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** With the Node that runs this test, whichever the machine's own is. */
function run(directory: string, command: string, ...argv: string[]): string {
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
  return execFileSync(command, argv, { cwd: directory, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** What a user does: install the tarball into an empty folder, without our lock file and our development tools. */
beforeAll(() => {
  run(root, "npm", "pack", "--silent", "--pack-destination", folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", `./${tarball}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the package holds JavaScript, its declarations and its licence, no sources and no tests", () => {
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  expect(files).toEqual(
    expect.arrayContaining(["README.md", "LICENSE", "NOTICE", "dist/cli/main.js", "bin/batchscope.js"]),
  );
  expect(files.filter((file) => /(?<!\.d)\.tsx?$|\.test\.|^src\b/.test(file))).toEqual([]);
});

test("the installed command starts, by its name", () => {
  expect(run(folder, "npx", "batchscope", "--version").trim()).toBe(manifest.version);
  expect(run(folder, "npx", "batchscope", "--help")).toMatch(/^Usage: batchscope /);
});
