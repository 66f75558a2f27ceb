import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importCycles, outsideOf, reachedFrom } from "./cycles.ts";
import { globalsOf, strayGlobals } from "./globals.ts";
import { importsOf, parseRules, violations } from "./layers.ts";

const root = fileURLToPath(new URL("../src", import.meta.url));
/** What browser.ts may reach of packages: each of them runs in a page. */
const PACKAGES = ["@bufbuild", "ml-matrix", "onnx-buf", "onnxruntime-web", "pure-rand", "simple-statistics", "umap-js"];

/** browser.ts as it follows from index.ts: its statements whose files reach no module but those of a page. */
function pageIndex(sources: ReadonlyMap<string, string>): string {
  const statements = sources.get("index.ts")!.match(/^export [^;]*;$/gm)!;
  const fileOf = (statement: string) => /from "\.\/(.*)";$/.exec(statement)![1]!;
  const ofPage = statements.filter((statement) =>
    outsideOf(sources, reachedFrom(sources, [fileOf(statement)]).keys()).every((one) =>
      PACKAGES.includes(one.split(": ")[0]!.split("/")[0]!),
    ),
  );
  const engine = 'export { type WebOptions, webEngine } from "./runtime/web.ts";';
  const before = ofPage.findLastIndex((statement) => fileOf(statement) < fileOf(engine));
  return [PAGE_HEAD, ...ofPage.toSpliced(before + 1, 0, engine), ""].join("\n");
}

const PAGE_HEAD = `/**
 * The public API of the package in a page: \`batchscope/browser\`, all of \`batchscope\` that needs no Node, and the engine
 * of a browser. Written from index.ts: \`npx vitest run test/layers.test.ts -u\` writes it again.
 */`;

const rules = parseRules(readFileSync(join(root, "README.md"), "utf8"));

const sources = new Map(
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => [path, readFileSync(join(root, path), "utf8")]),
);

test("no source imports what its layer may not", () => {
  expect([...sources.keys()]).toContain("tensor/tensor.ts");
  expect([...sources].flatMap(([path, source]) => violations(rules, path, source))).toEqual([]);
});

test("no source uses a global that stays elsewhere", async () => {
  const found = await Promise.all([...sources].map(([path, source]) => strayGlobals(rules, path, source)));
  expect(found.flat()).toEqual([]);
});

test("every file where a global may be used uses it", async () => {
  for (const { names, places } of rules.globals)
    for (const place of places.filter((one) => !one.endsWith("/"))) {
      expect(await globalsOf(sources.get(place) ?? "", names), `${names[0]} in ${place}`).not.toEqual([]);
    }
});

test("no file imports itself, not even types through others", () => {
  // The table of operators and their rules name each other for good.
  const others = new Map([...sources].filter(([path]) => !path.startsWith("ops/")));
  expect(importCycles(others)).toEqual([]);
});

test("every file belongs to what the package offers: test code and dead code do not ship", () => {
  const reached = reachedFrom(
    sources,
    [
      "cli/main.ts",
      "session/taskProgram.ts",
      "experiment/trialTask.ts",
      "experiment/microBatchTask.ts",
      "index.ts",
      "browser.ts",
      "runtime/web.ts",
    ],
    true,
  );
  expect([...sources.keys()].filter((path) => !reached.has(path) && !path.endsWith(".d.ts"))).toEqual([]);
});

describe("browser.ts", () => {
  const reached = reachedFrom(sources, ["browser.ts"]);

  test("reaches no module of Node, and of packages none but these", () => {
    const packages = new Set(outsideOf(sources, reached.keys()).map((one) => one.split(": ")[0]!.split("/")[0]!));
    expect(reached.keys()).toContain("training/train.ts");
    expect([...packages].sort()).toEqual(PACKAGES);
  });

  test("reaches no global of Node but the one that it does without in a page", async () => {
    const names = rules.globals.flatMap((row) => row.names);
    const used = await Promise.all(
      [...reached.keys()].map(async (path) => (await globalsOf(sources.get(path)!, names)).map((name) => [path, name])),
    );
    expect(used.flat()).toEqual([["training/clock.ts", "setImmediate"]]);
  });

  test("exports all of index.ts that needs no Node, and the engine of a page", async () => {
    await expect(pageIndex(sources)).toMatchFileSnapshot("../src/browser.ts");
  });
});

