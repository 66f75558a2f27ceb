import { DataError } from "../tensor/errors.ts";

/** What reading a record needs of its schema: one of zod's, or one that does without loading it. */
export interface Reader<T> {
  safeParse(value: unknown, options: { readonly reportInput: true }): Read<T>;
}

export type Read<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

/** What a value is not that should be. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly input?: unknown;
}

/** `value` as its schema has it. Throws `DataError` naming the file and the first field that is not so. */
export function parseRecord<T>(path: string, schema: Reader<T>, value: unknown): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const { field, expected, got } = problemOf(result.error.issues[0]!);
  const place = field === "" ? "" : ` in ${JSON.stringify(field)}`;
  throw new DataError(`${path}: expected ${expected}${place}, got ${got}; restore the file or delete it`);
}

function problemOf(issue: Issue): { field: string; expected: string; got: string } {
  const [, expected] = /expected (.*?)(?:, received .*)?$/.exec(issue.message) ?? [];
  const words = issue.code === "invalid_union" ? "another value" : (expected ?? issue.message);
  return { field: issue.path.map(String).join("."), expected: words, got: showValue(issue.input) };
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
