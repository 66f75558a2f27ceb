import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importsOf, parseRules, violations } from "./layers.ts";

const root = fileURLToPath(new URL("../src", import.meta.url));
const rules = parseRules(readFileSync(join(root, "README.md"), "utf8"));

const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));

test("no source imports what its layer may not", () => {
  expect(sources).toContain("tensor/tensor.ts");
  expect(sources.flatMap((path) => violations(rules, path, readFileSync(join(root, path), "utf8")))).toEqual([]);
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

test("a table that is damaged is refused", () => {
  expect(() => parseRules("# The layers")).toThrow(/^src\/README.md: expected a table of folders/);
  const unknown = "| folder | purpose | may import |\n|-|-|-|\n| `a/` | x | b |\n| module | only in |\n|-|-|\n";
  expect(() => parseRules(unknown)).toThrow("src/README.md: a/: expected known folders, got b; add its row");
});
