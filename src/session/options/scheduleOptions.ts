import type { z } from "zod";
import { cyclicModes } from "../../optimizer/cycleSchedules.ts";
import { plateauMetrics, thresholdModes } from "../../optimizer/plateauSchedule.ts";
import type { Schedule } from "../../optimizer/schedule.ts";
import {
  type ScheduleEntry,
  type ScheduleName,
  type ScheduleOption,
  scheduleTable,
} from "../../optimizer/schedules.ts";
import { option } from "../../tensor/errors.ts";
import { counted } from "./bounds.ts";
import {
  above0,
  above0UpTo1,
  below1,
  between0And1,
  count,
  countFrom0,
  from0,
  from1,
  type OptionRow,
  oneOf,
  optional,
  preset,
  rowsOf,
  type ShapeOf,
  upTo1,
  yesOrNo,
  type Zod,
} from "./option.ts";
import { defaultsInWords, listed } from "./words.ts";

const scheduleNames = Object.keys(scheduleTable) as [ScheduleName, ...ScheduleName[]];
const table: Readonly<Record<ScheduleName, ScheduleEntry>> = scheduleTable;

/** As on the command line: "5,20"; a file may write a number or a list of them. */
const milestones = {
  schema: (z: Zod) =>
    z
      .union([z.string(), z.number(), z.array(z.number())])
      .transform(String)
      .refine((text) => /^\d+(,\d+)*$/.test(text)),
  kind: "text",
  expects: "whole numbers with commas between them",
  bound: counted,
} as const;

function ownersOf(option: string): ScheduleName[] {
  return scheduleNames.filter((name) => option in table[name].options);
}

/** The schedules that have an option, in words. */
function owners(option: ScheduleOption, last: "and" | "or" = "and"): string {
  return listed(ownersOf(option), last);
}

/** The defaults of an option, in words; `usual` is that of schedules whose row says none. */
function defaultsOf(option: ScheduleOption, usual = ""): string {
  return defaultsInWords(
    ownersOf(option).map((name) => [name, table[name].defaults?.[option] ?? usual]),
    usual === "" ? "of" : "for",
  );
}

