import { readFileSync } from "node:fs";
import { statistics } from "../src/statistics/table.ts";

const source = new URL("../src/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, source), "utf8");

interface Exported {
  readonly name: string;
  readonly from: string;
}

/** What an index exports, in its order. Throws for a form of export that this page could not list. */
export function exportsOf(index: string): Exported[] {
  const code = index.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|^import ".*";$/gm, "");
  const statements = [...code.matchAll(/export (type )?\{([^}]*)\} from "\.\/([^"]+)";/g)];
  const rest = statements.reduce((text, [statement]) => text.replace(statement, ""), code).trim();
  if (rest !== "") throw new Error(`index: expected only "export { … } from", got ${rest.split("\n")[0]}; list names`);
  return statements.flatMap(([, , names, from]) =>
    names!
      .split(",")
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "")
      .map((name) => ({ name, from: from! })),
  );
}

/** The declaration of a name and the docstring above it. Throws where there is neither or no docstring. */
export function declarationOf(text: string, { name, from }: Exported): { readonly doc: string; readonly code: string } {
  const declared = new RegExp(
    `(?:/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n)?^export ((?:async )?function\\*?|const|class|interface|type) ${name}\\b`,
    "m",
  ).exec(text);
  if (declared === null) throw new Error(`${from}: expected a declaration of ${name}, got none; export it there`);
  if (declared[1] === undefined)
    throw new Error(`${from}: expected a docstring above ${name}, got none; say what it is, its shapes and its errors`);
  const start = declared.index + declared[0].indexOf("export ");
  return { doc: linesOf(declared[1]), code: signatureAt(text, start + "export ".length) };
}

function linesOf(docstring: string): string {
  return docstring
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim();
}

/** Where the formatter lets each kind of declaration, or what of it is no body or value, end. */
const ends = {
  function: /(?<!:) \{\n/,
  async: /(?<!:) \{\n/,
  const: / =\s/,
  interface: /(?<=\n\})/,
  class: /(?<=\n\})/,
  type: /;(?=\n[^ }]|\n*$)/,
};

function signatureAt(text: string, start: number): string {
  const rest = text.slice(start);
  const kind = /^\w+/.exec(rest)![0] as keyof typeof ends;
  const emptyInterface = kind === "interface" && /^[^\n]*\{\}/.exec(rest);
  return emptyInterface ? emptyInterface[0] : rest.slice(0, rest.search(ends[kind])).trim();
}

const row = / {2}(\w+): (?:stated\(\s*)?(always|nullable|optional)\("(\w+)"/;

/**
 * The type of the statistics as an interface, whose fields and docstrings are the rows of their table. Throws for a
 * row that is written in another way.
 */
export function interfaceOfTable(table: string, types: string, names: readonly string[]): string {
  const shapes = new Map(
    [...bodyOf(types, "interface Shapes {").matchAll(/readonly (\w+): (.+);/g)].map(([, name, type]) => [name!, type!]),
  );
  const rows = bodyOf(table, "export const statistics = {");
  const documented = new RegExp(`((?: {2}/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?)${row.source}`, "g");
  const fields = [...rows.matchAll(documented)].map(([, doc, name, presence, shape]) => ({
    name,
    code: `${doc}  readonly ${name}${presence === "optional" ? "?" : ""}: ${shapes.get(shape!)}${presence === "nullable" ? " | null" : ""};`,
  }));
  const missing = names.filter((name) => !fields.some((field) => field.name === name));
  if (missing.length > 0) throw new Error(`table: expected a row of ${missing.join(", ")} as the others are, got none`);
  return ["interface GradientStatistics {", ...fields.map(({ code }) => code), "}"].join("\n");
}

function bodyOf(text: string, start: string): string {
  return text.slice(text.indexOf(start) + start.length).split("\n}")[0]!;
}

function codeOf(one: Exported, code: string): string {
  if (one.name !== "GradientStatistics") return code;
  return interfaceOfTable(read(one.from), read("statistics/types.ts"), Object.keys(statistics));
}

/** The page. */
export function apiPage(): string {
  const exported = exportsOf(read("index.ts"));
  const folders = [...new Set(exported.map(({ from }) => from.split("/")[0]!))];
  const lines = [
    "# The API",
    "",
    "What the package `batchscope` exports. The page is written from the docstrings: `npx vitest run test/apiPage.test.ts -u` writes it",
    "again. Everything else may change between versions. [examples/](../examples/README.md) use it.",
  ];
  for (const folder of folders) {
    lines.push("", `## ${folder}/`);
    for (const one of exported.filter(({ from }) => from.startsWith(`${folder}/`))) {
      const { doc, code } = declarationOf(read(one.from), one);
      lines.push("", `### ${one.name}`, "", "```ts", codeOf(one, code), "```", "", doc, "", `\`src/${one.from}\``);
    }
  }
  return `${lines.join("\n")}\n`;
}
