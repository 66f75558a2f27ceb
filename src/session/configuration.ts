import { option, UsageError } from "../tensor/errors.ts";
import { kebab } from "../tensor/kebab.ts";
import { didYouMean } from "../tensor/suggest.ts";
import { parseBoolean } from "./command.ts";
import { readConfigurationFile } from "./configurationFile.ts";
import { deviceHint } from "./deviceHint.ts";
import { decimal } from "./numbers.ts";
import { requireBound } from "./options/bounds.ts";
import type { LossFlags } from "./options/loss.ts";
import { type LossField, lossFields } from "./options/lossOptions.ts";
import { optimizerOwnFields, optimizersWith } from "./options/optimizerOptions.ts";
import { type TrainConfiguration, type TrainField, trainAliases, trainFields } from "./options/options.ts";
import { missingField, ownFields as scheduleOwnFields, strayField } from "./options/scheduleOptions.ts";
import { trainConfiguration } from "./options/schema.ts";

/** Values of one source (flags, environment, file) and how an error names the place of each. */
interface Layer {
  readonly values: Readonly<Record<string, unknown>>;
  readonly place: (key: string) => string;
}

/**
 * The configuration of `train`: a flag goes before `--set key=value`, that before `BATCHSCOPE_*`, that before the file
 * of `--config`, that before the default. `flags` are commander's options, text unread. A way to set accumulation, a
 * loss, or an optimizer, replaces what a weaker source says of the others (its momentum, betas).
 *
 * Throws `UsageError` for an unknown key or a value out of its domain, naming flag, variable or file:line:column, and
 * `NotFoundError` for a file that is not there. `others` are keys of the file that are somebody else's.
 */
export function resolveConfiguration(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  others: readonly string[] = [],
): TrainConfiguration {
  return validate(givenBy(flags, environment, others), others);
}

/**
 * What flags, variables and files say, before it is known whether it is right and whole. Throws as
 * `resolveConfiguration` for a file that cannot be read and for two spellings of one option.
 */
export function givenValues(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  others: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  return { ...givenBy(flags, environment, others).values };
}

/** Throws `UsageError` for a key of these sources that no option has, before anything is known to be whole. */
export function requireKnownKeys(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  others: readonly string[] = [],
): void {
  const given = givenBy(flags, environment, others);
  const stray = Object.keys(given.values).find((key) => !Object.hasOwn(trainFields, key));
  if (stray !== undefined) throw new UsageError(unknownKey(stray, given, others));
}

function givenBy(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
  others: readonly string[],
) {
  const { config = environment.BATCHSCOPE_CONFIG, set = [], ...options } = flags;
  const file = typeof config === "string" && config !== "" ? [fileLayer(config, others)] : [];
  return merge([...file, environmentLayer(environment), setLayer(set as string[]), flagLayer(options)]);
}

/** Characters of a value in a message. */
const LONGEST = 200;

const accumulation = ["gradientAccumulationSteps", "enableAutoGradientAccumulation", "targetBatchSize"];

/** Setting one of the first keys makes a weaker source's values of the second keys void. */
const replaced = [
  [accumulation, accumulation],
  [["optimizer"], optimizerOwnFields],
  [["schedule"], scheduleOwnFields],
  [["loss", "lossPreset"], Object.keys(lossFields)],
] as const;

/** An object that has no key but those it is given: users may write constructor and __proto__. */
function named<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** Later layers win. The values, and for each the words that name its place. */
function merge(layers: readonly Layer[]) {
  const values = named<unknown>();
  const places = named<string>();
  for (const layer of layers) {
    for (const [causes, dropped] of replaced)
      if (causes.some((key) => key in layer.values)) for (const key of dropped) delete values[key];
    for (const [key, value] of Object.entries(layer.values)) {
      // A file may say −0, which no option means.
      values[key] = value === 0 ? 0 : value;
      places[key] = layer.place(key);
    }
  }
  return { values, places };
}

function flagLayer(options: Readonly<Record<string, unknown>>): Layer {
  const names = new Map<string, string>();
  const values = named<unknown>();
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const key = canonicalOption(name);
    const other = names.get(key);
    if (other !== undefined)
      throw new UsageError(`${option(name)}: expected one spelling, got ${option(other)} too; keep one of them`);
    names.set(key, name);
    values[key] = readField(key, value);
  }
  return { values, place: (key) => option(names.get(key)!) };
}

/** `--set learning_rate=0.1`, any key in any spelling; of two for one key the later holds. */
function setLayer(assignments: readonly string[]): Layer {
  const values = named<unknown>();
  for (const assignment of assignments) {
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
    if (name === undefined)
      throw new UsageError(
        `${option("set")}: expected key=value, got ${shown(assignment)}; write for example ${option("set")} epochs=10`,
      );
    const key = canonicalOption(name.trim());
    values[key] = readField(key, text);
  }
  return { values, place: (key) => `${option("set")} ${key}` };
}

function environmentLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  const variable = (key: string) => `BATCHSCOPE_${kebab(key).replaceAll("-", "_").toUpperCase()}`;
  const names = new Map<string, string>();
  for (const name of new Set([...Object.keys(trainFields), ...Object.keys(trainAliases)])) {
    if (!environment[variable(name)]) continue;
    const key = canonicalOption(name);
    const other = names.get(key);
    if (other !== undefined)
      throw new UsageError(
        `${variable(name)}: expected one spelling of ${key}, got ${variable(other)} too; keep one of them`,
      );
    names.set(key, name);
  }
  return {
    values: Object.fromEntries([...names].map(([key, name]) => [key, readField(key, environment[variable(name)])])),
    place: (key) => variable(names.get(key)!),
  };
}

