import type { Schedule } from "../optimizer/schedule.ts";
import { option, UsageError } from "../tensor/errors.ts";
import type { LearningRateScaling } from "./learningRate.ts";

/**
 * Where the schedule of a learning rate begins to fall: its highest rate, and the update that has it first. What comes
 * before is warm-up.
 */
export interface Descent {
  readonly peak: number;
  readonly from: number;
}

/** Updates that are looked at, evenly over the run. */
const PLACES = 2 ** 16;
/** Rates that differ by less are the same but for rounding. */
const SAME = 1e-9;

/** A schedule over a run of so many updates, of windows that stay as they begin. */
interface Course {
  readonly schedule: Schedule;
  readonly totalUpdates: number;
  readonly updatesPerEpoch: number;
}

function ratesOf({ schedule, totalUpdates, updatesPerEpoch }: Course): [update: number, rate: number][] {
  const stride = Math.max(1, Math.ceil(totalUpdates / PLACES));
  const count = Math.ceil(totalUpdates / stride);
  return Array.from({ length: count }, (_, i) => {
    const update = i * stride;
    const place = { update, epoch: Math.floor(update / updatesPerEpoch), updatesPerEpoch, totalUpdates };
    return [update, schedule.rate(place, schedule.initial)];
  });
}

export function descentOf(course: Course): Descent {
  const rates = ratesOf(course);
  const peak = rates.reduce((most, [, rate]) => Math.max(most, rate), 0);
  return { peak, from: rates.find(([, rate]) => rate >= peak * (1 - SAME))?.[0] ?? 0 };
}

/**
 * Throws `UsageError` where the rate never falls, so that nothing could grow, and where it rises after it has fallen.
 * Of one that watches evaluations nobody knows beforehand.
 */
export function requireDescent(course: Course): void {
  const { schedule } = course;
  const rates = ratesOf(course).map(([, rate]) => rate);
  const peak = Math.max(
    0,
    rates.findIndex((rate) => rate >= descentOf(course).peak * (1 - SAME)),
  );
  const falling = rates.slice(peak);
  if (falling.some((rate, i) => i > 0 && rate > falling[i - 1]! * (1 + SAME)))
    throw new UsageError(
      `${option("accumulationSchedule")}: expected a learning rate that only falls after its warm-up for seesaw, got the schedule ${schedule.name}, which rises again; choose another ${option("schedule")}, as cosine`,
    );
  if (schedule.initial === null && !falling.some((rate) => rate < falling[0]! * (1 - SAME)))
    throw new UsageError(
      `${option("accumulationSchedule")}: expected a learning rate that falls for seesaw, which does nothing without, got the schedule ${schedule.name}; choose another ${option("schedule")}, as cosine, or leave seesaw out`,
    );
}

/**
 * ε of rate ∝ batch^ε. Throws `UsageError` where no rule, or one without a positive exponent, says how they go
 * together.
 */
export function seesawExponent(scaling: LearningRateScaling | undefined): number {
  const { rule = "none", exponent = Number.NaN } = scaling ?? {};
  const found = { none: Number.NaN, sqrt: 0.5, linear: 1, power: exponent }[rule];
  if (found > 0) return found;
  throw new UsageError(
    `${option("accumulationSchedule")}: expected a rule of the learning rate with an exponent above 0 for seesaw, got ${rule === "power" ? exponent : rule}; choose ${option("lrScale")} sqrt or linear`,
  );
}

/**
 * Micro-batches of a window of the seesaw schedule (Meterez et al. 2025, arXiv:2510.14717): where a schedule would
 * multiply the rate by `share` of its peak s, the rate is multiplied by √s, and the batch by what makes up for the rest
 * of the cut. With a rate ∝ batch^ε that is s^(−1/(2ε)). For ε = ½, as for Adam, it is the paper's 1/s. For ε = 1, as
 * for SGD, it is 1/√s, which is derived here from the paper's theorem: halving the rate of SGD is doubling its batch.
 * Rounded to whole micro-batches; what rounding and `maximum` leave of the cut the rate makes: s·(batch/first)^ε.
 */
export function seesawSteps(first: number, share: number, exponent: number, maximum: number): number {
  return Math.max(first, Math.min(maximum, Math.round(first * share ** (-0.5 / exponent))));
}
