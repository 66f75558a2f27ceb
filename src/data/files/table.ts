import { DataError, option } from "../../tensor/errors.ts";
import { namesIds } from "./columnNames.ts";
import { looksLikeNumber } from "./spelling.ts";

/** What stands in one place of a table; null where nothing does. A bigint is a whole number that float64 rounds. */
export type Cell = string | number | boolean | bigint | null;

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
  /** Columns whose texts are texts all the same. Default none. */
  readonly texts?: ReadonlySet<string> | undefined;
  /** Columns that the file says to be the rows' own names, as pandas does in Parquet. Default none. */
  readonly indexColumns?: readonly string[] | undefined;
  scan(columns: readonly string[]): AsyncIterable<TableBlock>;
  /** The same with every cell as the file has it, where `scan` may give numbers for texts that read as such. */
  readonly raw?: Table;
}

/** Above this many different values a column is no set of classes or categories. */
const MAXIMUM_DISTINCT = 1000;

/** Different values that are kept of all columns but the last, of hundreds of megabytes. */
const MOST_VALUES = 2 ** 22;

/** Values that are compared to find one that comes again. */
const MOST_IDS = 2 ** 20;

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
  /** The first number that is not finite, and whether there are other texts than such: 9e377999 may be a name. */
  readonly huge: { readonly place: string; readonly value: number } | null;
  readonly plainTexts: boolean;
  /** The texts that follow it, a few. */
  readonly moreTexts: readonly { readonly place: string; readonly text: string }[];
  /** The first number that may be a code: with a 0 before its digits, as 007, and as 1E5; null where there is none. */
  readonly zeroLed: string | null;
  readonly exponent: string | null;
  /** Whether every number is a whole one of at least 0. */
  readonly digits: boolean;
  /** Whether there are texts and each of them is a number in some spelling, where numbers are texts. */
  readonly spelt: boolean;
  /** Whether every number with a fraction may be one of thousands, as 1.500; null where there is none. */
  readonly pointed: boolean | null;
  /** Whether some cell is a whole number that float64 rounds. */
  readonly rounded: boolean;
  /**
   * Numbers are numbers, whole ones that float64 rounds and everything else text; null where there are more than 1,000
   * different values, and of a column of numbers, other than the last one asked for, in a table of very many columns.
   */
  readonly distinct: ReadonlyMap<number | string, number> | null;
  /** Whether every cell is a whole number above the cell before it. */
  readonly counts: boolean;
  readonly last: number;
  /** Of a column that is called an id: whether every cell is a whole number that no other cell is. */
  readonly unique: boolean;
}

/** One pass over the columns. Throws `DataError`, with the place, for a number that is not finite. */
export async function summarizeColumns(table: Table, columns: readonly string[]): Promise<ColumnSummary[]> {
  const summaries = columns.map((name) => ({
    name,
    size: 0,
    missing: 0,
    firstMissing: "",
    numbers: 0,
    firstText: null as ColumnSummary["firstText"],
    huge: null,
    plainTexts: false,
    moreTexts: [],
    zeroLed: null,
    exponent: null,
    digits: true,
    spelt: table.numbersAsText,
    pointed: null,
    rounded: false,
    distinct: new Map() as Map<number | string, number> | null,
    counts: true,
    last: Number.NaN,
    unique: namesIds(name),
    ids: new Set<number | string>(),
  }));
  const target = summaries.at(-1);
  const readings = columns.map((name) => readingOf(table, name));
  for await (const block of table.scan(columns)) {
    for (const [c, summary] of summaries.entries())
      for (const [i, cell] of block.cells[c]!.entries()) addCell(summary, cell, readings[c]!, () => block.place(i));
    if (columns.length * MAXIMUM_DISTINCT > MOST_VALUES)
      forgetNumbers(summaries.filter((summary) => summary !== target && summary.distinct !== null));
  }
  for (const summary of summaries) refuseHuge(summary);
  return summaries.map(({ ids: _, ...summary }) => ({
    ...summary,
    spelt: summary.spelt && summary.firstText !== null,
  }));
}

/** Other cells that are named where one is a mistake. */
const MORE_TEXTS = 2;

type Mutable = { -readonly [K in keyof ColumnSummary]: ColumnSummary[K] } & {
  distinct: Map<number | string, number> | null;
  readonly ids: Set<number | string>;
};

/** The values of columns of numbers, which are no categories, where there are too many of all. */
function forgetNumbers(summaries: readonly Mutable[]): void {
  const kept = summaries.reduce((sum, { distinct }) => sum + distinct!.size, 0);
  if (kept <= MOST_VALUES) return;
  for (const summary of summaries) if (summary.firstText === null) summary.distinct = null;
}

