import { type ElementType, type Shape, sizeOf } from "../tensor/tensor.ts";

/** How `fold` computes an operator on JavaScript numbers, and what its evaluators share. */

export interface Operand {
  readonly shape: Shape;
  readonly numbers: readonly number[];
}

/** The output that is computed. */
export interface ComputedOutput {
  readonly type: ElementType;
  readonly shape: Shape;
  /** The outputs in front of this one. */
  readonly earlier: readonly Shape[];
  readonly attributes: Record<string, unknown>;
}

/**
 * The elements of one output, row-major; `undefined` where an index lies outside the data. An omitted operand has no
 * numbers.
 */
export type Evaluator = (operands: readonly Operand[], target: ComputedOutput) => readonly (number | undefined)[];

/** The multi-index of each element of a shape, in row-major order, handed to `read`. */
export function fill(shape: Shape, read: (index: readonly number[]) => number): number[] {
  const index = shape.map(() => 0);
  return Array.from({ length: sizeOf(shape) }, () => {
    const value = read(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
    return value;
  });
}

/** The element at `index`, aligned at the last axis and repeated along axes of 1 as NumPy does. */
export function at({ shape, numbers }: Operand, index: readonly number[]): number {
  const lead = index.length - shape.length;
  return numbers[shape.reduce((flat, size, axis) => flat * size + (size === 1 ? 0 : index[axis + lead]!), 0)]!;
}

/** Row-major position of a multi-index, of which negative numbers count from the end; NaN for one outside the shape. */
export function position(shape: Shape, index: readonly number[]): number {
  return shape.reduce((flat, size, axis) => {
    const i = index[axis]!;
    return i < -size || i >= size ? Number.NaN : flat * size + (i < 0 ? i + size : i);
  }, 0);
}
