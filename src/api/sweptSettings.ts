import type { SeedMean } from "../experiment/studies/seedMean.ts";
import type { TuningPoint } from "../statistics/sweeps/tuningCurve.ts";
import type { StudyBudget } from "../store/studies/study.ts";
import type { SweepMetric, SweepParameter } from "../store/studies/sweep.ts";
import type { SweepAnswer, SweepFinding } from "../store/studies/sweepFindings.ts";
import type { TrialState } from "../store/studies/trials.ts";

/**
 * What a sweep came to, as `sweep --json` prints it. Losses are in the unit of the loss, accuracies from 0 to 1, times
 * in seconds; intervals are of 95 %. A number that nothing was measured for is NaN, in JSON null.
 */
export interface SweptSettings {
  /** Of the document. */
  readonly schemaVersion: number;
  /** The best setting, or that there is none. */
  readonly answer: SweepAnswer;
  /** The sweep's name. */
  readonly sweep: string;
  /** Its folder. */
  readonly path: string;
  /** Of Batchscope, which began it. */
  readonly version: string;
  /** Whether nothing is left to be trained. */
  readonly complete: boolean;
  readonly metric: SweepMetric;
  /** What every setting gets. */
  readonly budget: StudyBudget;
  /** Examples between two evaluations. */
  readonly evaluateExamples: number;
  /** What varies. */
  readonly parameters: readonly SweepParameter[];
  /** Of what is drawn and of the order of a grid. */
  readonly sweepSeed: number;
  /** Examples at which trials pause, ascending, and 1 in how many goes on; null without halving. */
  readonly halving: { readonly reduction: number; readonly rungs: readonly number[] } | null;
  readonly medianStopping: boolean;
  /** Of each setting. */
  readonly seeds: readonly number[];
  /** How many settings were asked for. */
  readonly settings: number;
  /** Null while none has ended. */
  readonly best: BestOfSweep | null;
  /** One for each seed of a setting, from the best setting to the worst. */
  readonly trials: readonly SweptTrial[];
  /** From best to worst; those that stopped early, diverged or wait after them. */
  readonly ranking: readonly SweptSetting[];
  /** The best that so many settings are expected to find. */
  readonly curve: readonly TuningPoint[];
  /** Examples at which the curve is drawn: fewer than the budget with halving; null without a curve. */
  readonly curveExamples: number | null;
  /** Files that the command wrote; none by the library. */
  readonly files: readonly string[];
  /** What follows, as data. */
  readonly findings: readonly SweepFinding[];
}

/** The best setting, without what it gained by being picked. */
export interface BestOfSweep {
  /** Its number, from 0. */
  readonly setting: number;
  readonly name: string;
  /** By option. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The mean over its seeds as it is, too good on average. */
  readonly mean: number;
  /** Corrected by the bootstrap over seeds. */
  readonly value: number;
  /** Null with one seed. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** What was taken from the mean. */
  readonly selectionBias: number | null;
  /** Settings among which it was picked. */
  readonly settings: number;
  /** Others that cannot be told from it; null with one seed. */
  readonly alike: number | null;
}

/** One training. */
export interface SweptTrial {
  /** The hash of its specification; null where it is not known before it begins. */
  readonly id: string | null;
  /** The number of its setting, from 0. */
  readonly setting: number;
  readonly state: TrialState;
  /** By option. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** The id of its run; null before it has one. */
  readonly run: string | null;
  /** On the validation data after `examples`, where it ended or stopped; null where nothing was measured. */
  readonly result: {
    readonly loss: number | null;
    readonly accuracy: number | null;
    readonly examples: number;
  } | null;
}

/** A setting over its seeds: `value`, `lower` and `upper` are of the metric at the end of training. */
export interface SweptSetting extends SeedMean {
  /** Its number, from 0. */
  readonly setting: number;
  readonly name: string;
  readonly state: TrialState;
  /** Of the metric where it was stopped early, after the examples that it had seen; else null. */
  readonly stoppedAt: { readonly examples: number; readonly value: SeedMean } | null;
  /** Of training, over all seeds. */
  readonly seconds: number;
  /** Whether it may be the truly best setting; null where that cannot be told. */
  readonly mayBeBest: boolean | null;
}
