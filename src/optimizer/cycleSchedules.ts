import { requireGamma, requireLength, requireMinimum } from "./decaySchedules.ts";
import { requireOption } from "./options.ts";
import { type CurveOptions, isCount, isRate, progress, type Schedule, scheduleOf } from "./schedule.ts";

/** From `from` to `to` along half a cosine. */
function halfCosine(from: number, to: number, done: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * done))) / 2;
}

export interface CosineScheduleOptions extends CurveOptions {
  /** η at the end. Default 0. */
  readonly minimumLearningRate?: number | undefined;
  /** Units until the end. Default all of the run. */
  readonly length?: number | undefined;
}

/**
 * η = minimum + (learningRate − minimum)·(1 + cos(π·t/length))/2: Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5, one cycle.
 * As torch's CosineAnnealingLR until the end; there this one stays, and torch's rises again. Counted in updates by default.
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const { learningRate, minimumLearningRate: minimum = 0, unit = "update" } = options;
  requireMinimum("cosine", minimum, learningRate);
  requireLength("cosine", options.length);
  return scheduleOf("cosine", unit, options, (time, total) =>
    halfCosine(learningRate, minimum, progress(time, options.length ?? total)),
  );
}

export interface WarmRestartsScheduleOptions extends CurveOptions {
  /** Units of the first cycle. */
  readonly cycleSteps: number;
  /** Whole factor by which each cycle is longer than the one before. Default 1. */
  readonly cycleMultiplier?: number | undefined;
  /** η at the end of a cycle. Default 0. */
  readonly minimumLearningRate?: number | undefined;
}

/** SGDR: the cosine again and again, arXiv:1608.03983, eq. 5; torch's CosineAnnealingWarmRestarts. Counted in updates. */
export function cosineWarmRestartsSchedule(options: WarmRestartsScheduleOptions): Schedule {
  const { learningRate, cycleSteps, cycleMultiplier = 1, minimumLearningRate: minimum = 0, unit = "update" } = options;
  const name = "cosine-warm-restarts";
  requireOption(name, "cycleSteps", cycleSteps, isCount(cycleSteps), "a whole number of at least 1");
  requireOption(name, "cycleMultiplier", cycleMultiplier, isCount(cycleMultiplier), "a whole number of at least 1");
  requireMinimum(name, minimum, learningRate);
  return scheduleOf(name, unit, options, (time) => {
    let [start, length] = [0, cycleSteps];
    if (cycleMultiplier === 1) start = Math.floor(time / length) * length;
    for (; time >= start + length; length *= cycleMultiplier) start += length;
    return halfCosine(learningRate, minimum, (time - start) / length);
  });
}

export interface OneCycleScheduleOptions extends CurveOptions {
  /** η at the top. Default the learning rate. */
  readonly maximumLearningRate?: number | undefined;
  /** Share of the run in which η rises. Default 0.3. */
  readonly riseFraction?: number | undefined;
  /** The first rate is the maximum over this. Default 25. */
  readonly initialDivisor?: number | undefined;
  /** The last rate is the first over this. Default 10 000. */
  readonly finalDivisor?: number | undefined;
  /** Updates of the cycle. Default all of the run. */
  readonly length?: number | undefined;
}

/**
 * Up to the maximum and down to almost nothing, each along half a cosine: Smith & Topin 2018, arXiv:1708.07120, in the form and with
 * the defaults of torch's OneCycleLR (two phases); its momentum, which torch moves the other way, stays as it is.
 */
export function oneCycleSchedule(options: OneCycleScheduleOptions): Schedule {
  const { learningRate, riseFraction = 0.3, initialDivisor = 25, finalDivisor = 1e4, unit = "update" } = options;
  const { maximumLearningRate: top = learningRate } = options;
  requireOption("one-cycle", "maximumLearningRate", top, isRate(top), "above 0");
  requireOption("one-cycle", "riseFraction", riseFraction, riseFraction > 0 && riseFraction < 1, "between 0 and 1");
  for (const [name, value] of Object.entries({ initialDivisor, finalDivisor }))
    requireOption("one-cycle", name, value, Number.isFinite(value) && value >= 1, "at least 1");
  requireLength("one-cycle", options.length);
  const first = top / initialDivisor;
  return scheduleOf("one-cycle", unit, options, (time, total) => {
    const length = options.length ?? total;
    const [peak, end] = [Math.max(0, riseFraction * length - 1), length - 1];
    if (time <= peak && peak > 0) return halfCosine(first, top, time / peak);
    return halfCosine(top, first / finalDivisor, progress(time - peak, end - peak));
  });
}

/** What happens to the height of the cycles: nothing, half of it each time, or γ each unit. */
export const cyclicModes = ["triangular", "triangular2", "exp_range"] as const;
export type CyclicMode = (typeof cyclicModes)[number];

export interface CyclicScheduleOptions extends CurveOptions {
  /** η at the top; the learning rate is the bottom. */
  readonly maximumLearningRate: number;
  /** Units of a whole cycle, up and down. */
  readonly cycleSteps: number;
  /** Default "triangular". */
  readonly cycleMode?: CyclicMode | undefined;
  /** γ of "exp_range". Default 1. */
  readonly gamma?: number | undefined;
}

/** Straight up and down between two rates: Smith 2017, arXiv:1506.01186, §3.1–3.2; torch's CyclicLR. Counted in updates. */
export function cyclicSchedule(options: CyclicScheduleOptions): Schedule {
  const { learningRate, maximumLearningRate: top, cycleSteps, cycleMode = "triangular", gamma = 1 } = options;
  requireOption("cyclic", "maximumLearningRate", top, top > learningRate, `above the learning rate ${learningRate}`);
  requireOption("cyclic", "cycleSteps", cycleSteps, isCount(cycleSteps) && cycleSteps > 1, "a whole number above 1");
  requireOption("cyclic", "cycleMode", cycleMode, cyclicModes.includes(cycleMode), `one of ${cyclicModes.join(", ")}`);
  requireGamma("cyclic", gamma);
  const heights = {
    triangular: () => 1,
    triangular2: (time: number) => 2 ** -Math.floor(time / cycleSteps),
    exp_range: (time: number) => gamma ** time,
  };
  return scheduleOf("cyclic", options.unit ?? "update", options, (time) => {
    const within = (time % cycleSteps) / cycleSteps;
    const height = 1 - Math.abs(2 * within - 1);
    return learningRate + (top - learningRate) * height * heights[cycleMode](time);
  });
}