/** No defaults but the schedule itself: what is not given is left to the schedule, and what is must be its own. */
// biome-ignore format: a table is read by its columns
export const scheduleFields = rowsOf({ heading: "Learning-rate schedule options:", study: false, copy: false }, {
  schedule: { flags: "--schedule <name>", ...preset(oneOf(scheduleNames), "constant"), help: `${scheduleNames.join(", ")} (default: constant)` },
  warmupSteps: { flags: "--warmup-steps <n>", ...optional(countFrom0), help: "updates in which the rate rises linearly, in front of any schedule (default: 0)" },
  warmupStartFactor: { flags: "--warmup-start-factor <x>", ...optional(upTo1), help: "share of the rate in the first update (default: 1/(n + 1))" },
  scheduleUnit: { flags: "--schedule-unit <unit>", ...optional(oneOf(["update", "epoch"])), help: `what lengths count: update or epoch (default: ${defaultsOf("scheduleUnit", "update")})` },
  scheduleLength: { flags: "--schedule-length <n>", ...optional(count), help: `units until ${owners("scheduleLength", "or")} ends (default: the whole run)` },
  stepSize: { flags: "--step-size <n>", ...optional(count), help: "units between two cuts of step, which must be given" },
  milestones: { flags: "--milestones <n,n>", ...optional(milestones), help: "units after which multi-step cuts, as in 30,60; must be given" },
  gamma: { flags: "--gamma <x>", ...optional(above0UpTo1), help: `factor of a cut or a unit (default: ${defaultsOf("gamma")})` },
  startFactor: { flags: "--start-factor <x>", ...optional(upTo1), help: "where linear starts, as a share of the learning rate (default: 1)" },
  endFactor: { flags: "--end-factor <x>", ...optional(upTo1), help: "where linear ends, as a share of the learning rate (default: 0)" },
  power: { flags: "--power <x>", ...optional(above0), help: "exponent of polynomial (default: 1)" },
  minimumLearningRate: { flags: "--minimum-learning-rate <x>", ...optional(from0), aliases: ["minLearningRate"], help: `lowest rate of ${owners("minimumLearningRate")} (default: 0)` },
  maximumLearningRate: { flags: "--maximum-learning-rate <x>", ...optional(above0), aliases: ["maxLearningRate"], help: "highest rate of cyclic, and of one-cycle (default: the learning rate)" },
  cycleSteps: { flags: "--cycle-steps <n>", ...optional(count), help: "length of a cycle of cyclic, or of the first cycle of cosine-warm-restarts, in units of the schedule; must be given" },
  cycleMultiplier: { flags: "--cycle-multiplier <n>", ...optional(count), help: "how much longer each cycle of cosine-warm-restarts is (default: 1)" },
  cycleMode: { flags: "--cycle-mode <name>", ...optional(oneOf(cyclicModes)), help: `height of cyclic: ${cyclicModes.join(", ")} (default: triangular)` },
  riseFraction: { flags: "--rise-fraction <x>", ...optional(between0And1), help: "share of one-cycle in which the rate rises (default: 0.3)" },
  initialDivisor: { flags: "--initial-divisor <x>", ...optional(from1), help: "one-cycle starts at its highest rate over this (default: 25)" },
  finalDivisor: { flags: "--final-divisor <x>", ...optional(from1), help: "one-cycle ends at its first rate over this (default: 10000)" },
  cycleMomentum: { flags: "--cycle-momentum", ...optional(yesOrNo), help: `${owners("cycleMomentum")} also move the momentum, or beta1, of an optimizer that has one: down while the rate rises (default: true)` },
  baseMomentum: { flags: "--base-momentum <x>", ...optional(below1), help: `momentum at the highest rate of one-cycle and cyclic (default: ${defaultsOf("baseMomentum")})` },
  maximumMomentum: { flags: "--maximum-momentum <x>", ...optional(below1), aliases: ["maxMomentum"], help: `momentum at the lowest rate of one-cycle and cyclic (also: ${option("maxMomentum")}; default: ${defaultsOf("maximumMomentum")})` },
  plateauMetric: { flags: "--plateau-metric <name>", ...optional(oneOf(plateauMetrics)), help: "what reduce-on-plateau watches: validation loss or accuracy (default: loss)" },
  plateauFactor: { flags: "--plateau-factor <x>", ...optional(between0And1), help: "factor by which reduce-on-plateau cuts the rate (default: 0.1)" },
  plateauPatience: { flags: "--plateau-patience <n>", ...optional(countFrom0), help: "evaluations without improvement before reduce-on-plateau cuts (default: 10)" },
  plateauThreshold: { flags: "--plateau-threshold <x>", ...optional(from0), help: "what counts as an improvement to reduce-on-plateau (default: 0.0001)" },
  plateauThresholdMode: { flags: "--plateau-threshold-mode <name>", ...optional(oneOf(thresholdModes)), help: "how the threshold of plateaus is meant: relative to the best value, or absolute (default: relative)" },
  plateauCooldown: { flags: "--plateau-cooldown <n>", ...optional(countFrom0), help: "evaluations after a cut that reduce-on-plateau does not count (default: 0)" },
}) satisfies Record<ScheduleOption, OptionRow>;

export type ScheduleField = keyof typeof scheduleFields;
type Given = Readonly<z.output<z.ZodObject<ShapeOf<typeof scheduleFields>>>> & { readonly learningRate: number };

const ofAny: readonly string[] = ["schedule", "warmupSteps", "warmupStartFactor"];

/** The fields that belong to single schedules: choosing another makes them void. */
export const ownFields: readonly string[] = Object.keys(scheduleFields).filter((field) => !ofAny.includes(field));

/** A field that is given though the schedule has no such option, with those that have. */
export function strayField(given: Readonly<Record<string, unknown>> & { readonly schedule: ScheduleName }) {
  const field = ownFields.find((name) => given[name] !== undefined && !(name in table[given.schedule].options));
  return field === undefined ? undefined : { field, owners: ownersOf(field) };
}

/** A field that the schedule needs and that is not given. */
export function missingField(given: Readonly<Record<string, unknown>> & { readonly schedule: ScheduleName }) {
  const required = table[given.schedule].required as readonly ScheduleField[] | undefined;
  return required?.find((name) => given[name] === undefined);
}

/** The schedule that a configuration asks for. Throws `UsageError` for options that contradict each other. */
export function scheduleOf(given: Given): Schedule {
  const { schedule, learningRate, warmupSteps, warmupStartFactor } = given;
  const values = { ...given, milestones: given.milestones?.split(",").map(Number) };
  const own = Object.entries(table[schedule].options).map(([field, option]) => [
    option,
    values[field as ScheduleField],
  ]);
  const options = { learningRate, warmupSteps, warmupStartFactor, ...Object.fromEntries(own) };
  return table[schedule].make(options as never);
}
