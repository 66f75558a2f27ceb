import { studentTQuantile } from "../studentT.ts";
import type { Interval } from "../types.ts";
import { type Machine, secondsOfUpdate, type UpdateWindow, windowOf } from "./machine.ts";
import {
  bestOfBatch,
  isSame,
  least,
  logUpdates,
  type PilotSetting,
  type PilotTable,
  pilotsOf,
  settingsOf,
  unitOf,
} from "./pilotTable.ts";

/** A setting with what it takes to the target; where that was not reached, what it takes at least. */
export interface PricedSetting extends PilotSetting, UpdateWindow {
  readonly seeds: number;
  readonly reached: boolean;
  readonly secondsPerUpdate: number;
  readonly updates: Interval;
  readonly examples: Interval;
  readonly seconds: Interval;
}

/** A named way to choose, with what it costs: times the goal that the advice takes. */
export interface PricedRule<Name extends string> extends PricedSetting {
  readonly name: Name;
  /** Where it did not reach the target, at least that; its upper end is then ∞. */
  readonly ratio: Interval;
}

/** A setting by a name, cut as its rule says. */
export interface NamedSetting<Name extends string> {
  readonly name: Name;
  readonly setting: PilotSetting;
  /** Default: as few micro-batches as fit. */
  readonly window?: UpdateWindow | undefined;
}

/** What accumulating would come to. */
export interface AccumulationPrice {
  /** Whether the advice accumulates. */
  readonly accumulate: boolean;
  /** The best setting that accumulates, of those that were tried; null where none was, as every batch fits. */
  readonly accumulated: PricedSetting | null;
  /** The best one that does not. */
  readonly alone: PricedSetting | null;
  /** An update of the advised batch in so many micro-batches, over one in as few as fit; null where it has no such. */
  readonly cut: { readonly steps: number; readonly ratio: number } | null;
  /** Whether accumulating takes neither less time nor fewer examples than the best that does not. */
  readonly savesNothing: boolean;
}

export interface Recommendation<Name extends string> {
  readonly advice: PricedSetting;
  readonly present: PricedSetting;
  /** Share of the goal that the advice saves against the present setting. */
  readonly saving: Interval;
  /** Of each batch the setting that takes least of the goal, of those that reached the target; ascending. */
  readonly batches: readonly PricedSetting[];
  /** What no other setting beats in time, examples and updates at once; the advice among them, ascending in batch. */
  readonly alternatives: readonly PricedSetting[];
  readonly rules: readonly PricedRule<Name>[];
  readonly accumulation: AccumulationPrice;
  /** Standard deviation of the logarithm of updates to the target over seeds. */
  readonly spread: number;
}

/** So many micro-batches are said the price of. */
const CUT = 4;

/**
 * What to take by the pilots: what reached the target with every seed and least of the goal. Intervals of 95 % by
 * Student's t over the logarithms of updates, with one spread for all settings, and the errors of the cost model.
 */
export function recommend<Name extends string>(
  table: PilotTable,
  { present, presentWindow, rules }: Asked<Name>,
): Recommendation<Name> {
  const spread = spreadOf(table);
  const price = (setting: PilotSetting, window?: UpdateWindow) => priced(table, setting, { window, spread });
  const best = least(table, settingsOf(table));
  const advice = price(best);
  const now = price(present, presentWindow);
  const perBatch = [...new Set(settingsOf(table).map((one) => one.effectiveBatchSize))]
    .toSorted((a, b) => a - b)
    .flatMap((batch) => bestOfBatch(table, batch) ?? []);
  const all = perBatch.map((one) => price(one));
  const ratio = ratioOf(table, spread);
  const presentRatio = ratio(advice, now);
  return {
    advice,
    present: now,
    saving: {
      value: 1 - presentRatio.value,
      lower: 1 - presentRatio.upper,
      upper: 1 - presentRatio.lower,
    },
    batches: all,
    alternatives: paretoFront(all),
    rules: rules.map(({ name, setting, window }) => {
      const own = price(setting, window);
      return { ...own, name, ratio: ratio(own, advice) };
    }),
    accumulation: accumulationPrice(table, advice, all),
    spread: spread.deviation,
  };
}

/** A setting, and what it takes of the goal against the best. */
export function priceOf(table: PilotTable, setting: PilotSetting): PricedSetting & { readonly ratio: Interval } {
  const spread = spreadOf(table);
  const own = priced(table, setting, { window: undefined, spread });
  const best = priced(table, least(table, settingsOf(table)), { window: undefined, spread });
  return { ...own, ratio: ratioOf(table, spread)(own, best) };
}

interface Asked<Name extends string> {
  readonly present: PilotSetting;
  /** As it is cut now. */
  readonly presentWindow: UpdateWindow;
  readonly rules: readonly NamedSetting<Name>[];
}

interface Spread {
  readonly deviation: number;
  readonly degreesOfFreedom: number;
}

