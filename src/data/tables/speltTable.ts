import { DataError, option } from "../../tensor/errors.ts";
import { numberSpelt, type Spelling, type SpellingReport, spellingReader } from "../files/spelling.ts";
import { type Cell, type ColumnSummary, summarizeColumns, type Table } from "../files/table.ts";
import type { DataNote } from "../notes.ts";

/** Tables whose numbers are numbers however they are written, and what a pass over their columns finds. */
export interface SpeltTables {
  readonly tables: readonly Table[];
  /** By table, in the order of the columns. */
  readonly summaries: readonly (readonly ColumnSummary[])[];
  readonly notes: readonly DataNote[];
}

/**
 * As `summarizeColumns` of every table, the target the last of `columns`; but where all texts of a column are numbers
 * in one spelling (decimal comma, marks between thousands, per cent, a unit), the table gives these numbers, and a note
 * says so. `asTexts` are left as they are. Throws `DataError`, with the place, for numbers that may be read in two
 * ways, as 1,234 where no other number of the files shows which mark is that of decimals.
 */
export async function summarizeSpelt(
  tables: readonly Table[],
  columns: readonly string[],
  asTexts: readonly string[] = [],
): Promise<SpeltTables> {
  const summaries = await Promise.all(tables.map((table) => summarizeColumns(table, columns)));
  const reports = await Promise.all(
    tables.map((table, i) => reportsOf(table, summaries[i]!.filter(({ spelt }) => spelt).map(nameOf))),
  );
  const pointed = await pointedReports(tables, summaries, reports);
  const decimals = decimalsOf(summaries, [...reports, ...pointed]);
  const target = columns.at(-1)!;
  const found = tables.map((_, i) => {
    const spellings = new Map<string, Spelling>();
    for (const [name, report] of reports[i]!) {
      const spelling = asTexts.includes(name) ? null : decide(name, report, decimals);
      if (spelling !== null && (name !== target || isBare(spelling))) spellings.set(name, spelling);
    }
    for (const [name, report] of pointed[i]!)
      if (report.ambiguous !== null && decimals === ",") spellings.set(name, report.with(","));
    return spellings;
  });
  checkUnits(tables, found);
  const spelt = tables.map((table, i) => (found[i]!.size === 0 ? table : speltTable(table, found[i]!, pointed[i]!)));
  const again = await Promise.all(
    spelt.map(async (table, i) => {
      const names = [...found[i]!.keys()];
      const anew = new Map(
        (names.length === 0 ? [] : await summarizeColumns(table, names)).map((one) => [one.name, one]),
      );
      return summaries[i]!.map((one) => anew.get(one.name) ?? one);
    }),
  );
  return { tables: spelt, summaries: again, notes: notesOf(found, reports, again) };
}

const nameOf = ({ name }: ColumnSummary) => name;

/** A unit is part of what a class is called. */
const isBare = ({ unit }: Spelling) => /^[%‰\p{Sc}]?$/u.test(unit);

type Reader = ReturnType<typeof spellingReader>;
type Report = SpellingReport & Pick<Reader, "with">;

async function reportsOf(table: Table, columns: readonly string[]): Promise<ReadonlyMap<string, Report>> {
  const readers = columns.map(() => spellingReader());
  if (columns.length > 0)
    for await (const block of table.scan(columns))
      for (const [c, reader] of readers.entries())
        for (const [i, cell] of block.cells[c]!.entries())
          if (cell !== null) reader.add(String(cell), () => block.place(i));
  return new Map(columns.map((name, c) => [name, { ...readers[c]!.report(), with: readers[c]!.with }]));
}

/** Of columns of numbers whose points may stand between thousands; they are read only where another column asks. */
function pointedReports(
  tables: readonly Table[],
  summaries: readonly (readonly ColumnSummary[])[],
  reports: readonly ReadonlyMap<string, Report>[],
): Promise<ReadonlyMap<string, Report>[]> {
  const asked = reports.some((report) => [...report.values()].some((one) => one.ambiguous ?? one.decimals === ","));
  return Promise.all(
    tables.map((table, i) => {
      const names = summaries[i]!.filter(({ firstText, pointed }) => firstText === null && pointed === true).map(
        nameOf,
      );
      return reportsOf(table.raw ?? table, asked && table.numbersAsText ? names : []);
    }),
  );
}

