import { DataError } from "../../tensor/errors.ts";
import { type Cell, numberIn, type Table } from "../files/table.ts";
import type { DataNote } from "../notes.ts";

/** Names of columns that say when a row was read. */
export const timeNames = /^(time|timestamp|date|date[ _]?time)$/i;

/** A gap is a step of more than so many usual ones. */
const GAP_STEPS = 2;

const isoTime = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:?\d{2})?$/;

/** Times of one file as numbers: as they stand, or seconds since 1970 where they are texts. */
export interface TimeReader {
  /** Throws `DataError` for what is no time, and for texts among numbers. */
  read(cell: Cell, place: () => string): number;
  /** Whether the file gives texts. */
  areTexts(): boolean;
}

export function timeReader(table: Table, column: string): TimeReader {
  let first: "number" | "text" | undefined;
  return {
    areTexts: () => first === "text",
    read(cell, place) {
      const number = numberIn(cell, table);
      const value = number ?? secondsOf(String(cell));
      const kind = number === null ? "text" : "number";
      first ??= kind;
      if (Number.isFinite(value) && kind === first) return value;
      const expected = first === "number" && kind === "text" ? "a number" : "a number or a time as 2026-01-31 23:59:00";
      const got = cell === null ? "none" : JSON.stringify(cell);
      throw new DataError(`${place()}: expected ${expected} in "${column}", got ${got}; correct it`);
    },
  };
}

/** Of ISO 8601, in UTC unless the text says otherwise; NaN for anything else. */
function secondsOf(text: string): number {
  const [, day, time = "00:00", zone = "Z"] = isoTime.exec(text) ?? [];
  return day === undefined || !isDay(day) ? Number.NaN : Date.parse(`${day}T${time}${zone}`) / 1000;
}

/** Whether the month has such a day: the language takes February 30 for March 2. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day.slice(-2));
}

/** Seconds from 1970 to the last day of a `Date` (ECMA-262, §21.4.1.1). */
const LATEST = 8.64e12;

/** A time as its file has it, or nearly. */
export function timeText(time: number, isText: boolean): string {
  // Beyond what a calendar here holds a number tells as much.
  return isText && Math.abs(time) <= LATEST
    ? new Date(time * 1000)
        .toISOString()
        .replace("T", " ")
        .replace(/(\.000)?Z$/, "")
    : String(time);
}

/** What the times of some series say, in the order of their readings. */
export interface TimeReport {
  /** Median of the steps above 0; NaN where there are none. */
  readonly usualStep: number;
  /** Readings with the time of the one before them. */
  readonly repeated: number;
  /** Steps of more than two usual ones, and the largest. */
  readonly gaps: number;
  readonly largest: { readonly series: string; readonly after: number; readonly step: number } | null;
}

/** Times [length] ascend in each series. */
export function reportTimes(series: readonly { readonly name: string; readonly times: Float64Array }[]): TimeReport {
  const steps = series.flatMap(({ name, times }) =>
    Array.from(times.subarray(1), (time, i) => ({ series: name, after: times[i]!, step: time - times[i]! })),
  );
  const positive = Float64Array.from(
    steps.filter(({ step }) => step > 0),
    ({ step }) => step,
  ).sort();
  const usualStep = positive[Math.floor((positive.length - 1) / 2)] ?? Number.NaN;
  const gaps = steps.filter(({ step }) => step > GAP_STEPS * usualStep);
  return {
    usualStep,
    repeated: steps.length - positive.length,
    gaps: gaps.length,
    largest: gaps.reduce<TimeReport["largest"]>((a, b) => (a !== null && a.step >= b.step ? a : b), null),
  };
}

/** What of the report is to be said. */
export function timeNotes(
  { usualStep, repeated, gaps, largest }: TimeReport,
  column: string,
  { gap, areTexts }: { readonly gap: number | undefined; readonly areTexts: boolean },
): DataNote[] {
  const repeats = { kind: "repeatedTimes", readings: repeated, column } as const;
  if (largest === null) return repeated > 0 ? [repeats] : [];
  const { step, after, series } = largest;
  return [
    ...(repeated > 0 ? [repeats] : []),
    {
      kind: "timeGaps",
      column,
      steps: gaps,
      usualStep,
      inSeconds: areTexts,
      largest: { step, after: timeText(after, areTexts), series },
      cut: gap !== undefined,
    },
  ];
}
