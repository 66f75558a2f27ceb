import { DataError, option } from "../../tensor/errors.ts";

/** What stands in one place of a table; null where nothing does. */
export type Cell = string | number | boolean | null;

/** Consecutive rows. */
export interface TableBlock {
  readonly size: number;
  /** By column, in the order asked for, `size` cells each. */
  readonly cells: readonly (readonly Cell[])[];
  /** Where row `i` of the block stands, for messages: `flowers.csv:12`. */
  place(i: number): string;
}

/** A table that is read from beginning to end, as often as needed, a block at a time. */
export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  /** Whether a text that reads as a number is meant as one: in CSV, which knows nothing but texts. */
  readonly numbersAsText: boolean;
  scan(columns: readonly string[]): AsyncIterable<TableBlock>;
}

/** Above this many different values a column is no set of classes or categories. */
const MAXIMUM_DISTINCT = 1000;

/** Different values that are kept of all columns but the last, of hundreds of megabytes. */
const MOST_VALUES = 2 ** 22;

/** What a first column without a name is called. */
export const UNNAMED = "(unnamed)";

/** Names of columns that may number the rows. */
const rowNumbers = /^(id|index|row|row[ _]?(id|number|index)|unnamed: 0|\(unnamed\))$/i;

/**
 * Whether a column does nothing but number the rows, by its name and because every value is one more than the last:
 * rows are often sorted by class, and such a number then gives the class away.
 */
export function numbersRows({ name, counts }: ColumnSummary): boolean {
  return counts && rowNumbers.test(name);
}

/** What a pass over a column finds. */
export interface ColumnSummary {
  readonly name: string;
  readonly size: number;
  readonly missing: number;
  readonly firstMissing: string;
  /** Cells that are numbers. */
  readonly numbers: number;
  /** The first cell that is neither a number nor missing. */
  readonly firstText: { readonly place: string; readonly text: string } | null;
  /**
   * Numbers are numbers, everything else text; null where there are more than 1,000 different values, and of a column
   * of numbers, other than the last one asked for, in a table of very many columns.
   */
  readonly distinct: ReadonlyMap<number | string, number> | null;
  /** Whether every cell is a number and one more than the cell before it. */
  readonly counts: boolean;
  readonly last: number;
}

/** One pass over the columns. Throws `DataError`, with the place, for a number that is not finite. */
export async function summarize(table: Table, columns: readonly string[]): Promise<ColumnSummary[]> {
  const summaries = columns.map((name) => ({
    name,
    size: 0,
    missing: 0,
    firstMissing: "",
    numbers: 0,
    firstText: null as ColumnSummary["firstText"],
    distinct: new Map() as Map<number | string, number> | null,
    counts: true,
    last: Number.NaN,
  }));
  const target = summaries.at(-1);
  for await (const block of table.scan(columns)) {
    for (const [c, summary] of summaries.entries())
      for (const [i, cell] of block.cells[c]!.entries()) addCell(summary, cell, table, () => block.place(i));
    if (columns.length * MAXIMUM_DISTINCT > MOST_VALUES)
      forgetNumbers(summaries.filter((summary) => summary !== target && summary.distinct !== null));
  }
  return summaries;
}

type Mutable = { -readonly [K in keyof ColumnSummary]: ColumnSummary[K] } & {
  distinct: Map<number | string, number> | null;
};

/** The values of columns of numbers, which are no categories, where there are too many of all. */
function forgetNumbers(summaries: readonly Mutable[]): void {
  const kept = summaries.reduce((sum, { distinct }) => sum + distinct!.size, 0);
  if (kept <= MOST_VALUES) return;
  for (const summary of summaries) if (summary.firstText === null) summary.distinct = null;
}

function addCell(summary: Mutable, cell: Cell, table: Table, place: () => string): void {
  summary.size++;
  if (cell === null) {
    summary.counts = false;
    if (summary.missing++ === 0) summary.firstMissing = place();
    return;
  }
  const value = numberIn(cell, table) ?? String(cell);
  if (typeof value === "number") {
    if (!Number.isFinite(value))
      throw new DataError(`${place()}: expected a finite number in "${summary.name}", got ${value}; correct it`);
    if (summary.numbers > 0 && value !== summary.last + 1) summary.counts = false;
    summary.numbers++;
    summary.last = value;
  } else {
    summary.counts = false;
    summary.firstText ??= { place: place(), text: value };
  }
  if (summary.distinct === null) return;
  summary.distinct.set(value, (summary.distinct.get(value) ?? 0) + 1);
  if (summary.distinct.size > MAXIMUM_DISTINCT) summary.distinct = null;
}

// Number("") is 0 and Number("0x10") is 16: neither is what anyone writes into a table.
const written = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** The number that a cell is; null where it is none. */
export function numberIn(cell: Cell, { numbersAsText }: Table): number | null {
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean") return Number(cell);
  return numbersAsText && cell !== null && written.test(cell) ? Number(cell) : null;
}

/**
 * Whether a column holds numbers or texts. One that holds both is texts unless most cells are numbers; then the first
 * that is none is taken for a mistake: `DataError` with its place. So is a column that holds nothing.
 */
export function kindOf({ name, size, missing, numbers, firstText }: ColumnSummary, file: string): "numbers" | "texts" {
  const present = size - missing;
  if (present === 0)
    throw new DataError(
      `${file}: expected values in the column "${name}", got none; leave it out with ${option("features")}`,
    );
  if (firstText === null) return "numbers";
  if (numbers * 2 <= present) return "texts";
  throw new DataError(
    `${firstText.place}: expected a number in "${name}" as in ${numbers} other rows, got ${JSON.stringify(firstText.text)}; ` +
      `correct it, or leave the column out with ${option("features")}`,
  );
}

/** The first name that stands there twice. */
export function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

/** Where each column stands. */
export function positionsOf(columns: readonly string[]): ReadonlyMap<string, number> {
  return new Map(columns.map((name, i) => [name, i]));
}

/** The columns of a header. Throws `DataError` where they are no names, or one stands there twice. */
export function checkNames(columns: readonly string[], place: string): readonly string[] {
  const number = columns.find((name) => written.test(name) && !Number.isInteger(Number(name)));
  if (number !== undefined)
    throw new DataError(`${place}: expected the names of columns, got the number ${number}; add a first line of names`);
  if (columns.some((name) => name === ""))
    throw new DataError(`${place}: expected a name for every column, got an empty one; name or remove it`);
  const twice = repeated(columns);
  if (twice !== undefined)
    throw new DataError(
      `${place}: expected names that differ, got "${twice}" twice; rename one, or add a first line of names`,
    );
  return columns;
}
