import { DataError, option, UsageError } from "../../tensor/errors.ts";
import { type Cell, type ColumnSummary, positionsOf, type Table } from "../files/table.ts";
import type { DataNote } from "../notes.ts";
import type { OpenOptions } from "../openOptions.ts";
import { rowIds } from "../tables/rowIds.ts";
import { summarizeSpelt } from "../tables/speltTable.ts";
import {
  chooseColumns,
  knownColumn,
  noTarget,
  type TableOptions,
  type Target,
  targetOf,
} from "../tables/tableRoles.ts";
import { encoder, UNKNOWN, unknownClass } from "../tables/tableStore.ts";
import { noProbability } from "../targets.ts";
import { type TimeReader, timeNames, timeReader, timeText } from "./seriesTimes.ts";

/** Which column of series in files is what. */
export interface SeriesColumns {
  readonly features: readonly string[];
  readonly target: Target;
  /** Tells the series of a file apart. */
  readonly by: string | null;
  /** Keeps series together in the split; null where each stands for itself. */
  readonly group: string | null;
  /** Whether rows are to be sorted by it, or must stand in its order. */
  readonly time: { readonly name: string; readonly sorts: boolean } | null;
  /** Columns that only number the rows and that nobody asked for. */
  readonly leftOut: readonly string[];
  /** The tables with the numbers that stand in them, however they are written, and what is to be said of that. */
  readonly tables: readonly Table[];
  readonly notes: readonly DataNote[];
  /** Of all files. */
  readonly readings: number;
}

/** One series as it was read, in the order of its readings. */
export interface RawSeries {
  readonly name: string;
  readonly group: string;
  /** [length, features + 1] the features and then the target; NaN where missing. */
  readonly rows: Float64Array;
  /** [length] ascending; null where nothing says when. */
  readonly times: Float64Array | null;
  /** Whether the file gives the times as texts. */
  readonly timesAreTexts: boolean;
  /** Rows that stood behind one of a later time. */
  readonly sorted: number;
}

/** A table, and what its series are called: the name alone of one series, a prefix of several. */
export interface SeriesFile {
  readonly table: Table;
  readonly name: string;
}

/**
 * The columns' roles in files of series, by what the first file's are called. The series' and the time's column are no
 * quantities, nor is one called time, timestamp or date. Throws as `chooseColumns`, and `DataError`, with the place,
 * for readings that are no numbers, for missing ones unless they are to be dropped, and for a column that a file has
 * not.
 */
