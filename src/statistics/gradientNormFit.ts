import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { meanOf, varianceOf } from "./comparison/sample.ts";
import { studentTQuantile } from "./studentT.ts";
import type { Interval } from "./types.ts";

/** Squared norms of gradients of one batch size at (nearly) the same parameters, from independent batches. */
export interface NormSample {
  readonly batchSize: number;
  /** At least two. */
  readonly squaredNorms: readonly number[];
}

/** E‖g_B‖² = |G|² + tr Σ/B. */
export interface GradientNormFit {
  /** |G|², in loss²/parameter². May be negative where it is not resolved. */
  readonly signal: Interval;
  /** tr Σ, per example. */
  readonly noise: Interval;
  /** tr Σ/|G|² in examples. Unresolved: the value and the upper end are null, and only `lower` is known. */
  readonly noiseScale: {
    readonly value: number | null;
    readonly lower: number;
    readonly upper: number | null;
    readonly resolved: boolean;
  };
  /** Mean of each sample over what the line gives there, minus 1. */
  readonly residuals: readonly { readonly batchSize: number; readonly residual: number }[];
}

/**
 * Fits a line in 1/B to mean squared gradient norms of at least two batch sizes (McCandlish et al. 2018, App. A.1, for
 * more than two sizes). The spread of ‖g_B‖² is about in proportion to its mean, so that the weights are n/fit²,
 * iterated: weights by each sample's own variance would favour samples that came out low. The covariance of the two
 * coefficients is of the samples' variances (White 1980), the ends are by Student's t with the degrees of freedom of
 * Satterthwaite 1946, those of the ratio after Fieller 1954: where |G|² may be 0, the noise scale has no upper end.
 *
 * Throws `UsageError` for fewer than two batch sizes or two norms of one, and for what is no finite norm.
 */
export function fitGradientNorms(samples: readonly NormSample[]): GradientNormFit {
  requireArguments("fitGradientNorms", { samples }, { samples: is.listOf("samples", is.object) });
  assertUsable(samples);
  const points = samples.map(({ batchSize, squaredNorms }) => ({
    x: 1 / batchSize,
    y: meanOf(squaredNorms),
    count: squaredNorms.length,
    error: varianceOf(squaredNorms) / squaredNorms.length,
  }));
  const floor = 1e-9 * Math.max(...points.map(({ y }) => y));
  let fitted = points.map(({ y }) => Math.max(y, floor));
  let line = weighted(points, fitted);
  for (let i = 0; i < 20; i++) {
    fitted = points.map(({ x }) => Math.max(line.signal + line.noise * x, floor));
    line = weighted(points, fitted);
  }
  const [ofSignal, ofNoise] = [line.signalFreedom, line.noiseFreedom].map((freedom) => studentTQuantile(0.95, freedom));
  const interval = (value: number, variance: number, t: number) => {
    const half = t * Math.sqrt(variance);
    return { value, lower: value - half, upper: value + half };
  };
  return {
    signal: interval(line.signal, line.signalVariance, ofSignal!),
    noise: interval(line.noise, line.noiseVariance, ofNoise!),
    noiseScale: fieller(line, Math.max(ofSignal!, ofNoise!)),
    residuals: samples.map(({ batchSize }, i) => ({
      batchSize,
      residual: points[i]!.y / (line.signal + line.noise / batchSize) - 1,
    })),
  };
}

interface Line {
  readonly signal: number;
  readonly noise: number;
  readonly signalVariance: number;
  readonly noiseVariance: number;
  readonly covariance: number;
  /** Degrees of freedom of the two variances. */
  readonly signalFreedom: number;
  readonly noiseFreedom: number;
}

/** Both coefficients are weighted sums of the means, whose variances are known. */
function weighted(
  points: readonly { readonly x: number; readonly y: number; readonly count: number; readonly error: number }[],
  fitted: readonly number[],
): Line {
  const weights = points.map(({ count }, i) => count / fitted[i]! ** 2);
  const sum = (term: (point: (typeof points)[number], weight: number) => number) =>
    points.reduce((total, point, i) => total + term(point, weights[i]!), 0);
  const total = sum((_, w) => w);
  const centre = sum(({ x }, w) => w * x) / total;
  const spread = sum(({ x }, w) => w * (x - centre) ** 2);
  const slopeOf = (x: number, w: number) => (w * (x - centre)) / spread;
  const interceptOf = (x: number, w: number) => w / total - centre * slopeOf(x, w);
  const least = Math.min(...points.map(({ count }) => count - 1));
  const freedomOf = (weightOf: (x: number, w: number) => number) => {
    const parts = points.map(({ x, error }, i) => weightOf(x, weights[i]!) ** 2 * error);
    const whole = parts.reduce((a, b) => a + b, 0) ** 2;
    const freedom = whole / parts.reduce((total, part, i) => total + part ** 2 / (points[i]!.count - 1), 0);
    // Of no spread at all there is no share.
    return Number.isNaN(freedom) ? least : freedom;
  };
  return {
    signalFreedom: freedomOf(interceptOf),
    noiseFreedom: freedomOf(slopeOf),
    signal: sum(({ x, y }, w) => interceptOf(x, w) * y),
    noise: sum(({ x, y }, w) => slopeOf(x, w) * y),
    signalVariance: sum(({ x, error }, w) => interceptOf(x, w) ** 2 * error),
    noiseVariance: sum(({ x, error }, w) => slopeOf(x, w) ** 2 * error),
    covariance: sum(({ x, error }, w) => interceptOf(x, w) * slopeOf(x, w) * error),
  };
}

/** All ratios ρ ≥ 0 with |noise − ρ·signal| ≤ t standard errors of it, as far as they are one stretch. */
function fieller({ signal: estimate, noise, signalVariance, noiseVariance, covariance }: Line, t: number) {
  // A squared length below 0 is a 0 that came out low.
  const signal = Math.max(0, estimate);
  const a = signal ** 2 - t ** 2 * signalVariance;
  const b = signal * noise - t ** 2 * covariance;
  const c = noise ** 2 - t ** 2 * noiseVariance;
  const root = Math.sqrt(Math.max(0, b ** 2 - a * c));
  if (a > 0)
    return { value: noise / signal, lower: Math.max(0, (b - root) / a), upper: (b + root) / a, resolved: true };
  // |G|² may be 0. Where tr Σ is clear of 0, all ratios from the positive root on fit; else every ratio does.
  const lower = c > 0 && a < 0 ? (b - root) / a : 0;
  return { value: null, lower: Math.max(0, lower), upper: null, resolved: false };
}

function assertUsable(samples: readonly NormSample[]): void {
  const sizes = new Set(samples.map(({ batchSize }) => batchSize));
  const wrong =
    sizes.size < 2
      ? `at least 2 batch sizes, got ${sizes.size}; one size cannot tell noise from signal`
      : samples.some(({ batchSize }) => !(batchSize > 0))
        ? "positive batch sizes, got another; count the examples of a gradient"
        : samples.some(({ squaredNorms }) => squaredNorms.length < 2)
          ? "at least 2 norms of each batch size, got 1; measure more"
          : samples.some(({ squaredNorms }) => !squaredNorms.every((norm) => norm >= 0 && Number.isFinite(norm)))
            ? "finite squared norms, got another; leave diverged steps out"
            : null;
  if (wrong) throw new UsageError(`fitGradientNorms: expected ${wrong}`);
}
