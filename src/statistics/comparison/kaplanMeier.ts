import { is, requireArguments } from "../../tensor/arguments.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { Interval } from "../types.ts";
import { pairedProbability } from "./probabilityOfImprovement.ts";
import { ascending } from "./sample.ts";
import { type RandomizationTest, signFlipTest } from "./signFlipTest.ts";

/** When a trial reached its target; or, where `reached` is false, until when it had not. */
export interface TimeToTarget {
  /**
   * In seconds, examples or updates. Of a trial that diverged it is the whole budget: it would never have reached it.
   */
  readonly time: number;
  readonly reached: boolean;
}

export interface SurvivalStep {
  readonly time: number;
  /** Share of the trials that have not reached the target by then. */
  readonly waiting: number;
  /** Greenwood's variance of ln waiting, without waiting's square. */
  readonly greenwood: number;
}

/** Trials that never reached the target within the budget are counted, not dropped. */
export interface TimeToTargetSummary {
  readonly trials: number;
  readonly reached: number;
  /** 95 %; the value or an end is null where the target is not reached often enough to tell. */
  readonly median: { readonly value: number | null; readonly lower: number | null; readonly upper: number | null };
  /** Mean of min(time, `horizon`), with its 95 % interval. */
  readonly restrictedMean: Interval;
  readonly horizon: number;
}

const Z = 1.959963984540054;

/** The estimate of Kaplan & Meier 1958 after each time at which a trial reached its target. */
export function kaplanMeier(trials: readonly TimeToTarget[]): SurvivalStep[] {
  const times = ascending([...new Set(trials.filter(({ reached }) => reached).map(({ time }) => time))]);
  let [waiting, greenwood] = [1, 0];
  return Array.from(times, (time) => {
    const atRisk = trials.filter((trial) => trial.time >= time).length;
    const events = trials.filter((trial) => trial.reached && trial.time === time).length;
    waiting *= 1 - events / atRisk;
    greenwood += events / (atRisk * (atRisk - events));
    return { time, waiting, greenwood };
  });
}

/**
 * Median time to the target with the interval of Brookmeyer & Crowley 1982 on the scale of ln(−ln), and the mean time
 * restricted to `horizon`, the area under the curve of Kaplan & Meier 1958 up to there, with its normal interval. The
 * horizon is by default the largest time; beyond what every censored trial was watched for, nothing is known.
 *
 * Throws `UsageError` for no trial, and for a time that is negative or no number.
 */
export function timeToTarget(trials: readonly TimeToTarget[], horizon?: number): TimeToTargetSummary {
  requireArguments("timeToTarget", { trials }, { trials: is.listOf("times", is.object) });
  if (trials.length === 0 || !trials.every(({ time }) => time >= 0 && Number.isFinite(time)))
    throw new UsageError(
      `timeToTarget: expected times from 0 on, got ${JSON.stringify(trials.map(({ time }) => time))}; a trial that did not reach the target has the time until which it was watched`,
    );
  const steps = kaplanMeier(trials);
  const end = horizon ?? Math.max(...trials.map(({ time }) => time));
  return {
    trials: trials.length,
    reached: trials.filter(({ reached }) => reached).length,
    median: medianOfSteps(steps),
    restrictedMean: restrictedMean(trials, steps, end),
    horizon: end,
  };
}

function medianOfSteps(steps: readonly SurvivalStep[]): TimeToTargetSummary["median"] {
  const first = (holds: (step: SurvivalStep) => boolean) => steps.find(holds)?.time ?? null;
  /** Upper (+1) or lower (−1) limit of the curve at a step. */
  const limit = ({ waiting, greenwood }: SurvivalStep, side: number) =>
    waiting === 0 ? 0 : waiting ** Math.exp((-side * Z * Math.sqrt(greenwood)) / Math.abs(Math.log(waiting)));
  return {
    value: first(({ waiting }) => waiting <= 0.5 + 1e-12),
    lower: first((step) => limit(step, -1) <= 0.5 + 1e-12),
    upper: first((step) => limit(step, 1) <= 0.5 + 1e-12),
  };
}

function restrictedMean(trials: readonly TimeToTarget[], steps: readonly SurvivalStep[], end: number): Interval {
  const within = steps.filter(({ time }) => time <= end);
  const times = [0, ...within.map(({ time }) => time), end];
  const heights = [1, ...within.map(({ waiting }) => waiting)];
  const area = (from: number) =>
    heights.reduce((sum, height, i) => (i < from ? sum : sum + height * (times[i + 1]! - times[i]!)), 0);
  const value = area(0);
  const variance = within.reduce((sum, { time }, i) => {
    const atRisk = trials.filter((trial) => trial.time >= time).length;
    const events = trials.filter((trial) => trial.reached && trial.time === time).length;
    return atRisk === events ? sum : sum + (area(i + 1) ** 2 * events) / (atRisk * (atRisk - events));
  }, 0);
  const half = Z * Math.sqrt((variance * trials.length) / Math.max(1, trials.length - 1));
  return { value, lower: Math.max(0, value - half), upper: Math.min(end, value + half) };
}

export interface PairedTimes {
  /** Pairs in which the arm was the first, the last, and which cannot be told. */
  readonly earlier: number;
  readonly later: number;
  readonly ties: number;
  /** Of the sign test, two-sided and exact up to 16 pairs; null where so few can be told apart that none is ≤ 0.05. */
  readonly p: number | null;
  readonly probabilityOfImprovement: Interval;
}

/**
 * Which of a pair reached the target first, over seeds. A trial that reached it is earlier than one that was watched
 * for at least as long and did not; where both were censored, or one before the other reached it, it is a tie. The sign
 * test of the pairs that are no ties. Throws `UsageError` for lists of unequal length.
 */
export function comparePairedTimes(arm: readonly TimeToTarget[], baseline: readonly TimeToTarget[]): PairedTimes {
  requireArguments(
    "comparePairedTimes",
    { arm, baseline },
    { arm: is.listOf("times", is.object), baseline: is.listOf("times", is.object) },
  );
  if (arm.length === 0 || arm.length !== baseline.length)
    throw new UsageError(
      `comparePairedTimes: expected as many times of the arm as of the baseline, got ${arm.length} and ${baseline.length}; give both for every seed`,
    );
  const signs = arm.map((own, i) => (isEarlier(own, baseline[i]!) ? -1 : isEarlier(baseline[i]!, own) ? 1 : 0));
  const told = signs.filter((sign) => sign !== 0);
  const test: RandomizationTest | null = told.length === 0 ? null : signFlipTest(told);
  return {
    earlier: signs.filter((sign) => sign < 0).length,
    later: signs.filter((sign) => sign > 0).length,
    ties: signs.length - told.length,
    p: test && test.smallest <= 0.05 ? test.p : null,
    probabilityOfImprovement: pairedProbability(signs),
  };
}

const isEarlier = (a: TimeToTarget, b: TimeToTarget) => a.reached && (b.reached ? a.time < b.time : a.time <= b.time);
