import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { functionsOf, linesOf, longComments } from "./sizes.ts";

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

const WIDEST_COMMENT = 120;

const everything = ["src", "test", "bench", "scripts", "examples", "bin"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .filter((path) => /\.[jt]s$/.test(path) && !path.includes("node_modules/"))
    .map((path) => ({ path, source: readFileSync(join(root, path), "utf8") })),
);

/** All TypeScript but tests, whose cases stand in a row. */
const sources = everything.filter(({ path }) => path.endsWith(".ts") && !path.endsWith(".test.ts"));

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

test("comments are at most 120 columns wide", () => {
  const wide = everything.flatMap(({ path, source }) =>
    longComments(path, source, WIDEST_COMMENT).map((line) => `${path}:${line}`),
  );
  expect(wide).toEqual([]);
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

test("wide comments are found in blocks and behind code, and strings are none", () => {
  const source = [
    "/**",
    " * 5 columns and more",
    " */",
    "const a = 1; // behind",
    'const url = "https://a.example";',
    "f(); /* two",
    "lines */",
    "// biome-ignore format: a direction",
    "// αβγδε",
  ].join("\n");
  expect(longComments("file.ts", source, 10)).toEqual([2, 4, 6]);
});
