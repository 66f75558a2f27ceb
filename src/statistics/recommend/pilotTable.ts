import { type Machine, secondsOfUpdate, windowOf } from "./machine.ts";

/** What is wanted least of, until the target is reached. */
export const goals = ["time", "examples", "updates"] as const;
export type Goal = (typeof goals)[number];

/** What decides how many updates lead to the target: exact accumulation makes the cut of a batch indifferent. */
export interface PilotSetting {
  /** Examples of an update. */
  readonly effectiveBatchSize: number;
  readonly learningRate: number;
  /** Null of an optimizer without. */
  readonly beta2: number | null;
}

/** A training towards the target, of one seed. */
export interface Pilot {
  readonly setting: PilotSetting;
  readonly seed: number;
  /** To the target, between the evaluations around; where it was not reached, those that were made. */
  readonly updates: number;
  readonly reached: boolean;
}

/** Pilots, and by what they are judged. */
export interface PilotTable {
  readonly goal: Goal;
  readonly machine: Machine;
  readonly pilots: readonly Pilot[];
}

export const keyOf = ({ effectiveBatchSize, learningRate, beta2 }: PilotSetting): string =>
  `${effectiveBatchSize} ${learningRate.toPrecision(6)} ${beta2 === null ? "" : beta2.toPrecision(6)}`;

/** Rates that differ by rounding are one. */
export function isSame(a: PilotSetting, b: PilotSetting): boolean {
  const isSameRate = Math.abs(a.learningRate - b.learningRate) <= 1e-6 * b.learningRate;
  return a.effectiveBatchSize === b.effectiveBatchSize && a.beta2 === b.beta2 && isSameRate;
}

/** What an update with so many examples costs, in the unit of the goal. */
export function unitOf(goal: Goal, effectiveBatchSize: number, machine: Machine): number {
  if (goal === "updates") return 1;
  return goal === "examples" ? effectiveBatchSize : secondsOfUpdate(windowOf(effectiveBatchSize, machine), machine);
}

export function pilotsOf({ pilots }: Pick<PilotTable, "pilots">, setting: PilotSetting): Pilot[] {
  return pilots.filter((one) => isSame(one.setting, setting));
}

/** Every setting that was tried, once. */
export function settingsOf({ pilots }: Pick<PilotTable, "pilots">): PilotSetting[] {
  return [...new Map(pilots.map(({ setting }) => [keyOf(setting), setting])).values()];
}

/** The mean over seeds of the logarithm of the updates to the target; ∞ where one of them did not reach it. */
export function logUpdates(table: Pick<PilotTable, "pilots">, setting: PilotSetting): number {
  const own = pilotsOf(table, setting);
  if (own.length === 0 || own.some(({ reached }) => !reached)) return Number.POSITIVE_INFINITY;
  return own.reduce((sum, { updates }) => sum + Math.log(updates), 0) / own.length;
}

/** What a setting takes of the goal to the target, the geometric mean over seeds; ∞ where one did not reach it. */
export function needOf(table: PilotTable, setting: PilotSetting): number {
  return Math.exp(logUpdates(table, setting)) * unitOf(table.goal, setting.effectiveBatchSize, table.machine);
}

/** The one that takes least; the first of several alike. */
export function least(table: PilotTable, settings: readonly PilotSetting[]): PilotSetting {
  return settings.reduce((a, b) => (needOf(table, b) < needOf(table, a) ? b : a));
}

/** The best setting of a batch; null where none reached the target. */
export function bestOfBatch(table: PilotTable, effectiveBatchSize: number): PilotSetting | null {
  const own = settingsOf(table).filter((one) => one.effectiveBatchSize === effectiveBatchSize);
  const best = own.length === 0 ? null : least(table, own);
  return best !== null && Number.isFinite(needOf(table, best)) ? best : null;
}
