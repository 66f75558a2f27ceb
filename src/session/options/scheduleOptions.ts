import { z } from "zod";
import { cyclicModes } from "../../optimizer/cycleSchedules.ts";
import { plateauMetrics, thresholdModes } from "../../optimizer/plateauSchedule.ts";
import type { Schedule } from "../../optimizer/schedule.ts";
import { type ScheduleName, schedules } from "../../optimizer/schedules.ts";
import type { FieldSpelling } from "./fields.ts";

const whole = z.int().min(1);
const count = z.int().min(0);
const positive = z.number().positive();
const share = z.number().min(0).max(1);
const momentum = z.number().min(0).lt(1);
const scheduleNames = Object.keys(schedules) as [ScheduleName, ...ScheduleName[]];

/** As on the command line: "5,20"; a file may write a number or a list of them. */
const milestones = z
  .union([z.string(), z.number(), z.array(z.number())])
  .transform(String)
  .refine((text) => /^\d+(,\d+)*$/.test(text));

/** No defaults but the schedule itself: what is not given is left to the schedule, and what is must be its own. */
export const scheduleShape = {
  schedule: z.enum(scheduleNames).default("constant"),
  warmupSteps: count.optional(),
  warmupStartFactor: share.optional(),
  scheduleUnit: z.enum(["update", "epoch"]).optional(),
  scheduleLength: whole.optional(),
  stepSize: whole.optional(),
  milestones: milestones.optional(),
  gamma: positive.max(1).optional(),
  startFactor: share.optional(),
  endFactor: share.optional(),
  power: positive.optional(),
  minimumLearningRate: z.number().min(0).optional(),
  maximumLearningRate: positive.optional(),
  cycleSteps: whole.optional(),
  cycleMultiplier: whole.optional(),
  cycleMode: z.enum(cyclicModes).optional(),
  riseFraction: positive.lt(1).optional(),
  initialDivisor: z.number().min(1).optional(),
  finalDivisor: z.number().min(1).optional(),
  cycleMomentum: z.boolean().optional(),
  baseMomentum: momentum.optional(),
  maximumMomentum: momentum.optional(),
  plateauMetric: z.enum(plateauMetrics).optional(),
  plateauFactor: positive.lt(1).optional(),
  plateauPatience: count.optional(),
  plateauThreshold: z.number().min(0).optional(),
  plateauThresholdMode: z.enum(thresholdModes).optional(),
  plateauCooldown: count.optional(),
};

export type ScheduleField = keyof typeof scheduleShape;
type Given = Readonly<z.output<z.ZodObject<typeof scheduleShape>>> & { readonly learningRate: number };

/** Of the schedules that move the momentum too. */
const momenta = {
  cycleMomentum: "cycleMomentum",
  baseMomentum: "baseMomentum",
  maximumMomentum: "maximumMomentum",
} as const;

/** The option of the schedule that a field sets, for the schedules that have it. Warm-up is in front of any. */
const meanings = {
  constant: {},
  step: { scheduleUnit: "unit", stepSize: "stepSize", gamma: "gamma" },
  "multi-step": { scheduleUnit: "unit", milestones: "milestones", gamma: "gamma" },
  exponential: { scheduleUnit: "unit", gamma: "gamma" },
  linear: { scheduleUnit: "unit", scheduleLength: "length", startFactor: "startFactor", endFactor: "endFactor" },
  polynomial: {
    scheduleUnit: "unit",
    scheduleLength: "length",
    power: "power",
    minimumLearningRate: "minimumLearningRate",
  },
  cosine: { scheduleUnit: "unit", scheduleLength: "length", minimumLearningRate: "minimumLearningRate" },
  "cosine-warm-restarts": {
    scheduleUnit: "unit",
    cycleSteps: "cycleSteps",
    cycleMultiplier: "cycleMultiplier",
    minimumLearningRate: "minimumLearningRate",
  },
  "one-cycle": {
    scheduleUnit: "unit",
    scheduleLength: "length",
    maximumLearningRate: "maximumLearningRate",
    riseFraction: "riseFraction",
    initialDivisor: "initialDivisor",
    finalDivisor: "finalDivisor",
    ...momenta,
  },
  cyclic: {
    scheduleUnit: "unit",
    maximumLearningRate: "maximumLearningRate",
    cycleSteps: "cycleSteps",
    cycleMode: "cycleMode",
    gamma: "gamma",
    ...momenta,
  },
  "reduce-on-plateau": {
    plateauMetric: "metric",
    plateauFactor: "factor",
    plateauPatience: "patience",
    plateauThreshold: "threshold",
    plateauThresholdMode: "thresholdMode",
    plateauCooldown: "cooldown",
    minimumLearningRate: "minimumLearningRate",
  },
} as const satisfies Record<ScheduleName, Partial<Record<ScheduleField, string>>>;

