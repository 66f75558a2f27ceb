import { namesNumbers } from "../files/columnNames.ts";
import type { ColumnSummary } from "../files/table.ts";

/** Rows fewer than these differ in a number by chance. */
const LEAST_ROWS = 10;

/**
 * Names of the features that do nothing but number the rows, by what they are called and because every value is a whole
 * number above the last, or that are called an id and hold a whole number in every row that no other row has, in
 * whatever order: rows are often sorted by class, and such a number then gives the class away. None where a table has
 * nothing else.
 */
export function rowIds(features: readonly ColumnSummary[]): string[] {
  const found = features.filter(
    ({ name, counts, unique, size }) => (counts && namesNumbers(name)) || (unique && size >= LEAST_ROWS),
  );
  return found.length < features.length ? found.map(({ name }) => name) : [];
}