/** The mark of decimals that the files show; null where they show none, or both. */
function decimalsOf(
  summaries: readonly (readonly ColumnSummary[])[],
  reports: readonly ReadonlyMap<string, Report>[],
): "." | "," | null {
  const plain = summaries.flat().some(({ firstText, pointed }) => firstText === null && pointed === false);
  const shown = reports.flatMap((report) => [...report.values()].map(({ decimals }) => decimals));
  const [point, comma] = [plain || shown.includes("."), shown.includes(",")];
  return point === comma ? null : point ? "." : ",";
}

function decide(
  name: string,
  { spelling, ambiguous, with: withDecimals }: Report,
  decimals: "." | "," | null,
): Spelling | null {
  if (ambiguous === null) return spelling;
  if (decimals !== null) return withDecimals(decimals);
  const { place, text, values } = ambiguous;
  throw new DataError(
    `${place}: expected numbers that can be read in one way in "${name}", got ${JSON.stringify(text)}, which is ${values[0]} or ${values[1]}; ` +
      `write it so, or leave the column out with ${option("drop")}`,
  );
}

/** Per cent in one file and none in another would be other numbers. */
function checkUnits(tables: readonly Table[], found: readonly ReadonlyMap<string, Spelling>[]): void {
  for (const name of new Set(found.flatMap((one) => [...one.keys()]))) {
    const units = found.map((one) => one.get(name)?.unit ?? "");
    const other = units.findIndex((unit) => unit !== units[0]);
    if (other !== -1)
      throw new DataError(
        `${tables[other]!.file}: expected numbers in "${name}" as in ${tables[0]!.file}, with the unit "${units[0]}", got "${units[other]}"; ` +
          "write them alike",
      );
  }
}

/** `raw`: columns whose texts read as other numbers, which must come from the file. */
function speltTable(table: Table, spellings: ReadonlyMap<string, Spelling>, raw: ReadonlyMap<string, unknown>): Table {
  const read = (cell: Cell, spelling: Spelling) => (cell === null ? null : numberSpelt(String(cell), spelling));
  return {
    ...table,
    async *scan(wanted) {
      const source = wanted.some((name) => raw.has(name)) ? (table.raw ?? table) : table;
      for await (const { cells, ...block } of source.scan(wanted)) {
        const spelt = cells.map((column, c) => {
          const spelling = spellings.get(wanted[c]!);
          return spelling ? column.map((cell) => read(cell, spelling)) : column;
        });
        yield { ...block, cells: spelt };
      }
    },
  };
}

function notesOf(
  found: readonly ReadonlyMap<string, Spelling>[],
  reports: readonly ReadonlyMap<string, Report>[],
  summaries: readonly (readonly ColumnSummary[])[],
): DataNote[] {
  const spelt = Map.groupBy(new Map(found.toReversed().flatMap((one) => [...one])), ([, { decimal, group, unit }]) =>
    JSON.stringify([decimal, group, unit]),
  );
  const mixed = reports.flatMap((report, i) =>
    [...report].flatMap(([name, one]) => {
      const isText = summaries[i]!.some((summary) => summary.name === name && summary.firstText !== null);
      return isText && one.mixed ? [{ kind: "numbersAsTexts", column: name, texts: one.mixed } as const] : [];
    }),
  );
  return [
    ...Array.from(spelt.values(), (columns) => {
      const [, { decimal, group, unit }] = columns[0]!;
      return { kind: "spelling", columns: columns.map(([name]) => name), decimal, group, unit } as const;
    }),
    ...mixed,
  ];
}

/** Of columns that are read as numbers: those of whole numbers that float64 rounds, where there are any. */
export function roundedNotes(summaries: readonly ColumnSummary[]): DataNote[] {
  const columns = [...new Set(summaries.filter(({ rounded }) => rounded).map(nameOf))];
  return columns.length === 0 ? [] : [{ kind: "roundedNumbers", columns }];
}
