import type { Interval } from "../statistics/types.ts";
import { significant } from "./format.ts";

const units = [
  [1e-6, "ns", 1e-9],
  [1e-3, "µs", 1e-6],
  [1, "ms", 1e-3],
  [Number.POSITIVE_INFINITY, "s", 1],
] as const;

const unitOf = (seconds: number) => units.find(([below]) => seconds < below) ?? units.at(-1)!;

/** "1.20 ms". */
export function durationText(seconds: number): string {
  const [, unit, factor] = unitOf(seconds);
  return `${significant(seconds / factor)} ${unit}`;
}

/** "1.20 ms [1.10, 1.35]", in the unit of the value; of a value of 0 in that of the upper end. */
export function durationInterval({ value, lower, upper }: Interval): string {
  const [, unit, factor] = unitOf(value || upper);
  const [middle, low, high] = [value, lower, upper].map((seconds) => significant(seconds / factor));
  return `${middle} ${unit} [${low}, ${high}]`;
}

/** About so long, for who waits: "40 s", "3 min", "1 h 10 min". */
export function waitingText(seconds: number): string {
  if (seconds < 100) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
