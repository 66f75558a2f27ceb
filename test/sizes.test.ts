import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { functionsOf, linesOf } from "./sizes.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const LONGEST_FILE = 300;
const LONGEST_FUNCTION = 60;

/** Files that may be longer, and why. */
const longFiles: Readonly<Record<string, string>> = {
  "src/graph/operatorSchemas.ts": "data, written by scripts/operatorSchemas.py",
};

/** Functions that may be longer, and why. */
const longFunctions: Readonly<Record<string, string>> = {
  "src/ops/builder.ts builder":
    "one method for each operator, all over the same graph: parts of it would pass it around",
  "test/cases/pooling.ts windows": "a table, of which only the inputs are given",
};

/** All TypeScript but tests, whose cases stand in a row. */
const sources = ["src", "test", "bench", "scripts", "examples"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.includes("node_modules/"))
    .map((path) => ({ path, source: readFileSync(join(root, path), "utf8") })),
);

test("files fit a reader: at most 300 lines", () => {
  const long = sources.filter(({ source }) => linesOf(source) > LONGEST_FILE).map(({ path }) => path);
  expect(long.sort()).toEqual(Object.keys(longFiles).sort());
});

test("functions fit a screen: at most 60 lines", () => {
  const long = sources.flatMap(({ path, source }) =>
    functionsOf(path, source)
      .filter(({ lines }) => lines > LONGEST_FUNCTION)
      .map(({ name }) => `${path} ${name}`),
  );
  expect(long.sort()).toEqual(Object.keys(longFunctions).sort());
});

/** Pages of ours are in docs/ or in capitals; comments also name those of specifications. */
const OUR_PAGES = /(?<![\w/])(?:docs\/[a-z-]+|[A-Z]{4,})\.md\b/g;

test("pages of ours that comments name are in the repository", () => {
  const named = sources.flatMap(({ path, source }) =>
    [...source.matchAll(OUR_PAGES)].map(([page]) => ({ path, page: page! })),
  );
  expect(named.map(({ page }) => page)).toContain("docs/benchmarks.md");
  expect(named.filter(({ page }) => !existsSync(join(root, page)))).toEqual([]);
});

test("functions are measured with all their lines, and named by what holds them", () => {
  const source = [
    "export function first(a: number) {",
    "  const second = () => {",
    "    return a;",
    "  };",
    "  return { third() {}, fourth: function () {",
    "  }, second };",
    "}",
    "class Fifth {",
    "  sixth(): void {}",
    "}",
    "",
  ].join("\n");
  expect(functionsOf("file.ts", source)).toEqual([
    { name: "first", line: 1, lines: 7 },
    { name: "second", line: 2, lines: 3 },
    { name: "third", line: 5, lines: 1 },
    { name: "fourth", line: 5, lines: 2 },
    { name: "sixth", line: 9, lines: 1 },
  ]);
  expect(linesOf(source)).toBe(10);
});
