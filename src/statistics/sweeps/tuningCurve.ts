import { is, requireArguments } from "../../tensor/arguments.ts";
import { UsageError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { isCensored, type TrialValue } from "../comparison/comparison.ts";
import { logChoose } from "../comparison/distributions.ts";
import { quantile } from "../comparison/sample.ts";

/** The best that so many trials of a sweep are expected to find. */
export interface TuningPoint {
  readonly trials: number;
  /** In the unit of the values; null where so few trials may all have failed. */
  readonly expectedBest: number | null;
  /** 95 % over sweeps like this one. */
  readonly lower: number | null;
  readonly upper: number | null;
}

const RESAMPLES = 1000;
/** Of more trials than these, numbers of trials are spread evenly in the logarithm. */
const EACH = 100;
const POINTS = 50;

/**
 * The tuning-budget curve (Dodge et al. 2019, arXiv:1909.03004): the expected best value after n = 1 … N trials, whose
 * settings were drawn at random. The mean over all choices of n of the N trials, which is unbiased, where drawing with
 * replacement is not (Tang et al. 2020): Σ_i v_(i) C(N − i, n − 1)/C(N, n) over the values from best to worst.
 * Intervals by 1000 resamples of the trials, the same each time; towards n = N the curve follows the one best trial,
 * and an interval says little: read it up to about N/2. Of more than 100 trials it is given at about fifty n.
 *
 *   values  [N], of one trial each (a mean over its seeds, where it has several); null of one that failed, which is
 *           worse than every other
 *
 * Throws `UsageError` for no trial.
 */
export function tuningCurve(values: readonly TrialValue[], smallerIsBetter = true): TuningPoint[] {
  requireArguments("tuningCurve", { values }, { values: is.list });
  if (values.length === 0) throw new UsageError("tuningCurve: expected at least one trial, got none; run the sweep");
  const total = values.length;
  const counts = countsOf(total);
  const chances = counts.map((n) => chancesOfBest(total, n));
  const own = curveOf(values, chances, smallerIsBetter);
  const { integer } = random(0);
  const drawn = Array.from({ length: total < 2 ? 0 : RESAMPLES }, () =>
    curveOf(
      values.map(() => values[integer(total)]!),
      chances,
      smallerIsBetter,
    ),
  );
  return own.map((expectedBest, k) => {
    const sorted = Float64Array.from(drawn, (curve) => curve[k] ?? (smallerIsBetter ? Infinity : -Infinity)).sort();
    const end = (share: number) => {
      const value = quantile(sorted, share);
      return Number.isFinite(value) ? value : null;
    };
    return { trials: counts[k]!, expectedBest, lower: end(0.025), upper: end(0.975) };
  });
}

/** The numbers of trials at which the curve is drawn: each, or of many some, with half of them and all. */
function countsOf(total: number): number[] {
  if (total <= EACH) return Array.from({ length: total }, (_, k) => k + 1);
  const spread = Array.from({ length: POINTS }, (_, k) => Math.round(total ** (k / (POINTS - 1))));
  return [...new Set([...spread, Math.floor(total / 2)])].toSorted((a, b) => a - b);
}

/** The chance that the i-th best of all is the best of n that are drawn without replacement. */
function chancesOfBest(total: number, n: number): Float64Array {
  return Float64Array.from({ length: total - n + 1 }, (_, i) =>
    Math.exp(logChoose(total - i - 1, n - 1) - logChoose(total, n)),
  );
}

function curveOf(
  values: readonly TrialValue[],
  chances: readonly Float64Array[],
  smallerIsBetter: boolean,
): (number | null)[] {
  const finished = values.filter((value): value is number => !isCensored(value));
  const sorted = Float64Array.from(finished).sort();
  if (!smallerIsBetter) sorted.reverse();
  // The last places of the order are those of failed trials.
  return chances.map((chance) => (chance.length > sorted.length ? null : expected(chance, sorted)));
}

function expected(chance: Float64Array, sorted: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < chance.length; i++) sum += chance[i]! * sorted[i]!;
  return sum;
}
