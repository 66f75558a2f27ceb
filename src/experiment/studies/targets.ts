import type { PairedTimes, TimeToTarget, TimeToTargetSummary } from "../../statistics/comparison/kaplanMeier.ts";
import { comparePairedTimes, timeToTarget } from "../../statistics/comparison/kaplanMeier.ts";
import { type ArmComparison, type ArmResult, compareArms, type Measured } from "./comparison.ts";
import { reached } from "./curves.ts";
import type { TrialResult } from "./trialResult.ts";

/** When the trials of the arms reached a validation loss, and which was earlier. */
export interface TargetResult {
  readonly loss: number;
  readonly arms: readonly ArmTarget[];
  /** Of the seconds of training, evaluations left out. */
  readonly seconds: readonly ArmComparison[];
  readonly examples: readonly ArmComparison[];
  /** Which trial of a pair was the first; null where the arms are not paired or no seed of both has ended. */
  readonly pairs: readonly {
    readonly arm: string;
    readonly seconds: PairedTimes | null;
    readonly examples: PairedTimes | null;
  }[];
}

export interface ArmTarget {
  readonly arm: string;
  readonly trials: readonly TrialTarget[];
  /** Null where no trial has ended. */
  readonly seconds: TimeToTargetSummary | null;
  readonly examples: TimeToTargetSummary | null;
}

export interface TrialTarget {
  readonly seed: number;
  readonly seconds: TimeToTarget;
  readonly examples: TimeToTarget;
}

/**
 * When every trial reached the loss, on the lines between evaluations. One that did not is counted with what it was
 * trained for, and one that diverged with all that it could have had: `most` examples of each arm.
 */
export function readTarget(
  arms: readonly ArmResult[],
  baseline: string,
  loss: number,
  most: ReadonlyMap<string, number>,
): TargetResult {
  const examples: Measured = (trial, { arm }) => examplesTo(trial, loss, most.get(arm.name)!);
  const seconds: Measured = (trial, arm) => {
    const to = examples(trial, arm);
    return { ...to, time: to.time / rateOf(trial, arm) };
  };
  const against = arms.find(({ arm }) => arm.name === baseline)!;
  const compared = compareArms(arms, baseline, seconds);
  return {
    loss,
    arms: arms.map((arm) => armTarget(arm, seconds, examples)),
    seconds: compared,
    examples: compareArms(arms, baseline, examples),
    pairs: compared.map(({ arm, unpairedBy }) => {
      const one = arms.find(({ arm: { name } }) => name === arm)!;
      const order = (of: Measured) => (unpairedBy === null ? pairedTimes(one, against, of) : null);
      return { arm, seconds: order(seconds), examples: order(examples) };
    }),
  };
}

function examplesTo(trial: TrialResult, loss: number, most: number): TimeToTarget {
  const at = trial.whole ? reached(trial, loss) : null;
  if (at) return { time: at.examples, reached: true };
  return { time: trial.whole ? trial.examples : Math.max(most, trial.examples), reached: false };
}

/** Examples of a second in undisturbed updates; of a trial of too few, those of its arm, or of its whole training. */
function rateOf({ times, steps }: TrialResult, arm: ArmResult): number {
  const last = steps.at(-1);
  const rates = [times.examplesPerSecond, arm.examplesPerSecond, last ? last.examples / last.seconds : 1];
  return rates.find((rate) => Number.isFinite(rate) && rate > 0) ?? 1;
}

function armTarget(arm: ArmResult, seconds: Measured, examples: Measured): ArmTarget {
  const trials = arm.trials.map((trial): TrialTarget => {
    return { seed: trial.seed, seconds: seconds(trial, arm), examples: examples(trial, arm) };
  });
  const summary = (of: (trial: TrialTarget) => TimeToTarget) =>
    trials.length === 0 ? null : timeToTarget(trials.map(of));
  return {
    arm: arm.arm.name,
    trials,
    seconds: summary((one) => one.seconds),
    examples: summary((one) => one.examples),
  };
}

function pairedTimes(one: ArmResult, against: ArmResult, of: Measured): PairedTimes | null {
  const pairs = one.trials.flatMap((trial) => {
    const other = against.trials.find(({ seed }) => seed === trial.seed);
    return other ? [[of(trial, one), of(other, against)] as const] : [];
  });
  if (pairs.length === 0) return null;
  return comparePairedTimes(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
  );
}
