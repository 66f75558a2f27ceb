/** What a value of a file is not that should be: one of zod's issues, or one of a reader that does without zod. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly input?: unknown;
  /** The kind of value, in zod's words. */
  readonly expected?: string | undefined;
  readonly values?: readonly unknown[] | undefined;
  /** Of what tells the members of a union apart. */
  readonly discriminator?: string | undefined;
  readonly options?: readonly unknown[] | undefined;
  /** What is bounded, in zod's words. */
  readonly origin?: string | undefined;
  readonly minimum?: number | bigint | undefined;
  readonly maximum?: number | bigint | undefined;
  readonly inclusive?: boolean | undefined;
}

/** Zod's words for kinds of values, and ours. */
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "an object",
  record: "an object",
};

const OTHER = "another value";

/** What is expected instead, in words that errors have in every language. */
export function expectedBy(issue: Issue): string {
  switch (issue.code) {
    // What our own schemas say.
    case undefined:
    case "custom":
      return issue.message;
    case "invalid_type":
      return kinds[issue.expected ?? ""] ?? OTHER;
    case "invalid_value":
      return oneOf(issue.values ?? []);
    case "invalid_union":
      return oneOf(issue.options ?? []);
    case "too_small":
    case "too_big":
      return bounded(issue);
    default:
      return OTHER;
  }
}

/** What is there; of a union, what should tell which of its members it is. */
export function gotBy({ input, discriminator }: Issue): unknown {
  if (discriminator === undefined || typeof input !== "object" || input === null) return input;
  return (input as Readonly<Record<string, unknown>>)[discriminator];
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value)).join(", ");
  if (shown === "") return OTHER;
  return values.length === 1 ? shown : `one of ${shown}`;
}

function bounded({ code, origin = "number", minimum, maximum, inclusive }: Issue): string {
  const isLeast = code === "too_small";
  const bound = String(isLeast ? minimum : maximum);
  if (origin === "array") return isLeast ? `a list of length ${bound} or more` : `a list of length ${bound} or less`;
  if (origin === "string") return isLeast ? `a text of length ${bound} or more` : `a text of length ${bound} or less`;
  if (isLeast) return inclusive ? `a number of at least ${bound}` : `a number above ${bound}`;
  return inclusive ? `a number of at most ${bound}` : `a number below ${bound}`;
}