function addCell(summary: Mutable, cell: Cell, reading: Reading, place: () => string): void {
  summary.size++;
  if (cell === null) {
    [summary.counts, summary.unique] = [false, false];
    if (summary.missing++ === 0) summary.firstMissing = place();
    return;
  }
  const value = numberIn(cell, reading);
  const key = valueIn(cell, reading);
  if (summary.unique) addId(summary, value, key);
  const isHuge = value !== null && !Number.isFinite(value);
  if (isHuge) summary.huge ??= { place: place(), value };
  if (value !== null && (typeof cell === "number" || !isHuge)) {
    addNumber(summary, value);
    const code = typeof cell === "string" ? codeOf(cell) : null;
    if (code !== null) summary[code] ??= cell as string;
  } else {
    summary.counts = false;
    summary.plainTexts ||= !isHuge;
    if (summary.firstText === null) summary.firstText = { place: place(), text: String(cell) };
    else if (summary.moreTexts.length < MORE_TEXTS)
      summary.moreTexts = [...summary.moreTexts, { place: place(), text: String(cell) }];
    summary.spelt &&= looksLikeNumber(String(cell));
  }
  if (value !== null && typeof key === "string") [summary.rounded, summary.counts] = [true, false];
  if (summary.distinct === null) return;
  summary.distinct.set(key, (summary.distinct.get(key) ?? 0) + 1);
  if (summary.distinct.size > MAXIMUM_DISTINCT) summary.distinct = null;
}

function addId(summary: Mutable, value: number | null, key: number | string): void {
  if (!Number.isInteger(value) || summary.ids.has(key)) summary.unique = false;
  if (!summary.unique) summary.ids.clear();
  else if (summary.ids.size < MOST_IDS) summary.ids.add(key);
}

/** Throws `DataError`, with the place, for a number that is not finite, unless texts around it show it to be a text. */
function refuseHuge({ name, huge, plainTexts }: ColumnSummary): void {
  if (huge === null || plainTexts) return;
  throw new DataError(`${huge.place}: expected a finite number in "${name}", got ${huge.value}; correct it`);
}

function addNumber(summary: Mutable, value: number): void {
  if (!Number.isInteger(value) || (summary.numbers > 0 && !(value > summary.last))) summary.counts = false;
  summary.numbers++;
  if (value < 0 || !Number.isInteger(value)) summary.digits = false;
  summary.last = value;
  if (summary.pointed !== false && !Number.isInteger(value)) summary.pointed = mayBeThousands(value);
}

/** Whether the point of a number may stand between thousands: 1.5 may be written 1.500. */
function mayBeThousands(value: number): boolean {
  const thousands = Math.abs(value) * 1000;
  return thousands >= 1000 && thousands < 1e6 && Math.abs(thousands - Math.round(thousands)) < 1e-6;
}

// Number("") is 0 and Number("0x10") is 16: neither is what anyone writes into a table.
const written = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** How the texts of a column are read. */
type Reading = Pick<Table, "numbersAsText">;

export function readingOf(table: Table, column: string): Reading {
  return table.texts?.has(column) ? { numbersAsText: false } : table;
}

/** Whether the text of a number may be a code: what begins with a 0 that no number needs, and what reads as 1E5. */
export function codeOf(text: string): "zeroLed" | "exponent" | null {
  const first = text.charCodeAt(0);
  if (first === 48) return /^0\d+$/.test(text) ? "zeroLed" : null;
  return (text.includes("E") || text.includes("e")) && /^\d+e\d+$/i.test(text) ? "exponent" : null;
}

/** The number that a cell is; null where it is none. */
export function numberIn(cell: Cell, { numbersAsText }: Reading): number | null {
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean" || typeof cell === "bigint") return Number(cell);
  return numbersAsText && cell !== null && written.test(cell) ? Number(cell) : null;
}

/** Digits that float64 always holds. */
const EXACT_DIGITS = 15;

/**
 * What tells a cell from others, as a class or a category: 1 and 1.0 are one. A whole number that float64 rounds is its
 * digits, as others would be rounded to the same.
 */
export function valueIn(cell: string | number | boolean | bigint, reading: Reading): number | string {
  const number = numberIn(cell, reading);
  if (typeof cell === "bigint" || number === null) return String(cell);
  const long = typeof cell === "string" && cell.length > EXACT_DIGITS && Number.isInteger(number);
  return long && !Number.isSafeInteger(number) && /^[-+]?\d+$/.test(cell)
    ? String(BigInt(cell.replace("+", "")))
    : number;
}

/**
 * Whether a column holds numbers or texts. One that holds both is texts unless most cells are numbers; then the first
 * that is none is taken for a mistake: `DataError` with its place. So is a column that holds nothing.
 */
export function kindOf(summary: ColumnSummary, file: string): "numbers" | "texts" {
  const { name, size, missing, numbers, firstText, moreTexts } = summary;
  const present = size - missing;
  if (present === 0)
    throw new DataError(
      `${file}: expected values in the column "${name}", got none; leave it out with ${option("drop")}`,
    );
  if (firstText === null) return "numbers";
  if (numbers * 2 <= present) return "texts";
  const wrong = present - numbers;
  const others = moreTexts.map(({ place, text }) => `${JSON.stringify(text)} at ${place}`).join(", ");
  throw new DataError(
    `${firstText.place}: expected a number in "${name}" as in ${numbers} other rows, got ${JSON.stringify(firstText.text)}` +
      `${wrong > 1 ? `, the first of ${wrong} texts there (then ${others})` : ""}; ` +
      `correct ${wrong > 1 ? "them" : "it"}, or leave the column out with ${option("drop")}`,
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
