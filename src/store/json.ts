/** The numbers that JSON lacks, by the strings that stand for them in files. */
const nonFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/**
 * JSON in which NaN and ±Infinity are the strings "NaN", "Infinity" and "-Infinity", where `JSON.stringify` writes
 * null.
 */
export function encodeJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, (_, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x), indent);
}

/**
 * What `encodeJson` was given. A text field that is exactly one of the three strings becomes a number too, so free
 * text is kept in files that are read with `JSON.parse`. Throws `SyntaxError` as that does.
 */
export function decodeJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // By hand: a reviver makes parsing many times slower.
  return /"(?:NaN|-?Infinity)"/.test(text) ? revived(value) : value;
}

function revived(value: unknown): unknown {
  if (typeof value === "string") return Object.hasOwn(nonFinite, value) ? nonFinite[value] : value;
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    if (typeof field === "string" || typeof field === "object") fields[name] = revived(field);
  }
  return value;
}
