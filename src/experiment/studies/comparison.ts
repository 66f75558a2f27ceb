import type { Comparison, TrialValue } from "../../statistics/comparison/comparison.ts";
import { type FamilyVerdict, familyVerdicts } from "../../statistics/comparison/family.ts";
import type { TimeToTarget } from "../../statistics/comparison/kaplanMeier.ts";
import { comparePaired } from "../../statistics/comparison/pairedComparison.ts";
import { medianOf } from "../../statistics/comparison/sample.ts";
import { compareUnpaired } from "../../statistics/comparison/unpairedComparison.ts";
import type { StudyArm, StudySpecification } from "../../store/studies/study.ts";
import type { TrialPlace } from "../../store/studies/trials.ts";
import { unpairedBy } from "./plan.ts";
import type { Trial } from "./schedule.ts";
import { lossMean, type SeedMean, seedMean, within } from "./seedMean.ts";
import { readTrial, type TrialResult } from "./trialResult.ts";

/** What an arm came to over its seeds. */
export interface ArmResult {
  readonly arm: StudyArm;
  /** Whole or diverged, in the order of seeds. */
  readonly trials: readonly TrialResult[];
  readonly diverged: number;
  /** Trials that could not be made. */
  readonly failed: readonly { readonly seed: number; readonly reason: string }[];
  /** Over the trials that are whole. */
  readonly meanLoss: SeedMean;
  readonly finalLoss: SeedMean;
  readonly finalAccuracy: SeedMean | null;
  readonly trainAccuracy: SeedMean | null;
  /** Medians over trials. */
  readonly examples: number;
  readonly updates: number;
  readonly seconds: number;
  readonly secondsPerUpdate: number;
  readonly examplesPerSecond: number;
  readonly disturbed: number;
  readonly peakMemoryBytes: number;
}

/** An arm against the baseline, with the verdict that it has as one of all arms. */
export interface ArmComparison extends FamilyVerdict {
  readonly arm: string;
  readonly baseline: string;
  /** Why they are not paired. */
  readonly unpairedBy: "model" | "data" | null;
  /** Null where no seed of both has ended. */
  readonly result: Comparison | null;
}

export interface ComparisonResult {
  readonly arms: readonly ArmResult[];
  readonly baseline: string;
  readonly comparisons: readonly ArmComparison[];
}

/** Reads what the trials came to. `arms` as they were trained. Throws `DataError` for a damaged run. */
export function readResults(
  directory: string,
  arms: readonly StudyArm[],
  trials: readonly Trial[],
  places: ReadonlyMap<string, TrialPlace>,
): ArmResult[] {
  return arms.map((arm) => {
    const own = trials.filter((trial) => trial.arm === arm.name).toSorted((a, b) => a.seed - b.seed);
    const ended = own.flatMap(({ key, seed }) => {
      const place = places.get(key);
      if (place?.run == null || (place.state !== "done" && place.state !== "diverged")) return [];
      return [readTrial(directory, place.run, seed, place.state === "done")];
    });
    const failed = own.flatMap(({ key, seed }) => {
      const place = places.get(key);
      return place?.state === "failed" ? [{ seed, reason: place.reason ?? "" }] : [];
    });
    return armResult(arm, ended, failed);
  });
}

export function armResult(arm: StudyArm, trials: readonly TrialResult[], failed: ArmResult["failed"]): ArmResult {
  const whole = trials.filter((trial) => trial.whole);
  const mean = (of: (trial: TrialResult) => number | null) => seedMean(whole.map(of));
  const losses = (of: (trial: TrialResult) => number) => lossMean(whole.map(of), arm.configuration.loss);
  const median = (of: (trial: TrialResult) => number) => medianOf(whole.map(of).filter(Number.isFinite));
  const accuracies = (of: (trial: TrialResult) => number | null) =>
    whole.some((trial) => of(trial) !== null) ? spread(within(0, 1, mean(of))) : null;
  return {
    arm,
    trials,
    diverged: trials.length - whole.length,
    failed,
    meanLoss: losses(({ meanLoss }) => meanLoss),
    finalLoss: losses(({ finalLoss }) => finalLoss),
    finalAccuracy: accuracies(({ finalAccuracy }) => finalAccuracy),
    trainAccuracy: accuracies(({ trainAccuracy }) => trainAccuracy),
    examples: median(({ examples }) => examples),
    updates: median(({ times }) => times.updates),
    seconds: median(({ times }) => times.seconds),
    secondsPerUpdate: median(({ times }) => times.secondsPerUpdate),
    examplesPerSecond: median(({ times }) => times.examplesPerSecond),
    disturbed: median(({ times }) => times.disturbed),
    peakMemoryBytes: median(({ peakMemoryBytes }) => peakMemoryBytes),
  };
}

