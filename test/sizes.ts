import { parseSync, Visitor } from "vite";

export interface FunctionSize {
  /** Its own name, or that of the property, method or variable that holds it; "" where there is none. */
  readonly name: string;
  /** The line that it begins in, from 1. */
  readonly line: number;
  readonly lines: number;
}

export function linesOf(source: string): number {
  return source.split("\n").length - (source.endsWith("\n") ? 1 : 0);
}

interface Named {
  readonly type: string;
  readonly name?: string;
  readonly value?: unknown;
}

/**
 * Every function of a TypeScript file, also those inside others, with the lines from its first to its last character.
 */
export function functionsOf(path: string, source: string): FunctionSize[] {
  const found: FunctionSize[] = [];
  const names = new Map<unknown, string>();
  const called = (key: Named) => key.name ?? String(key.value ?? "");
  const lineAt = (offset: number) => source.slice(0, offset).split("\n").length;
  const add = (node: { readonly start: number; readonly end: number; readonly id?: Named | null }) => {
    const line = lineAt(node.start);
    found.push({ name: node.id?.name ?? names.get(node) ?? "", line, lines: lineAt(node.end) - line + 1 });
  };
  const visitor = new Visitor({
    VariableDeclarator: (node) => void (node.init && names.set(node.init, called(node.id as Named))),
    Property: (node) => void names.set(node.value, called(node.key as Named)),
    MethodDefinition: (node) => void names.set(node.value, called(node.key as Named)),
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
  });
  visitor.visit(parseSync(path, source).program);
  return found;
}

/** Numbers, from 1, of the lines that hold a comment and are longer than `most`; directions to tools apart. */
export function longComments(path: string, source: string, most: number): number[] {
  const lines = source.split("\n");
  const numberOf = (offset: number) => source.slice(0, offset).split("\n").length;
  const spans = parseSync(path, source)
    .comments.filter(({ value }) => !value.trimStart().startsWith("biome-ignore"))
    .map(({ start, end }): [number, number] => [numberOf(start), numberOf(end)]);
  const held = spans.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return [...new Set(held)].filter((line) => [...lines[line - 1]!].length > most);
}
