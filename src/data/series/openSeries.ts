import { option, UsageError } from "../../tensor/errors.ts";
import type { LabelRule } from "../choices.ts";
import type { Dataset } from "../dataset.ts";
import { type DataNote, type SplitRule, splitInEnglish } from "../notes.ts";
import {
  absentClasses,
  allowOnly,
  type DataDescription,
  defaultMemory,
  type OpenedData,
  type OpenOptions,
  refuseSplit,
  splitOptions,
} from "../openOptions.ts";
import type { DataOptions } from "../options.ts";
import type { Target } from "../tables/tableRoles.ts";
import { type SeriesMoments, type SeriesOptions, seriesDatasets } from "./series.ts";
import { type GroupedSeries, piece, splitSeries } from "./seriesSplit.ts";
import { chooseSeriesColumns, type RawSeries, readSeries, type SeriesColumns, type SeriesFile } from "./seriesTable.ts";
import { reportTimes, timeNotes } from "./seriesTimes.ts";
import { checkLengths, readingsOf, type Series } from "./windows.ts";

/** What a class without an anomaly is called. */
const normalNames = /^(0|normal|nominal|healthy|ok|no|none|false)$/i;

/** Files to train on, and those to validate on where they are apart. */
export type SeriesParts = readonly [readonly SeriesFile[]] | readonly [readonly SeriesFile[], readonly SeriesFile[]];

/**
 * Training and validation windows of series in tables: of files in one part, which is split by series or by blocks of
 * readings (`splitSeries`), or in two, which are used as they are. A series is cut where readings are missing
 * (`missing: "drop"`) and at steps of time above `seriesFiles.gap`. Throws `UsageError` for options that mean nothing
 * here, and as `chooseSeriesColumns`, `readSeries`, `splitSeries` and `seriesDatasets`.
 */
export async function openSeries(name: string, parts: SeriesParts, options: DataOptions): Promise<OpenedData> {
  const { reading = {}, seriesFiles = {} } = options;
  const [files, second] = parts;
  checkReading(parts, reading);
  const tables = parts.flat().map(({ table }) => table);
  const columns = normalFirst(await chooseSeriesColumns(tables, reading, seriesFiles));
  checkTimeAndMemory(columns, name, reading, seriesFiles.gap);
  const settings = { ...settingsOf(options, columns.target), raw: reading.whole !== undefined };
  const spelt = (part: readonly SeriesFile[], from: number) =>
    part.map((file, i) => ({ ...file, table: columns.tables[from + i]! }));
  const raw = [await readPart(spelt(files, 0), columns)];
  if (second) raw.push(await readPart(spelt(second, files.length), columns));
  const pieces = raw.map((part) => part.flatMap((one) => piecesOf(one, columns, seriesFiles.gap)));
  for (const part of pieces) checkLengths(part, settings);
  const classNames = columns.target.classes?.map(String) ?? [];
  const split =
    pieces[1] === undefined
      ? reading.whole
        ? { train: pieces[0]!, validation: pieces[0]!, how: { kind: "given", by: "files" } as const }
        : splitSeries(pieces[0]!, { windows: settings, classes: classNames.length }, reading)
      : { train: pieces[0]!, validation: pieces[1], how: { kind: "given", by: "files" } as const };
  const { measured, ...windows } = seriesDatasets(name, split, classNames, settings, {
    ...{ features: columns.features, target: columns.target.name, by: columns.by, time: columns.time },
    gap: seriesFiles.gap ?? null,
  });
  const opened = {
    train: withColumn(windows.train, columns.by),
    validation: withColumn(windows.validation, columns.by),
  };
  if (settings.raw && second === undefined) opened.validation = opened.train;
  const paths = [...new Set(tables.map(({ file }) => file))];
  const description = describe(paths, columns, settings, measured, { ...opened, how: split.how });
  const notes = notesOf(
    { columns, settings, raw: raw.flat(), pieces: pieces.flat(), description, how: split.how },
    opened.train,
  );
  return { ...opened, description, notes: [...notes, ...timing(raw.flat(), columns, seriesFiles.gap)] };
}

