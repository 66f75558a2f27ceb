import { canonicalOption, resolveConfiguration } from "../../session/configuration.ts";
import { labelOptions } from "../../session/options/decides.ts";
import { flagOfOption } from "../../session/options/flags.ts";
import { type TrainConfiguration, type TrainField, trainFields } from "../../session/options/options.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { kebab } from "../../tensor/kebab.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { printable } from "../../text/printable.ts";
import { trialDefaults } from "./identity.ts";

/** What arms are made of, as text of a command line. */
export interface ArmTexts {
  /** Options of `train`; a number may be a list, of which each value makes an arm. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** `key=value,value`, or with semicolons where values hold commas. */
  readonly vary: readonly string[];
  /** `name: key=value key=value`. */
  readonly arms: readonly string[];
}

/** An arm by name, with everything that was decided of it. */
export interface Arm {
  readonly name: string;
  readonly configuration: TrainConfiguration;
}

/** What the study says itself, or what does not train. */
const ofStudy: readonly TrainField[] = [
  ...labelOptions,
  ...(["seed", "fastDevRun"] as const),
  ...(["epochs", "steps", "stopLoss", "stopSeconds"] as const),
  ...(["evaluateEvery", "evaluateSteps", "evaluateExamples", "swapWorkers", "swapEpochs"] as const),
];

/** Whether the study says it itself, so that it cannot vary inside one. */
export function isOfStudy(key: string): boolean {
  return (ofStudy as readonly string[]).includes(key);
}

type Values = Readonly<Record<string, string>>;
interface Asked {
  readonly name: string | null;
  readonly values: Values;
}

/**
 * The arms that are asked for, each with the whole configuration. Lists make one arm for each choice of their values;
 * arms by name come after them, and where there is one alone, the options as they are come first. Throws `UsageError`
 * for fewer than two, for two alike, and for what `resolveConfiguration` refuses, with the arm's name.
 */
export function armsOf(texts: ArmTexts, environment: Readonly<Record<string, string | undefined>>): Arm[] {
  const { base, lists } = splitLists(texts);
  const named = texts.arms.map(namedArm);
  const product = lists.length === 0 ? [] : choices(lists).map((values) => ({ name: null, values }));
  const alone = product.length === 0 && named.length === 1 ? [{ name: "base", values: {} }] : [];
  const arms = [...alone, ...product, ...named].map((asked): Arm => {
    const configuration =
      asked.name === null ? resolved(base, asked.values, environment) : ofName(base, asked, environment);
    return { name: asked.name ?? nameOf(asked.values, configuration), configuration };
  });
  if (arms.length < 2) throw tooFew(arms, resolved(base, {}, environment));
  requireDifferent(arms);
  return arms;
}

/**
 * The one arm of options that its text, `key=value key=value`, sets beside `flags`; nothing where that is empty. Throws
 * `UsageError` as `armsOf`, and for a list of values.
 */
export function armOf(
  flags: ArmTexts["flags"],
  text: string,
  environment: Parameters<typeof armsOf>[1],
): TrainConfiguration {
  const { base, lists } = splitLists({ flags, vary: [], arms: [] });
  const pairs = text
    .split(/\s+/)
    .filter(Boolean)
    .map((pair) => assignment(pair));
  const list = lists[0]?.[0] ?? pairs.find(([name, value]) => isListOf(canonicalOption(name), value))?.[0];
  if (list !== undefined)
    throw new UsageError(
      `${option(canonicalOption(list))}: expected one value, got a list; write each value as a side of its own, or see compare`,
    );
  return resolved(
    base,
    Object.fromEntries(pairs.map(([name, value]) => [variable(name, "judge"), value])),
    environment,
  );
}

