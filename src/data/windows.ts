import { DataError, UsageError } from "../tensor/errors.ts";

/** Readings of one sensor, one machine, one file: what lies between two series is never inside a window. */
export interface Series {
  /** Of the sensor, for messages and columns. */
  readonly name: string;
  /** One array per quantity, all of one length. */
  readonly channels: readonly Float64Array[];
  /** [length] class of each reading; 0 is normal. */
  readonly classes: Uint8Array;
}

/**
 * Which class a window has. `any`: the class above 0 that most of its readings have, 0 only where all are 0, so that a
 * window that touches an anomaly is one. `last`: that of its last reading, for alarms that may only look back.
 * `majority`: that of most of its readings. Of classes that are as frequent the smallest is taken.
 */
export const labelRules = ["any", "last", "majority"] as const;
export type LabelRule = (typeof labelRules)[number];

export interface WindowOptions {
  /** Readings of one window. */
  readonly length: number;
  /** Readings between the first of one window and the first of the next. */
  readonly stride: number;
  readonly rule: LabelRule;
}

/** Readings start, …, start + length − 1 of one series. */
export interface SeriesWindow {
  readonly series: string;
  readonly start: number;
  /** [length] each, views of the series. */
  readonly channels: readonly Float64Array[];
  readonly label: number;
}

/**
 * Every window of each series, in order; readings left over at the end of a series are in none. Throws `UsageError` for
 * a length or stride that is no whole number ≥ 1, and `DataError` where no series is as long as a window.
 */
export function windowsOf(series: readonly Series[], { length, stride, rule }: WindowOptions): SeriesWindow[] {
  for (const [flag, value] of [
    ["--window-length", length],
    ["--window-stride", stride],
  ] as const)
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(`${flag}: expected a whole number of at least 1, got ${value}; change it`);
  const windows = series.flatMap((one) => {
    const count = Math.max(0, Math.floor((one.classes.length - length) / stride) + 1);
    return Array.from({ length: count }, (_, k) => {
      const start = k * stride;
      const part = <T extends Float64Array | Uint8Array>(values: T) => values.subarray(start, start + length) as T;
      return { series: one.name, start, channels: one.channels.map(part), label: labelOf(part(one.classes), rule) };
    });
  });
  if (windows.length === 0) {
    const longest = series.reduce((most, { classes }) => Math.max(most, classes.length), 0);
    throw new DataError(
      `windows: expected a series of at least ${length} readings, got at most ${longest}; lower --window-length`,
    );
  }
  return windows;
}

function labelOf(classes: Uint8Array, rule: LabelRule): number {
  if (rule === "last") return classes.at(-1)!;
  const counts = new Map<number, number>();
  for (const one of classes) if (rule === "majority" || one > 0) counts.set(one, (counts.get(one) ?? 0) + 1);
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || a - b);
  return most?.[0] ?? 0;
}
