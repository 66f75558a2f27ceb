import { type RateRule, rateFactor } from "../optimizer/batchScaling.ts";
import type { SchedulePosition } from "../optimizer/schedule.ts";
import { option, UsageError } from "../tensor/errors.ts";

/** The learning rate of another batch size than the one it was meant for, as `rateFactor` has it. */
export interface LearningRateScaling {
  readonly rule: RateRule;
  /** Examples of one update for which the learning rate was meant. */
  readonly baseBatchSize: number;
  /** Of "power": the factor is (B/B₀)^exponent. */
  readonly exponent?: number | undefined;
}

/**
 * The factor of the learning rate for windows of `examples`; a window that the data end cuts short has the factor of a
 * full one. Throws `UsageError` unless the base is a whole number of at least 1, and "power" has a finite exponent.
 */
export function learningRateFactor(scaling: LearningRateScaling | undefined, examples: number): number {
  if (!scaling || scaling.rule === "none") return 1;
  const { rule, baseBatchSize, exponent = Number.NaN } = scaling;
  if (!Number.isInteger(baseBatchSize) || baseBatchSize < 1)
    throw new UsageError(
      `learningRateFactor: expected a base batch size of at least 1, got ${baseBatchSize}; use ${option("baseBatchSize")} 1 or more`,
    );
  if (rule === "power" && !Number.isFinite(exponent))
    throw new UsageError(
      `learningRateFactor: expected a finite exponent for power, got ${exponent}; use ${option("scaleExponent")} with a number`,
    );
  return rateFactor(rule, examples / baseBatchSize, exponent);
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