function ofName(base: Base, { name, values }: Asked, environment: Parameters<typeof armsOf>[1]): TrainConfiguration {
  try {
    return resolved(base, values, environment);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${option("arm")} ${JSON.stringify(name)}: ${error.message}`);
  }
}

interface Base {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly set: readonly string[];
}

function splitLists({ flags, vary }: ArmTexts): { base: Base; lists: [key: string, values: string[]][] } {
  const { set = [], ...options } = flags;
  const isList = ([name, value]: [string, unknown]) => isListOf(canonicalOption(name), value);
  const all = Object.entries(options).filter(([, value]) => value !== undefined);
  const lists = [
    ...all.filter(isList).map(([name, value]) => [name, String(value)] as const),
    ...vary.map((text) => assignment(text)),
  ].map(([name, text]): [string, string[]] => [variable(name), valuesOf(name, text)]);
  const twice = lists.find(([key], i) => lists.findIndex(([other]) => other === key) < i);
  if (twice) throw new UsageError(`${option(twice[0])}: expected one list of values, got two; leave one of them out`);
  return { base: { flags: Object.fromEntries(all.filter((one) => !isList(one))), set: set as string[] }, lists };
}

function isListOf(key: string, value: unknown): boolean {
  const row = trainFields[key as TrainField] as (typeof trainFields)[TrainField] | undefined;
  return row?.kind === "number" && typeof value === "string" && value.includes(",");
}

function assignment(text: string, of = "vary"): readonly [string, string] {
  const [, name, values] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined) return [name, values!];
  throw new UsageError(
    `${option(of)}: expected key=value,value, got ${JSON.stringify(text)}; write for example learning-rate=1e-3,3e-3`,
  );
}

function valuesOf(name: string, text: string): string[] {
  const values = text.split(text.includes(";") ? ";" : ",").map((value) => value.trim());
  if (values.every((value) => value !== "")) return values;
  throw new UsageError(
    `${option(canonicalOption(name))}: expected values with commas between them, got ${JSON.stringify(text)}; leave no place empty`,
  );
}

/** The key of an option in which arms may differ. */
function variable(name: string, of = option("vary")): TrainField {
  const key = canonicalOption(name);
  if (!Object.hasOwn(trainFields, key)) {
    const hint =
      didYouMean(
        kebab(key),
        Object.keys(trainFields).map((one) => kebab(one)),
      ) || "; leave it out";
    throw new UsageError(`${of}: expected an option of train, got ${JSON.stringify(name)}${hint}`);
  }
  if (!ofStudy.includes(key as TrainField)) return key as TrainField;
  throw new UsageError(
    `${option(key)}: expected an option in which arms may differ, got one that is the study's; give it once, or see ${option("budget")} and ${option("seeds")}`,
  );
}

function namedArm(text: string): Asked {
  const [, name, rest] = /^([^:=]+):(.*)$/s.exec(text) ?? [];
  const pairs = rest?.trim().split(/\s+/).filter(Boolean) ?? [];
  if (name?.trim() && pairs.every((pair) => /^[^=]+=./.test(pair))) {
    const values = pairs
      .map((pair) => assignment(pair, "arm"))
      .map(([key, value]) => [variable(key, option("arm")), value]);
    return { name: name.trim(), values: Object.fromEntries(values) };
  }
  throw new UsageError(
    `${option("arm")}: expected "name: key=value key=value", got ${JSON.stringify(text)}; write for example "large: batch-size=64 learning-rate=2e-3"`,
  );
}

function choices(lists: readonly [string, string[]][]): Values[] {
  return lists.reduce<Values[]>(
    (chosen, [key, values]) => chosen.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

/** What an arm says goes before the flags, these before `--set`. */
function resolved({ flags, set }: Base, values: Values, environment: Parameters<typeof armsOf>[1]): TrainConfiguration {
  const { config, ...options } = flags;
  if (Object.keys(values).length === 0)
    return resolveConfiguration({ ...options, config, set: [...trialDefaults, ...set] }, environment);
  const written = Object.entries(options).map(([name, value]) => `${name}=${[value].flat().join(",")}`);
  return resolveConfiguration({ ...values, config, set: [...trialDefaults, ...set, ...written] }, environment);
}

/** `2x4` where micro-batch and accumulation alone differ, else `learning-rate=0.003`. */
function nameOf(values: Values, { batchSize, gradientAccumulationSteps = 1 }: TrainConfiguration): string {
  const batch = ["batchSize", "gradientAccumulationSteps"];
  if (Object.keys(values).every((key) => batch.includes(key))) return `${batchSize}x${gradientAccumulationSteps}`;
  return Object.entries(values)
    .map(([key, value]) => `${flagOfOption(key)?.slice(2) ?? kebab(key)}=${value}`)
    .join(",");
}

function tooFew(arms: readonly Arm[], plain: TrainConfiguration): UsageError {
  return new UsageError(
    `compare: expected two arms or more, got ${arms.length === 1 ? arms[0]!.name : `${plain.model} alone`}; give a list, as ${option("batchSize")} 4,16, or ${option("arm")}`,
  );
}

/** Arms are told apart by their names in tables, files and on terminals. Throws `UsageError` for two alike. */
export function requireDifferent(arms: readonly Arm[]): void {
  for (const [i, { name, configuration }] of arms.entries()) {
    if (printable(name) !== name)
      throw new UsageError(
        `${option("arm")}: expected a name of characters that can be printed, got ${JSON.stringify(name)}; change it`,
      );
    const other = arms.slice(0, i).find((one) => isAlike(one.configuration, configuration));
    if (other)
      throw new UsageError(
        `compare: expected arms that differ, got ${JSON.stringify(other.name)} and ${JSON.stringify(name)}, which do not; leave one of them out`,
      );
    if (arms.findIndex((one) => one.name === name) < i)
      throw new UsageError(
        `${option("arm")}: expected a name of its own for each arm, got ${JSON.stringify(name)} twice; rename one of them`,
      );
  }
}

const isAlike = (a: TrainConfiguration, b: TrainConfiguration) => JSON.stringify(a) === JSON.stringify(b);
