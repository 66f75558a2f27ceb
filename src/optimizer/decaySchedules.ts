import { requireOption } from "./options.ts";
import { type CurveOptions, curveSchedule, isCount, isRate, progress, type Schedule } from "./schedule.ts";

/** η = learningRate throughout, after its warm-up. */
export function constantSchedule(options: CurveOptions): Schedule {
  return curveSchedule("constant", options.unit ?? "update", options, () => options.learningRate);
}

export interface StepScheduleOptions extends CurveOptions {
  /** Units between two cuts. */
  readonly stepSize: number;
  /** γ, factor of each cut. Default 0.1. */
  readonly gamma?: number | undefined;
}

/** η = learningRate·γ^⌊t/stepSize⌋, as torch.optim.lr_scheduler.StepLR. Counted in epochs by default. */
export function stepSchedule(options: StepScheduleOptions): Schedule {
  const { learningRate, stepSize, gamma = 0.1, unit = "epoch" } = options;
  requireOption("step", "stepSize", stepSize, isCount(stepSize), "a whole number of at least 1");
  requireGamma("step", gamma);
  return curveSchedule("step", unit, options, (time) => learningRate * gamma ** Math.floor(time / stepSize));
}

export interface MultiStepScheduleOptions extends CurveOptions {
  /** When the rate is cut, increasing. */
  readonly milestones: readonly number[];
  /** γ, factor of each cut. Default 0.1. */
  readonly gamma?: number | undefined;
}

/** η = learningRate·γ^(milestones that t has reached), as torch's MultiStepLR. Counted in epochs by default. */
export function multiStepSchedule(options: MultiStepScheduleOptions): Schedule {
  const { learningRate, milestones, gamma = 0.1, unit = "epoch" } = options;
  const rising = milestones.every((at, i) => isCount(at) && at > (milestones[i - 1] ?? 0));
  requireOption("multi-step", "milestones", milestones, milestones.length > 0 && rising, "increasing whole numbers");
  requireGamma("multi-step", gamma);
  const reached = (time: number) => milestones.filter((at) => at <= time).length;
  return curveSchedule("multi-step", unit, options, (time) => learningRate * gamma ** reached(time));
}

export interface ExponentialScheduleOptions extends CurveOptions {
  /** γ, factor of each unit. Default 0.95. */
  readonly gamma?: number | undefined;
}

/** η = learningRate·γᵗ, as torch's ExponentialLR. Counted in epochs by default. */
export function exponentialSchedule(options: ExponentialScheduleOptions): Schedule {
  const { learningRate, gamma = 0.95, unit = "epoch" } = options;
  requireGamma("exponential", gamma);
  return curveSchedule("exponential", unit, options, (time) => learningRate * gamma ** time);
}

export interface LinearScheduleOptions extends CurveOptions {
  /** Share of the learning rate at t = 0. Default 1. */
  readonly startFactor?: number | undefined;
  /** Share of the learning rate from the end on. Default 0. */
  readonly endFactor?: number | undefined;
  /** Units from start to end. Default all of the run. */
  readonly length?: number | undefined;
}

/** η = learningRate·(start + (end − start)·t/length), as torch's LinearLR. Counted in updates by default. */
export function linearSchedule(options: LinearScheduleOptions): Schedule {
  const { learningRate, startFactor = 1, endFactor = 0, unit = "update" } = options;
  for (const [name, value] of Object.entries({ startFactor, endFactor }))
    requireOption("linear", name, value, value >= 0 && value <= 1, "a number from 0 to 1");
  requireLength("linear", options.length);
  return curveSchedule("linear", unit, options, (time, total) => {
    const done = progress(time, options.length ?? total);
    return learningRate * (startFactor + (endFactor - startFactor) * done);
  });
}

export interface PolynomialScheduleOptions extends CurveOptions {
  /** Exponent. Default 1. */
  readonly power?: number | undefined;
  /** η at the end. Default 0. */
  readonly minimumLearningRate?: number | undefined;
  /** Units until the end. Default all of the run. */
  readonly length?: number | undefined;
}

/**
 * η = minimum + (learningRate − minimum)·(1 − t/length)^power; with minimum 0 torch's PolynomialLR. Counted in updates.
 */
export function polynomialSchedule(options: PolynomialScheduleOptions): Schedule {
  const { learningRate, power = 1, minimumLearningRate: minimum = 0, unit = "update" } = options;
  requireOption("polynomial", "power", power, isRate(power), "a number above 0");
  requireMinimum("polynomial", minimum, learningRate);
  requireLength("polynomial", options.length);
  return curveSchedule("polynomial", unit, options, (time, total) => {
    const left = 1 - progress(time, options.length ?? total);
    return minimum + (learningRate - minimum) * left ** power;
  });
}

export function requireGamma(schedule: string, gamma: number): void {
  requireOption(schedule, "gamma", gamma, gamma > 0 && gamma <= 1, "above 0 and at most 1");
}

export function requireLength(schedule: string, length: number | undefined): void {
  requireOption(schedule, "length", length, length === undefined || isCount(length), "a whole number of at least 1");
}

export function requireMinimum(schedule: string, minimum: number, learningRate: number): void {
  const inside = minimum >= 0 && minimum <= learningRate;
  requireOption(schedule, "minimumLearningRate", minimum, inside, `from 0 to the learning rate ${learningRate}`);
}
