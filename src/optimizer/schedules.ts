import { is, requireArguments } from "../tensor/arguments.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { cosineSchedule, cosineWarmRestartsSchedule, cyclicSchedule, oneCycleSchedule } from "./cycleSchedules.ts";
import {
  constantSchedule,
  exponentialSchedule,
  linearSchedule,
  multiStepSchedule,
  polynomialSchedule,
  stepSchedule,
} from "./decaySchedules.ts";
import { plateauSchedule } from "./plateauSchedule.ts";
import type { Schedule, ScheduleOptions } from "./schedule.ts";

/** A schedule by name: how to make it, and what it can be told. */
export interface ScheduleEntry {
  readonly make: (options: never) => Schedule;
  /**
   * Options by their names in a configuration, which are unique among all schedules, and what the schedule calls them.
   */
  readonly options: Readonly<Record<string, string>>;
  /** Those that it cannot do without. */
  readonly required?: readonly string[];
  /** Defaults that differ from those of other schedules with the option, for the help. */
  readonly defaults?: Readonly<Record<string, number | string>>;
}

/** Of the schedules that move the momentum too. */
const momenta = {
  cycleMomentum: "cycleMomentum",
  baseMomentum: "baseMomentum",
  maximumMomentum: "maximumMomentum",
} as const;

const unit = { scheduleUnit: "unit" } as const;

/** Every schedule by the name that a configuration gives; its options and their help come from its row. */
export const scheduleTable = {
  constant: { make: constantSchedule, options: {} },
  step: {
    make: stepSchedule,
    options: { ...unit, stepSize: "stepSize", gamma: "gamma" },
    required: ["stepSize"],
    defaults: { scheduleUnit: "epoch", gamma: 0.1 },
  },
  "multi-step": {
    make: multiStepSchedule,
    options: { ...unit, milestones: "milestones", gamma: "gamma" },
    required: ["milestones"],
    defaults: { scheduleUnit: "epoch", gamma: 0.1 },
  },
  exponential: {
    make: exponentialSchedule,
    options: { ...unit, gamma: "gamma" },
    defaults: { scheduleUnit: "epoch", gamma: 0.95 },
  },
  linear: {
    make: linearSchedule,
    options: { ...unit, scheduleLength: "length", startFactor: "startFactor", endFactor: "endFactor" },
  },
  polynomial: {
    make: polynomialSchedule,
    options: { ...unit, scheduleLength: "length", power: "power", minimumLearningRate: "minimumLearningRate" },
  },
  cosine: {
    make: cosineSchedule,
    options: { ...unit, scheduleLength: "length", minimumLearningRate: "minimumLearningRate" },
  },
  "cosine-warm-restarts": {
    make: cosineWarmRestartsSchedule,
    options: {
      ...unit,
      cycleSteps: "cycleSteps",
      cycleMultiplier: "cycleMultiplier",
      minimumLearningRate: "minimumLearningRate",
    },
    required: ["cycleSteps"],
  },
  "one-cycle": {
    make: oneCycleSchedule,
    options: {
      ...unit,
      scheduleLength: "length",
      maximumLearningRate: "maximumLearningRate",
      riseFraction: "riseFraction",
      initialDivisor: "initialDivisor",
      finalDivisor: "finalDivisor",
      ...momenta,
    },
    defaults: { baseMomentum: 0.85, maximumMomentum: 0.95 },
  },
  cyclic: {
    make: cyclicSchedule,
    options: {
      ...unit,
      maximumLearningRate: "maximumLearningRate",
      cycleSteps: "cycleSteps",
      cycleMode: "cycleMode",
      gamma: "gamma",
      ...momenta,
    },
    required: ["maximumLearningRate", "cycleSteps"],
    defaults: { gamma: 1, baseMomentum: 0.8, maximumMomentum: 0.9 },
  },
  "reduce-on-plateau": {
    make: plateauSchedule,
    options: {
      plateauMetric: "metric",
      plateauFactor: "factor",
      plateauPatience: "patience",
      plateauThreshold: "threshold",
      plateauThresholdMode: "thresholdMode",
      plateauCooldown: "cooldown",
      minimumLearningRate: "minimumLearningRate",
    },
  },
} as const satisfies Record<string, ScheduleEntry>;

export type ScheduleName = keyof typeof scheduleTable;

type KeyOfAny<T> = T extends unknown ? keyof T : never;

/** The options that single schedules have, by their names in a configuration. */
export type ScheduleOption = KeyOfAny<(typeof scheduleTable)[ScheduleName]["options"]>;

/** Of every schedule. */
const known: KeysOf<ScheduleOptions> = { learningRate: true, warmupSteps: true, warmupStartFactor: true };

/**
 * Every schedule by name, to be called with its options. Each throws `UsageError` for an option that is unknown or out
 * of its domain.
 */
export const schedules = Object.fromEntries(
  Object.entries(scheduleTable).map(([name, { make, options }]) => [
    name,
    (given: unknown) => {
      const place = `schedules["${name}"]`;
      requireArguments(place, { options: given }, { options: is.object });
      requireKnown(place, given, { ...known, ...Object.fromEntries(Object.values(options).map((key) => [key, true])) });
      requireArguments(place, { ...(given as object) }, { learningRate: is.number });
      return make(given as never);
    },
  ]),
) as unknown as { readonly [Name in ScheduleName]: (typeof scheduleTable)[Name]["make"] };
