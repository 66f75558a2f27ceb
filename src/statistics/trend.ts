import { UsageError } from "../tensor/errors.ts";
import type { GradientMoments } from "./noiseScale.ts";
import { normalTail } from "./normal.ts";
import { studentTTail } from "./studentT.ts";

export interface MannKendall {
  /** S = Σ_{i<j} sign(x_j − x_i). */
  readonly statistic: number;
  /** Kendall's τ = S / (n(n − 1)/2), −1 to 1. */
  readonly tau: number;
  /** Two-sided p-value of "no trend". */
  readonly p: number;
}

/** Up to here the exact distribution is counted; beyond, the normal one differs in the fourth digit. */
const MOST_EXACT = 50;

/**
 * Does a series rise or fall? The test of Mann 1945 (Econometrica 13) and Kendall: it sees monotone trends of any
 * shape. Exact for up to 50 values without ties, else by the normal distribution with the variance for ties and the
 * continuity correction. The values must be independent but for the trend:
 * neighbours of a moving average are not, and pass for a trend. NaN for fewer than three values.
 * Throws `UsageError` for values that are not finite.
 */
export function mannKendall(values: readonly number[]): MannKendall {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new UsageError(
      `mannKendall: expected finite values, got ${values[bad]} at ${bad}; leave out or replace what is unknown`,
    );
  const n = values.length;
  if (n < 3) return { statistic: Number.NaN, tau: Number.NaN, p: Number.NaN };
  let statistic = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) statistic += Math.sign(values[j]! - values[i]!);
  const ties = tieSizes(values);
  const p = n <= MOST_EXACT && ties.length === 0 ? exactP(statistic, n) : normalP(statistic, n, ties);
  return { statistic, tau: statistic / ((n * (n - 1)) / 2), p };
}

function tieSizes(values: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].filter((size) => size > 1);
}

/** P(|S| ≥ |s|) over all orders of n values: the number of inversions I has S = n(n − 1)/2 − 2I (Kendall 1938). */
function exactP(statistic: number, n: number): number {
  let shares: number[] = [1];
  for (let size = 2; size <= n; size++) {
    const next = Array<number>(shares.length + size - 1).fill(0);
    shares.forEach((share, inversions) => {
      for (let added = 0; added < size; added++) next[inversions + added]! += share / size;
    });
    shares = next;
  }
  const pairs = (n * (n - 1)) / 2;
  const extreme = shares.filter((_, inversions) => Math.abs(pairs - 2 * inversions) >= Math.abs(statistic));
  return Math.min(
    1,
    extreme.reduce((sum, share) => sum + share, 0),
  );
}

function normalP(statistic: number, n: number, ties: readonly number[]): number {
  const term = (size: number) => size * (size - 1) * (2 * size + 5);
  const variance = (term(n) - ties.reduce((sum, size) => sum + term(size), 0)) / 18;
  if (variance === 0) return 1;
  return 2 * normalTail(Math.max(0, Math.abs(statistic) - 1) / Math.sqrt(variance));
}

/** A checkpoint's moments and, where they are known, `inverseWithoutRow` of `GradientStatistics`. */
export interface CheckpointNoise extends GradientMoments {
  readonly inverseWithoutRow?: readonly number[];
}

export interface NoiseTrend {
  /** "rises" and "falls" at p < 0.05; "unclear" is no proof that nothing changes. */
  readonly direction: "rises" | "falls" | "unclear";
  /** Kendall's τ of the noise scale and time, −1 to 1; NaN for fewer than three checkpoints. */
  readonly tau: number;
  /** Two-sided p-value of "no trend". */
  readonly p: number;
  /** True where the rows, which all checkpoints share, pair the checkpoints; else the test is Mann and Kendall's. */
  readonly paired: boolean;
}

