import { canonicalOption, readField } from "../../session/configuration.ts";
import { lossFields } from "../../session/options/lossOptions.ts";
import { type TrainField, trainFields } from "../../session/options/options.ts";
import type { SweepMetric, SweepParameter } from "../../store/studies/sweep.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { kebab } from "../../tensor/kebab.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { isOfStudy } from "../studies/arms.ts";

type Way = "grid" | "random";

/**
 * What `learning-rate=1e-3,3e-3` says: the values of an option that are combined with those of the others. Throws
 * `UsageError` for what is no list of different values of an option that may vary.
 */
export function parseGrid(text: string): SweepParameter {
  const { key, rest } = assigned("grid", text);
  return { kind: "grid", option: key, values: valuesOf("grid", key, rest) };
}

/**
 * What `weight-decay=1e-5..1e-1,log`, `dropout=0..0.5`, `batch-size=8..128,log,integer` or `optimizer=sgd,adamw` says:
 * from where the values of an option are drawn. Throws `UsageError` for what is no range or list.
 */
export function parseRandom(text: string): SweepParameter {
  const { key, rest } = assigned("random", text);
  const [, low, high, words = ""] = /^\s*([^,]*?)\s*\.\.\s*([^,]*?)\s*((?:,[^,]*)*)$/.exec(rest) ?? [];
  if (low === undefined || high === undefined)
    return { kind: "choice", option: key, values: valuesOf("random", key, rest) };
  return rangeOf(key, text, [low, high], words.split(",").slice(1));
}

function rangeOf(key: TrainField, text: string, ends: readonly string[], words: readonly string[]): SweepParameter {
  const { kind, expects } = trainFields[key];
  const refuse = (expected: string, remedy: string) =>
    new UsageError(`${option("random")}: expected ${expected}, got ${JSON.stringify(text)}; ${remedy}`);
  if (kind !== "number") throw refuse(`values with commas between them for ${key}, which is no number`, "list them");
  const [from, to] = ends.map((end) => (end === "" ? Number.NaN : Number(end))) as [number, number];
  const said = words.map((word) => word.trim());
  const strange = said.find((word) => word !== "log" && word !== "linear" && word !== "integer");
  if (strange !== undefined || (said.includes("log") && said.includes("linear")))
    throw refuse("log or linear, and integer, after a range", "write for example weight-decay=1e-5..1e-1,log");
  if (!Number.isFinite(from) || !Number.isFinite(to))
    throw refuse("a range between two numbers", "write for example weight-decay=1e-5..1e-1,log");
  if (from >= to) throw refuse("a range that ends above its beginning", "turn it round, or leave it out");
  const log = said.includes("log");
  if (log && from <= 0) throw refuse("a range above 0 for log", "begin above 0, or take linear");
  const integer = said.includes("integer") || expects.startsWith("a whole number");
  if (integer && !(Number.isInteger(from) && Number.isInteger(to)))
    throw refuse("a range between whole numbers", "round its ends");
  return { kind: "range", option: key, from, to, log, integer };
}

function assigned(way: Way, text: string): { readonly key: TrainField; readonly rest: string } {
  const [, name, rest] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && rest !== undefined) return { key: variable(way, name), rest };
  const example = way === "grid" ? "learning-rate=1e-3,3e-3" : "weight-decay=1e-5..1e-1,log";
  throw new UsageError(
    `${option(way)}: expected an option and its values, got ${JSON.stringify(text)}; write for example ${example}`,
  );
}

/** The key of an option that may vary. */
function variable(way: Way, name: string): TrainField {
  const key = canonicalOption(name);
  if (!Object.hasOwn(trainFields, key)) {
    const hint =
      didYouMean(
        kebab(key),
        Object.keys(trainFields).map((one) => kebab(one)),
      ) || "; leave it out";
    throw new UsageError(`${option(way)}: expected an option of train, got ${JSON.stringify(name)}${hint}`);
  }
  if (!isOfStudy(key)) return key as TrainField;
  throw new UsageError(
    `${option(way)}: expected an option that may vary, got ${kebab(key)}, which all settings share; give it once, or see ${option("budget")} and ${option("seeds")}`,
  );
}

function valuesOf(way: Way, key: TrainField, text: string): unknown[] {
  const words = text.split(text.includes(";") ? ";" : ",").map((word) => word.trim());
  const values = words.map((word) => readField(key, word));
  if (!words.every(Boolean))
    throw new UsageError(
      `${option(way)}: expected values of ${kebab(key)} with commas between them, got ${JSON.stringify(text)}; leave no place empty`,
    );
  const twice = values.findIndex((value, i) => values.findIndex((one) => isSame(one, value)) < i);
  if (twice < 0) return values;
  throw new UsageError(
    `${option(way)}: expected different values of ${kebab(key)}, got ${JSON.stringify(values[twice])} twice; leave one out`,
  );
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Throws `UsageError` where nothing varies, where an option does so twice or is given as well, and where the losses of
 * the settings would be different things.
 */
export function requireParameters(
  parameters: readonly SweepParameter[],
  given: Readonly<Record<string, unknown>>,
  metric: SweepMetric,
): void {
  if (parameters.length === 0)
    throw new UsageError(
      `sweep: expected options that vary, got none; give ${option("grid")} learning-rate=1e-3,3e-3 or ${option("random")} weight-decay=1e-5..1e-1,log`,
    );
  for (const [i, { option: key }] of parameters.entries()) {
    if (parameters.findIndex((one) => one.option === key) < i)
      throw new UsageError(
        `${option(key)}: expected one list or range, got two; leave one of ${option("grid")} and ${option("random")} out`,
      );
    if (Object.hasOwn(given, key))
      throw new UsageError(
        `${option(key)}: expected values in ${option("grid")} or ${option("random")} alone, got one beside them; leave it out`,
      );
    if (metric === "validation-loss" && Object.hasOwn(lossFields, key))
      throw new UsageError(
        `${option(key)}: expected one loss, so that validation losses can be compared, got several; take ${option("metric")} validation-accuracy, or leave it out`,
      );
  }
}