function checkReading([files, second]: SeriesParts, reading: OpenOptions): void {
  const first = files[0]!.table.file;
  allowOnly([...splitOptions, "splitBy", "target", "features", "drop", "task", "missing"], reading, first);
  if (second !== undefined) refuseSplit(reading, `${first} and ${second[0]!.table.file}`);
  requireNoMean(reading.missing);
}

export function requireNoMean(missing: OpenOptions["missing"]): void {
  if (missing === "mean")
    throw new UsageError(
      `${option("missing")}: expected refuse or drop for series, as a mean would be a jump in them, got mean; pass drop, which cuts the series there`,
    );
}

function checkTimeAndMemory(
  { time, features, readings }: SeriesColumns,
  name: string,
  { dataMemory = defaultMemory }: OpenOptions,
  gap: number | undefined,
): void {
  if (gap !== undefined && time === null)
    throw new UsageError(
      `${option("seriesGap")}: expected ${option("time")} beside it, got none; name the column that says when`,
    );
  requireMemory(readings, features.length + 1, name, dataMemory);
}

/** Throws `UsageError` for readings of so many columns that take more than `memory` bytes. */
export function requireMemory(readings: number, columns: number, name: string, dataMemory: number): void {
  const bytes = readings * columns * 8;
  if (bytes > dataMemory)
    throw new UsageError(
      `${option("dataMemory")}: expected at least ${Math.ceil(bytes / 2 ** 20)} for the readings of ${name}, as series are kept in memory, ` +
        `got ${Math.floor(dataMemory / 2 ** 20)}; raise it or leave columns out with ${option("drop")}`,
    );
}

/** The class without an anomaly, if one is called so, comes first: it is 0 to the rules of labels. */
function normalFirst(columns: SeriesColumns): SeriesColumns {
  const { classes } = columns.target;
  const normal = classes?.find((one) => normalNames.test(String(one)));
  if (classes === null || normal === undefined) return columns;
  return { ...columns, target: { ...columns.target, classes: [normal, ...classes.filter((one) => one !== normal)] } };
}

function settingsOf({ series = {}, fields = {}, seriesFiles = {} }: DataOptions, target: Target): SeriesOptions {
  if (!seriesFiles.fields && Object.values(fields).some((value) => value !== undefined))
    throw new UsageError(
      `${option("fieldSize")}, ${option("fieldRange")}: expected ${option("fields")} beside them, got none; pass it`,
    );
  const length = series.length ?? 32;
  return {
    ...series,
    view: seriesFiles.fields ? "fields" : "series",
    length,
    stride: series.stride ?? 4,
    rule: ruleOf(series.rule, target),
    probabilities: target.probabilities,
    fieldSize: fields.fieldSize ?? Math.min(32, length),
    fieldRange: fields.fieldRange ?? "window",
  };
}

function ruleOf(asked: LabelRule | undefined, { classes }: Target): LabelRule {
  if (classes === null) {
    if (asked === undefined || asked === "last") return "last";
    throw new UsageError(
      `${option("windowLabel")}: expected last for numbers to predict, got ${asked}; leave it out, or pass ${option("task")} classification`,
    );
  }
  const hasNormal = normalNames.test(String(classes[0]));
  if (asked === "any" && !hasNormal)
    throw new UsageError(
      `${option("windowLabel")}: expected a class called 0 or normal for any, got ${classes.slice(0, 5).join(", ")}; use last or majority`,
    );
  return asked ?? (hasNormal ? "any" : "majority");
}

export async function readPart(
  files: readonly SeriesFile[],
  columns: Parameters<typeof readSeries>[1],
): Promise<RawSeries[]> {
  const series: RawSeries[] = [];
  for (const file of files) series.push(...(await readSeries(file, columns, files.length === 1)));
  return series;
}

