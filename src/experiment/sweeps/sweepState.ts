import { meanOf } from "../../statistics/comparison/sample.ts";
import { nextByHalving, type RungResult } from "../../statistics/sweeps/earlyStopping.ts";
import type { SweepMetric, SweepSpecification } from "../../store/studies/sweep.ts";
import type { TrialOutcome, TrialRecord, TrialState } from "../../store/studies/trials.ts";
import type { Trial } from "../studies/schedule.ts";
import type { SweepSetting } from "./planSweep.ts";

/** How far a trial has come, by what is written of it. */
export interface TrialProgress {
  readonly trial: Trial;
  readonly setting: number;
  state: TrialState;
  attempt: number;
  run: string | null;
  reason: string | null;
  /** Rungs that it has reached the end of. */
  finished: number;
  /** Of each of them. */
  readonly outcomes: (TrialOutcome | undefined)[];
  /** Stopped as worse than the median. */
  stopped: boolean;
  /** Attempts of this call that have failed. */
  failures: number;
}

/** Where the settings of a sweep stand: what its log says, read line by line. */
export interface SweepState {
  readonly settings: readonly SweepSetting[];
  readonly trials: ReadonlyMap<string, TrialProgress>;
  /** In the order of seeds, for each setting. */
  readonly ofSetting: readonly (readonly TrialProgress[])[];
  /** The rung that each setting trains up to, −1 before it begins. */
  readonly rungOf: number[];
  /** Settings that have begun, in that order. */
  readonly begun: number[];
  /** For each rung the settings that have reached its end, in that order. */
  readonly ended: readonly RungResult[][];
  /** Examples at the ends of the rungs; undefined of the last, which is the end of training. */
  readonly rungs: readonly (number | undefined)[];
  readonly reduction: number;
  readonly metric: SweepMetric;
}

/** Before anything was trained. */
export function newState(
  settings: readonly SweepSetting[],
  { halving, metric }: Pick<SweepSpecification, "halving" | "metric">,
): SweepState {
  const ofSetting = settings.map(({ number, trials }) => trials.map((trial) => progressOf(trial, number)));
  const rungs = [...(halving?.rungs ?? []), undefined];
  return {
    settings,
    ofSetting,
    trials: new Map(ofSetting.flat().map((progress) => [progress.trial.key, progress])),
    rungOf: settings.map(() => -1),
    begun: [],
    ended: rungs.map(() => []),
    rungs,
    reduction: halving?.reduction ?? 2,
    metric,
  };
}

function progressOf(trial: Trial, setting: number): TrialProgress {
  const nothing = { attempt: 0, run: null, reason: null, finished: 0, stopped: false, failures: 0 };
  return { trial, setting, state: "waiting", outcomes: [], ...nothing };
}

export const smallerIsBetter = (metric: SweepMetric) => metric === "validation-loss";

/** What the sweep looks at; NaN where it is no number. */
export function metricOf(outcome: TrialOutcome | undefined, metric: SweepMetric): number {
  return (metric === "validation-loss" ? outcome?.loss : outcome?.accuracy) ?? Number.NaN;
}

/** Takes in a line of the log; one of a trial that is none of these settings' is left out. */
export function take(state: SweepState, record: Omit<TrialRecord, "at">): void {
  const progress = state.trials.get(record.trial);
  if (!progress) return;
  const last = state.rungs.length - 1;
  const rung = Math.min(last, record.rung ?? last);
  begin(state, progress.setting, rung);
  progress.attempt = record.attempt;
  progress.state = record.state;
  progress.reason = record.reason;
  progress.run = record.run ?? (record.state === "running" ? progress.run : null);
  if (record.state === "stopped" && record.run === null) {
    // Its run is gone, so that it begins anew.
    progress.finished = 0;
    progress.outcomes.length = 0;
  }
  if (record.state === "failed") progress.failures++;
  if (record.early === "median") progress.stopped = true;
  if (record.state === "done" || record.early === "rung") {
    progress.finished = rung + 1;
    progress.outcomes[rung] = record.result;
  } else if (record.result) progress.outcomes[rung] = record.result;
  end(state, progress.setting);
}

function begin(state: SweepState, setting: number, rung: number): void {
  if (state.rungOf[setting] === -1) state.begun.push(setting);
  state.rungOf[setting] = Math.max(state.rungOf[setting]!, rung);
}

/** Where all seeds of a setting have reached the end of its rung, it is ranked there. */
function end({ ofSetting, rungOf, ended, metric }: SweepState, setting: number): void {
  const rung = rungOf[setting]!;
  const all = ofSetting[setting]!;
  if (!all.every((one) => one.finished > rung || one.state === "diverged")) return;
  const name = String(setting);
  if (ended[rung]!.some(({ trial }) => trial === name)) return;
  const values = all
    .filter(({ outcomes, state }) => outcomes[rung] !== undefined || state === "diverged")
    .map(({ outcomes, state }) => (state === "diverged" ? Number.NaN : metricOf(outcomes[rung], metric)));
  ended[rung]!.push({ trial: name, value: values.length === 0 ? Number.NaN : meanOf(values) });
}

