import { resolveConfiguration } from "../../session/configuration.ts";
import { fingerprintsOf } from "../../session/create.ts";
import { resolveAccumulation } from "../../session/options/accumulation.ts";
import { optimizerFields } from "../../session/options/optimizerOptions.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { scheduleFields } from "../../session/options/scheduleOptions.ts";
import { prepareTraining } from "../../session/prepare.ts";
import { digestOf } from "../../store/studies/canonicalJson.ts";
import type { StudyBudget } from "../../store/studies/study.ts";
import type { SweepMetric, SweepParameter, SweepSpecification } from "../../store/studies/sweep.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { evaluationGrid, lengthOf, type SizedArm, usualBudget } from "../studies/budget.ts";
import { configurationOfArm, countedInSweep, identityOfSweep, trialDefaults } from "../studies/identity.ts";
import { trialsOf, word } from "../studies/plan.ts";
import type { Trial } from "../studies/schedule.ts";
import { type HalvingRequest, rungsOf } from "./halving.ts";
import { requireParameters } from "./parameters.ts";
import { nameOf, type SettingValues, settingsOf, usualTrials } from "./settings.ts";

/** What is asked of a sweep. */
export interface SweepRequest {
  /** Options of `train` that all settings share, as they were given. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly parameters: readonly SweepParameter[];
  readonly sweepSeed: number;
  readonly metric: SweepMetric;
  /** Default: what `train` would take, as equal examples. */
  readonly budget?: StudyBudget | undefined;
  readonly evaluateExamples?: number | undefined;
  /** Null: every setting gets the whole budget. */
  readonly halving: HalvingRequest | null;
  readonly medianStopping: boolean;
  /** Default: all points of a grid. */
  readonly trials?: number | undefined;
  readonly seeds: readonly number[];
  /** Default: derived from the specification. */
  readonly study?: string | undefined;
}

/** A sweep whose settings were checked. */
export interface SweepPlan {
  readonly id: string;
  readonly specification: SweepSpecification;
  readonly trials: number;
  readonly seeds: readonly number[];
}

/** A setting with its trials, one for each seed. */
export interface SweepSetting {
  /** Its place in the order of settings, from 0. */
  readonly number: number;
  readonly name: string;
  readonly values: SettingValues;
  readonly trials: readonly Trial[];
}

/**
 * Checks the settings of a sweep. Throws `UsageError` for parameters that cannot vary, more settings than there are, a
 * budget that cannot be kept to, and data that differ; and what `prepareTraining` throws.
 */
export async function planSweep(request: SweepRequest): Promise<SweepPlan> {
  const { given, parameters, sweepSeed, metric, medianStopping, seeds } = request;
  requireParameters(parameters, given, metric);
  requireOneWay(request);
  const trials = request.trials ?? usualTrials(parameters);
  if (trials === null)
    throw new UsageError(
      `${option("trials")}: expected how many settings to draw, got nothing; pass ${option("trials")} 20`,
    );
  const settings = settingsOf({ parameters, sweepSeed }, trials);
  const corners = await sizedCorners(given, settings[0]!, parameters);
  const { fingerprints, ...first } = corners[0]!;
  requireMetric(metric, first);
  const budget = request.budget ?? usualBudget([first]);
  const grid = request.evaluateExamples ?? evaluationGrid(corners, budget);
  const halving = request.halving && rungsOf(request.halving, { budget, grid, examples: first.examples, trials });
  const decided = { given, parameters, sweepSeed, metric, budget, evaluateExamples: grid, halving, medianStopping };
  const specification: SweepSpecification = { kind: "sweep", fingerprints, ...decided };
  await sweepSettings(specification, trials, seeds);
  const { model, data } = first.configuration;
  const id = request.study ?? `sweep-${word(model)}-${word(data)}-${digestOf(identityOfSweep(specification), 8)}`;
  return { id, specification, trials, seeds };
}

function requireOneWay({ halving, medianStopping, budget }: SweepRequest): void {
  if (halving && medianStopping)
    throw new UsageError(
      `${option("halving")}: expected one way to stop early, got ${option("medianStopping")} too; keep one of them`,
    );
  if (budget?.kind === "target-loss")
    throw new UsageError(
      `${option("budget")}: expected updates=N, examples=N or seconds=S for a sweep, got target-loss; choose one of them`,
    );
}

