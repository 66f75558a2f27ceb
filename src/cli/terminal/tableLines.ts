import { foldedLines } from "../../report/terminal/folded.ts";

/** Columns of the terminal that a result goes to; undefined of a file or a pipe, where every table fits. */
export function columnsOf({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }) {
  return isTTY && columns ? columns : undefined;
}

/** A table, whose first row is its head, folded where it is wider than the terminal: see `foldedLines`. */
export function tableLines(
  rows: readonly (readonly string[])[],
  isText?: (column: number) => boolean,
  columns = columnsOf(process.stdout),
): string[] {
  return foldedLines(rows, columns, isText);
}