/** After a restart: what was running waits, and what failed is tried again. */
export function restart(state: SweepState): void {
  for (const progress of state.trials.values()) {
    progress.failures = 0;
    if (progress.state === "running" || progress.state === "failed") progress.state = "waiting";
  }
}

/** An attempt that is to be made. */
export interface NextTrial {
  readonly trial: Trial;
  readonly rung: number;
  readonly attempt: number;
}

/**
 * What a free slot does next: the trials that a setting lacks to the end of its rung, else those of a setting that is
 * promoted, else those of the next setting, else one that failed, up to `retries` times. Null where there is nothing to
 * do before another trial ends.
 */
export function nextTrial(state: SweepState, retries: number): NextTrial | null {
  const lacking = state.begun.map((setting) => missing(state, setting)).find((one) => one !== null);
  if (lacking) return lacking;
  const promoted = state.ended.map((_, rung) => promotedFrom(state, rung));
  const { rungOf, ended, reduction, metric, settings } = state;
  const next = nextByHalving(ended, promoted, reduction, smallerIsBetter(metric));
  if (next.kind === "promote") return attemptAt(state.ofSetting[Number(next.trial)]![0]!, next.rung, state);
  const fresh = rungOf.indexOf(-1);
  if (fresh >= 0 && settings[fresh]!.trials.length > 0) return attemptAt(state.ofSetting[fresh]![0]!, 0, state);
  for (const setting of state.begun) {
    const failed = state.ofSetting[setting]!.find((one) => one.state === "failed" && one.failures <= retries);
    if (failed && !isOut(state, setting)) return attemptAt(failed, state.rungOf[setting]!, state);
  }
  return null;
}

function promotedFrom({ begun, rungOf }: SweepState, rung: number): ReadonlySet<string> {
  return new Set(begun.filter((setting) => rungOf[setting]! > rung).map(String));
}

/** Whether a setting is stopped early for good. */
export function isOut({ ofSetting }: SweepState, setting: number): boolean {
  return ofSetting[setting]!.some(({ stopped }) => stopped);
}

function missing(state: SweepState, setting: number): NextTrial | null {
  if (isOut(state, setting)) return null;
  const rung = state.rungOf[setting]!;
  const found = state.ofSetting[setting]!.find(
    (one) => one.finished <= rung && (one.state === "waiting" || one.state === "stopped"),
  );
  return found ? attemptAt(found, rung, state) : null;
}

function attemptAt({ trial, attempt }: TrialProgress, rung: number, { rungs }: SweepState): NextTrial {
  const until = rungs[rung];
  return { trial: until === undefined ? trial : { ...trial, until }, rung, attempt: attempt + 1 };
}

/** Takes in that an attempt is made, before its beginning is written down: no other slot is given it. */
export function start(state: SweepState, { trial, rung }: NextTrial): void {
  const progress = state.trials.get(trial.key)!;
  progress.state = "running";
  begin(state, progress.setting, rung);
}

/** Whether no trial is left to be made, but those that failed too often. */
export function isComplete(state: SweepState): boolean {
  const isRunning = [...state.trials.values()].some((one) => one.state === "running");
  return !isRunning && nextTrial(state, -1) === null;
}

/**
 * Trainings to the end of a rung: about how many a sweep makes, and those that have ended. Halving keeps one in η of
 * each rung.
 */
export function countTrainings({ settings, rungs, reduction, trials }: SweepState) {
  const kept = rungs.map((_, rung) => Math.floor(settings.length / reduction ** rung));
  const seeds = settings[0]?.trials.length ?? 0;
  const ended = [...trials.values()].reduce((sum, one) => sum + one.finished + (isOver(one) ? 1 : 0), 0);
  return { trials: Math.max(ended, seeds * kept.reduce((sum, one) => sum + one, 0)), ended };
}

/**
 * Trainings over the whole budget of `examples`, or parts of them that make one, that are left; and trainings that have
 * ended. Halving keeps one in η of each rung.
 */
export function shareOfBudget({ rungs, reduction, settings, trials }: SweepState, examples: number) {
  const ends = rungs.map((rung) => Math.min(1, (rung ?? examples) / examples));
  const parts = ends.map((end, rung) => end - (ends[rung - 1] ?? 0));
  const kept = rungs.map((_, rung) => Math.floor(settings.length / reduction ** rung));
  const seeds = settings[0]?.trials.length ?? 0;
  const all = parts.reduce((sum, part, rung) => sum + part * kept[rung]! * seeds, 0);
  const own = [...trials.values()];
  const made = own.reduce((sum, one) => sum + (isOver(one) ? 1 : (ends[one.finished - 1] ?? 0)), 0);
  const ended = own.filter((one) => one.finished > 0 || isOver(one)).length;
  return { left: Math.max(0, all - made), ended };
}

const isOver = ({ state, stopped }: TrialProgress) => state === "diverged" || stopped;