/**
 * Does the noise scale rise or fall over checkpoints? Both tests are on 1/noiseScale = |G|²/trΣ, turned round: unlike
 * the noise scale it has a value, possibly negative, where |G|² is not resolved, so no checkpoint is left out.
 * Checkpoints without noise or with NaN moments are. A rise is expected as training goes on and is no fault.
 *
 * Checkpoints that were measured on the same rows have errors that go together, neighbours' more than others', which
 * Mann and Kendall's test takes for a trend. Where every checkpoint says what it is without each of its rows, the test
 * is therefore paired: a jackknife that leaves one row out of all checkpoints at once (`pairedTrend`). Its p-value
 * answers for the examples that happened to be drawn, with the checkpoints as they are; not for another run of
 * training.
 */
export function noiseTrend(checkpoints: readonly CheckpointNoise[]): NoiseTrend {
  const known = checkpoints.filter((one) => Number.isFinite(inverseOf(one)));
  const { statistic, tau, p } = mannKendall(known.map(inverseOf));
  const paired = pairedTrend(known);
  const test = paired ?? { slope: statistic, p };
  const direction = !(test.p < 0.05) ? "unclear" : test.slope < 0 ? "rises" : "falls";
  return { direction, tau: -tau, p: test.p, paired: paired !== null };
}

const inverseOf = ({ squaredGradientNorm, traceCovariance }: GradientMoments) => squaredGradientNorm / traceCovariance;

/**
 * The slope Σ (t − t̄) asinh(θ_t/2s) over the order t of the checkpoints, θ = 1/noiseScale, with s the median of the
 * θ's own standard errors: logarithms where θ is clear and θ itself where it is not. Its variance is the jackknife's
 * over the rows, each left out of all checkpoints at once, with Student's t on K − 1 degrees of freedom. Null where
 * checkpoints do not share rows, or fewer than two checkpoints or three rows.
 */
function pairedTrend(checkpoints: readonly CheckpointNoise[]): { slope: number; p: number } | null {
  const without = checkpoints.flatMap(({ inverseWithoutRow }) => (inverseWithoutRow ? [inverseWithoutRow] : []));
  const rows = without[0]?.length ?? 0;
  const fits = without.every((values) => values.length === rows && values.every(Number.isFinite));
  if (without.length < checkpoints.length || checkpoints.length < 2 || rows < 3 || !fits) return null;
  const errors = without.map(jackknifeError).toSorted((a, b) => a - b);
  const unit = 2 * errors[Math.floor(errors.length / 2)]!;
  const slopeOf = (values: readonly number[]) =>
    values.reduce((sum, value, t) => sum + (t - (values.length - 1) / 2) * Math.asinh(value / unit), 0);
  const slope = slopeOf(checkpoints.map(inverseOf));
  const error = jackknifeError(Array.from({ length: rows }, (_, k) => slopeOf(without.map((values) => values[k]!))));
  return error > 0 ? { slope, p: studentTTail(slope / error, rows - 1) } : null;
}

/** The root of (K − 1)/K Σ (x_(k) − x̄)² of K delete-one replicates. */
function jackknifeError(replicates: readonly number[]): number {
  const rows = replicates.length;
  const mean = replicates.reduce((sum, x) => sum + x, 0) / rows;
  return Math.sqrt(((rows - 1) / rows) * replicates.reduce((sum, x) => sum + (x - mean) ** 2, 0));
}

/**
 * The phase plot's series: log10 trΣ against log10 |G|² of each checkpoint, on which lines of slope one are constant
 * noise scales, 10^(logTrace − logSquaredNorm). NaN where |G|² ≤ 0 or trΣ = 0: such a point has no place in the plot.
 */
export function phasePlot(checkpoints: readonly GradientMoments[]): readonly {
  readonly logTrace: number;
  readonly logSquaredNorm: number;
}[] {
  const log = (value: number) => (value > 0 ? Math.log10(value) : Number.NaN);
  return checkpoints.map(({ traceCovariance, squaredGradientNorm }) => ({
    logTrace: log(traceCovariance),
    logSquaredNorm: log(squaredGradientNorm),
  }));
}
