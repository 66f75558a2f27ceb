import { bestSet } from "../../statistics/sweeps/bestSet.ts";
import { bestSetting } from "../../statistics/sweeps/bestSetting.ts";
import { type TuningPoint, tuningCurve } from "../../statistics/sweeps/tuningCurve.ts";
import type { SweepFile, SweepSpecification } from "../../store/studies/sweep.ts";
import type { TrialState } from "../../store/studies/trials.ts";
import { cutLoss, type SeedMean, seedMean, within } from "../studies/seedMean.ts";
import { UNBEGUN } from "./recordedState.ts";
import type { SettingValues } from "./settings.ts";
import { isOut, metricOf, type SweepState, smallerIsBetter, type TrialProgress } from "./sweepState.ts";

/** What a setting came to over its seeds. */
export interface SettingResult {
  readonly number: number;
  readonly name: string;
  readonly values: SettingValues;
  readonly state: TrialState;
  /** Where some trials failed: why the first did. */
  readonly reason: string | null;
  readonly trials: readonly SeedResult[];
  /** Of the metric at the end of training, over seeds that got there; NaN where none has. */
  readonly value: SeedMean;
  /** The same where it was stopped early, after the examples that it had seen; else null. */
  readonly stoppedAt: { readonly examples: number; readonly value: SeedMean } | null;
  /** Of training, over all seeds and rungs. */
  readonly seconds: number;
  /** Whether it may be the truly best setting; null where that cannot be told. */
  readonly mayBeBest: boolean | null;
}

export interface SeedResult {
  /** The hash of its specification; null where it is not known before it begins. */
  readonly id: string | null;
  readonly seed: number;
  readonly state: TrialState;
  readonly run: string | null;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly examples: number;
}

/** The best setting, corrected for having been picked. */
export interface BestResult {
  readonly setting: SettingResult;
  /** Its mean over seeds, which is too good on average. */
  readonly mean: number;
  readonly value: number;
  /** Null with one seed. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly selectionBias: number | null;
  /** Settings among which it was picked. */
  readonly settings: number;
  /** Others that cannot be told from the best; null with one seed. */
  readonly alike: number | null;
}

export interface SweepResult {
  /** From best to worst; those that were stopped, diverged or wait after them. */
  readonly settings: readonly SettingResult[];
  readonly best: BestResult | null;
  /** What so many settings are expected to find. */
  readonly curve: readonly TuningPoint[];
  /** Examples at which the curve is drawn: fewer than the budget where settings were stopped early. */
  readonly curveExamples: number | null;
}

type SweepOf = Pick<SweepFile, "specification">;

/** What the trials of a sweep came to so far. */
export function sweepResult(file: SweepOf, state: SweepState, { withCurve = true } = {}): SweepResult {
  const { metric } = file.specification;
  const smaller = smallerIsBetter(metric);
  const all = state.settings.map((_, setting) => settingResult(file, state, setting));
  const whole = all.filter((one) => one.state === "done");
  const rows = whole.map(({ trials }) => trials.map((trial) => ofMetric(trial, state)));
  const sound = whole.filter((_, i) => rows[i]!.every(Number.isFinite));
  const values = rows.filter((row) => row.every(Number.isFinite));
  const kept = values.length > 1 && values[0]!.length > 1 ? bestSet(values, smaller) : null;
  const judged = all.map((one) => ({ ...one, mayBeBest: kept?.[sound.indexOf(one)] ?? null }));
  return {
    settings: judged.toSorted(inOrder(smaller)),
    best: bestOf(
      sound.map(({ number }) => judged[number]!),
      values,
      { kept, specification: file.specification },
    ),
    ...(withCurve ? curveOf(file, state, all) : { curve: [], curveExamples: null }),
  };
}

/** What comes first: those trained to the end, then those stopped later, each from best to worst; then the others. */
function inOrder(smaller: boolean): (a: SettingResult, b: SettingResult) => number {
  const keyOf = ({ state, value, stoppedAt }: SettingResult): readonly [number, number] => {
    if (state === "done") return [Number.POSITIVE_INFINITY, value.value];
    return state === "stopped" && stoppedAt !== null ? [stoppedAt.examples, stoppedAt.value.value] : [0, 0];
  };
  const worth = (value: number) => (Number.isNaN(value) ? Number.MAX_VALUE : smaller ? value : -value);
  return (a, b) => {
    const [[longA, valueA], [longB, valueB]] = [keyOf(a), keyOf(b)];
    return (longA === longB ? worth(valueA) - worth(valueB) : longB > longA ? 1 : -1) || a.number - b.number;
  };
}

