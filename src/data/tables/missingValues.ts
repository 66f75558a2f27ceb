import { DataError, option } from "../../tensor/errors.ts";
import type { ColumnSummary } from "../files/table.ts";
import type { DataNote } from "../notes.ts";
import type { Feature, TableOptions } from "./tableRoles.ts";

/** What `missing: "mean"` puts in, of all parts: the mean of a number, and no category. */
export function filledNotes(
  summaries: readonly (readonly ColumnSummary[])[],
  features: readonly Feature[],
  { missing }: TableOptions,
): DataNote[] {
  if (missing !== "mean") return [];
  const of = features.map(({ categories }, c) => ({
    isNumber: categories === null,
    cells: summaries.reduce((sum, summary) => sum + summary[c]!.missing, 0),
  }));
  const count = (isNumber: boolean) => {
    const those = of.filter((one) => one.isNumber === isNumber && one.cells > 0);
    return { cells: those.reduce((sum, { cells }) => sum + cells, 0), columns: those.length };
  };
  const [numbers, categories] = [count(true), count(false)];
  return numbers.cells + categories.cells === 0 ? [] : [{ kind: "filledCells", numbers, categories }];
}

/** Throws `DataError` for the first column of these with missing values, and names the others. */
export function refuseMissing(summaries: readonly ColumnSummary[]): void {
  const [first, ...others] = summaries.filter(({ missing }) => missing > 0);
  if (first === undefined) return;
  const { name, missing, firstMissing } = first;
  const names = [...new Set(others.map((other) => other.name))].filter((other) => other !== name);
  const more = names.length > 8 ? ` and ${names.length - 8} more` : "";
  const also = names.map((other) => `"${other}"`).slice(0, 8);
  throw new DataError(
    `${firstMissing}: expected a value in "${name}", got none, as in ${missing} ${missing === 1 ? "row" : "rows"}` +
      `${also.length > 0 ? `, and none in rows of ${also.join(", ")}${more}` : ""}; ` +
      `correct it, or pass ${option("missing")} drop, or ${option("missing")} mean where it is a feature`,
  );
}
