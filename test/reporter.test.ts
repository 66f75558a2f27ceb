import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "batchscope-reporter-"));

const planted = {
  "tests.test.ts": `test("a", () => {}); test("b", () => expect(1).toBe(2)); test.skip("c", () => {}); test.todo("d");`,
  "broken.test.ts": `import "./nothing.ts"; test("a", () => {});`,
  "before.test.ts": `beforeAll(() => { throw new Error("x"); }); test("a", () => {}); test("b", () => {});`,
  "after.test.ts": `describe("s", () => { afterAll(() => { throw new Error("x"); }); test("a", () => {}); });`,
  "loose.test.ts": `test("a", () => { Promise.reject(new Error("x")); });`,
  "skipped.test.ts": `describe.skip("s", () => { test("a", () => {}); });`,
};

beforeAll(() => {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const config = `import { closingReporter } from ${JSON.stringify(join(root, "test/reporter.ts"))};
    export default { test: { globals: true, maxWorkers: 1, reporters: ["default", closingReporter] } };`;
  writeFileSync(join(folder, "vitest.config.ts"), config);
  for (const [file, source] of Object.entries(planted)) writeFileSync(join(folder, file), source);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Exit code and last line of a vitest run over these planted files. */
function vitest(...files: (keyof typeof planted)[]) {
  const bin = join(root, "node_modules/vitest/vitest.mjs");
  const { status, stdout } = spawnSync(process.execPath, [bin, "run", ...files], { cwd: folder, encoding: "utf8" });
  return { status, last: stdout.trimEnd().split("\n").at(-1) };
}

test("every kind of failure is counted, in a test or outside of one", () => {
  // Passed: tests a, after a, loose a. Failed: tests b, broken, before, after, loose. Skipped: c, d, two of before, one
  // of skipped.
  expect(vitest()).toEqual({ status: 1, last: "3 passed, 5 failed, 5 skipped" });
});

test("a run without failures says so", () => {
  expect(vitest("skipped.test.ts")).toEqual({ status: 0, last: "0 passed, 0 failed, 1 skipped" });
});
