import { is, requireArguments } from "../tensor/arguments.ts";
import { deviationOf, meanOf } from "./comparison/sample.ts";

/** Losses that the moving average takes together. */
const WINDOW = 10;

/** How much the loss of single steps scatters about its trend. */
export interface LossStability {
  /** Losses in one moving average. */
  readonly window: number;
  /** The moving average after each loss from the `window`-th on: [n − window + 1]. */
  readonly smoothed: readonly number[];
  /** Standard deviation of the loss about its trend, in the loss's unit; null for fewer than two windows. */
  readonly standardDeviation: number | null;
  /** The same over the mean loss; null too where that is not positive. */
  readonly coefficientOfVariation: number | null;
}

/**
 * The scatter of a loss about its own moving average of 10. The average of w losses holds the middle loss itself, which
 * lowers the variance of the difference to 1 − 1/w; that is corrected. A loss that falls on a straight line scatters by
 * nothing. The loss of a larger batch is a mean over more examples and scatters less by that alone, as 1/√batch:
 * compare arms of one batch size, or the loss on a fixed held-out set.
 */
export function lossStability(losses: readonly number[]): LossStability {
  requireArguments("lossStability", { losses }, { losses: is.listOf("losses", is.anyNumber) });
  const smoothed = Array.from({ length: Math.max(0, losses.length - WINDOW + 1) }, (_, i) =>
    meanOf(losses.slice(i, i + WINDOW)),
  );
  const finite = losses.every(Number.isFinite);
  // An even window has no middle: its average lies half a step off, which is the same everywhere on a line.
  const residuals = smoothed.map((average, i) => losses[i + WINDOW / 2]! - average);
  const known = finite && losses.length >= 2 * WINDOW;
  const standardDeviation = known ? deviationOf(residuals) * Math.sqrt(WINDOW / (WINDOW - 1)) : null;
  const level = meanOf(losses);
  return {
    window: WINDOW,
    smoothed,
    standardDeviation,
    coefficientOfVariation: standardDeviation !== null && level > 0 ? standardDeviation / level : null,
  };
}
