import { expect, test } from "vitest";
import { z } from "zod";
import { type ScheduleEntry, type ScheduleName, schedules, scheduleTable } from "../../optimizer/schedules.ts";
import { shapeOf } from "./option.ts";
import { missingField, ownFields, scheduleFields, scheduleOf, strayField } from "./scheduleOptions.ts";

const shape = z.strictObject({ learningRate: z.number(), ...shapeOf(z, scheduleFields) });

/**
 * Each field of each schedule, set to something that is not its default, but for the one without which momenta mean
 * nothing.
 */
const given: Readonly<Record<ScheduleName, Readonly<Record<string, unknown>>>> = {
  constant: {},
  step: { stepSize: 2, gamma: 0.5, scheduleUnit: "update" },
  "multi-step": { milestones: "1,3", gamma: 0.5, scheduleUnit: "update" },
  exponential: { gamma: 0.5, scheduleUnit: "update" },
  linear: { scheduleUnit: "epoch", scheduleLength: 4, startFactor: 0.5, endFactor: 0.1 },
  polynomial: { scheduleUnit: "epoch", scheduleLength: 4, power: 2, minimumLearningRate: 0.1 },
  cosine: { scheduleUnit: "epoch", scheduleLength: 4, minimumLearningRate: 0.1 },
  "cosine-warm-restarts": { scheduleUnit: "epoch", cycleSteps: 2, cycleMultiplier: 2, minimumLearningRate: 0.1 },
  "one-cycle": {
    scheduleUnit: "epoch",
    scheduleLength: 8,
    maximumLearningRate: 2,
    riseFraction: 0.5,
    initialDivisor: 10,
    finalDivisor: 100,
    baseMomentum: 0.5,
    maximumMomentum: 0.9,
  },
  cyclic: {
    scheduleUnit: "epoch",
    maximumLearningRate: 2,
    cycleSteps: 4,
    cycleMode: "exp_range",
    gamma: 0.9,
    baseMomentum: 0.5,
    maximumMomentum: 0.95,
  },
  "reduce-on-plateau": {
    plateauMetric: "accuracy",
    plateauFactor: 0.5,
    plateauPatience: 1,
    plateauThreshold: 0.2,
    plateauThresholdMode: "absolute",
    plateauCooldown: 3,
    minimumLearningRate: 0.3,
  },
};

/** Rates and momenta of 24 updates in 12 epochs; the loss falls while the accuracy rises slowly. */
function rates(fields: Readonly<Record<string, unknown>>): string {
  const schedule = scheduleOf(shape.parse({ learningRate: 1, ...fields }));
  let state = schedule.initial;
  const path = Array.from({ length: 24 }, (_, update) => {
    const epoch = Math.floor(update / 2);
    const position = { update, epoch, updatesPerEpoch: 2, totalUpdates: 24 };
    const now = [schedule.rate(position, state), schedule.momentum?.(position)];
    if (update % 2 === 1) state = schedule.evaluated(state, { loss: 1 / (epoch + 1), accuracy: 0.1 + 0.06 * epoch });
    return now;
  });
  return path.join();
}

test.each(Object.entries(given))("%s: every field changes the rates", (name, fields) => {
  const all = rates({ schedule: name, ...fields });
  for (const field of Object.keys(fields)) {
    const { [field]: _left, ...others } = fields;
    if (missingField({ schedule: name as ScheduleName, ...others })) continue;
    expect([field, rates({ schedule: name, ...others }) !== all]).toEqual([field, true]);
  }
});

test("every field of every schedule is tried", () => {
  for (const [name, fields] of Object.entries(given)) {
    const isOwn = (field: string) => !strayField({ schedule: name as ScheduleName, [field]: 1 });
    const own = ownFields.filter((field) => field !== "cycleMomentum" && isOwn(field));
    expect(Object.keys(fields).sort()).toEqual(own.sort());
  }
  expect(Object.keys(given)).toEqual(Object.keys(schedules));
});

test.each(["one-cycle", "cyclic"] as const)("%s moves the momentum unless told not to", (schedule) => {
  const of = (cycleMomentum?: boolean) =>
    scheduleOf(shape.parse({ learningRate: 1, schedule, cycleMomentum, maximumLearningRate: 2, cycleSteps: 4 }));
  expect([of(), of(true), of(false)].map(({ momentum }) => typeof momentum)).toEqual([
    ...["function", "function", "undefined"],
  ]);
});

test("each field belongs to a schedule", () => {
  for (const field of ownFields)
    expect([field, strayField({ schedule: "constant", [field]: 1 })?.owners]).not.toEqual([field, []]);
  const owned = Object.values(scheduleTable).flatMap(({ options }) => Object.keys(options));
  expect(new Set(owned)).toEqual(new Set(ownFields));
});

const withDefaults = Object.entries<ScheduleEntry>(scheduleTable).filter(([, { defaults }]) => defaults !== undefined);

test.each(withDefaults)("the defaults in the row of %s are those of the schedule", (schedule, { defaults }) => {
  const needed = { maximumLearningRate: 2, cycleSteps: 4, stepSize: 3, milestones: "2,5", cycleMode: "exp_range" };
  const own = Object.entries(needed).filter(([field]) =>
    Object.keys(scheduleTable[schedule as ScheduleName].options).includes(field),
  );
  const base = { schedule, ...Object.fromEntries(own) };
  expect(rates({ ...base, ...defaults })).toBe(rates(base));
  for (const [field, value] of Object.entries(defaults!)) {
    const other = typeof value === "number" ? value * 0.99 : "update";
    expect([field, rates({ ...base, [field]: other })]).not.toEqual([field, rates(base)]);
  }
});
