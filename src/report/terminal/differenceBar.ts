const COLUMNS = 41;

/** A difference with its interval on an axis, and where the axis begins and ends. */
export interface DifferenceBar {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * A difference as a line, 0 and ± the minimum effect on it:
 *
 *     ├────●──┤  ┊    │    ┊
 *
 * An end of the interval that nothing bounds reaches to the end of the line as an arrow.
 */
export function differenceBar(
  { value, lower, upper }: { readonly value: number; readonly lower: number | null; readonly upper: number | null },
  minimumEffect: number,
): DifferenceBar {
  const most = 1.1 * Math.max(minimumEffect, ...[value, lower ?? 0, upper ?? 0].map(Math.abs));
  const column = (at: number) =>
    Math.min(COLUMNS - 1, Math.max(0, Math.round(((at + most) / (2 * most)) * (COLUMNS - 1))));
  const cells = Array<string>(COLUMNS).fill(" ");
  const [first, last] = [lower === null ? 0 : column(lower), upper === null ? COLUMNS - 1 : column(upper)];
  for (let i = first; i <= last; i++) cells[i] = "─";
  for (const at of [-minimumEffect, minimumEffect]) cells[column(at)] = cells[column(at)] === " " ? "┊" : "┼";
  cells[column(0)] = cells[column(0)] === " " ? "│" : "┼";
  cells[first] = lower === null ? "◀" : "├";
  cells[last] = upper === null ? "▶" : "┤";
  cells[column(value)] = "●";
  return { from: -most, to: most, text: cells.join("") };
}
