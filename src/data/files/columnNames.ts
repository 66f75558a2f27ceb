/** What a first column without a name is called. */
export const UNNAMED = "(unnamed)";

/**
 * Names that pandas and R give to the rows' own: of an index without a name in CSV (read and written again, with a
 * number behind the point), of one in Parquet, and of row names.
 */
const indexNames = /^(\(unnamed\)|unnamed: 0(\.\d+)*|__index_level_\d+__|row[._ ]?names?|\.\.\.1)$/i;

/** Names of columns that may number the rows. */
const rowNumbers = /^(id|index|row|row[ _]?(id|number|index)|unnamed: \d+(\.\d+)*|level_\d+)$/i;

/** Whether a column names the rows, by what it is called or what the file says of it. */
export function namesRows(
  name: string,
  { indexColumns = [] }: { readonly indexColumns?: readonly string[] | undefined },
): boolean {
  return indexNames.test(name) || indexColumns.includes(name);
}

/** Whether a column is called as one that numbers the rows. */
export function namesNumbers(name: string): boolean {
  return rowNumbers.test(name);
}

/** Whether a column is called as one that identifies: id, customer_id, PassengerId. */
export function namesIds(name: string): boolean {
  return /^(.*[_\s.-])?(id|uuid|guid)$/i.test(name) || /[a-z](Id|ID)$/.test(name);
}
