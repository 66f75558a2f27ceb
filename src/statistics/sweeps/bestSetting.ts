import { is, requireArguments } from "../../tensor/arguments.ts";
import { UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { deviationOf, meanOf } from "../comparison/sample.ts";
import { studentTQuantile } from "../studentT.ts";

/** The setting of a sweep with the best mean over its seeds, and how much of that is luck. */
export interface BestSetting {
  /** Its place among the settings. */
  readonly setting: number;
  /** Mean over its seeds, in the unit of the values. It is too good on average: it was picked for it. */
  readonly mean: number;
  /** How much too good, by the bootstrap: to be added to a loss, taken from an accuracy. */
  readonly selectionBias: number;
  /** The mean without that, and a 95 % interval of it; null with one seed. */
  readonly corrected: number;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Share of resamples in which this setting is the best one too. */
  readonly chosenAgain: number;
}

const RESAMPLES = 2000;

/**
 * The best of several settings by their means over n replicate seeds, corrected for the winner's curse: seeds are drawn
 * again with replacement, the same for all settings, the best is picked again, and what its new mean gains on its old
 * one is, on average, the bias (Tibshirani & Tibshirani 2009 do so over the folds of a cross-validation). The bootstrap
 * takes differences between settings that are noise for real ones and so corrects about half of the bias of settings
 * that are all alike, and it lays the luck of settings that scatter much to one that scatters little; a fresh set of
 * seeds for the one that was picked is the only full remedy. So the interval holds Student's t for the seeds of the
 * picked setting around its mean as it is and around the corrected one: it covers its true mean at least about as often
 * as it says, also for two or three seeds, of which the bootstrap knows too little.
 *
 *   values  [settings][n], a row of finite numbers for each setting whose trials all finished, seeds in the same order
 *
 * Throws `UsageError` for no setting, rows of unequal length, and values that are not finite.
 */
export function bestSetting(values: readonly (readonly number[])[], smallerIsBetter = true): BestSetting {
  requireArguments("bestSetting", { values }, { values: is.listOf("rows of values", is.list) });
  const n = values[0]?.length ?? 0;
  if (n === 0 || values.some((row) => row.length !== n || !row.every(Number.isFinite)))
    throw new UsageError(
      `bestSetting: expected finite values of the same seeds for every setting, got ${JSON.stringify(values.map((row) => row.length))}; leave out settings whose trials failed`,
    );
  const sign = smallerIsBetter ? 1 : -1;
  const losses = values.map((row) => Float64Array.from(row, (value) => sign * value));
  const means = losses.map(meanOf);
  const setting = placeOfLeast(means);
  const { integer } = random(0);
  const [seeds, drawn] = [new Uint32Array(n), new Float64Array(losses.length)];
  let again = 0;
  const gains = Float64Array.from({ length: RESAMPLES }, () => {
    for (let i = 0; i < n; i++) seeds[i] = integer(n);
    for (const [at, row] of losses.entries()) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += row[seeds[i]!]!;
      drawn[at] = sum / n;
    }
    const picked = placeOfLeast(drawn);
    if (picked === setting) again++;
    return drawn[picked]! - means[picked]!;
  });
  // What is picked is never too bad on average, though a mean of resamples may be.
  const bias = Math.min(0, meanOf(gains));
  const mean = sign * means[setting]!;
  const corrected = sign * (means[setting]! - bias);
  const half = n < 2 ? null : (studentTQuantile(0.95, n - 1) * deviationOf(losses[setting]!)) / Math.sqrt(n);
  return {
    setting,
    mean,
    selectionBias: Math.abs(bias),
    corrected,
    lower: half === null ? null : Math.min(mean, corrected) - half,
    upper: half === null ? null : Math.max(mean, corrected) + half,
    chosenAgain: again / RESAMPLES,
  };
}

function placeOfLeast(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! < values[best]!) best = i;
  return best;
}
