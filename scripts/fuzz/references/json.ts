/** JSON as RFC 8259 has it, with members in their order and twice where they stand twice. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly members: readonly (readonly [string, Json, string])[];
}

const string = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const space = /[ \t\n\r]*/y;

/** Deeper nesting is refused, as the reference library's parser does. */
const DEEPEST = 127;

/** Reads a text; null for what is no JSON. The third part of a member is the text of its value. */
export function parseJson(text: string): { readonly value: Json; readonly end: number } | null {
  const at = { position: 0 };
  try {
    skip(text, at);
    const value = parseValue(text, at, 0);
    skip(text, at);
    return { value, end: at.position };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

interface Place {
  position: number;
}

function match(pattern: RegExp, text: string, at: Place): string | null {
  pattern.lastIndex = at.position;
  const [found] = pattern.exec(text) ?? [null];
  if (found !== null) at.position += found.length;
  return found;
}

function skip(text: string, at: Place): void {
  match(space, text, at);
}

function expect(text: string, at: Place, character: string): void {
  if (text[at.position] !== character) throw new SyntaxError(character);
  at.position++;
  skip(text, at);
}

function parseValue(text: string, at: Place, depth: number): Json {
  if (depth > DEEPEST) throw new SyntaxError("too deep");
  const first = text[at.position];
  if (first === "{") return parseObject(text, at, depth);
  if (first === "[") return parseArray(text, at, depth);
  for (const [word, value] of [
    ["true", true],
    ["false", false],
    ["null", null],
  ] as const)
    if (text.startsWith(word, at.position)) {
      at.position += word.length;
      return value;
    }
  if (first === '"') return parseString(text, at);
  const digits = match(number, text, at);
  if (digits === null) throw new SyntaxError("a value");
  return Number(digits);
}

function parseString(text: string, at: Place): string {
  const quoted = match(string, text, at);
  if (quoted === null) throw new SyntaxError("a string");
  // It refuses what must be escaped.
  const value: string = JSON.parse(quoted);
  if (!value.isWellFormed()) throw new SyntaxError("half a character");
  return value;
}

function parseObject(text: string, at: Place, depth: number): JsonObject {
  const members: [string, Json, string][] = [];
  expect(text, at, "{");
  while (text[at.position] !== "}") {
    if (members.length > 0) expect(text, at, ",");
    const name = parseString(text, at);
    skip(text, at);
    expect(text, at, ":");
    const from = at.position;
    const value = parseValue(text, at, depth + 1);
    members.push([name, value, text.slice(from, at.position)]);
    skip(text, at);
  }
  at.position++;
  return { members };
}

function parseArray(text: string, at: Place, depth: number): Json[] {
  const elements: Json[] = [];
  expect(text, at, "[");
  while (text[at.position] !== "]") {
    if (elements.length > 0) expect(text, at, ",");
    elements.push(parseValue(text, at, depth + 1));
    skip(text, at);
  }
  at.position++;
  return elements;
}