function fileLayer(path: string, others: readonly string[]): Layer {
  const all = readConfigurationFile(path);
  const settings = new Map([...all].filter(([name]) => !others.includes(canonicalOption(name))));
  const spelled = new Map<string, string>();
  for (const [name, { keyAt }] of settings) {
    const key = canonicalOption(name);
    const other = spelled.get(key);
    if (other !== undefined)
      throw new UsageError(`${keyAt}: expected one spelling of ${other}, got ${name} too; keep one of them`);
    spelled.set(key, name);
  }
  const values = Object.fromEntries(Array.from(spelled, ([key, name]) => [key, settings.get(name)!.value]));
  const place = (key: string) => {
    const name = spelled.get(key)!;
    const { keyAt, valueAt } = settings.get(name)!;
    // A wrong value is pointed at; of an unknown key, the key itself.
    return `${Object.hasOwn(trainFields, key) ? valueAt : keyAt} ${name}`;
  };
  return { values, place };
}

/** `batch_size`, `batch-size` and `batchSize` are one key; so are a field and its alias. */
export function canonicalOption(name: string): string {
  const key = name.replace(/[-_]+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(trainAliases, key) ? trainAliases[key]! : key;
}

/**
 * The value that a text means for this field of `train`; the text itself where it means none, for the schema to refuse.
 */
export function readField(key: string, value: unknown): unknown {
  if (typeof value !== "string" || !Object.hasOwn(trainFields, key)) return value;
  const { kind } = trainFields[key as TrainField];
  if (kind === "boolean") return parseBoolean(value) ?? value;
  if (kind === "list") return value.split(",").map((item) => item.trim());
  if (kind !== "number") return value;
  const number = decimal(value);
  return Number.isNaN(number) ? value : number;
}

/**
 * The options of `declareLossOptions` as `resolveLoss` takes them; text that means no number is left for it to refuse.
 */
export function readLossFlags(flags: LossTexts): LossFlags {
  const fields = Object.keys(lossFields) as LossField[];
  return Object.fromEntries(fields.map((field) => [field, readField(field, flags[field])]));
}

/** As commander gives them. */
export type LossTexts = { readonly [Field in LossField]?: string | undefined };

function validate({ values, places }: ReturnType<typeof merge>, others: readonly string[]): TrainConfiguration {
  const result = trainConfiguration.safeParse(values);
  if (result.success) {
    checkWords(result.data, places);
    checkBounds(result.data, places);
    checkSchedule(result.data, places);
    return result.data;
  }
  const unknown = result.error.issues.find((issue) => issue.code === "unrecognized_keys");
  throw new UsageError(
    unknown
      ? unknownKey(unknown.keys[0]!, { values, places }, others)
      : badValue(String(result.error.issues[0]!.path[0]) as TrainField, values, places),
  );
}

/** Blanks name nothing; only a description may be nothing but them. */
function checkWords(given: TrainConfiguration, places: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(given))
    if (key !== "description" && [value].flat().some((word) => typeof word === "string" && word.trim() === ""))
      throw new UsageError(badValue(key as TrainField, given, places));
}

/** Also of numbers in lists, which are text. */
function checkBounds(given: TrainConfiguration, places: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(given)) {
    const { bound } = trainFields[key as TrainField];
    if (bound === undefined) continue;
    for (const number of typeof value === "string" ? value.split(",").map(decimal) : [value])
      if (typeof number === "number") requireBound(bound, places[key] ?? option(key), number);
  }
}

/**
 * Every option of a schedule is known to all; here it must be one of the chosen schedule's, and none may be wanting.
 */
function checkSchedule(given: TrainConfiguration, places: Readonly<Record<string, string>>): void {
  const stray = strayField(given);
  if (stray)
    throw new UsageError(
      `${places[stray.field]}: expected an option of the schedule ${given.schedule}, got one of ${stray.owners.join(", ")}; leave it out`,
    );
  const missing = missingField(given);
  if (missing)
    throw new UsageError(
      `${option(missing)}: expected ${trainFields[missing].expects} for the schedule ${given.schedule}, got nothing; pass ${option(missing)}`,
    );
}

function unknownKey(key: string, { values, places }: ReturnType<typeof merge>, others: readonly string[]): string {
  const owners = optimizersWith(key);
  const optimizer = String(values.optimizer ?? "adamw");
  if (owners.length > 0)
    return `${places[key]}: expected an option of the optimizer ${optimizer}, got one of ${owners.join(", ")}; leave it out`;
  const hint = didYouMean(key, [...Object.keys(trainFields), ...others]) || "; leave it out";
  return `${places[key]}: expected a known option, got ${shown(key)}${hint}`;
}

function badValue(
  key: TrainField,
  values: Readonly<Record<string, unknown>>,
  places: Readonly<Record<string, string>>,
): string {
  const { expects } = trainFields[key];
  if (values[key] === undefined) return `${option(key)}: expected ${expects}, got nothing; pass ${option(key)}`;
  const choices = /^one of (.*)$/.exec(expects)?.[1]?.split(", ") ?? [];
  const hint =
    typeof values[key] === "string"
      ? (key === "device" && deviceHint(values[key])) || didYouMean(values[key], choices)
      : "";
  return `${places[key]}: expected ${expects}, got ${shown(values[key])}${hint || "; change it or leave it out"}`;
}

function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
