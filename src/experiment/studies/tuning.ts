import { z } from "zod";
import { canonicalOption } from "../../session/configuration.ts";
import { type TrainField, trainFields } from "../../session/options/options.ts";
import type { StudyArm, StudySpecification, StudyTuning } from "../../store/studies/study.ts";
import type { TrialPlace } from "../../store/studies/trials.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { kebab } from "../../tensor/kebab.ts";
import { isOfStudy } from "./arms.ts";
import { type ArmResult, readResults } from "./comparison.ts";
import { reached } from "./curves.ts";
import { countedOptions } from "./identity.ts";
import { trialsOf } from "./plan.ts";
import { hasEnded, type Trial } from "./schedule.ts";
import { lossMean, type SeedMean } from "./seedMean.ts";

/** Far from what anybody compares, so that seeds can be added to a comparison without meeting one that tuned it. */
const FIRST_SEED = 1_000_000;

/** What would make another arm of it, or another length. */
const notTuned = ["batchSize", "gradientAccumulationSteps", "targetBatchSize"];

/** What `learning-rate=1e-3,3e-3` says, ascending. Throws `UsageError` for what is no list of values of an option. */
export function parseTuning(text: string, seeds = 3): StudyTuning {
  const [, name = "", list = ""] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(text) ?? [];
  const key = canonicalOption(name);
  const row = Object.hasOwn(trainFields, key) ? trainFields[key as TrainField] : null;
  const words = list.split(",").map((one) => one.trim());
  const values = words.map(Number).toSorted((a, b) => a - b);
  const isTunable = row?.kind === "number" && !isOfStudy(key) && !notTuned.includes(key);
  const isTaken = (value: number) => Number.isFinite(value) && row!.schema(z).safeParse(value).success;
  const isSound = isTunable && words.every(Boolean) && values.every(isTaken);
  if (isSound && values.length > 1 && new Set(values).size === values.length)
    return { option: key, values, seeds: Array.from({ length: seeds }, (_, i) => FIRST_SEED + i) };
  if (!isTunable)
    throw new UsageError(
      `${option("tune")}: expected a numeric option in which arms may differ and its values, got ${JSON.stringify(text)}; write for example learning-rate=1e-3,3e-3,1e-2`,
    );
  throw new UsageError(
    `${option("tune")}: expected two different values or more of ${kebab(key)}, each ${row.expects}, got ${JSON.stringify(text)}; change them`,
  );
}

/** An arm with one of the values that are tried for it. */
interface TriedArm {
  readonly of: string;
  readonly value: number;
  readonly arm: StudyArm;
}

function triedArms({ arms, tuning }: StudySpecification): TriedArm[] {
  if (tuning === null) return [];
  return arms.flatMap((arm) =>
    tuning.values.map((value) => ({
      of: arm.name,
      value,
      arm: { ...withValue(arm, tuning.option, value), name: `${arm.name} ${kebab(tuning.option)}=${value}` },
    })),
  );
}

const withValue = (arm: StudyArm, key: string, value: number): StudyArm => ({
  ...arm,
  configuration: { ...arm.configuration, [key]: value },
});

/** The trials that say which value each arm gets; none where nothing is tuned. */
export function tuningTrials(specification: StudySpecification): Trial[] {
  const arms = triedArms(specification).map(({ arm }) => arm);
  return trialsOf(arms, specification.tuning?.seeds ?? [], {
    ...{ stage: "tuning", counted: countedOptions({ ...specification, arms }) },
  });
}

/** What a value came to for an arm. */
export interface TriedRate {
  readonly value: number;
  readonly result: ArmResult;
  /** Trials that diverged, or did not reach the target. */
  readonly lost: number;
  /** Over the others: of the final validation loss, or of the examples to the target. */
  readonly score: SeedMean;
}

/** What the values came to for an arm. */
export interface TunedArm {
  readonly name: string;
  /** In the order of values. */
  readonly tried: readonly TriedRate[];
  /** Null while trials are missing. */
  readonly chosen: number | null;
  /** The end of the list at which the chosen value lies, so that a better one may lie beyond. */
  readonly edge: "smallest" | "largest" | null;
}

/** Reads which value each arm gets; null where nothing is tuned. Throws `DataError` for a damaged run. */
export function readTuning(
  directory: string,
  specification: StudySpecification,
  places: ReadonlyMap<string, TrialPlace>,
): TunedArm[] | null {
  const { arms, tuning } = specification;
  if (tuning === null) return null;
  const tried = triedArms(specification);
  const results = readResults(
    directory,
    tried.map(({ arm }) => arm),
    tuningTrials(specification),
    places,
  );
  return arms.map(({ name }) => {
    const own = tried.flatMap(({ of, value }, i) => (of === name ? [{ value, result: results[i]! }] : []));
    return tunedArm(name, own, specification);
  });
}

