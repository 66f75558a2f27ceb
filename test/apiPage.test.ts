import { expect, test } from "vitest";
import { apiPage, declarationOf, exportsOf, interfaceOfTable } from "./apiPage.ts";

test("docs/api.md says of every export what its docstring says", async () => {
  await expect(apiPage()).toMatchFileSnapshot("../docs/api.md");
});

const at = (name: string) => ({ name, from: "x.ts" });

test.each([
  [
    "f",
    "/** Sums. */\nexport function f(a: number, { b }: { readonly b?: number } = {}): { c: number } {\n  return { c: a };\n}",
    "function f(a: number, { b }: { readonly b?: number } = {}): { c: number }",
  ],
  [
    "g",
    "/** Draws. */\nexport async function* g(): AsyncGenerator<number> {\n}",
    "async function* g(): AsyncGenerator<number>",
  ],
  ["T", "/** A pair. */\nexport type T = readonly [number, number];", "type T = readonly [number, number]"],
  [
    "U",
    "/** Two forms. */\nexport type U =\n  | { a: 1 }\n  | { b: 2 };\nconst x = 1;",
    "type U =\n  | { a: 1 }\n  | { b: 2 }",
  ],
  [
    "I",
    "/** A thing. */\nexport interface I {\n  /** Size. */\n  readonly a: { b: 1 };\n}\nconst x = {};",
    "interface I {\n  /** Size. */\n  readonly a: { b: 1 };\n}",
  ],
  [
    "c",
    "/** All. */\nexport const c: Readonly<Record<string, number>> = { a: 1 };",
    "const c: Readonly<Record<string, number>>",
  ],
])("the declaration of %s is found whole, without its body", (name, text, code) => {
  expect(declarationOf(text, at(name)).code).toBe(code);
});

test("what cannot be listed is told", () => {
  expect(() => declarationOf("export function f() {}", at("f"))).toThrow(
    "x.ts: expected a docstring above f, got none",
  );
  expect(() => declarationOf("const f = 1;", at("f"))).toThrow("x.ts: expected a declaration of f, got none");
  expect(() => exportsOf('export * from "./a.ts";')).toThrow('index: expected only "export { … } from"');
});

test("the fields of a type that a table gives are its rows, and none is left out", () => {
  const types =
    "export interface Shapes {\n  readonly number: number;\n  readonly pair: readonly [number, number];\n}\n";
  const table =
    'export const statistics = {\n  a: always("number", f),\n  /** A pair. */\n  b: stated(\n    optional("pair", g),\n    h,\n  ),\n' +
    '  c: nullable("number", f),\n} as const;\n';
  expect(interfaceOfTable(table, types, ["a", "b", "c"])).toBe(
    "interface GradientStatistics {\n  readonly a: number;\n  /** A pair. */\n  readonly b?: readonly [number, number];\n" +
      "  readonly c: number | null;\n}",
  );
  expect(() => interfaceOfTable(table, types, ["a", "d"])).toThrow(
    "table: expected a row of d as the others are, got none",
  );
});
