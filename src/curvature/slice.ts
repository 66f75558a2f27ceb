import { is, type RulesOf, requireArguments, requireOptions } from "../tensor/arguments.ts";
import type { LossesAlong } from "./losses.ts";

/** A loss on a line or plane through θ: `losses[j][i]` at θ + x_i d₁ + y_j d₂; a line has one row, and y = [0]. */
export interface LossSlice {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly losses: readonly (readonly number[])[];
}

/** The points of `slice`, and what is told while it goes on. */
export interface SliceOptions {
  /** Coordinates along the first direction. */
  readonly x: readonly number[];
  /** Along the second, where there is one. */
  readonly y?: readonly number[];
  readonly signal?: AbortSignal;
  /** Told how many of all points are done. */
  readonly progress?: (done: number, all: number) => void;
}

const optionRules: RulesOf<SliceOptions> = {
  x: is.listOf("coordinates", is.number),
  y: is.optional(is.listOf("coordinates", is.number)),
  signal: is.optional(is.object),
  progress: is.optional(is.function),
};

/** Points asked for at once: progress is told, and a signal heard, between two such calls. */
const AT_ONCE = 32;

/** `count` numbers from `low` to `high`, both included and evenly spaced. */
export function evenly(low: number, high: number, count: number): number[] {
  requireArguments("evenly", { low, high, count }, { low: is.number, high: is.number, count: is.whole(1) });
  if (count === 1) return [(low + high) / 2];
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/**
 * The loss on the line of one direction, or the plane of two, through θ, many points in one call of `lossesAlong`.
 * A slice is a picture of two of P dimensions: a minimum in it may be none in another, and its curvature depends on how
 * long the directions are (`filterNormalizedDirection`). Li et al. 2018, arXiv:1712.09913. Throws what `signal` was
 * aborted with.
 */
export async function slice(
  lossesAlong: LossesAlong,
  parameters: Float64Array,
  directions: readonly [Float64Array] | readonly [Float64Array, Float64Array],
  options: SliceOptions,
): Promise<LossSlice> {
  requireArguments(
    "slice",
    { lossesAlong, parameters, directions },
    { lossesAlong: is.function, parameters: is.numbers, directions: is.listOf("one or two directions", is.numbers) },
  );
  requireOptions("slice", options, optionRules);
  const { x, y = [0], signal, progress } = options;
  const rows = y.flatMap((b) => x.map((a) => (directions.length === 1 ? [a] : [a, b])));
  const losses: number[] = [];
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    signal?.throwIfAborted();
    losses.push(...(await lossesAlong(parameters, directions, rows.slice(start, start + AT_ONCE))));
    progress?.(losses.length, rows.length);
  }
  return { x, y, losses: y.map((_, j) => losses.slice(j * x.length, (j + 1) * x.length)) };
}
