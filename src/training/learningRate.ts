import type { SchedulePosition } from "../optimizer/schedule.ts";
import { option, UsageError } from "../tensor/errors.ts";

export const learningRateRules = ["none", "sqrt", "linear"] as const;

/**
 * The learning rate of another batch size than the one it was tuned for: "linear" by Goyal et al. 2017
 * (arXiv:1706.02677, §2.1), for sgd far below the noise scale; "sqrt" by Krizhevsky 2014 (arXiv:1404.5997, §5), nearer
 * to what Adam needs (McCandlish et al. 2018, arXiv:1812.06162, appendix E.2: an exponent between one half and one).
 */
export interface LearningRateScaling {
  readonly rule: (typeof learningRateRules)[number];
  /** Examples of one update for which the learning rate was meant. */
  readonly baseBatchSize: number;
}

/**
 * The factor of the learning rate for windows of `examples`; a window that the data end cuts short has the factor of a
 * full one. Throws `UsageError` unless the base is a whole number of at least 1.
 */
export function learningRateFactor(scaling: LearningRateScaling | undefined, examples: number): number {
  if (!scaling || scaling.rule === "none") return 1;
  const { rule, baseBatchSize } = scaling;
  if (!Number.isInteger(baseBatchSize) || baseBatchSize < 1)
    throw new UsageError(
      `learningRateFactor: expected a base batch size of at least 1, got ${baseBatchSize}; use ${option("baseBatchSize")} 1 or more`,
    );
  const ratio = examples / baseBatchSize;
  return rule === "linear" ? ratio : Math.sqrt(ratio);
}

/** Where training stands between two windows. */
export interface TrainingPosition {
  readonly step: number;
  /** Epochs completed, and examples taken in the current one. */
  readonly epoch: number;
  readonly taken: number;
  readonly epochExamples: number;
}

/** How long training is to last. */
export interface Length {
  readonly epochs: number;
  readonly steps?: number | undefined;
  /** Of the windows that training begins with. */
  readonly updatesPerEpoch: number;
  /** Whether windows change while training. */
  readonly windowsChange: boolean;
}

/**
 * Where a run stands, as a schedule counts. Where windows change, updates are counted as if they had stayed as they
 * were at the beginning: a curve over the run then keeps its shape over the examples, whose number is known, as the
 * number of updates is not.
 */
export function schedulePosition(place: TrainingPosition, length: Length): SchedulePosition {
  const { epochs, steps = Number.POSITIVE_INFINITY, updatesPerEpoch, windowsChange } = length;
  const { step, epoch, taken, epochExamples } = place;
  const nominal = windowsChange && !Number.isFinite(steps);
  // The small number is for quotients that are whole but for rounding.
  const inEpoch = Math.floor((taken * updatesPerEpoch) / epochExamples + 1e-9);
  const update = nominal ? epoch * updatesPerEpoch + inEpoch : step;
  const totalUpdates = Math.min(epochs * updatesPerEpoch, steps);
  return { update, epoch, updatesPerEpoch, totalUpdates };
}