/** Whole stretches without missing values and without steps above `gap`. */
export function piecesOf(
  { name, group, rows, times }: RawSeries,
  { features, target }: Pick<SeriesColumns, "features" | "target">,
  gap = Number.POSITIVE_INFINITY,
): GroupedSeries[] {
  const width = features.length + 1;
  const length = rows.length / width;
  const column = (c: number) => Float64Array.from({ length }, (_, i) => rows[i * width + c]!);
  const last = column(width - 1);
  const isClass = target.classes !== null;
  const classes = isClass ? Uint16Array.from(last) : new Uint16Array(0);
  const channels = features.map((_, c) => column(c));
  const whole: GroupedSeries = { name, group, channels, classes, ...(!isClass && { values: last }) };
  const pieces: GroupedSeries[] = [];
  let start = 0;
  for (let i = 0; i <= length; i++) {
    const missing = i < length && rows.subarray(i * width, (i + 1) * width).some(Number.isNaN);
    if (missing || i === length) {
      pieces.push(...piece(whole, start, i));
      start = i + 1;
    } else if (times !== null && i > start && times[i]! - times[i - 1]! > gap) {
      pieces.push(...piece(whole, start, i));
      start = i;
    }
  }
  return pieces;
}

export function withColumn(data: Dataset, by: string | null): Dataset {
  return by === null ? data : { ...data, columns: { ...data.columns, [by]: data.columns!.series! } };
}

function describe(
  files: readonly string[],
  { features, target }: SeriesColumns,
  { length, stride, rule }: SeriesOptions,
  { quantities, target: moments }: SeriesMoments,
  { train, validation, how }: { train: Dataset; validation: Dataset; how: SplitRule },
): DataDescription {
  const names = ({ columns }: Dataset) => [...new Set(columns!.series)];
  return {
    kind: "series",
    files,
    task: target.classes === null ? "regression" : "classification",
    target: { name: target.name, moments },
    classNames: train.classNames,
    inputs: features.map((name, c) => ({ name, moments: quantities?.[c] ?? null })),
    examples: { train: train.size, validation: validation.size },
    split: splitInEnglish(how),
    duplicates: null,
    windows: { length, stride, rule, train: names(train), validation: names(validation) },
  };
}

interface Reported {
  readonly columns: SeriesColumns;
  readonly settings: SeriesOptions;
  readonly raw: readonly RawSeries[];
  readonly pieces: readonly Series[];
  readonly description: DataDescription;
  readonly how: SplitRule;
}

function notesOf({ columns, settings, raw, pieces, description, how }: Reported, train: Dataset): DataNote[] {
  const { leftOut, readings } = columns;
  const { length } = settings;
  const kept = pieces.reduce((sum, one) => sum + readingsOf(one), 0);
  const long = new Set(pieces.filter((one) => readingsOf(one) >= length).map(({ name }) => name));
  const short = [...new Set(raw.map(({ name }) => name))].filter((name) => !long.has(name));
  const [names, more] = [short.slice(0, 5), Math.max(0, short.length - 5)];
  return [
    seriesNote(description.files[0]!, raw.length, columns, settings),
    { kind: "parts", of: "windows", ...description.examples, split: how },
    ...(leftOut.length > 0 ? [{ kind: "rowNumbers", columns: leftOut } as const] : []),
    ...columns.notes,
    ...(kept < readings ? [{ kind: "missingReadings", readings: readings - kept } as const] : []),
    ...(short.length > 0 ? [{ kind: "shortSeries", length, names, more } as const] : []),
    ...absentClasses(train),
  ];
}

function seriesNote(
  file: string,
  series: number,
  { features, target }: SeriesColumns,
  settings: SeriesOptions,
): DataNote {
  const { length, stride, rule, view } = settings;
  const normal = rule === "any" ? String(target.classes?.[0]) : null;
  const classes = target.classes === null ? null : { count: target.classes.length, rule, normal };
  return {
    kind: "series",
    file,
    series,
    features,
    length,
    stride,
    fields: view === "fields",
    target: target.name,
    classes,
  };
}

function timing(raw: readonly RawSeries[], { time }: SeriesColumns, gap: number | undefined): DataNote[] {
  if (time === null) return [];
  const column = time.name;
  const timed = raw.map(({ name, times }) => ({ name, times: times! }));
  const sorted = raw.reduce((sum, one) => sum + one.sorted, 0);
  return [
    ...(time.sorts ? [] : [{ kind: "timeColumn", column } as const]),
    ...(sorted > 0 ? [{ kind: "sortedRows", rows: sorted, column } as const] : []),
    ...timeNotes(reportTimes(timed), column, { gap, areTexts: raw.some(({ timesAreTexts }) => timesAreTexts) }),
  ];
}
