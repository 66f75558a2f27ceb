import { random } from "../../tensor/random.ts";
import { normalTail } from "../normal.ts";
import { studentTQuantile, studentTTail } from "../studentT.ts";
import type { Interval } from "../types.ts";
import { normalQuantile } from "./distributions.ts";
import { deviationOf, meanOf, quantile, varianceOf } from "./sample.ts";

/** A mean with its interval and the p of a mean of 0. */
export interface MeanInterval extends Interval {
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** Two-sided, by Student's t. */
  readonly p: number;
}

/**
 * The mean of n ≥ 2 values with its interval x̄ ± t·s/√n (Student 1908, Biometrika 6). Of equal values the interval is
 * the value itself, and p is 0 or, for zeros, 1.
 */
export function tInterval(values: readonly number[], level = 0.95): MeanInterval {
  return around(meanOf(values), Math.sqrt(varianceOf(values) / values.length), values.length - 1, level);
}

/**
 * The difference of the means of two independent samples, of at least 2 values each, with the interval of Welch 1947
 * (Biometrika 34): variances need not be equal; degrees of freedom after Satterthwaite 1946.
 */
export function welchInterval(a: readonly number[], b: readonly number[], level = 0.95): MeanInterval {
  const [ofA, ofB] = [varianceOf(a) / a.length, varianceOf(b) / b.length];
  const squared = ofA + ofB;
  const degreesOfFreedom =
    squared === 0 ? a.length + b.length - 2 : squared ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  return around(meanOf(a) - meanOf(b), Math.sqrt(squared), degreesOfFreedom, level);
}

function around(value: number, standardError: number, degreesOfFreedom: number, level: number): MeanInterval {
  const half = standardError === 0 ? 0 : studentTQuantile(level, degreesOfFreedom) * standardError;
  const p = standardError === 0 ? (value === 0 ? 1 : 0) : studentTTail(value / standardError, degreesOfFreedom);
  return { value, lower: value - half, upper: value + half, standardError, degreesOfFreedom, p };
}

const RESAMPLES = 2000;

/**
 * The mean of n ≥ 2 values with the BCa interval, bias-corrected and accelerated (Efron 1987, J. American Statistical
 * Association 82), of 2000 resamples by the bootstrap; the same each time. It is too narrow for few values, because
 * resamples are spread by √((n − 1)/n) of the truth and their tails are lighter than those of t: docs/comparing.md says
 * how often it covers.
 */
export function bcaInterval(values: readonly number[], level = 0.95, resamples = RESAMPLES, seed = 0): Interval {
  const value = meanOf(values);
  if (varianceOf(values) === 0) return { value, lower: value, upper: value };
  const means = resampled(values, resamples, seed, meanOf);
  let [below, equal] = [0, 0];
  for (const mean of means) {
    if (Math.abs(mean - value) <= 1e-12 * Math.abs(value)) equal++;
    else if (mean < value) below++;
  }
  const bias = normalQuantile((below + equal / 2) / resamples);
  // Of a mean, the jackknife's Σ u³/(6 (Σ u²)^{3/2}) with u_i = x_i − x̄.
  const moment = (power: number) => values.reduce((sum, x) => sum + (x - value) ** power, 0);
  const acceleration = moment(3) / (6 * moment(2) ** 1.5);
  const end = (probability: number) => {
    const z = bias + normalQuantile(probability);
    return quantile(means, 1 - normalTail(bias + z / (1 - acceleration * z)));
  };
  return { value, lower: end((1 - level) / 2), upper: end((1 + level) / 2) };
}

/**
 * The mean of n ≥ 2 values with the studentised bootstrap interval (Efron 1981, Canadian J. of Statistics 9; Hall
 * 1988): the quantiles of √n (x̄′ − x̄)/s′ over resamples take the place of Student's t. Resamples of equal values are
 * left out. Very wide for n < 6.
 */
export function studentizedInterval(
  values: readonly number[],
  level = 0.95,
  resamples = RESAMPLES,
  seed = 0,
): Interval {
  const value = meanOf(values);
  const error = deviationOf(values) / Math.sqrt(values.length);
  const ts = resampled(values, resamples, seed, (drawn) => {
    const spread = deviationOf(drawn) / Math.sqrt(drawn.length);
    return spread === 0 ? Number.NaN : (meanOf(drawn) - value) / spread;
  });
  if (error === 0 || ts.length === 0) return { value, lower: value, upper: value };
  return {
    value,
    lower: value - quantile(ts, (1 + level) / 2) * error,
    upper: value - quantile(ts, (1 - level) / 2) * error,
  };
}

/** A statistic of resamples with replacement, sorted; without those where it is not defined. */
function resampled(
  values: readonly number[],
  resamples: number,
  seed: number,
  statistic: (drawn: Float64Array) => number,
): Float64Array {
  const { uniform } = random(seed);
  const drawn = new Float64Array(values.length);
  const found = new Float64Array(resamples);
  let count = 0;
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[Math.floor(uniform() * drawn.length)]!;
    const one = statistic(drawn);
    if (!Number.isNaN(one)) found[count++] = one;
  }
  return found.subarray(0, count).sort();
}
