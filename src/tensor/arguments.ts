import { UsageError } from "./errors.ts";
import { type KnownOptions, requireKnown } from "./knownOptions.ts";
import { shown } from "./shown.ts";

/** What one argument of a function must be, for callers without types. */
export interface Rule {
  /** After "expected". */
  readonly expects: string;
  readonly is: (value: unknown) => boolean;
  readonly remedy: string;
  /** Whether it may be left out. */
  readonly optional?: boolean;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Whether it has these methods. */
export const has = (value: unknown, ...methods: readonly string[]) =>
  isObject(value) && methods.every((name) => typeof value[name] === "function");

const rule = (expects: string, is: Rule["is"], remedy = "pass one"): Rule => ({ expects, is, remedy });

const number = (expects: string, is: (value: number) => boolean = Number.isFinite) =>
  rule(expects, (value) => typeof value === "number" && is(value), "change it");
const isSized = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) && Number.isInteger(value.size) && (value.size as number) > 0;
const isList = (value: unknown) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

const types: readonly string[] = ["float32", "float64", "float16", "int8", "uint8", "int32", "int64", "bool"];

/** Rules by what they ask for. An object of ours is told by what it does. */
export const is = {
  text: rule("a text", (value) => typeof value === "string"),
  yesOrNo: rule("true or false", (value) => typeof value === "boolean", "write one of them"),
  number: number("a number"),
  /** Also what is not finite, which the function itself judges. */
  anyNumber: number("a number", () => true),
  above0: number("a number above 0", (x) => x > 0),
  whole: (least: number) =>
    number(
      `a whole number of at least ${least}`,
      (x) => x >= least && (Number.isInteger(x) || x === Number.POSITIVE_INFINITY),
    ),
  seed: number("a whole number from 0 to 4294967295", (x) => Number.isInteger(x) && x >= 0 && x <= 0xffffffff),
  list: rule("an array", isList),
  checkpoint: rule(
    '"best", "last", "averaged" or an epoch',
    (value) => typeof value === "string" || (typeof value === "number" && Number.isInteger(value)),
    "choose one",
  ),
  map: rule("a Map", (value) => value instanceof Map),
  bytes: rule("bytes", (value) => value instanceof Uint8Array, "pass a Uint8Array"),
  numbers: rule("numbers", (value) => value instanceof Float64Array, "pass a Float64Array"),
  indices: rule("indices", (value) => value instanceof Uint32Array, "pass a Uint32Array"),
  object: rule("an object", (value) => isObject(value) && !isList(value), "write { … }"),
  function: rule("a function", (value) => typeof value === "function"),
  operator: rule("a symmetric operator", (value) => isSized(value) && has(value, "apply"), "pass { size, apply }"),
  largeOperator: rule(
    "a symmetric operator",
    (value) => isSized(value) && has(value, "addProduct"),
    "pass { size, addProduct }",
  ),
  surface: rule(
    "a loss with its derivatives",
    (value) => isSized(value) && has(value, "lossAt", "gradientAt", "productAt"),
    "pass { size, lossAt, gradientAt, productAt }",
  ),
  engine: rule("an engine", (value) => has(value, "load"), "pass await openEngine()"),
  model: rule("a model", (value) => has(value, "forward"), 'pass await openModel("mlp", data)'),
  data: rule(
    "a data set",
    (value) => has(value, "read"),
    "pass one, as datasetFromArrays or the train and validation of openData give it",
  ),
  optimizer: rule("an optimizer", (value) => has(value, "update"), "pass one, as adamW()"),
  loss: rule("a loss", (value) => has(value, "build"), 'pass one, as createLoss("mse")'),
  elementType: rule("a type of elements", (value) => typeof value === "string" && types.includes(value), "choose one"),
  graph: rule("a graph", (value) => isObject(value) && value.nodes !== undefined, 'pass one, as newGraph("name")'),
  builder: rule("a builder of a graph", (value) => has(value, "add", "sub"), "pass builder(graph)"),
  value: rule("a value of a graph", (value) => isObject(value) && "type" in value && "shape" in value),
  random: rule("random numbers", (value) => has(value, "uniform"), "pass random(seed)"),
  gram: rule(
    "a Gram matrix",
    (value) => isObject(value) && isList(value.products) && isList(value.counts),
    "pass { products, counts }, as gramOfRows gives them",
  ),
  oneOf: (...names: readonly string[]) =>
    rule(`one of ${names.join(", ")}`, (value) => typeof value === "string" && names.includes(value), "choose one"),
  listOf: (what: string, one: Rule) =>
    rule(what, (value) => isList(value) && (value as unknown[]).every((x) => one.is(x))),
  objectOf: (what: string, parts: Readonly<Record<string, Rule>>) =>
    rule(
      `${what} { ${Object.keys(parts).join(", ")} }`,
      (value) => isObject(value) && Object.entries(parts).every(([key, part]) => fits(value[key], part)),
    ),
  optional: (one: Rule): Rule => ({ ...one, optional: true, remedy: `${one.remedy} or leave it out` }),
} as const;

function fits(value: unknown, one: Rule): boolean {
  return (one.optional === true && value === undefined) || one.is(value);
}

/** Throws `UsageError`, naming the argument, for the first of `values` that is not what its rule asks for. */
export function requireArguments(
  place: string,
  values: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
): void {
  for (const name in rules) {
    const one = rules[name]!;
    if (!fits(values[name], one))
      throw new UsageError(`${place}: expected ${one.expects} as ${name}, got ${shown(values[name])}; ${one.remedy}`);
  }
}

/** A rule for every option that there is: the compiler finds what is forgotten. */
export type RulesOf<Options> = { readonly [Key in keyof Required<Options>]: Rule };

/** The same of an options object, whose other keys are refused with what they may have been meant for. */
export function requireOptions(place: string, options: unknown, rules: Readonly<Record<string, Rule>>): void {
  if (options === undefined)
    throw new UsageError(`${place}: expected options as an object, got undefined; write { … }`);
  const known: KnownOptions = Object.fromEntries(Object.keys(rules).map((key) => [key, true as const]));
  requireKnown(place, options, known);
  requireArguments(place, options as Record<string, unknown>, rules);
}