/** Fields that a schedule cannot do without. */
const required: Partial<Record<ScheduleName, readonly ScheduleField[]>> = {
  step: ["stepSize"],
  "multi-step": ["milestones"],
  "cosine-warm-restarts": ["cycleSteps"],
  cyclic: ["maximumLearningRate", "cycleSteps"],
};

const ofAny: readonly string[] = ["schedule", "warmupSteps", "warmupStartFactor"];

/** The fields that belong to single schedules: choosing another makes them void. */
export const ownFields: readonly string[] = Object.keys(scheduleShape).filter((field) => !ofAny.includes(field));

/** A field that is given though the schedule has no such option, with those that have. */
export function strayField(given: Readonly<Record<string, unknown>> & { readonly schedule: ScheduleName }) {
  const field = ownFields.find((name) => given[name] !== undefined && !(name in meanings[given.schedule]));
  return field === undefined ? undefined : { field, owners: scheduleNames.filter((name) => field in meanings[name]) };
}

/** A field that the schedule needs and that is not given. */
export function missingField(given: Readonly<Record<string, unknown>> & { readonly schedule: ScheduleName }) {
  return required[given.schedule]?.find((name) => given[name] === undefined);
}

/** The schedule that a configuration asks for. Throws `UsageError` for options that contradict each other. */
export function scheduleOf(given: Given): Schedule {
  const { schedule, learningRate, warmupSteps, warmupStartFactor } = given;
  const values = { ...given, milestones: given.milestones?.split(",").map(Number) };
  const own = Object.entries(meanings[schedule]).map(([field, option]) => [option, values[field as ScheduleField]]);
  const options = { learningRate, warmupSteps, warmupStartFactor, ...Object.fromEntries(own) };
  return schedules[schedule](options as never);
}

const above0 = { kind: "number", expects: "a number above 0" } as const;
const atLeast0 = { kind: "number", expects: "a number of at least 0" } as const;
const atLeast1 = { kind: "number", expects: "a number of at least 1" } as const;
const upTo1 = { kind: "number", expects: "a number from 0 to 1" } as const;
const below1 = { kind: "number", expects: "a number of at least 0 and below 1" } as const;
const between = { kind: "number", expects: "a number between 0 and 1" } as const;
const counts = { kind: "number", expects: "a whole number of at least 1" } as const;
const countsFrom0 = { kind: "number", expects: "a whole number of at least 0" } as const;
const oneOf = (names: readonly string[]) => ({ kind: "text", expects: `one of ${names.join(", ")}` }) as const;