export async function chooseSeriesColumns(
  tables: readonly Table[],
  options: TableOptions & Pick<OpenOptions, "targets">,
  { by, time }: { readonly by?: string | undefined; readonly time?: string | undefined },
): Promise<SeriesColumns> {
  const first = tables[0]!;
  if (by !== undefined) knownColumn(first, option("seriesBy"), by);
  if (time !== undefined) knownColumn(first, option("time"), time);
  const { target: wanted, features: named, drop, splitBy } = options;
  const group = splitBy === undefined || splitBy === by || splitBy === "series" ? null : splitBy;
  if (group !== null) knownColumn(first, option("splitBy"), group);
  const guessed = first.columns.find(
    (name) => timeNames.test(name) && name !== wanted && !named?.includes(name) && !drop?.includes(name),
  );
  const when = time ?? guessed ?? null;
  const columns = first.columns.filter((name) => name !== by && name !== when && name !== group);
  const { target, features, index } = chooseColumns({ ...first, columns }, { target: wanted, features: named, drop });
  const used = [...features, target];
  const others = [by, when, group].filter((name) => typeof name === "string");
  for (const table of tables) {
    if (!table.columns.includes(target)) throw noTarget(table.file, first.file, target);
    checkColumns(table, first, [...used, ...others]);
  }
  const asTexts = options.task === "classification" ? [target] : [];
  const { summaries, notes, tables: spelt } = await summarizeSpelt(tables, used, asTexts);
  const leftOut = named === undefined ? rowIds(summaries[0]!.slice(0, -1)) : [];
  const out = new Set(leftOut);
  for (const [i, summary] of summaries.entries())
    for (const one of summary) if (!out.has(one.name)) checkReadings(one, tables[i]!, one.name === target, options);
  const targets = summaries.map((summary) => summary.at(-1)!);
  return {
    features: features.filter((name) => !out.has(name)),
    target: seriesTarget(targets, first.file, options),
    by: by ?? null,
    group,
    time: when === null ? null : { name: when, sorts: time !== undefined },
    leftOut: [...index, ...leftOut],
    tables: spelt,
    notes,
    readings: targets.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Throws `UsageError` where readings have a label that stands for none: what would a window of them be? */
function seriesTarget(
  targets: readonly ColumnSummary[],
  file: string,
  { task, targets: rule = {} }: Pick<OpenOptions, "task" | "targets">,
): Target {
  const { ignoreIndex, aim } = rule;
  if (ignoreIndex !== undefined && targets.some(({ distinct }) => distinct?.has(ignoreIndex)))
    throw new UsageError(
      `${option("ignoreIndex")}: expected data of one label for each example, got series whose readings are labelled ${ignoreIndex}; ` +
        `empty their cells and pass ${option("missing")} drop, which cuts the series there`,
    );
  return targetOf(targets, file, task, { aim, ignoreIndex: Number.NaN });
}

function checkColumns(table: Table, first: Table, columns: readonly string[]): void {
  const own = new Set(table.columns);
  const absent = columns.find((name) => !own.has(name));
  if (absent !== undefined)
    throw new DataError(
      `${table.file}: expected the column "${absent}" as in ${first.file}, got none; add it or leave it out with ${option("drop")}`,
    );
}

export function checkReadings(
  summary: ColumnSummary,
  table: Table,
  isTarget: boolean,
  { missing }: TableOptions,
): void {
  const { name, size, firstText, firstMissing } = summary;
  if (size === 0) throw new DataError(`${table.file}: expected rows, got none; check the file`);
  if (summary.missing === size)
    throw new DataError(
      `${table.file}: expected values in the column "${name}", got none; leave it out with ${option("drop")}`,
    );
  if (summary.missing > 0 && missing !== "drop")
    throw new DataError(
      `${firstMissing}: expected a value in "${name}", got none, as in ${summary.missing} ` +
        `${summary.missing === 1 ? "row" : "rows"}; correct it, or pass ${option("missing")} drop, which cuts the series there`,
    );
  if (firstText !== null && !isTarget)
    throw new DataError(
      `${firstText.place}: expected a number in "${name}", got ${JSON.stringify(firstText.text)}; ` +
        `correct it, name the column with ${option("time")} or ${option("seriesBy")}, or leave it out with ${option("drop")}`,
    );
}

interface GrowingSeries {
  readonly name: string;
  group: string | null;
  readonly rows: number[];
  readonly times: number[];
  sorted: number;
}

/**
 * The series of one file, in the order in which they first appear. Throws `DataError`, with the place, for a row of no
 * series, for what is no time, and for a row before one of an earlier time unless rows are to be sorted; `UsageError`
 * for a series with several values of the column that is to keep it together.
 */
export async function readSeries(
  { table, name }: SeriesFile,
  roles: Pick<SeriesColumns, "features" | "target" | "by" | "group" | "time">,
  alone: boolean,
): Promise<RawSeries[]> {
  const { features, target, by, group, time } = roles;
  const width = features.length + 1;
  const encoders = [...features.map((name) => encoder(table, null, name)), encoder(table, target.classes, target.name)];
  const extra = [by, group, time?.name ?? null].filter((column) => column !== null);
  const columns = [...features, target.name, ...extra];
  const places = positionsOf(columns);
  const clock = time && timeReader(table, time.name);
  const found = new Map<string, GrowingSeries>();
  for await (const block of table.scan(columns)) {
    const cell = (column: string, i: number) => block.cells[places.get(column)!]![i]!;
    for (let i = 0; i < block.size; i++) {
      const place = () => block.place(i);
      const own = by === null ? name : nameOf(cell(by, i), by, place);
      const key = by === null || alone ? own : `${name}/${own}`;
      const series = found.get(key) ?? { name: key, group: null, rows: [], times: [], sorted: 0 };
      found.set(key, series);
      setGroup(series, group === null ? key : nameOf(cell(group, i), group, place), group, place);
      for (let c = 0; c < width; c++) series.rows.push(encoders[c]!(block.cells[c]![i]!));
      const aim = series.rows.at(-1)!;
      if (aim === UNKNOWN && target.classes) throw unknownClass(place(), target, cell(target.name, i));
      if (target.probabilities && (aim < 0 || aim > 1)) throw noProbability(place(), aim, target.name);
      if (clock) addTime(series, clock, { ...time, cell: cell(time.name, i), place });
    }
  }
  const timesAreTexts = clock?.areTexts() ?? false;
  return Array.from(found.values(), (series) => ({
    ...inOrder(series, width, time !== null),
    group: series.group!,
    timesAreTexts,
  }));
}

function nameOf(cell: Cell, column: string, place: () => string): string {
  if (cell !== null) return String(cell);
  throw new DataError(`${place()}: expected a value in "${column}", got none; correct it`);
}

function setGroup(series: GrowingSeries, group: string, column: string | null, place: () => string): void {
  series.group ??= group;
  if (series.group !== group)
    throw new UsageError(
      `${option("splitBy")}: expected one value of "${column}" in each series, got "${series.group}" and "${group}" in ${series.name} ` +
        `(${place()}); split by another column`,
    );
}

function addTime(
  series: GrowingSeries,
  clock: TimeReader,
  { name, sorts, cell, place }: { name: string; sorts: boolean; cell: Cell; place: () => string },
): void {
  const time = clock.read(cell, place);
  const before = series.times.at(-1);
  if (before !== undefined && time < before) {
    if (!sorts)
      throw new DataError(
        `${place()}: expected "${name}" to ascend in the series ${series.name}, got ${cell} after ${timeText(before, clock.areTexts())}; ` +
          `pass ${option("time")} ${name} to sort by it, or ${option("seriesBy")} a column that tells series apart`,
      );
    series.sorted++;
  }
  series.times.push(time);
}

function inOrder({ name, rows, times, sorted }: GrowingSeries, width: number, timed: boolean) {
  if (sorted === 0)
    return { name, sorted, rows: Float64Array.from(rows), times: timed ? Float64Array.from(times) : null };
  // Sorting is stable: readings of one time keep the order of their rows.
  const order = [...times.keys()].sort((a, b) => times[a]! - times[b]!);
  const values = new Float64Array(rows.length);
  for (const [to, from] of order.entries())
    for (let c = 0; c < width; c++) values[to * width + c] = rows[from * width + c]!;
  return { name, sorted, rows: values, times: Float64Array.from(order, (i) => times[i]!) };
}
