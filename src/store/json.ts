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
  // A reviver makes parsing several times slower and is seldom needed.
  if (!/"(?:NaN|-?Infinity)"/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, x) => (typeof x === "string" && Object.hasOwn(nonFinite, x) ? nonFinite[x] : x));
}
