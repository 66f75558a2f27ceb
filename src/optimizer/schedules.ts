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
import type { Schedule } from "./schedule.ts";

/** Every schedule by the name that a configuration gives. Each throws `UsageError` for an option out of its domain. */
export const schedules = {
  constant: constantSchedule,
  step: stepSchedule,
  "multi-step": multiStepSchedule,
  exponential: exponentialSchedule,
  linear: linearSchedule,
  polynomial: polynomialSchedule,
  cosine: cosineSchedule,
  "cosine-warm-restarts": cosineWarmRestartsSchedule,
  "one-cycle": oneCycleSchedule,
  cyclic: cyclicSchedule,
  "reduce-on-plateau": plateauSchedule,
} as const satisfies Record<string, (options: never) => Schedule>;

export type ScheduleName = keyof typeof schedules;
