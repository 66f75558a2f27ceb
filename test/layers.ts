import { posix } from "node:path";

/** Names, and the only places where they may appear: folders that end in "/", and files. */
interface Confined {
  readonly names: readonly string[];
  readonly places: readonly string[];
}

/**
 * What `src/README.md` allows: imports between the folders of src/, where a module from outside may appear, and where a
 * global.
 */
export interface Rules {
  readonly folders: ReadonlyMap<string, { readonly all: ReadonlySet<string>; readonly types: ReadonlySet<string> }>;
  readonly modules: readonly Confined[];
  readonly globals: readonly Confined[];
}

/** Reads the three tables of `src/README.md`. Throws when one is missing or names a folder that has no row. */
export function parseRules(markdown: string): Rules {
  const rows = [...markdown.matchAll(/^\|(.+)\|$/gm)].map((row) => row[1]!.split("|").map((cell) => cell.trim()));
  const start = rows.findIndex((cells) => cells[0] === "folder");
  const middle = rows.findIndex((cells) => cells[0] === "module");
  const last = rows.findIndex((cells) => cells[0] === "globals");
  if (start < 0 || middle < start || last < middle)
    throw new Error(
      "src/README.md: expected tables of folders, modules and globals, in this order; restore the missing one",
    );
  const folders = new Map(
    rows.slice(start + 2, middle).map((row) => [unquote(row[0]!)[0]!.slice(0, -1), allowed(row[2]!)]),
  );
  for (const [folder, { all, types }] of folders)
    for (const name of [...all, ...types])
      if (!folders.has(name))
        throw new Error(`src/README.md: ${folder}/: expected known folders, got ${name}; add its row`);
  const confined = (row: readonly string[]) => ({ names: unquote(row[0]!), places: unquote(row[1]!) });
  return {
    folders,
    modules: rows.slice(middle + 2, last).map(confined),
    globals: rows.slice(last + 2).map(confined),
  };
}

function unquote(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

function allowed(cell: string) {
  const names = cell === "—" ? [] : cell.split(",").map((name) => name.trim());
  const types = names.filter((name) => name.endsWith(" (types)")).map((name) => name.slice(0, -" (types)".length));
  return { all: new Set(names.filter((name) => !name.endsWith(" (types)"))), types: new Set(types) };
}

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** Every module that a TypeScript source imports, re-exports, or loads with a literal `import()`. */
export function importsOf(source: string): Import[] {
  const code = source.replace(/\/\*.*?\*\//gs, "").replace(/^\s*\/\/.*$/gm, "");
  const statements = code.matchAll(/^\s*(?:import|export)\s+(type\s)?(?:[\w*{][^;"'`]*?\sfrom\s+)?["']([^"']+)["']/gm);
  const calls = code.matchAll(/\bimport\(\s*["'`]([^"'`]+)["'`]/g);
  return [
    ...Array.from(statements, (match) => ({ from: match[2]!, typeOnly: match[1] !== undefined })),
    ...Array.from(calls, (match) => ({ from: match[1]!, typeOnly: false })),
  ];
}

/** What the imports of one source break, in words. `path` is relative to src/, with forward slashes. */
export function violations(rules: Rules, path: string, source: string): string[] {
  return importsOf(source).flatMap(({ from, typeOnly }) => {
    const problem = from.startsWith(".") ? crossing(rules, path, from, typeOnly) : outside(rules, path, from);
    return problem === undefined ? [] : [`${path}: ${problem}`];
  });
}

function crossing(rules: Rules, path: string, from: string, typeOnly: boolean): string | undefined {
  const target = posix.join(posix.dirname(path), from);
  if (target.endsWith(".test.ts")) return `imports the test ${target}`;
  const folder = path.includes("/") ? path.split("/")[0]! : undefined;
  const other = target.split("/")[0]!;
  // src/index.ts, the public interface, lies above all layers.
  if (folder === undefined || folder === other || target === "tensor/errors.ts") return undefined;
  const may = rules.folders.get(folder);
  if (may === undefined) return `${folder}/ has no row in src/README.md`;
  if (may.all.has(other) || (typeOnly && may.types.has(other))) return undefined;
  return may.types.has(other) ? `may import only types of ${other}/, got ${target}` : `may not import ${target}`;
}

function outside(rules: Rules, path: string, from: string): string | undefined {
  const matches = (name: string) =>
    name.endsWith("*") ? from.startsWith(name.slice(0, -1)) : from === name || from.startsWith(`${name}/`);
  const rule = rules.modules.find(({ names }) => names.some(matches));
  if (rule === undefined || stands(path, rule.places)) return undefined;
  return `may not import ${from}; it stays in ${rule.places.join(", ")}`;
}

/** Whether a file is one of the places, or lies in one. */
export function stands(path: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith("/") ? path.startsWith(place) : path === place));
}