function bestOf(
  settings: readonly SettingResult[],
  values: readonly (readonly number[])[],
  { specification, kept }: SweepOf & { readonly kept: readonly boolean[] | null },
): BestResult | null {
  if (settings.length === 0) return null;
  const { setting, mean, corrected, lower, upper, selectionBias } = bestSetting(
    values,
    smallerIsBetter(specification.metric),
  );
  const isOne = values[0]!.length === 1;
  return {
    setting: settings[setting]!,
    mean,
    ...(isOne
      ? { value: mean, lower, upper }
      : possible({ value: corrected, lower, upper }, settings[setting]!, specification)),
    selectionBias: isOne ? null : selectionBias,
    settings: settings.length,
    alike: kept === null ? null : kept.filter(Boolean).length - 1,
  };
}

const ofMetric = ({ loss, accuracy }: SeedResult, { metric }: SweepState): number =>
  (metric === "validation-loss" ? loss : accuracy) ?? Number.NaN;

/** The interval cut at what the metric of a setting can be. */
function possible(
  found: SeedMean,
  { values }: Pick<SettingResult, "values">,
  { metric, given }: SweepSpecification,
): SeedMean {
  if (metric === "validation-accuracy") return within(0, 1, found);
  return cutLoss(found, values.loss ?? given.loss);
}

function settingResult({ specification }: SweepOf, state: SweepState, number: number): SettingResult {
  const { name, values } = state.settings[number]!;
  const own = state.ofSetting[number]!;
  const last = state.rungs.length - 1;
  const mean = (rung: number) => {
    const found = seedMean(own.map(({ outcomes }) => metricOf(outcomes[rung], state.metric)));
    return possible(found, { values }, specification);
  };
  const reached = own[0]?.outcomes.findLastIndex((one) => one !== undefined) ?? -1;
  const isStopped = own.every(({ finished }) => finished <= last) && reached >= 0;
  return {
    number,
    name,
    values,
    state: stateOf(state, number),
    reason: own.find((one) => one.state === "failed")?.reason ?? null,
    trials: own.map((one) => seedResult(state, one)),
    value: mean(last),
    stoppedAt: isStopped ? { examples: own[0]!.outcomes[reached]!.examples, value: mean(reached) } : null,
    seconds: own.reduce((sum, { outcomes }) => sum + (outcomes.findLast(Boolean)?.seconds ?? 0), 0),
    mayBeBest: null,
  };
}

/** Of several seeds what is worst of a setting: that one failed, that one diverged, that some are still to come. */
function stateOf(state: SweepState, number: number): TrialState {
  const own = state.ofSetting[number]!;
  const last = state.rungs.length - 1;
  if (own.some((one) => one.state === "failed")) return "failed";
  if (own.some((one) => one.state === "diverged")) return "diverged";
  if (own.every(({ finished }) => finished > last)) return "done";
  if (own.some((one) => one.state === "running")) return "running";
  return own.some((one) => one.state === "stopped") || isOut(state, number) ? "stopped" : "waiting";
}

function seedResult(state: SweepState, progress: TrialProgress): SeedResult {
  const { trial, run, outcomes, setting } = progress;
  const { loss = null, accuracy = null, examples = 0 } = outcomes.findLast(Boolean) ?? {};
  const isSkipped = progress.state === "waiting" && isOut(state, setting);
  const found = isSkipped ? "stopped" : progress.state;
  return {
    id: trial.key.startsWith(UNBEGUN) ? null : trial.key,
    seed: trial.seed,
    state: found,
    run,
    loss,
    accuracy,
    examples,
  };
}

/**
 * The curve needs a value of every setting that was trained as long: with halving that is the first rung. With median
 * stopping there is none.
 */
function curveOf(
  { specification }: SweepOf,
  state: SweepState,
  all: readonly SettingResult[],
): Pick<SweepResult, "curve" | "curveExamples"> {
  const { halving, medianStopping } = specification;
  const known = all.filter((one) => one.state !== "waiting" && one.state !== "running" && one.state !== "failed");
  const values = known.flatMap(({ number, state: is }) => {
    const own = state.ofSetting[number]!;
    if (is === "diverged") return [null];
    const found = seedMean(own.map(({ outcomes }) => metricOf(outcomes[0], state.metric))).value;
    return Number.isNaN(found) ? [] : [found];
  });
  if (medianStopping || values.length < 2) return { curve: [], curveExamples: null };
  const curve = tuningCurve(values, smallerIsBetter(state.metric));
  return { curve, curveExamples: halving?.rungs[0] ?? null };
}
