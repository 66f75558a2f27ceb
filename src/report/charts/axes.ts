import { displayWidth } from "../terminal/displayWidth.ts";
import type { Json } from "./chart.ts";

/** Whole decades that hold every finite positive value, at least one. */
export function decades(values: readonly number[]): { readonly low: number; readonly high: number } {
  const shown = values.filter((value) => Number.isFinite(value) && value > 0);
  if (shown.length === 0) return { low: 0, high: 1 };
  const low = Math.floor(Math.log10(shown.reduce((a, b) => Math.min(a, b))));
  const high = Math.ceil(Math.log10(shown.reduce((a, b) => Math.max(a, b))));
  return { low, high: Math.max(high, low + 1) };
}

/** A logarithmic axis over those decades. */
export function logAxis(values: readonly number[], gridIndex = 0): { readonly [key: string]: Json } {
  const { low, high } = decades(values);
  return {
    gridIndex,
    type: "log",
    min: 10 ** low,
    max: 10 ** high,
    minorTick: { show: high - low <= 6, splitNumber: 9 },
    minorSplitLine: { show: high - low <= 3 },
  };
}

/** Pixels that a digit, a comma or a point takes beside an axis, rather too many than too few. */
const DIGIT = 8;

/** Pixels that the longest label of such an axis takes beside it: of 0.000001 as of 1,000,000. */
export function logLabelWidth(values: readonly number[]): number {
  const { low, high } = decades(values);
  const upTo = high + 1 + Math.floor(Math.max(0, high) / 3);
  return DIGIT * Math.max(1, upTo, low < 0 ? 2 - low : 0);
}

/** So many names stand at every row; of more, those that there is room for. */
const MANY = 24;

/** A list axis long texts of which end in "…". */
export function nameAxis(names: readonly string[], width: number): { readonly [key: string]: Json } {
  return {
    type: "category",
    data: [...names],
    axisLabel: {
      width,
      overflow: "truncate",
      ...(names.length > MANY ? { interval: "auto", fontSize: 9 } : { interval: 0 }),
    },
    axisTick: { alignWithLabel: true },
  };
}

/** Pixels that the longest name takes beside its axis, at most `most`. */
export function nameWidth(names: readonly string[], most: number): number {
  return Math.min(most, Math.max(...names.map((name) => 8 * displayWidth(name))));
}

/** Pixels across which names stand side by side on a phone. */
const PHONE = 250;

/**
 * The same under a matrix: slanting where the names do not fit side by side on a phone. `room` is what they take in
 * height, in pixels.
 */
export function columnAxis(
  names: readonly string[],
  width: number,
): { readonly axis: { readonly [key: string]: Json }; readonly room: number } {
  const axis = nameAxis(names, width);
  const isSlanting =
    names.length * (nameWidth(names, width) + DIGIT) > PHONE && names.some((name) => displayWidth(name) > 2);
  const axisLabel = { ...(axis.axisLabel as { readonly [key: string]: Json }), rotate: isSlanting ? 45 : 0 };
  return { axis: { ...axis, axisLabel }, room: isSlanting ? 16 + Math.round(0.71 * nameWidth(names, width)) : 22 };
}
