import type { Random } from "../../src/tensor/random.ts";
import { chance, nastyNames, nastyNumbers, one } from "./stream.ts";

const words = [
  "null",
  "true",
  "[]",
  "{}",
  '""',
  '"NaN"',
  '"Infinity"',
  '"-Infinity"',
  "1e999",
  "-0",
  "[null]",
  '{"a":1}',
];

/** What stands in place of a value while its text is made. */
const MARK = "\ue000fuzz\ue001";

/**
 * A JSON text with one value, name or member changed: another type, a number or name that programs stumble over, a
 * member that is missing, twice, or called `__proto__`, nesting without end. What is no JSON is given back as it is.
 */
export function changedJson(text: string, stream: Random): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const places = placesIn(value);
  if (places.length === 0) return one(words, stream);
  const { parent, key } = one(places, stream);
  const indent = text.includes("\n  ") ? 2 : 0;
  const kind = stream.integer(8);
  if (kind === 0) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return JSON.stringify(value, null, indent);
  }
  const old = JSON.stringify(parent[key]);
  parent[key] = MARK;
  const marked = JSON.stringify(value, null, indent);
  const name = JSON.stringify(key);
  if (kind === 1 && !Array.isArray(parent)) return marked.replace(`"${MARK}"`, () => `${old},${name}:${nasty(stream)}`);
  if (kind === 2 && !Array.isArray(parent))
    return marked.replace(`"${MARK}"`, () => `${old},"__proto__":${one(['{"status":"x"}', "null", "1"], stream)}`);
  return marked.replace(`"${MARK}"`, () => nasty(stream));
}

function nasty(stream: Random): string {
  const depth = one([50, 5000], stream);
  if (chance(0.05, stream)) return `${"[".repeat(depth)}${"]".repeat(depth)}`;
  if (chance(0.3, stream)) return JSON.stringify(one(nastyNames, stream));
  return chance(0.5, stream) ? String(one(nastyNumbers, stream)) : one(words, stream);
}

interface Place {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

/** Every member of every object and array. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesIn(parent[key])]);
}
