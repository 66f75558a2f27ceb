import type { z } from "zod";
import { counted, type NumberBound, real, seeds, share } from "./bounds.ts";

/** Where `--help` lists an option, in its order: what most runs need stands first. */
export const headings = [
  "Options:",
  "Batch options:",
  "Length, evaluation and checkpoint options:",
  "Optimizer options:",
  "Learning-rate schedule options:",
  "Loss options:",
  "Weight averaging options:",
  "Time series and text options:",
  "Table, array and image options:",
] as const;

export type Heading = (typeof headings)[number];

/** What makes schemas: given by whoever reads a configuration, so that who only declares options does not load it. */
export type Zod = typeof z;

/** What an option takes, and how that is read from text and said. */
export interface Domain<Schema extends z.ZodType = z.ZodType> {
  readonly schema: (z: Zod) => Schema;
  readonly kind: "text" | "number" | "boolean" | "list";
  /** Completes "expected …" in an error. */
  readonly expects: string;
  /** The largest number, of numbers alone or with commas between them. */
  readonly bound?: NumberBound;
}

/** What is the same for options that stand together. */
interface Shared {
  readonly heading: Heading;
  /** Whether a run that is gone on with may be told another value: any, or a larger one. Default: none but its own. */
  readonly resume?: "change" | "raise";
  /**
   * False of what says how long a run is, what it writes and how it is shown: nothing that a study of a few updates
   * has. Default true.
   */
  readonly study?: boolean;
  /**
   * What of a training it decides, where that is not every number of it: "speed" alone; "files", what is written and
   * how often; "label", what one run is called, where it is kept and how it is shown. Of these a study is not another.
   */
  readonly decides?: "speed" | "files" | "label";
  /** False of what a copy of SWAP has of its own, or what ends with the run. Default true. */
  readonly copy?: boolean;
}

/** One option of `train`: all that is known of it stands here, and where it is used. */
export interface OptionRow<Schema extends z.ZodType = z.ZodType> extends Domain<Schema>, Shared {
  /** As commander declares it; the long flag is the option's name with hyphens, or one of `aliases`. */
  readonly flags: string;
  /** For `--help`, default included. */
  readonly help: string;
  /**
   * Other names of it: what other training programs call it (`des`, `trainEpochs`), a shorter word (`minDelta`), or the
   * singular of a list (`tag`).
   */
  readonly aliases?: readonly string[];
}

type Row = Omit<OptionRow, keyof Shared> & Partial<Shared>;

/** The rows of options that share what `shared` says, unless a row says otherwise. */
export function rowsOf<Rows extends Readonly<Record<string, Row>>>(
  shared: Shared,
  rows: Rows,
): { readonly [Name in keyof Rows]: OptionRow & Pick<Rows[Name], "schema"> } {
  const full = Object.entries(rows).map(([name, row]) => [name, { ...shared, ...row }]);
  return Object.fromEntries(full) as { readonly [Name in keyof Rows]: OptionRow & Pick<Rows[Name], "schema"> };
}

type Domains = Readonly<Record<string, Pick<Domain, "schema">>>;

export type ShapeOf<Rows extends Domains> = {
  readonly [Name in keyof Rows]: ReturnType<Rows[Name]["schema"]>;
};

/** The schemas of rows, as `z.object` takes them. */
export function shapeOf<Rows extends Domains>(z: Zod, rows: Rows): ShapeOf<Rows> {
  return Object.fromEntries(Object.entries(rows).map(([name, { schema }]) => [name, schema(z)])) as ShapeOf<Rows>;
}

/** The same domain for an option that need not be given. */
export function optional<Schema extends z.ZodType>(domain: Domain<Schema>): Domain<z.ZodOptional<Schema>> {
  return { ...domain, schema: (z) => domain.schema(z).optional() };
}

/** The same domain for an option that is `value` where it is not given. */
export function preset<Schema extends z.ZodType>(
  domain: Domain<Schema>,
  value: z.core.util.NoUndefined<z.output<Schema>>,
): Domain<z.ZodDefault<Schema>> {
  return { ...domain, schema: (z) => domain.schema(z).default(value) };
}

function numbers<Schema extends z.ZodType>(schema: (z: Zod) => Schema, expects: string, bound: NumberBound) {
  return { schema, kind: "number", expects, bound } as const;
}

export const integer = numbers((z) => z.int(), "a whole number", counted);
export const count = numbers((z) => z.int().min(1), "a whole number of at least 1", counted);
export const countFrom0 = numbers((z) => z.int().min(0), "a whole number of at least 0", counted);
export const seed = numbers((z) => z.int().min(0).max(0xffffffff), "a whole number from 0 to 4294967295", seeds);
export const above0 = numbers((z) => z.number().positive(), "a number above 0", real);
export const from0 = numbers((z) => z.number().min(0), "a number of at least 0", real);
export const from1 = numbers((z) => z.number().min(1), "a number of at least 1", real);
export const below1 = numbers((z) => z.number().min(0).lt(1), "a number of at least 0 and below 1", share);
export const upTo1 = numbers((z) => z.number().min(0).max(1), "a number from 0 to 1", share);
export const finite = numbers((z) => z.number(), "a number", real);
export const above0UpTo1 = numbers((z) => z.number().positive().max(1), "a number above 0 and at most 1", share);
export const between0And1 = numbers((z) => z.number().positive().lt(1), "a number between 0 and 1", share);

export const yesOrNo = { schema: (z: Zod) => z.boolean(), kind: "boolean", expects: "true or false" } as const;
export const text = { schema: (z: Zod) => z.string().min(1), kind: "text", expects: "some text" } as const;

/** A text that is one of `names`. */
export function oneOf<const Names extends readonly string[]>(names: Names) {
  return { schema: (z: Zod) => z.enum(names), kind: "text", expects: `one of ${names.join(", ")}` } as const;
}

/** A text, `expects` in words. */
export function textOf(expects: string) {
  return { ...text, expects };
}
