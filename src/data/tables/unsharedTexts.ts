import { DataError, option } from "../../tensor/errors.ts";
import type { Rows } from "../files/rows.ts";
import type { ColumnSummary } from "../files/table.ts";
import type { DataNote } from "../notes.ts";
import type { Feature } from "./tableRoles.ts";
import { seemsQuantity } from "./textNotes.ts";

/**
 * Columns of texts that tell a new row nothing: as one input for each text, most new rows would have none of them.
 */

/** Texts that come once are as large a share of the rows as of new rows whose text nobody has seen (Good 1953). */
const UNSEEN_SHARE = 0.25;
/** Fewer may come once by chance. */
const LEAST_SINGLE = 10;
/** A day, with or without a time, year or day first; a time of day. */
const DATE =
  /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{4}年\d{1,2}月\d{1,2}日)([T ]\d{1,2}:\d{2}.*)?$|^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$/;
/** So many different days are no few categories of them. */
const LEAST_DATES = 3;

type OwnTexts = Extract<DataNote, { readonly kind: "ownTexts" | "dateTexts" }>;

/**
 * Notes on the columns of dates and of texts that hardly a row shares with another, each with one of its texts. Throws
 * `DataError` where no other column would be left to predict from.
 */
export function unsharedTexts(summaries: readonly ColumnSummary[], file: string): OwnTexts[] {
  const texts = summaries.filter(isText);
  const dates = texts.filter(isDate);
  const own = texts.filter((one) => !dates.includes(one) && isOwn(one));
  const found: OwnTexts[] = [];
  if (dates.length > 0) found.push({ kind: "dateTexts", ...named(dates) });
  if (own.length > 0) {
    const quantities = own.some(({ firstText, moreTexts }) =>
      [firstText!, ...moreTexts].every(({ text }) => seemsQuantity(text)),
    );
    found.push({ kind: "ownTexts", ...named(own), quantities });
  }
  if (found.length > 0 && dates.length + own.length === summaries.length)
    throw new DataError(
      `${file}: expected columns to predict from that rows share, got only dates and texts of single rows (${found
        .flatMap(({ columns }) => columns)
        .map((name) => `"${name}"`)
        .join(", ")}); add columns of numbers or categories, or keep these with ${option("features")}`,
    );
  return found;
}

/** As much as a line has room for. */
function clipped(text: string): string {
  const letters = [...text];
  return letters.length <= 40 ? text : `${letters.slice(0, 39).join("")}…`;
}

function named(columns: readonly ColumnSummary[]) {
  return { columns: columns.map(({ name }) => name), example: clipped(columns[0]!.firstText!.text) };
}

function isText({ firstText, numbers, size, missing }: ColumnSummary): boolean {
  return firstText !== null && numbers * 2 <= size - missing;
}

/** Of a column of too many texts to keep them the first few stand for all. */
function isDate({ distinct, firstText, moreTexts }: ColumnSummary): boolean {
  const texts = distinct ? [...distinct.keys()].map(String) : [firstText!, ...moreTexts].map(({ text }) => text);
  return texts.length >= LEAST_DATES && texts.every((text) => DATE.test(text));
}

/** More different texts than were kept are no categories, however often each comes. */
function isOwn({ distinct, size, missing }: ColumnSummary): boolean {
  if (distinct === null) return true;
  const single = [...distinct.values()].filter((count) => count === 1).length;
  return single >= LEAST_SINGLE && single >= UNSEEN_SHARE * (size - missing);
}

/** Rows of a table, and which of them are meant. */
export interface PartOfRows {
  readonly rows: Rows;
  readonly indices: Uint32Array;
}

/** A note on the columns of which validation rows have categories that no training row has; none without such. */
export function unseenCategories(
  features: readonly Feature[],
  training: PartOfRows,
  validation: PartOfRows,
): DataNote[] {
  const columns = features.flatMap(({ name, categories }, c) => (categories === null ? [] : [{ name, c, rows: 0 }]));
  if (columns.length === 0) return [];
  const seen = columns.map(() => new Set<number>());
  for (const i of training.indices) {
    const row = training.rows.at(i);
    for (const [k, { c }] of columns.entries()) seen[k]!.add(Number(row[c]));
  }
  let rows = 0;
  for (const i of validation.indices) {
    const row = validation.rows.at(i);
    const unseen = columns.filter(({ c }, k) => !Number.isNaN(Number(row[c])) && !seen[k]!.has(Number(row[c])));
    for (const column of unseen) column.rows++;
    if (unseen.length > 0) rows++;
  }
  const names = columns.filter((column) => column.rows > 0).map(({ name }) => name);
  return rows === 0 ? [] : [{ kind: "unseenCategories", columns: names, rows, of: validation.indices.length }];
}
