import { DataError, option, UsageError } from "../../tensor/errors.ts";
import type { LabelRule } from "../choices.ts";

/** Readings of one sensor, one machine, one file: what lies between two series is never inside a window. */
export interface Series {
  /** Of the sensor, for messages and columns. */
  readonly name: string;
  /** One array per quantity, all of one length. */
  readonly channels: readonly Float64Array[];
  /** [length] class of each reading; 0 is normal. Empty where `values` are to be predicted. */
  readonly classes: Uint8Array | Uint16Array;
  /** [length] the number to predict at each reading; none where readings have classes. */
  readonly values?: Float64Array;
  /** Place of the first reading in the whole series, of a piece of one. Default 0. */
  readonly first?: number;
}

export interface WindowOptions {
  /** Readings of one window. */
  readonly length: number;
  /** Readings between the first of one window and the first of the next. */
  readonly stride: number;
  readonly rule: LabelRule;
}

/** Readings start, …, start + length − 1 of one series, counted in the whole of it. */
export interface SeriesWindow {
  readonly series: string;
  readonly start: number;
  /** [length] each, views of the series. */
  readonly channels: readonly Float64Array[];
  /** The class, or the number to predict: that of the last reading. */
  readonly label: number;
}

/**
 * Every window of each series, in order; readings left over at the end of a series are in none. Throws `UsageError` for
 * a length or stride that is no whole number ≥ 1, and `DataError` where no series is as long as a window.
 */
export function windowsOf(series: readonly Series[], options: WindowOptions): SeriesWindow[] {
  checkLengths(series, options);
  const { length, stride } = options;
  return series.flatMap((one) =>
    windowLabels(one, options).map((label, k) => {
      const start = k * stride;
      const channels = one.channels.map((values) => values.subarray(start, start + length));
      return { series: one.name, start: (one.first ?? 0) + start, channels, label };
    }),
  );
}

/** Throws as `windowsOf`. */
export function checkLengths(series: readonly Series[], { length, stride }: WindowOptions): void {
  for (const [flag, value] of [
    [option("windowLength"), length],
    [option("windowStride"), stride],
  ] as const)
    if (!Number.isInteger(value) || value < 1)
      throw new UsageError(`${flag}: expected a whole number of at least 1, got ${value}; change it`);
  const longest = series.reduce<Series | null>((a, b) => (a && readingsOf(a) >= readingsOf(b) ? a : b), null);
  const readings = longest ? readingsOf(longest) : 0;
  if (readings < length)
    throw new DataError(
      `windows: expected a series of at least ${length} readings, got at most ${readings}` +
        `${longest ? ` in ${longest.name}` : ""}; lower ${option("windowLength")}`,
    );
}

/** The label of every window of one series, in order. */
export function windowLabels(one: Series, { length, stride, rule }: WindowOptions): number[] {
  const count = Math.max(0, Math.floor((readingsOf(one) - length) / stride) + 1);
  return Array.from({ length: count }, (_, k) => {
    const [start, end] = [k * stride, k * stride + length];
    return one.values ? one.values[end - 1]! : labelOf(one.classes.subarray(start, end), rule);
  });
}

export function readingsOf({ channels }: Series): number {
  return channels[0]?.length ?? 0;
}

function labelOf(classes: Series["classes"], rule: LabelRule): number {
  if (rule === "last") return classes.at(-1)!;
  const counts = new Map<number, number>();
  for (const one of classes) if (rule === "majority" || one > 0) counts.set(one, (counts.get(one) ?? 0) + 1);
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || a - b);
  return most?.[0] ?? 0;
}
