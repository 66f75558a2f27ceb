import { is, requireArguments } from "../tensor/arguments.ts";

/**
 * The loss at θ + Σ_j c_j d_j for each row c of `coordinates`, one number each, in their order: a loss that can be
 * asked for many points of one line or plane at once, so that an engine evaluates them together. `origin` and every
 * direction hold P numbers. Infinity and NaN stand for a loss that overflows.
 */
export type LossesAlong = (
  origin: Float64Array,
  directions: readonly Float64Array[],
  coordinates: readonly (readonly number[])[],
) => Promise<readonly number[]> | readonly number[];

/** The gradient of the loss, P numbers, as `Objective` gives it. */
export type GradientAt = (
  parameters: Float64Array,
) => Promise<{ readonly gradient: Float64Array }> | { readonly gradient: Float64Array };

/** θ + Σ_j c_j d_j. */
export function pointAt(
  origin: Float64Array,
  directions: readonly Float64Array[],
  coordinates: readonly number[],
): Float64Array {
  const point = Float64Array.from(origin);
  directions.forEach((direction, j) => {
    const c = coordinates[j]!;
    if (c !== 0) for (let i = 0; i < point.length; i++) point[i]! += c * direction[i]!;
  });
  return point;
}

/** `LossesAlong` of a loss that is known point by point. */
export function pointByPoint(loss: (parameters: Float64Array) => Promise<number> | number): LossesAlong {
  requireArguments("pointByPoint", { loss }, { loss: is.function });
  return async (origin, directions, coordinates) => {
    const losses: number[] = [];
    for (const row of coordinates) losses.push(await loss(pointAt(origin, directions, row)));
    return losses;
  };
}

export const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
