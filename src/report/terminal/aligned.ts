import { printable } from "../../text/printable.ts";
import { displayWidth } from "./displayWidth.ts";

/**
 * Rows of cells as lines of monospaced text: columns that `isText` to the left, by default the first; the others to the
 * right. Control characters in cells are shown.
 */
export function alignedLines(
  given: readonly (readonly string[])[],
  isText: (column: number) => boolean = (column) => column === 0,
): string[] {
  const rows = given.map((row) => row.map(printable));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column]!))));
  const cell = (text: string, column: number) => {
    const space = " ".repeat(widths[column]! - displayWidth(text));
    return isText(column) ? text + space : space + text;
  };
  return rows.map((row) => row.map(cell).join("  ").trimEnd());
}

/** Each label and what belongs to it on a line, all of these under each other. */
export function labelledLines(pairs: readonly (readonly [label: string, value: string])[]): string[] {
  return alignedLines(pairs, () => true);
}

/** Blocks of lines with an empty line between any two; without those that have no line. */
export function separated(blocks: readonly (readonly string[])[]): string[] {
  return blocks.filter((block) => block.length > 0).flatMap((block, i) => (i === 0 ? block : ["", ...block]));
}
