import type { GroupAnalysis } from "../store/schema.ts";
import { alignedLines } from "./aligned.ts";

/** Of more groups a matrix does not fit a screen; the file and the picture hold it. */
const MOST_GROUPS = 12;
const LONGEST_NAME = 12;

/** Mean cosines between the mini-batches of any two groups as lines of monospaced text; none for more than twelve groups. */
export function groupTable({ names, conflicts }: GroupAnalysis): string[] {
  if (names.length > MOST_GROUPS) return [];
  const short = names.map((name) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name));
  const cell = (value: number) => (Number.isNaN(value) ? "–" : value.toFixed(3).replace("-", "−"));
  return alignedLines([
    ["stiffness", ...short],
    ...conflicts.stiffness.map((row, group) => [short[group]!, ...row.map(cell)]),
  ]);
}
