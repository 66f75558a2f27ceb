import { z } from "zod";

/**
 * The parts of which the schemas of a run's records are made. Types say what programs may rely on; these see to it that
 * files keep to it.
 */

/** What `T` must be in a file. */
export type Schema<T> = z.ZodType<T>;

/** A schema for each field of `T`: one that is left out, or is optional here and not there, is an error of types. */
type Fields<T> = {
  readonly [Key in keyof T]-?: Record<never, never> extends Pick<T, Key>
    ? z.ZodOptional<z.ZodType<T[Key]>>
    : z.ZodType<T[Key]>;
};

/** An object with these fields. Others are kept as they are, so that files of a later version can be read. */
export function record<T extends object>(fields: Fields<T>): Schema<T> {
  return z.looseObject(fields as z.ZodRawShape) as unknown as Schema<T>;
}

/** Not-a-number and infinities too, which zod's own numbers exclude. */
export const number = z.custom<number>((value) => typeof value === "number", "a number");
export const count = z.int().nonnegative();
/** JSON has no word for the text "NaN" but the one that stands for the number (`decodeJson`). */
export const text = z.preprocess(
  (value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value),
  z.string(),
) as unknown as Schema<string>;
export const time = z.string().refine((value) => !Number.isNaN(Date.parse(value)), "a time as in ISO 8601");
export const numbers = z.array(number);

export const matrix = z.array(numbers);

/** Whether there are as many rows as columns, and as many as `size` where that is said. */
export function isSquare(rows: readonly (readonly unknown[])[], size = rows.length): boolean {
  return rows.length === size && rows.every((row) => row.length === size);
}
