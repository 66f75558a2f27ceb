import { alignedLines, labelledLines } from "./aligned.ts";
import { displayWidth } from "./displayWidth.ts";

/** Whether rows under each other are no wider than that; undefined of a file or a pipe, where every table fits. */
export function fits(rows: readonly (readonly string[])[], columns: number | undefined): boolean {
  return columns === undefined || alignedLines(rows).every((line) => displayWidth(line) <= columns);
}

/**
 * A table, whose first row is its head, as `alignedLines`. Where it is wider than so many columns each row is folded:
 * its first cell, and below it a line for every other cell that says something, with the name of its column.
 */
export function foldedLines(
  rows: readonly (readonly string[])[],
  columns: number | undefined,
  isText?: (column: number) => boolean,
): string[] {
  if (fits(rows, columns)) return alignedLines(rows, isText);
  const [head = [], ...others] = rows;
  return others.flatMap(([first = "", ...cells]) => {
    const pairs = cells.map((cell, i) => [`  ${head[i + 1]}`, cell] as const);
    return [first, ...labelledLines(pairs.filter(([, cell]) => cell !== "" && cell !== "–"))];
  });
}