function requireMetric(metric: SweepMetric, { name, classes, configuration }: Sized): void {
  if (metric === "validation-loss" || classes) return;
  throw new UsageError(
    `${option("metric")}: expected data of classes for validation-accuracy, got ${configuration.data ?? name}, whose target is a number; take validation-loss`,
  );
}

interface Sized extends SizedArm {
  /** Whether the data have classes, so that there is an accuracy. */
  readonly classes: boolean;
}

const batchOptions = ["batchSize", "gradientAccumulationSteps", "targetBatchSize", "enableAutoGradientAccumulation"];
/** What a model and its data do not depend on, nor whether they can be trained. */
const light: ReadonlySet<string> = new Set([
  ...Object.keys(optimizerFields),
  ...Object.keys(scheduleFields),
  ...batchOptions,
  "clipNorm",
]);

/** The first setting as it is and with the batches at the ends of what varies, whatever the number of settings. */
async function sizedCorners(
  given: SweepRequest["given"],
  first: SettingValues,
  parameters: readonly SweepParameter[],
): Promise<(Sized & { readonly fingerprints: Record<string, string> })[]> {
  const ends = parameters
    .filter(({ option: key }) => batchOptions.includes(key))
    .map((one) => ({ key: one.option, values: one.kind === "range" ? [one.from, one.to] : one.values }));
  const corners = ends.reduce<SettingValues[]>(
    (all, { key, values }) => all.flatMap((corner) => values.map((value) => ({ ...corner, [key]: value }))),
    [first],
  );
  const sized = [];
  for (const values of [first, ...corners]) sized.push(await sizedSetting(given, values));
  return sized;
}

async function sizedSetting(given: SweepRequest["given"], values: SettingValues) {
  const prepared = await prepareTraining(configurationOf(given, values));
  const { configuration, accumulation, options } = prepared;
  return {
    name: nameOf(values),
    configuration,
    accumulation,
    examples: options.train.size,
    classes: options.train.target.type !== "float32",
    fingerprints: await fingerprintsOf(prepared),
  };
}

/** The first setting, to be probed. */
export async function firstSetting(specification: SweepSpecification): Promise<SizedArm> {
  return sizedSetting(specification.given, settingsOf(specification, 2)[0]!);
}

/** The whole configuration of a setting. Throws what `resolveConfiguration` throws. */
export function configurationOf(given: SweepRequest["given"], values: SettingValues): TrainConfiguration {
  const written = Object.entries(given).map(([name, value]) => `${name}=${[value].flat().join(",")}`);
  return resolveConfiguration({ ...values, set: [...trialDefaults, ...written] }, {});
}

/**
 * The first settings of a sweep with their trials. Throws `UsageError` for a value out of its domain, and for settings
 * that are validated on other data than the first.
 */
export async function sweepSettings(
  specification: SweepSpecification,
  trials: number,
  seeds: readonly number[],
): Promise<SweepSetting[]> {
  const { given, budget, evaluateExamples } = specification;
  const known = new Map<string, Promise<Awaited<ReturnType<typeof sizedSetting>>>>();
  const counted = countedInSweep(specification);
  const settings: SweepSetting[] = [];
  for (const [number, values] of settingsOf(specification, trials).entries()) {
    const heavy = JSON.stringify(Object.entries(values).filter(([key]) => !light.has(key)));
    if (!known.has(heavy)) known.set(heavy, sizedSetting(given, values));
    const { examples, fingerprints } = await known.get(heavy)!;
    requireSameValidation(nameOf(values), fingerprints, specification);
    const configuration = configurationOf(given, values);
    const accumulation = resolveAccumulation(configuration);
    const name = nameOf(values);
    const arm = { name, configuration, accumulation, examples };
    const whole = configurationOfArm({ ...configuration, ...lengthOf(arm, budget, evaluateExamples) });
    const { effectiveBatchSize } = accumulation;
    const study = { name, configuration: whole, fingerprints, effectiveBatchSize };
    settings.push({ number, name, values, trials: trialsOf([study], seeds, { stage: "sweep", counted }) });
  }
  return settings;
}

function requireSameValidation(
  name: string,
  { validation }: Readonly<Record<string, string>>,
  { fingerprints }: SweepSpecification,
): void {
  if (validation === fingerprints.validation) return;
  throw new UsageError(
    `sweep: expected settings with the same validation data, got others for ${name}; let only options vary that leave them as they are`,
  );
}
