import { type ColumnSummary, summarizeColumns, type Table } from "../files/table.ts";
import type { DataNote } from "../notes.ts";
import { MAXIMUM_CATEGORIES, MAXIMUM_NUMBERED_CLASSES } from "./tableRoles.ts";

/** What is to be a number whatever it looks like, and what a class. */
export interface CodedTarget {
  readonly target: string;
  readonly as: "class" | "number" | "what it looks like";
}

interface Coded {
  readonly tables: readonly Table[];
  readonly summaries: readonly (readonly ColumnSummary[])[];
  readonly notes: readonly DataNote[];
}

/**
 * Tables whose codes are texts: whole numbers some of which begin with a 0, as 00123, and the cells of a column of
 * texts one of which happens to read as a number, as 1E5. A code of more values than categories may have stays a
 * number. A note says of numbers that begin with a 0 what became of them.
 */
export async function codedTables(
  tables: readonly Table[],
  summaries: readonly (readonly ColumnSummary[])[],
  target: CodedTarget,
): Promise<Coded> {
  const columns = summaries[0]!.map(({ name }, c) => ({ name, parts: summaries.map((summary) => summary[c]!) }));
  const found = columns.filter(({ parts }) => parts.some(isZeroLed));
  const few = found.filter(({ name, parts }) => isFew(parts, name, target));
  const mixed = columns.filter(({ name, parts }) => name !== target.target && isMixed(parts[0]!));
  const names = new Set([...few, ...mixed].map(({ name }) => name));
  const notes = columns.flatMap(({ name, parts }) => {
    const text = parts.find(isZeroLed)?.zeroLed ?? parts.find(isExponents)?.exponent ?? null;
    return text === null ? [] : [{ kind: "codes", column: name, text, categories: names.has(name) } as const];
  });
  if (names.size === 0) return { tables, summaries, notes };
  const coded = tables.map((table) => textTable(table, names));
  const again = await Promise.all(
    coded.map(async (table, i) => {
      const anew = new Map((await summarizeColumns(table, [...names])).map((one) => [one.name, one]));
      return summaries[i]!.map((one) => anew.get(one.name) ?? one);
    }),
  );
  return { tables: coded, summaries: again, notes };
}

function isZeroLed({ zeroLed, digits, firstText }: ColumnSummary): boolean {
  return zeroLed !== null && digits && (firstText === null || /^[0-9A-Za-z]+$/.test(firstText.text));
}

/** All of them whole numbers, one as 1E5, which programs would write 1e+05 or 100000. */
function isExponents({ exponent, digits, firstText }: ColumnSummary): boolean {
  return exponent !== null && digits && firstText === null;
}

function isMixed({ numbers, size, missing, firstText, exponent }: ColumnSummary): boolean {
  return firstText !== null && exponent !== null && numbers * 2 <= size - missing;
}

function isFew(parts: readonly ColumnSummary[], name: string, { target, as }: CodedTarget): boolean {
  if (name === target && as !== "what it looks like") return as === "class";
  const most = name === target ? MAXIMUM_NUMBERED_CLASSES : MAXIMUM_CATEGORIES;
  return parts.every(({ distinct }) => distinct !== null && distinct.size <= most);
}

/** The table, but of these columns every cell is a text. */
export function textTable(table: Table, names: ReadonlySet<string>): Table {
  return {
    ...table,
    texts: names,
    // What was kept of an earlier pass may be numbers.
    scan: (wanted) => (wanted.some((name) => names.has(name)) ? (table.raw ?? table) : table).scan(wanted),
  };
}
