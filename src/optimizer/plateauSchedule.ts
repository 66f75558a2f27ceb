import { requireOption } from "./options.ts";
import { type PlateauState, type Schedule, type ScheduleOptions, warmupOf } from "./schedule.ts";

/** What is watched: the loss is to fall, the accuracy to rise. */
export const plateauMetrics = ["loss", "accuracy"] as const;
export type PlateauMetric = (typeof plateauMetrics)[number];

export const thresholdModes = ["relative", "absolute"] as const;
export type ThresholdMode = (typeof thresholdModes)[number];

export interface PlateauScheduleOptions extends ScheduleOptions {
  /** Of the validation data. Default "loss". */
  readonly metric?: PlateauMetric | undefined;
  /** Factor of a cut. Default 0.1. */
  readonly factor?: number | undefined;
  /** Evaluations in a row without improvement that are borne; one more cuts. Default 10. */
  readonly patience?: number | undefined;
  /** What an improvement must exceed. Default 1e-4. */
  readonly threshold?: number | undefined;
  /** "relative": a share of the best; "absolute": in the metric's own unit. Default "relative". */
  readonly thresholdMode?: ThresholdMode | undefined;
  /** Evaluations after a cut that count for nothing. Default 0. */
  readonly cooldown?: number | undefined;
  /** No cut goes below it. Default 0. */
  readonly minimumLearningRate?: number | undefined;
}

/** A smaller cut than this is not worth making: `eps` of ReduceLROnPlateau. */
const LEAST_CUT = 1e-8;

/**
 * Cuts the rate where evaluations stop improving, as torch.optim.lr_scheduler.ReduceLROnPlateau: it moves once per
 * evaluation, whatever the number of updates or micro-batches. A metric that is no number is no improvement.
 *
 * A relative threshold asks a loss to fall below best·(1 − threshold): for a negative loss that is above the best, so
 * that even a worse one counts as better. Use the absolute mode there.
 */
export function plateauSchedule(options: PlateauScheduleOptions): Schedule {
  const { learningRate, metric = "loss" } = options;
  check(options);
  const warmup = warmupOf("reduce-on-plateau", options);
  const initial: PlateauState = { rate: learningRate, best: null, badEvaluations: 0, cooldown: 0 };
  return {
    name: "reduce-on-plateau",
    initial,
    rate: ({ update }, state) => warmup(update) * (state ?? initial).rate,
    evaluated: (state, metrics) => nextState(state ?? initial, metrics[metric], options),
  };
}

/** The order is torch's: the cooldown clears the count before the count is compared. */
function nextState(state: PlateauState, value: number, options: PlateauScheduleOptions): PlateauState {
  const { patience = 10, cooldown = 0 } = options;
  const better = improves(value, state.best, options);
  const best = better ? value : state.best;
  const cooling = state.cooldown > 0;
  const badEvaluations = better || cooling ? 0 : state.badEvaluations + 1;
  if (badEvaluations <= patience) return { ...state, best, badEvaluations, cooldown: cooling ? state.cooldown - 1 : 0 };
  return { rate: cut(state.rate, options), best, badEvaluations: 0, cooldown };
}

function improves(value: number, best: number | null, options: PlateauScheduleOptions): boolean {
  const { metric = "loss", threshold = 1e-4, thresholdMode = "relative" } = options;
  if (best === null) return !Number.isNaN(value);
  const sign = metric === "loss" ? -1 : 1;
  const bound = thresholdMode === "relative" ? best * (1 + sign * threshold) : best + sign * threshold;
  return metric === "loss" ? value < bound : value > bound;
}

function cut(rate: number, { factor = 0.1, minimumLearningRate = 0 }: PlateauScheduleOptions): number {
  const lower = Math.max(rate * factor, minimumLearningRate);
  return rate - lower > LEAST_CUT ? lower : rate;
}

function check(options: PlateauScheduleOptions): void {
  const { metric = "loss", factor = 0.1, threshold = 1e-4, thresholdMode = "relative" } = options;
  const { patience = 10, cooldown = 0, minimumLearningRate = 0 } = options;
  const must = (option: string, value: unknown, valid: boolean, expected: string) =>
    requireOption("reduce-on-plateau", option, value, valid, expected);
  must("metric", metric, plateauMetrics.includes(metric), `one of ${plateauMetrics.join(", ")}`);
  must("factor", factor, factor > 0 && factor < 1, "between 0 and 1");
  must("threshold", threshold, threshold >= 0 && Number.isFinite(threshold), "at least 0");
  must("thresholdMode", thresholdMode, thresholdModes.includes(thresholdMode), `one of ${thresholdModes.join(", ")}`);
  for (const [option, value] of Object.entries({ patience, cooldown }))
    must(option, value, Number.isInteger(value) && value >= 0, "a whole number");
  must("minimumLearningRate", minimumLearningRate, minimumLearningRate >= 0, "at least 0");
}
