import type { GroupAnalysis } from "../../store/schema.ts";
import { type TerminalText, terminalEnglish } from "../../text/en/terminal.ts";
import { fixedPlaces } from "../../text/format.ts";
import { alignedLines } from "./aligned.ts";
import { displayWidth, truncate } from "./displayWidth.ts";

/** Of more groups a matrix does not fit a screen; the file and the picture hold it. */
const MOST_GROUPS = 12;
/** Columns of the terminal. */
const LONGEST_NAME = 12;

/**
 * Mean cosines between the mini-batches of any two groups as lines of monospaced text; none for more than twelve
 * groups.
 */
export function groupTable(
  { names, conflicts }: GroupAnalysis,
  { stiffness }: TerminalText = terminalEnglish,
): string[] {
  if (names.length > MOST_GROUPS) return [];
  const short = names.map((name) =>
    displayWidth(name) > LONGEST_NAME ? `${truncate(name, LONGEST_NAME - 1)}…` : name,
  );
  const cell = (value: number) => (Number.isNaN(value) ? "–" : fixedPlaces(value, 3));
  return alignedLines([
    [stiffness, ...short],
    ...conflicts.stiffness.map((row, group) => [short[group]!, ...row.map(cell)]),
  ]);
}
