import { alignedLines, labelledLines } from "../../report/terminal/aligned.ts";
import { displayWidth } from "../../report/terminal/displayWidth.ts";

/** Columns of the terminal that a result goes to; undefined of a file or a pipe, where every table fits. */
export function columnsOf({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }) {
  return isTTY && columns ? columns : undefined;
}

/** Whether rows under each other are no wider than that. */
export function fits(rows: readonly (readonly string[])[], columns: number | undefined): boolean {
  return columns === undefined || alignedLines(rows).every((line) => displayWidth(line) <= columns);
}

/**
 * A table, whose first row is its head, as `alignedLines`. Where it is wider than the terminal each row is folded: its
 * first cell, and below it a line for every other cell that says something, with the name of its column.
 */
export function tableLines(
  rows: readonly (readonly string[])[],
  isText?: (column: number) => boolean,
  columns = columnsOf(process.stdout),
): string[] {
  if (fits(rows, columns)) return alignedLines(rows, isText);
  const [head = [], ...others] = rows;
  return others.flatMap(([first = "", ...cells]) => {
    const pairs = cells.map((cell, i) => [`  ${head[i + 1]}`, cell] as const);
    return [first, ...labelledLines(pairs.filter(([, cell]) => cell !== "" && cell !== "–"))];
  });
}