test("every folder has a row", () => {
  const folders = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory());
  expect(folders.filter((name) => !rules.folders.has(name))).toEqual([]);
});

const sample = parseRules(`
| folder | purpose | may import |
| --- | --- | --- |
| \`tensor/\` | numbers | — |
| \`graph/\` | nodes | tensor |
| \`store/\` | files | graph (types) |

| module | only in |
| --- | --- |
| \`node:*\` | \`store/\`, \`graph/files.ts\` |
| \`koffi\`, \`@x/y\` | \`graph/\` |

| globals | only in |
| --- | --- |
| \`process\`, \`Buffer\` | \`store/\`, \`graph/files.ts\` |
| \`window\`, \`import.meta.dirname\` | — |
`);

describe("the checker on planted sources", () => {
  test.each([
    ["graph/a.ts", `import { x } from "../tensor/x.ts";`],
    ["graph/a.ts", `import { x } from "./b.ts";`],
    ["graph/deep/a.ts", `import { x } from "../b.ts";\nexport * from "../../tensor/x.ts";`],
    ["store/a.ts", `import type { Graph } from "../graph/graph.ts";`],
    ["store/a.ts", `import type {\n  Graph,\n  Node,\n} from "../graph/graph.ts";`],
    ["store/a.ts", `import { DataError } from "../tensor/errors.ts";`],
    ["store/a.ts", `import { readFileSync } from "node:fs";`],
    ["graph/files.ts", `import "node:fs";\nimport koffi from "koffi";\nimport z from "zod";`],
    [
      "tensor/a.ts",
      `/**\n * import { x } from "../graph/x.ts";\n */\n// import "node:fs"\nconst s = "from '../store/a.ts'";`,
    ],
    ["index.ts", `export { load } from "./store/a.ts";`],
  ])("%s: %j is allowed", (path, source) => {
    expect(violations(sample, path, source)).toEqual([]);
  });

  test.each([
    ["tensor/a.ts", `import { g } from "../graph/g.ts";`, "tensor/a.ts: may not import graph/g.ts"],
    ["tensor/a.ts", `import type { G } from "../graph/g.ts";`, "tensor/a.ts: may not import graph/g.ts"],
    ["tensor/a.ts", `import {\n  g,\n} from "../graph/g.ts";`, "tensor/a.ts: may not import graph/g.ts"],
    ["tensor/a.ts", `export { g } from "../graph/g.ts";`, "tensor/a.ts: may not import graph/g.ts"],
    ["tensor/a.ts", `export * as g from '../graph/g.ts';`, "tensor/a.ts: may not import graph/g.ts"],
    ["tensor/a.ts", `import "../graph/g.ts";`, "tensor/a.ts: may not import graph/g.ts"],
    ["tensor/a.ts", `const g = await import("../graph/g.ts");`, "tensor/a.ts: may not import graph/g.ts"],
    ["tensor/a.ts", `const x = 1;\nimport { g } from "../graph/g.ts";`, "tensor/a.ts: may not import graph/g.ts"],
    [
      "store/a.ts",
      `import { type G } from "../graph/g.ts";`,
      "store/a.ts: may import only types of graph/, got graph/g.ts",
    ],
    ["store/a.ts", `import { x } from "../tensor/x.ts";`, "store/a.ts: may not import tensor/x.ts"],
    ["graph/a.ts", `import { x } from "./b.test.ts";`, "graph/a.ts: imports the test graph/b.test.ts"],
    [
      "graph/a.ts",
      `import { x } from "node:fs/promises";`,
      "graph/a.ts: may not import node:fs/promises; it stays in store/, graph/files.ts",
    ],
    ["store/a.ts", `import x from "@x/y/z";`, "store/a.ts: may not import @x/y/z; it stays in graph/"],
    ["other/a.ts", `import { x } from "../tensor/x.ts";`, "other/a.ts: other/ has no row in src/README.md"],
  ])("%s: %j is not", (path, source, problem) => {
    expect(violations(sample, path, source)).toEqual([problem]);
  });

  test("an import is found once, whatever stands around it", () => {
    expect(
      importsOf(`#!/usr/bin/env node\nimport a, { b } from "a";\nimport * as c from "c";\nexport type { D } from "d";`),
    ).toEqual([
      { from: "a", typeOnly: false },
      { from: "c", typeOnly: false },
      { from: "d", typeOnly: true },
    ]);
  });
});