// biome-ignore format: a table is read by its columns
export const scheduleFields: Readonly<Record<ScheduleField, FieldSpelling>> = {
  schedule: { flags: "--schedule <name>", ...oneOf(scheduleNames), help: `${scheduleNames.join(", ")} (default: constant)` },
  warmupSteps: { flags: "--warmup-steps <n>", ...countsFrom0, help: "updates in which the rate rises linearly, in front of any schedule (default: 0)" },
  warmupStartFactor: { flags: "--warmup-start-factor <x>", ...upTo1, help: "share of the rate in the first update (default: 1/(n + 1))" },
  scheduleUnit: { flags: "--schedule-unit <unit>", ...oneOf(["update", "epoch"]), help: "what lengths count: update or epoch (default: epoch for step, multi-step and exponential, else update)" },
  scheduleLength: { flags: "--schedule-length <n>", ...counts, help: "units until linear, polynomial, cosine or one-cycle ends (default: the whole run)" },
  stepSize: { flags: "--step-size <n>", ...counts, help: "units between two cuts of step, which must be given" },
  milestones: { flags: "--milestones <n,n>", kind: "text", expects: "whole numbers with commas between them", help: "units after which multi-step cuts, as in 30,60; must be given" },
  gamma: { flags: "--gamma <x>", kind: "number", expects: "a number above 0 and at most 1", help: "factor of a cut or a unit: step, multi-step (default: 0.1), exponential (0.95), cyclic exp_range (1)" },
  startFactor: { flags: "--start-factor <x>", ...upTo1, help: "where linear starts, as a share of the learning rate (default: 1)" },
  endFactor: { flags: "--end-factor <x>", ...upTo1, help: "where linear ends (default: 0)" },
  power: { flags: "--power <x>", ...above0, help: "exponent of polynomial (default: 1)" },
  minimumLearningRate: { flags: "--minimum-learning-rate <x>", ...atLeast0, help: "lowest rate of cosine, cosine-warm-restarts, polynomial and reduce-on-plateau (default: 0)" },
  maximumLearningRate: { flags: "--maximum-learning-rate <x>", ...above0, help: "highest rate of cyclic, and of one-cycle (default: the learning rate)" },
  cycleSteps: { flags: "--cycle-steps <n>", ...counts, help: "units of a cycle of cyclic, or of the first of cosine-warm-restarts; must be given" },
  cycleMultiplier: { flags: "--cycle-multiplier <n>", ...counts, help: "how much longer each cycle of cosine-warm-restarts is (default: 1)" },
  cycleMode: { flags: "--cycle-mode <name>", ...oneOf(cyclicModes), help: `height of cyclic: ${cyclicModes.join(", ")} (default: triangular)` },
  riseFraction: { flags: "--rise-fraction <x>", ...between, help: "share of one-cycle in which the rate rises (default: 0.3)" },
  initialDivisor: { flags: "--initial-divisor <x>", ...atLeast1, help: "one-cycle starts at its highest rate over this (default: 25)" },
  finalDivisor: { flags: "--final-divisor <x>", ...atLeast1, help: "and ends at its first rate over this (default: 10000)" },
  cycleMomentum: { flags: "--cycle-momentum", kind: "boolean", expects: "true or false", help: "one-cycle and cyclic also move the momentum, or beta1, of an optimizer that has one: down while the rate rises (default: true)" },
  baseMomentum: { flags: "--base-momentum <x>", ...below1, help: "momentum at their highest rate (default: 0.85 of one-cycle, 0.8 of cyclic)" },
  maximumMomentum: { flags: "--maximum-momentum <x>", ...below1, help: "and at their lowest (also: --max-momentum; default: 0.95 of one-cycle, 0.9 of cyclic)" },
  plateauMetric: { flags: "--plateau-metric <name>", ...oneOf(plateauMetrics), help: "what reduce-on-plateau watches: validation loss or accuracy (default: loss)" },
  plateauFactor: { flags: "--plateau-factor <x>", ...between, help: "factor of its cuts (default: 0.1)" },
  plateauPatience: { flags: "--plateau-patience <n>", ...countsFrom0, help: "evaluations without improvement that it bears (default: 10)" },
  plateauThreshold: { flags: "--plateau-threshold <x>", ...atLeast0, help: "what counts as an improvement (default: 0.0001)" },
  plateauThresholdMode: { flags: "--plateau-threshold-mode <name>", ...oneOf(thresholdModes), help: "relative to the best, or absolute (default: relative)" },
  plateauCooldown: { flags: "--plateau-cooldown <n>", ...countsFrom0, help: "evaluations after a cut that do not count (default: 0)" },
};
