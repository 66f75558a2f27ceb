import { DataError, ShapeError, UsageError } from "../tensor/errors.ts";
import { shown } from "../tensor/shown.ts";
import { type Shape, sizeOf, type Tensor } from "../tensor/tensor.ts";

/** Numbers as JavaScript holds them: one, a row of them or a typed array, or rows of rows. */
export type NestedNumbers = number | bigint | boolean | ArrayLike<number> | readonly NestedNumbers[];

/** The shape of nested arrays, by their first elements. */
export function shapeOfNested(value: unknown): number[] {
  return isRow(value) ? [value.length, ...(value.length > 0 ? shapeOfNested(value[0]) : [])] : [];
}

/**
 * One example for each element of `values`, as float32. `what` names one of them in errors ("example"). Throws
 * `ShapeError` where one has another shape than the first, and `DataError` for what is no finite number of float32,
 * naming its number and place.
 */
export function nestedTensor(values: ArrayLike<unknown>, what: string, place: string): Tensor {
  const shape = shapeOfNested(values[0]);
  const size = sizeOf(shape);
  const data = new Float32Array(values.length * size);
  for (let row = 0; row < values.length; row++)
    fill(values[row], shape, [], { data, row, at: row * size, what, place });
  return { type: "float32", shape: [values.length, ...shape], data };
}

interface Place {
  readonly data: Float32Array;
  readonly row: number;
  at: number;
  readonly what: string;
  readonly place: string;
}

function fill(value: unknown, shape: Shape, path: readonly number[], into: Place): void {
  const [length, ...rest] = shape;
  if (length === undefined) {
    into.data[into.at++] = finite(value, path, into);
    return;
  }
  if (!isRow(value) || value.length !== length)
    throw new ShapeError(
      `${into.place}: expected ${named(path, into)} to hold ${length} ${rest.length > 0 ? "rows" : "numbers"}, as the first does, ` +
        `got ${isRow(value) ? value.length : shown(value)}; give all the same shape`,
    );
  for (let i = 0; i < length; i++) fill(value[i], rest, [...path, i], into);
}

function finite(value: unknown, path: readonly number[], into: Place): number {
  if (isRow(value))
    throw new ShapeError(
      `${into.place}: expected a number in ${named(path, into)}, as the first has, got an array; give all the same shape`,
    );
  const number =
    typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" ? +Number(value) : Number.NaN;
  if (Number.isFinite(Math.fround(number))) return number;
  const remedy = typeof value === "string" ? "turn texts into numbers" : "leave it out or replace it";
  throw new DataError(
    `${into.place}: expected a finite number in ${named(path, into)}, got ${shown(value)}; ${remedy}`,
  );
}

function named(path: readonly number[], { what, row }: Place): string {
  return path.length === 0 ? `${what} ${row}` : `${what} ${row} at [${path.join(", ")}]`;
}

export function isRow(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Throws `UsageError` for what is no array, or an empty one. */
export function requireRows(value: unknown, what: string, place: string): asserts value is ArrayLike<unknown> {
  if (!isRow(value)) throw new UsageError(`${place}: expected ${what} as an array, got ${shown(value)}; pass one`);
  if (value.length === 0) throw new DataError(`${place}: expected at least one of ${what}, got none; add some`);
}