/**
 * The value of whose trials fewest were lost (diverged, or did not reach the target), and among these the one of the
 * lowest mean validation loss, or with a target the fewest examples to it.
 */
export function tunedArm(
  name: string,
  results: readonly Pick<TriedRate, "value" | "result">[],
  { tuning, budget }: Pick<StudySpecification, "tuning" | "budget">,
): TunedArm {
  const tried = results.map((one): TriedRate => ({ ...one, ...scoreOf(one.result, budget) }));
  const isWhole = tried.every(({ result }) => result.trials.length === tuning!.seeds.length);
  if (!isWhole) return { name, tried, chosen: null, edge: null };
  const isBetter = (a: TriedRate, b: TriedRate) =>
    a.lost < b.lost || (a.lost === b.lost && a.score.value < b.score.value);
  const best = tried.reduce((a, b) => (isBetter(b, a) ? b : a));
  const place = tried.indexOf(best);
  const edge = place === 0 ? "smallest" : place === tried.length - 1 ? "largest" : null;
  return { name, tried, chosen: best.value, edge };
}

function scoreOf({ arm, trials }: ArmResult, { kind, value }: StudySpecification["budget"]) {
  const values = trials.map((trial) => {
    if (!trial.whole) return null;
    return kind === "target-loss" ? (reached(trial, value)?.examples ?? null) : trial.finalLoss;
  });
  return { lost: values.filter((one) => one === null).length, score: lossMean(values, arm.configuration.loss) };
}

/** The arms as they are compared: each with its value, or without any where none is known. */
export function armsWithRates(
  { arms, tuning }: Pick<StudySpecification, "arms" | "tuning">,
  tuned: readonly TunedArm[] | null,
): StudyArm[] {
  return arms.map((arm) => {
    const chosen = tuned?.find(({ name }) => name === arm.name)?.chosen ?? null;
    return chosen === null ? arm : withValue(arm, tuning!.option, chosen);
  });
}

/** Whether it is known how this arm is to be compared. */
export function isTuned(name: string, tuned: readonly TunedArm[] | null): boolean {
  return tuned === null || tuned.some((arm) => arm.name === name && arm.chosen !== null);
}

/** The one rate that all arms would be given by a tuning of the baseline alone, and what each came to with it. */
export function atRateOfBaseline(
  tuned: readonly TunedArm[],
  baseline: string,
): { readonly rate: number; readonly results: ReadonlyMap<string, ArmResult> } | null {
  const rate = tuned.find(({ name }) => name === baseline)?.chosen ?? null;
  if (rate === null) return null;
  const results = tuned.map(({ name, tried }) => [name, tried.find(({ value }) => value === rate)!.result] as const);
  return { rate, results: new Map(results) };
}

/** The trials that a study lacks and that are known yet: those that tune, and those whose rate is known. */
export function trialsKnown(
  directory: string,
  specification: StudySpecification,
  seeds: readonly number[],
  places: ReadonlyMap<string, TrialPlace>,
): Trial[] {
  const tuned = readTuning(directory, specification, places);
  const known = armsWithRates(specification, tuned).filter(({ name }) => isTuned(name, tuned));
  const compared = trialsOf(known, seeds, { stage: "comparison", counted: countedOptions(specification) });
  return [...tuningTrials(specification), ...compared].filter(({ key }) => !hasEnded(places.get(key)?.state));
}

/** What is still to be trained of a study, by arm; trials whose rate is not known yet are all to be trained. */
export function trialsLeft(
  directory: string,
  specification: StudySpecification,
  seeds: readonly number[],
  places: ReadonlyMap<string, TrialPlace>,
): { readonly trials: number; readonly tuning: number; readonly left: readonly string[] } {
  const isLeft = ({ key }: Trial) => !hasEnded(places.get(key)?.state);
  const tried = new Map(triedArms(specification).map(({ of, arm }) => [arm.name, of]));
  const tuning = tuningTrials(specification);
  const tuned = readTuning(directory, specification, places);
  const counted = countedOptions(specification);
  const compared = trialsOf(armsWithRates(specification, tuned), seeds, { stage: "comparison", counted });
  const left = [
    ...tuning.filter(isLeft).map(({ arm }) => tried.get(arm)!),
    ...compared.filter((trial) => !isTuned(trial.arm, tuned) || isLeft(trial)).map(({ arm }) => arm),
  ];
  return { trials: tuning.length + compared.length, tuning: tuning.length, left };
}
