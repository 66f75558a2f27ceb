import { ShapeError } from "./errors.ts";
import type { Shape } from "./tensor.ts";

/**
 * The common shape of operands that broadcast as in NumPy. Throws `ShapeError` when two axes differ and neither is 1.
 */
export function broadcast(...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((s) => s[axis - rank + s.length] ?? 1);
    const size = sizes.find((x) => x !== 1) ?? 1;
    if (sizes.some((x) => x !== 1 && x !== size))
      throw new ShapeError(
        `broadcast: expected axes that are equal or 1, got ${shapes.map((s) => `[${s.join(", ")}]`).join(" and ")}; reshape one of them`,
      );
    return size;
  });
}

/**
 * Axes of `to` along which an operand of shape `from` was repeated: those it lacks in front and those where it has 1.
 * Summing over them brings a gradient of shape `to` back to the operand.
 */
export function repeatedAxes(from: Shape, to: Shape): number[] {
  const missing = to.length - from.length;
  return to.flatMap((size, axis) => (axis < missing || (from[axis - missing] === 1 && size !== 1) ? [axis] : []));
}

/** A negative axis counts from the end. Throws `ShapeError` outside [-rank, rank). */
export function normalizeAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new ShapeError(`axis: expected an integer in [${-rank}, ${rank}), got ${axis}; count axes from 0`);
  return axis < 0 ? axis + rank : axis;
}

export function equalShapes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