/** Shares that are the same with every seed have no interval: none of no width is meant. */
const spread = (mean: SeedMean): SeedMean =>
  mean.lower === mean.upper ? { value: mean.value, lower: null, upper: null } : mean;

/** What a trial is compared by, of which less is better; or how much of it at least, where it was not reached. */
export type Measured = (trial: TrialResult, arm: ArmResult) => TimeToTarget;

const finalLossOf: Measured = ({ whole, finalLoss }) =>
  whole && Number.isFinite(finalLoss)
    ? { time: finalLoss, reached: true }
    : { time: Number.POSITIVE_INFINITY, reached: false };

/** What the arms' trials measured against the baseline's, by pairs of one seed where a seed makes them alike. */
export function compareArms(arms: readonly ArmResult[], baseline: string, of: Measured = finalLossOf): ArmComparison[] {
  const against = arms.find(({ arm }) => arm.name === baseline)!;
  const compared = arms
    .filter((one) => one !== against)
    .map((one) => {
      const by = unpairedBy(one.arm, against.arm);
      const result = by === null ? paired(one, against, of) : unpaired(one, against, of);
      return { arm: one.arm.name, baseline, unpairedBy: by, result };
    });
  const verdicts = familyVerdicts(compared.map(({ result }) => result));
  return compared.map((one, i) => ({ ...one, ...verdicts[i]! }));
}

function paired(one: ArmResult, against: ArmResult, of: Measured): Comparison | null {
  const pairs = one.trials.flatMap((trial) => {
    const other = against.trials.find(({ seed }) => seed === trial.seed);
    return other ? [toldApart(of(trial, one), of(other, against))] : [];
  });
  return pairs.length === 0
    ? null
    : comparePaired(
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
      );
}

/** A pair's values: null where not reached, and of both where the one was not watched for as long as the other took. */
function toldApart(a: TimeToTarget, b: TimeToTarget): readonly [TrialValue, TrialValue] {
  if (a.reached && b.reached) return [a.time, b.time];
  if (a.reached && a.time <= b.time) return [a.time, null];
  return b.reached && b.time <= a.time ? [null, b.time] : [null, null];
}

function unpaired(one: ArmResult, against: ArmResult, of: Measured): Comparison | null {
  if (one.trials.length === 0 || against.trials.length === 0) return null;
  const values = (arm: ArmResult) =>
    arm.trials.map((trial) => of(trial, arm)).map(({ time, reached }) => (reached ? time : null));
  return compareUnpaired(values(one), values(against));
}

/** Seeds of which every arm has ended. */
export function completeSeeds(arms: readonly ArmResult[]): number {
  const seeds = arms[0]?.trials.map(({ seed }) => seed) ?? [];
  return seeds.filter((seed) => arms.every(({ trials }) => trials.some((trial) => trial.seed === seed))).length;
}

/** What sets the batch of an update. */
const batchOptions = ["batchSize", "gradientAccumulationSteps", "targetBatchSize", "enableAutoGradientAccumulation"];

/** Whether the arms are one training but for the batch of an update, whose learning rate does not follow it. */
export function differOnlyInBatch({ arms }: StudySpecification): boolean {
  const rest = arms.map(({ configuration, fingerprints }) => {
    const kept = Object.entries(configuration).filter(([name]) => !batchOptions.includes(name));
    return JSON.stringify([kept, fingerprints]);
  });
  return new Set(rest).size === 1 && arms.every(({ configuration }) => configuration.lrScale === "none");
}

/** Whether updates of the arms see different numbers of examples with one learning rate for all. */
export function hasOneRateForSeveralBatches({ arms, tuning }: StudySpecification): boolean {
  if (tuning !== null && tuning.option === "learningRate") return false;
  const batches = new Set(arms.map(({ effectiveBatchSize }) => effectiveBatchSize));
  const rates = new Set(arms.map(({ configuration }) => `${configuration.learningRate} ${configuration.lrScale}`));
  return batches.size > 1 && rates.size === 1 && arms.every(({ configuration }) => configuration.lrScale === "none");
}
