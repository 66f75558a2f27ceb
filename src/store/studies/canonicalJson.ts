import { createHash } from "node:crypto";

/** JSON that is equal for equal values: keys in their order, nothing of what is undefined. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** The first hexadecimal digits of the SHA-256 of its canonical JSON. */
export function digestOf(value: unknown, digits = 16): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, digits);
}

/**
 * The first place at which two values differ, as `arms.1.options.learningRate`, with both values; null where they are
 * equal.
 */
export function firstDifference(
  before: unknown,
  after: unknown,
  path = "",
): { readonly path: string; readonly before: unknown; readonly after: unknown } | null {
  if (canonicalJson([before]) === canonicalJson([after])) return null;
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after))
    return { path, before, after };
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of names) {
    const found = firstDifference(before[name], after[name], path === "" ? name : `${path}.${name}`);
    if (found) return found;
  }
  return null;
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
