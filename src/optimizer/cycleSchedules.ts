import { requireGamma, requireLength, requireMinimum } from "./decaySchedules.ts";
import { requireFractions, requireOption } from "./options.ts";
import { type CurveOptions, curveSchedule, isCount, isRate, progress, type Schedule } from "./schedule.ts";

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
 * η = minimum + (learningRate − minimum)·(1 + cos(π·t/length))/2: Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5,
 * one cycle. As torch's CosineAnnealingLR until the end; there this one stays, and torch's rises again. Counted in
 * updates by default.
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const { learningRate, minimumLearningRate: minimum = 0, unit = "update" } = options;
  requireMinimum("cosine", minimum, learningRate);
  requireLength("cosine", options.length);
  return curveSchedule("cosine", unit, options, (time, total) =>
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

/**
 * SGDR: the cosine again and again, arXiv:1608.03983, eq. 5; torch's CosineAnnealingWarmRestarts. Counted in updates.
 */
export function cosineWarmRestartsSchedule(options: WarmRestartsScheduleOptions): Schedule {
  const { learningRate, cycleSteps, cycleMultiplier = 1, minimumLearningRate: minimum = 0, unit = "update" } = options;
  const name = "cosine-warm-restarts";
  requireOption(name, "cycleSteps", cycleSteps, isCount(cycleSteps), "a whole number of at least 1");
  requireOption(name, "cycleMultiplier", cycleMultiplier, isCount(cycleMultiplier), "a whole number of at least 1");
  requireMinimum(name, minimum, learningRate);
  return curveSchedule(name, unit, options, (time) => {
    let [start, length] = [0, cycleSteps];
    if (cycleMultiplier === 1) start = Math.floor(time / length) * length;
    for (; time >= start + length; length *= cycleMultiplier) start += length;
    return halfCosine(learningRate, minimum, (time - start) / length);
  });
}

/** Of the schedules that lower the momentum while the rate rises, and raise it again while it falls. */
interface MomentumOptions {
  /** Whether the momentum (or β₁) of an optimizer that has one moves. Default true, as torch's. */
  readonly cycleMomentum?: boolean | undefined;
  /** Momentum where η is highest. Default 0.85 of one-cycle, 0.8 of cyclic. */
  readonly baseMomentum?: number | undefined;
  /** Momentum where η is lowest. Default 0.95 of one-cycle, 0.9 of cyclic. */
  readonly maximumMomentum?: number | undefined;
}

/** Throws `UsageError` unless 0 ≤ base ≤ maximum < 1. */
function requireMomenta(owner: string, baseMomentum: number, maximumMomentum: number): void {
  requireFractions(owner, { baseMomentum, maximumMomentum });
  const ordered = baseMomentum <= maximumMomentum;
  requireOption(owner, "baseMomentum", baseMomentum, ordered, `at most maximumMomentum ${maximumMomentum}`);
}

export interface OneCycleScheduleOptions extends CurveOptions, MomentumOptions {
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
 * Up to the maximum and down to almost nothing, each along half a cosine, while the momentum goes down and up again:
 * Smith & Topin 2018, arXiv:1708.07120, and Smith 2018, arXiv:1803.09820, §4.3, in the form and with the defaults of
 * torch's OneCycleLR (two phases).
 */
export function oneCycleSchedule(options: OneCycleScheduleOptions): Schedule {
  const { learningRate, riseFraction = 0.3, initialDivisor = 25, finalDivisor = 1e4, unit = "update" } = options;
  const { maximumLearningRate: top = learningRate } = options;
  requireOption("one-cycle", "maximumLearningRate", top, isRate(top), "above 0");
  requireOption("one-cycle", "riseFraction", riseFraction, riseFraction > 0 && riseFraction < 1, "between 0 and 1");
  for (const [name, value] of Object.entries({ initialDivisor, finalDivisor }))
    requireOption("one-cycle", name, value, Number.isFinite(value) && value >= 1, "at least 1");
  requireLength("one-cycle", options.length);
  const { cycleMomentum = true, baseMomentum: low = 0.85, maximumMomentum: high = 0.95 } = options;
  requireMomenta("one-cycle", low, high);
  const first = top / initialDivisor;
  const along = (start: number, middle: number, last: number) => (time: number, total: number) => {
    const length = options.length ?? total;
    const [peak, end] = [Math.max(0, riseFraction * length - 1), length - 1];
    if (time <= peak && peak > 0) return halfCosine(start, middle, time / peak);
    return halfCosine(middle, last, progress(time - peak, end - peak));
  };
  const momentum = cycleMomentum ? along(high, low, high) : undefined;
  return curveSchedule("one-cycle", unit, options, along(first, top, first / finalDivisor), momentum);
}

/** What happens to the height of the cycles: nothing, half of it each time, or γ each unit. */
export const cyclicModes = ["triangular", "triangular2", "exp_range"] as const;
export type CyclicMode = (typeof cyclicModes)[number];

export interface CyclicScheduleOptions extends CurveOptions, MomentumOptions {
  /** η at the top; the learning rate is the bottom. */
  readonly maximumLearningRate: number;
  /** Units of a whole cycle, up and down. */
  readonly cycleSteps: number;
  /** Default "triangular". */
  readonly cycleMode?: CyclicMode | undefined;
  /** γ of "exp_range". Default 1. */
  readonly gamma?: number | undefined;
}

/**
 * Straight up and down between two rates, while the momentum goes down and up: Smith 2017, arXiv:1506.01186, §3.1–3.2;
 * torch's CyclicLR. Counted in updates.
 */
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
  const { cycleMomentum = true, baseMomentum: low = 0.8, maximumMomentum: high = 0.9 } = options;
  requireMomenta("cyclic", low, high);
  const along = (bottom: number, peak: number) => (time: number) => {
    const within = (time % cycleSteps) / cycleSteps;
    const height = 1 - Math.abs(2 * within - 1);
    return bottom + (peak - bottom) * height * heights[cycleMode](time);
  };
  const momentum = cycleMomentum ? along(high, low) : undefined;
  return curveSchedule("cyclic", options.unit ?? "update", options, along(learningRate, top), momentum);
}
