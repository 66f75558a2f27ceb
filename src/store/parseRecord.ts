import { DataError } from "../tensor/errors.ts";
import { expectedBy, gotBy, type Issue } from "./issue.ts";

/** What reading a record needs of its schema: one of zod's, or one that does without loading it. */
export interface Reader<T> {
  safeParse(value: unknown, options: { readonly reportInput: true }): Read<T>;
}

export type Read<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

/** `value` as its schema has it. Throws `DataError` naming the file and the first field that is not so. */
export function parseRecord<T>(path: string, schema: Reader<T>, value: unknown): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.map(String).join(".");
  const place = field === "" ? "" : ` in "${field}"`;
  const got = showValue(gotBy(issue));
  throw new DataError(`${path}: expected ${expectedBy(issue)}${place}, got ${got}; restore the file or delete it`);
}

/** A value of a file on one line of some length at most. */
export function showValue(value: unknown): string {
  if (value === undefined) return "nothing";
  const words = typeof value === "number" ? String(value) : textOf(value);
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}

/** What is nested too deeply has no text. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    if (error instanceof RangeError) return "nesting without end";
    throw error;
  }
}