describe("the checker of globals on planted sources", () => {
  test.each([
    ["store/a.ts", "process.exit(1);"],
    ["graph/files.ts", "export const b = Buffer.alloc(1);"],
    ["tensor/a.ts", "export function f(process: number) { return process; }"],
    ["tensor/a.ts", "const window = [4, 4];\nexport const n = window.length;"],
    ["tensor/a.ts", "import { window } from './b.ts';\nexport const n = window.length;"],
    ["tensor/a.ts", "export const { window } = { window: 1 };\nexport class A { process = window; }"],
    ["tensor/a.ts", "export const o = (a: { window: number }) => a.window;"],
    ["tensor/a.ts", "// process.exit\n/** window */\nexport const s = `process` + 'window';"],
    ["tensor/a.ts", "export type T = Buffer;"],
  ])("%s: %j is allowed", async (path, source) => {
    expect(await strayGlobals(sample, path, source)).toEqual([]);
  });

  test.each([
    ["tensor/a.ts", "process.exit(1);", "process; it stays in store/, graph/files.ts"],
    ["graph/a.ts", "export const b = { Buffer };", "Buffer; it stays in store/, graph/files.ts"],
    ["store/a.ts", "export const d = () => window.document;", "window; it stays out of src/"],
    ["store/a.ts", "export const d = globalThis.window;", "window; it stays out of src/"],
    ["store/a.ts", "export const d = typeof window;", "window; it stays out of src/"],
    ["store/a.ts", "{ const window = 1; }\nexport const d = window;", "window; it stays out of src/"],
    ["tensor/a.ts", "export const d = ({}).a ?? process.pid;", "process; it stays in store/, graph/files.ts"],
    ["tensor/a.ts", "export const d = import.meta.dirname;", "import.meta.dirname; it stays out of src/"],
  ])("%s: %j is not", async (path, source, problem) => {
    expect(await strayGlobals(sample, path, source)).toEqual([`${path}: may not use ${problem}`]);
  });
});

describe("the search for cycles on planted sources", () => {
  test.each<[Record<string, string>, string[]]>([
    [{ "a.ts": 'import { b } from "./b.ts";', "b.ts": 'import { c } from "./c.ts";', "c.ts": "" }, []],
    [{ "a.ts": 'import "./b.ts";\nimport "./c.ts";', "b.ts": 'import "./c.ts";', "c.ts": 'import "x";' }, []],
    [{ "a.ts": 'import { a } from "./a.ts";' }, ["a.ts → a.ts"]],
    [
      { "x/a.ts": 'import type { b } from "../b.ts";', "b.ts": 'export { a } from "./x/a.ts";' },
      ["x/a.ts → b.ts → x/a.ts"],
    ],
    [
      { "a.ts": 'import "./b.ts";', "b.ts": 'import "./c.ts";', "c.ts": 'const b = await import("./b.ts");' },
      ["b.ts → c.ts → b.ts"],
    ],
  ])("%j", (files, cycles) => {
    expect(importCycles(new Map(Object.entries(files)))).toEqual(cycles);
  });

  test("what runs is followed through values, not through types", () => {
    const files = new Map([
      ["a.ts", 'import { b } from "./x/b.ts";\nimport type { d } from "./d.ts";'],
      ["x/b.ts", 'export * from "../c.ts";'],
      ["c.ts", 'import z from "zod";\nawait import("node:fs");'],
      ["d.ts", 'import "koffi";'],
    ]);
    const reached = reachedFrom(files, ["a.ts"]);
    expect([...reached]).toEqual([
      ["a.ts", null],
      ["x/b.ts", "a.ts"],
      ["c.ts", "x/b.ts"],
    ]);
    expect(outsideOf(files, reached.keys())).toEqual(["zod: c.ts", "node:fs: c.ts"]);
    expect([...reachedFrom(files, ["a.ts"], true).keys()]).toEqual(["a.ts", "x/b.ts", "d.ts", "c.ts"]);
  });
});

test("a table that is damaged is refused", () => {
  expect(() => parseRules("# The layers")).toThrow(/^src\/README.md: expected tables of folders, modules and globals/);
  const unknown =
    "| folder | purpose | may import |\n|-|-|-|\n| `a/` | x | b |\n| module | only in |\n|-|-|\n| globals | only in |\n|-|-|\n";
  expect(() => parseRules(unknown)).toThrow("src/README.md: a/: expected known folders, got b; add its row");
});
