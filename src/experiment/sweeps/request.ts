import { canonicalOption, givenValues, resolveConfiguration } from "../../session/configuration.ts";
import { readConfigurationFile } from "../../session/configurationFile.ts";
import { labelOptions } from "../../session/options/decides.ts";
import type { TrainField } from "../../session/options/options.ts";
import { type SweepMetric, type SweepParameter, sweepMetrics } from "../../store/studies/sweep.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { isOfStudy } from "../studies/arms.ts";
import { parseBudget } from "../studies/budget.ts";
import { parseSeeds } from "../studies/seeds.ts";
import { parseMinimumBudget } from "./halving.ts";
import { parseGrid, parseRandom } from "./parameters.ts";
import type { SweepRequest } from "./planSweep.ts";

/** What a sweep is told beside options of `train`, by flags or in the file of `--config`. */
export const sweepKeys = [
  ...(["grid", "random", "trials", "seeds", "sweepSeed", "metric", "budget", "evaluateExamples"] as const),
  ...(["halving", "reduction", "minimumBudget", "medianStopping", "jobs", "retries", "study"] as const),
] as const;
type SweepKey = (typeof sweepKeys)[number];

/** Texts of a sweep's own options: a list of each, of which most have one. */
type Texts = Partial<Record<SweepKey, { readonly texts: readonly string[]; readonly place: string | null }>>;

type Environment = Readonly<Record<string, string | undefined>>;

/** What is asked of a sweep, and how it is to be run. */
export interface AskedSweep {
  readonly request: SweepRequest;
  /** Undefined where nothing is said. */
  readonly jobs: number | undefined;
  readonly retries: number;
}

const SEEDS = "3";
const REDUCTION = 3;

const lengths = ["stopAccuracy", "patience", "minimumDelta"];

/**
 * What flags and the file of `config` ask for: a flag goes before the file. Throws `UsageError`, with file and line for
 * what the file says, for an unknown key and a value that means nothing.
 */
export function readSweepRequest(flags: Readonly<Record<string, unknown>>, environment: Environment): AskedSweep {
  const { texts, training } = splitTexts(flags, environment);
  const given = sharedOptions(training, environment);
  const one = <T>(key: SweepKey, read: (text: string) => T) => {
    const found = texts[key];
    return found && located(found.place, key, () => read(found.texts.at(-1)!));
  };
  const several = (key: "grid" | "random", read: (text: string) => SweepParameter) =>
    (texts[key]?.texts ?? []).map((text) => located(texts[key]!.place, key, () => read(text)));
  const parameters = [...several("grid", parseGrid), ...several("random", parseRandom)];
  requireSound(training, environment, parameters);
  const isHalved = one("halving", (text) => yes("halving", text)) ?? false;
  const reduction = one("reduction", (text) => wholeOf("reduction", text, 2));
  const minimum = one("minimumBudget", parseMinimumBudget);
  for (const [key, value] of Object.entries({ reduction, minimumBudget: minimum }))
    if (value !== undefined && !isHalved)
      throw new UsageError(
        `${option(key)}: expected ${option("halving")} beside it, got none; pass it, or leave this out`,
      );
  return {
    request: {
      given,
      parameters,
      sweepSeed: one("sweepSeed", (text) => wholeOf("sweepSeed", text, 0)) ?? 0,
      metric: one("metric", metricOf) ?? "validation-loss",
      budget: one("budget", parseBudget),
      evaluateExamples: one("evaluateExamples", (text) => wholeOf("evaluateExamples", text, 1)),
      halving: isHalved ? { reduction: reduction ?? REDUCTION, minimum } : null,
      medianStopping: one("medianStopping", (text) => yes("medianStopping", text)) ?? false,
      trials: one("trials", (text) => wholeOf("trials", text, 1)),
      seeds: one("seeds", parseSeeds) ?? parseSeeds(SEEDS),
      study: one("study", String),
    },
    jobs: one("jobs", (text) => wholeOf("jobs", text, 1)),
    retries: one("retries", (text) => wholeOf("retries", text, 0)) ?? 1,
  };
}

function splitTexts(flags: Readonly<Record<string, unknown>>, environment: Environment) {
  const { config = environment.BATCHSCOPE_CONFIG } = flags;
  const isOwn = (name: string): name is SweepKey => (sweepKeys as readonly string[]).includes(canonicalOption(name));
  const texts: Texts = {};
  const words = (value: unknown) => [value].flat().map(String);
  if (typeof config === "string" && config !== "")
    for (const [name, { value, keyAt, valueAt }] of readConfigurationFile(config)) {
      if (!isOwn(name)) continue;
      if (value === null || (Array.isArray(value) && value.length === 0))
        throw new UsageError(`${keyAt} ${name}: expected a value, got nothing; give one, or leave the key out`);
      texts[canonicalOption(name) as SweepKey] = { texts: words(value), place: `${valueAt} ${name}` };
    }
  const training: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    if (isOwn(name)) texts[name] = { texts: words(value), place: null };
    else training[name] = value;
  }
  return { texts, training };
}

/** What `read` gives; what it refuses is said to stand at `place`. */
function located<T>(place: string | null, key: SweepKey, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (place === null || !(error instanceof UsageError)) throw error;
    const own = `${option(key)}: `;
    throw new UsageError(
      `${place}: ${error.message.startsWith(own) ? error.message.slice(own.length) : error.message}`,
    );
  }
}

/** The options of `train` that all settings share, without what a study decides itself. */
function sharedOptions(training: Readonly<Record<string, unknown>>, environment: Environment) {
  const given = Object.entries(givenValues(training, environment, sweepKeys)).filter(
    ([key]) => !labelOptions.includes(key as TrainField),
  );
  const stray = given.find(([key]) => lengths.includes(key) || (key !== "epochs" && isOfStudy(key)));
  if (stray)
    throw new UsageError(
      `${option(stray[0])}: expected an option that a sweep's trainings can have, got one that the sweep decides; leave it out, or see ${option("budget")} and ${option("seeds")}`,
    );
  return Object.fromEntries(given);
}

/** Reads all options once with the first values of what varies, so that an error names flag, or file and line. */
function requireSound(
  training: Readonly<Record<string, unknown>>,
  environment: Environment,
  parameters: readonly SweepParameter[],
): void {
  for (const end of [0, -1]) {
    const ends = parameters.map((one) => [
      one.option,
      one.kind === "range" ? [one.from, one.to].at(end) : one.values.at(end),
    ]);
    const { config } = training;
    const kept = Object.entries(training).filter(([name]) => name !== "config");
    resolveConfiguration({ ...Object.fromEntries([...kept, ...ends]), config }, environment, sweepKeys);
  }
}

function metricOf(text: string): SweepMetric {
  const found = sweepMetrics.find((one) => one === text);
  if (found) return found;
  throw new UsageError(
    `${option("metric")}: expected ${sweepMetrics.join(" or ")}, got ${JSON.stringify(text)}${didYouMean(text, sweepMetrics) || "; change it"}`,
  );
}

function wholeOf(key: SweepKey, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new UsageError(
    `${option(key)}: expected a whole number of at least ${least}, got ${JSON.stringify(text)}; change it`,
  );
}

function yes(key: SweepKey, text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new UsageError(`${option(key)}: expected true or false, got ${JSON.stringify(text)}; change it`);
}