/** Of the logarithms of updates around the mean of their setting, over the settings of several seeds. */
function spreadOf(table: PilotTable): Spread {
  let [squares, degreesOfFreedom] = [0, 0];
  for (const setting of settingsOf(table)) {
    const mean = logUpdates(table, setting);
    const own = pilotsOf(table, setting);
    if (!Number.isFinite(mean) || own.length < 2) continue;
    squares += own.reduce((sum, { updates }) => sum + (Math.log(updates) - mean) ** 2, 0);
    degreesOfFreedom += own.length - 1;
  }
  return { deviation: Math.sqrt(squares / degreesOfFreedom), degreesOfFreedom };
}

/** Around a value, by a standard error of its logarithm. */
function around(value: number, error: number, { degreesOfFreedom }: Spread): Interval {
  const factor = Math.exp(studentTQuantile(0.95, degreesOfFreedom) * error);
  return { value, lower: value / factor, upper: value * factor };
}

function priced(
  table: PilotTable,
  setting: PilotSetting,
  { window, spread }: { readonly window: UpdateWindow | undefined; readonly spread: Spread },
): PricedSetting {
  const { machine } = table;
  const own = pilotsOf(table, setting);
  const log = logUpdates(table, setting);
  const reached = Number.isFinite(log);
  const cut = window ?? windowOf(setting.effectiveBatchSize, machine);
  const secondsPerUpdate = secondsOfUpdate(cut, machine);
  const value = reached ? Math.exp(log) : Math.max(0, ...own.map(({ updates }) => updates));
  const error = spread.deviation / Math.sqrt(own.length);
  const interval = (unit: number, more: number): Interval =>
    reached
      ? around(value * unit, Math.hypot(error, more), spread)
      : { value: value * unit, lower: value * unit, upper: Number.POSITIVE_INFINITY };
  return {
    ...{ ...setting, ...cut, seeds: own.length, reached, secondsPerUpdate },
    updates: interval(1, 0),
    examples: interval(setting.effectiveBatchSize, 0),
    seconds: interval(secondsPerUpdate, machine.cost.deviation),
  };
}

/** What `a` takes of the goal over what `b` does. The same pilots have no error against each other. */
function ratioOf({ goal, machine }: PilotTable, spread: Spread) {
  return (a: PricedSetting, b: PricedSetting): Interval => {
    const of = (one: PricedSetting) =>
      one.updates.value * (goal === "time" ? one.secondsPerUpdate : unitOf(goal, one.effectiveBatchSize, machine));
    const value = of(a) / of(b);
    if (!a.reached) return { value, lower: value, upper: Number.POSITIVE_INFINITY };
    if (!b.reached) return { value, lower: 0, upper: value };
    const seeds = isSame(a, b) ? 0 : spread.deviation * Math.sqrt(1 / a.seeds + 1 / b.seeds);
    const isSameCut = a.batchSize === b.batchSize && a.accumulationSteps === b.accumulationSteps;
    const cost = goal !== "time" || isSameCut ? 0 : Math.SQRT2 * machine.cost.deviation;
    return around(value, Math.hypot(seeds, cost), spread);
  };
}

function paretoFront(all: readonly PricedSetting[]): PricedSetting[] {
  const axes = [
    (one: PricedSetting) => one.seconds.value,
    (one: PricedSetting) => one.examples.value,
    (one: PricedSetting) => one.updates.value,
  ];
  const beats = (a: PricedSetting, b: PricedSetting) =>
    axes.every((of) => of(a) <= of(b)) && axes.some((of) => of(a) < of(b));
  return all.filter((one) => !all.some((other) => beats(other, one)));
}

function accumulationPrice(table: PilotTable, advice: PricedSetting, all: readonly PricedSetting[]): AccumulationPrice {
  const { machine } = table;
  const leastOf = (some: readonly PricedSetting[], of: (one: PricedSetting) => number) =>
    some.length === 0 ? null : some.reduce((a, b) => (of(b) < of(a) ? b : a));
  const time = (one: PricedSetting) => one.seconds.value;
  const examples = (one: PricedSetting) => one.examples.value;
  const accumulating = all.filter(({ accumulationSteps }) => accumulationSteps > 1);
  const single = all.filter(({ accumulationSteps }) => accumulationSteps === 1);
  const [accumulated, alone] = [leastOf(accumulating, time), leastOf(single, time)];
  const isLess = (of: (one: PricedSetting) => number) => {
    const [with_, without] = [leastOf(accumulating, of), leastOf(single, of)];
    return with_ !== null && (without === null || of(with_) < of(without));
  };
  return {
    accumulate: advice.accumulationSteps > 1,
    accumulated,
    alone,
    cut: cutPrice(advice, machine),
    savesNothing: !isLess(time) && !isLess(examples),
  };
}

/** Null where the batch cannot be cut further. */
function cutPrice({ batchSize, accumulationSteps, secondsPerUpdate }: PricedSetting, machine: Machine) {
  if (accumulationSteps > 1 || batchSize % CUT !== 0) return null;
  const seconds = secondsOfUpdate({ batchSize: batchSize / CUT, accumulationSteps: CUT }, machine);
  return { steps: CUT, ratio: seconds / secondsPerUpdate };
}
