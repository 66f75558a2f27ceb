import { posix } from "node:path";
import { importsOf } from "./layers.ts";

/** Sources by path relative to src/, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

/** The files that a source imports, types included, as paths relative to src/. */
function neighbours(path: string, source: string, typesToo: boolean): string[] {
  return importsOf(source)
    .filter(({ from, typeOnly }) => from.startsWith(".") && (typesToo || !typeOnly))
    .map(({ from }) => posix.join(posix.dirname(path), from));
}

/**
 * One cycle of imports for each file that a search, from the first file on, comes back to while it is still open: none
 * where there is no cycle, and type-only imports count. As "a.ts → b.ts → a.ts".
 */
export function importCycles(sources: Sources): string[] {
  const [open, done, cycles]: [string[], Set<string>, string[]] = [[], new Set(), []];
  const visit = (path: string) => {
    const at = open.indexOf(path);
    if (at !== -1) cycles.push([...open.slice(at), path].join(" → "));
    if (at !== -1 || done.has(path)) return;
    open.push(path);
    for (const next of neighbours(path, sources.get(path) ?? "", true)) visit(next);
    open.pop();
    done.add(path);
  };
  for (const path of sources.keys()) visit(path);
  return cycles;
}

/**
 * The sources that run when the entries are imported: types leave no trace, unless `typesToo` asks for their files as
 * well. Each with the file that first led to it, null for an entry.
 */
export function reachedFrom(
  sources: Sources,
  entries: readonly string[],
  typesToo = false,
): Map<string, string | null> {
  const reached = new Map<string, string | null>(entries.map((entry) => [entry, null]));
  for (const path of reached.keys())
    for (const next of neighbours(path, sources.get(path) ?? "", typesToo))
      if (!reached.has(next)) reached.set(next, path);
  return reached;
}

/** Modules from outside that the reached sources import, each as "module: file". */
export function outsideOf(sources: Sources, reached: Iterable<string>): string[] {
  return [...reached].flatMap((path) =>
    importsOf(sources.get(path) ?? "")
      .filter(({ from, typeOnly }) => !from.startsWith(".") && !typeOnly)
      .map(({ from }) => `${from}: ${path}`),
  );
}
