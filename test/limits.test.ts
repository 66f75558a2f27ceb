import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A limit in milliseconds, as the last argument of a test or a hook, or among its options. */
const LIMIT = /^\s*\}, [1-9][\d_]*\);?$|\b(testTimeout|hookTimeout)\b|(test|it|describe|\))\([^\n]*\{ timeout:/m;

test("no test has a limit of its own: that of vitest.config.ts only ends what hangs", () => {
  const files = ["src", "test", "bench"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const tests = files.filter((name) => name.endsWith(".test.ts") && !name.endsWith("limits.test.ts"));
  expect(tests.length).toBeGreaterThan(100);
  expect(tests.filter((name) => LIMIT.test(readFileSync(join(root, name), "utf8")))).toEqual([]);
});

test.each([
  ["}, 60_000);", true],
  ["  }, 300000);", true],
  ['test("x", { timeout: 60_000 }, async () => {', true],
  ['])("%s", { timeout: 1 }, () => {', true],
  ["vi.setConfig({ testTimeout: 5 })", true],
  ["}, 1000", false],
  ["const wait = { timeout: 5 };", false],
])("%s has a limit: %s", (line, has) => {
  expect(LIMIT.test(line)).toBe(has);
});
