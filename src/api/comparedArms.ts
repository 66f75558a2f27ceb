import type { ArmGradients } from "../experiment/studies/gradients.ts";
import type { SeedMean } from "../experiment/studies/seedMean.ts";
import type { TargetResult } from "../experiment/studies/targets.ts";
import type { Comparison, ComparisonVerdict } from "../statistics/comparison/comparison.ts";
import type { GradientNormFit } from "../statistics/gradientNormFit.ts";
import type { Interval } from "../statistics/types.ts";
import type { ComparisonFinding } from "../store/studies/findings.ts";
import type { StudyBudget } from "../store/studies/study.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** The ends of a 95 % interval over seeds; null where there is one seed, or where all seeds say the same. */
export interface IntervalEnds {
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * What a comparison came to, as `compare --json` prints it. Losses are in the unit of the loss, accuracies and shares
 * from 0 to 1, times in seconds, memory in bytes; intervals are of 95 %. A number that nothing was measured for is NaN,
 * in JSON null.
 */
export interface ComparedArms {
  /** The answer in one or two statements, most important first. */
  readonly answer: readonly StudyVerdict[];
  /** The study's name. */
  readonly study: string;
  /** Its folder. */
  readonly path: string;
  /** Of Batchscope, which began it. */
  readonly version: string;
  /** Whether every trial has ended. */
  readonly complete: boolean;
  /** What every arm gets. */
  readonly budget: StudyBudget;
  /** Examples between two evaluations. */
  readonly evaluateExamples: number | null;
  /** The arm that all others are compared with. */
  readonly baseline: string;
  /** Only where an option was tuned. */
  readonly tuning?: TunedOption;
  /** In the order in which they were asked for. */
  readonly arms: readonly ComparedArm[];
  /** What `comparisons` are of. */
  readonly metric: "finalLoss" | "secondsToTarget";
  /** One for each arm but the baseline. */
  readonly comparisons: readonly ArmDifference[];
  /** Only with a loss as the budget; `seconds` are the comparisons above. */
  readonly target?: ComparedTarget;
  /** Norms of the updates' gradients and the stability of the training loss, of each arm. */
  readonly gradients: readonly ArmGradients[];
  /** E‖g_B‖² = |G|² + tr Σ/B over the arms, with the noise scale in examples; null where it says nothing. */
  readonly gradientNormFit: GradientNormFit | null;
  /** Files that the command wrote; none by the library. */
  readonly files: readonly string[];
  /** What follows, and what does not, as data. */
  readonly findings: readonly ComparisonFinding[];
}

/** An arm over its seeds: means over the trials that did not diverge, and medians of times, memory and counts. */
export interface ComparedArm {
  readonly name: string;
  /** Examples of an update. */
  readonly effectiveBatchSize: number;
  /** Of training: each update's loss counts as often as it had examples. */
  readonly meanLoss: number;
  /** On the validation data, where training ended. */
  readonly finalLoss: number;
  /** Of training, evaluations and the writing of files left out. */
  readonly seconds: number;
  /** The most that the process of a trial held. */
  readonly peakMemoryBytes: number;
  /** Trials that have ended, diverged ones among them. */
  readonly seeds: number;
  readonly diverged: number;
  /** Trials that could not be made. */
  readonly failed: number;
  /** On the validation data at the end, 0–1; only where the loss is one of classes. */
  readonly accuracy?: number;
  /** Of the last epoch on the training data, 0–1. */
  readonly trainAccuracy?: number;
  /** Student's t over seeds. */
  readonly intervals: {
    readonly meanLoss: IntervalEnds;
    readonly finalLoss: IntervalEnds;
    readonly accuracy?: IntervalEnds;
    readonly trainAccuracy?: IntervalEnds;
  };
  /** Seen by a trial. */
  readonly examples: number;
  readonly updates: number;
  readonly secondsPerUpdate: number;
  readonly examplesPerSecond: number;
  /** The share of the time that something slowed down, 0–1. */
  readonly disturbed: number;
  /** Null where a schedule or an optimizer has none. */
  readonly learningRate: unknown;
  /** In the order of seeds. */
  readonly trials: readonly ComparedTrial[];
  readonly failures: readonly { readonly seed: number; readonly reason: string }[];
}

/** One training of an arm; losses, times and memory as in `ComparedArm`. */
export interface ComparedTrial {
  readonly seed: number;
  /** The id of its run in the store. */
  readonly run: string;
  readonly state: "done" | "diverged";
  readonly meanLoss: number;
  /** NaN where it diverged. */
  readonly finalLoss: number;
  readonly accuracy?: number;
  readonly seconds: number;
  readonly disturbed: number;
  readonly peakMemoryBytes: number;
}

/**
 * An arm against the baseline, arm − baseline in the unit of the metric, so that below 0 the arm is better. What is
 * null could not be told; from `level` on, fields are there only where a seed of both has ended (`Comparison`).
 */
export interface ArmDifference extends Partial<ComparisonParts> {
  readonly arm: string;
  readonly baseline: string;
  readonly difference: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Two-sided, of the randomization test; null where no p ≤ 0.05 is possible. */
  readonly p: number | null;
  /** After Holm's correction for all comparisons, which the verdict follows. */
  readonly adjustedP: number | null;
  /** How often the arm is the better one, 0–1. */
  readonly probabilityOfImprovement: number | null;
  readonly paired: boolean;
  /** Why a seed does not pair them. */
  readonly unpairedBy: "model" | "data" | null;
  readonly verdict: ComparisonVerdict;
  /** Seeds still to be made until a difference of this size is shown in four of five studies. */
  readonly moreSeeds: number | null;
}

type ComparisonParts = Pick<
  Comparison,
  | ("level" | "method" | "estimand" | "test" | "exact" | "smallestP" | "bca" | "seedsNeeded" | "seeds")
  | ("censored" | "agrees")
> & { readonly probabilityInterval: Interval };

/** When the trials reached the loss, on the lines between two evaluations; `examples`: of each arm to the baseline. */
export interface ComparedTarget extends Pick<TargetResult, "loss" | "arms" | "pairs"> {
  readonly examples: readonly ArmDifference[];
}

/** An option of which each arm got the best value, tried on seeds that are not compared. */
export interface TunedOption {
  readonly option: string;
  readonly values: readonly number[];
  readonly seeds: readonly number[];
  readonly arms: readonly {
    readonly name: string;
    /** Null while trials are missing. */
    readonly chosen: number | null;
    /** The end of the list at which it lies, beyond which a better one may be. */
    readonly edge: "smallest" | "largest" | null;
    /** In the order of values. */
    readonly tried: readonly TriedValue[];
  }[];
}

/** What a value came to for an arm. */
export interface TriedValue {
  readonly value: number;
  readonly seeds: number;
  /** Trials that diverged, or did not reach the target. */
  readonly lost: number;
  /** Trials that could not be made. */
  readonly failed: number;
  /** The final validation loss, or the examples to the target, over the trials that are not lost. */
  readonly score: SeedMean;
}
