import type { StatisticSet } from "../choices.ts";

/**
 * Numbers that describe a window x_0, …, x_{n−1} of one quantity. µ is the mean, σ² = Σ(x − µ)²/n the population
 * variance, d_t = x_t − µ. What divides by σ², Σ|X| or Σ|X|² is 0 for a window that does not vary; a network cannot
 * read "not defined".
 */
const basic = {
  mean: ({ mean }: Window) => mean,
  /** σ */
  deviation: ({ variance }: Window) => Math.sqrt(variance),
  minimum: ({ sorted }: Window) => sorted[0]!,
  maximum: ({ sorted }: Window) => sorted.at(-1)!,
  median: ({ sorted }: Window) => quantile(sorted, 0.5),
  /** Quantiles at 1/4 and 3/4, interpolated linearly between readings (Hyndman & Fan 1996, type 7; NumPy's default). */
  lowerQuartile: ({ sorted }: Window) => quantile(sorted, 0.25),
  upperQuartile: ({ sorted }: Window) => quantile(sorted, 0.75),
  range: ({ sorted }: Window) => sorted.at(-1)! - sorted[0]!,
} as const;

const comprehensive = {
  ...basic,
  interquartileRange: ({ sorted }: Window) => quantile(sorted, 0.75) - quantile(sorted, 0.25),
  /** Median of |x − median|. */
  medianAbsoluteDeviation: ({ sorted }: Window) => {
    const middle = quantile(sorted, 0.5);
    return quantile(sorted.map((x) => Math.abs(x - middle)).sort(), 0.5);
  },
  /** Σd³ / (n·σ³) */
  skewness: (w: Window) => ratio(moment(w, 3), w.variance ** 1.5),
  /** Σd⁴ / (n·σ⁴) − 3: the excess over a normal distribution's. */
  kurtosis: (w: Window) => (w.variance === 0 ? 0 : moment(w, 4) / w.variance ** 2 - 3),
  /** √(Σx²/n) */
  rootMeanSquare: ({ mean, variance }: Window) => Math.sqrt(variance + mean * mean),
  /** Σx² */
  energy: ({ values }: Window) => values.reduce((sum, x) => sum + x * x, 0),
  /** Share of the n − 1 steps at which the sign of d changes; 0 counts as positive. */
  zeroCrossings: ({ differences }: Window) => shareOfSteps(differences, (a, b) => a < 0 !== b < 0),
  /** Of the line of least squares, per reading: Σ(t − t̄)·d_t / Σ(t − t̄)². */
  slope: ({ differences }: Window) => {
    const middle = (differences.length - 1) / 2;
    const squares = differences.reduce((sum, _, t) => sum + (t - middle) ** 2, 0);
    return ratio(
      differences.reduce((sum, d, t) => sum + (t - middle) * d, 0),
      squares,
    );
  },
  /** Σ|x_t − x_{t−1}| / (n − 1) */
  meanAbsoluteChange: ({ values }: Window) => {
    const sum = values.reduce((total, x, t) => (t === 0 ? 0 : total + Math.abs(x - values[t - 1]!)), 0);
    return ratio(sum, values.length - 1);
  },
  /** max |x_t − x_{t−1}| */
  largestChange: ({ values }: Window) =>
    values.reduce((most, x, t) => (t === 0 ? 0 : Math.max(most, Math.abs(x - values[t - 1]!))), 0),
  /** Σd_t·d_{t+k} / Σd², the biased estimate (Box & Jenkins, eq. 2.1.12), for k = 1, 2 and 4. */
  autocorrelation1: (w: Window) => autocorrelation(w, 1),
  autocorrelation2: (w: Window) => autocorrelation(w, 2),
  autocorrelation4: (w: Window) => autocorrelation(w, 4),
  /** −Σp·ln p in nats, p the shares of ten equal bins from minimum to maximum. */
  entropy: ({ values, sorted }: Window) => {
    const [least, width] = [sorted[0]!, sorted.at(-1)! - sorted[0]!];
    const counts = new Float64Array(10);
    for (const x of values) counts[Math.min(9, Math.floor(ratio(10 * (x - least), width)))]!++;
    return entropyOf(counts);
  },
  /** Share of the readings that are above both neighbours. */
  peaks: ({ values }: Window) =>
    values.reduce((count, x, t) => count + (x > values[t - 1]! && x > values[t + 1]! ? 1 : 0), 0) / values.length,
  /** Σf·|X_f| / Σ|X_f| of the amplitudes |X_f| of d at f = 1/n, 2/n, … ≤ 1/2, in cycles per reading. */
  spectralCentroid: ({ power, values }: Window) => {
    const amplitudes = power.map(Math.sqrt);
    const weighted = amplitudes.reduce((sum, amplitude, k) => sum + ((k + 1) / values.length) * amplitude, 0);
    return ratio(
      weighted,
      amplitudes.reduce((sum, amplitude) => sum + amplitude, 0),
    );
  },
  /** Entropy, in nats, of the shares of |X_f|². */
  spectralEntropy: ({ power }: Window) => entropyOf(power),
  /** f of the largest |X_f|, in cycles per reading. */
  dominantFrequency: ({ power, values, variance }: Window) =>
    variance === 0 ? 0 : (power.indexOf(Math.max(...power)) + 1) / values.length,
} as const;

/** What does not change with the level of the readings: a model that reads it cannot know a sensor by its level. */
const { deviation, range, interquartileRange, medianAbsoluteDeviation, slope, meanAbsoluteChange, largestChange } =
  comprehensive;
const variation = {
  deviation,
  range,
  interquartileRange,
  medianAbsoluteDeviation,
  slope,
  meanAbsoluteChange,
  largestChange,
} as const;

/** The sets that the option `statType` takes. */
export const statisticSets = { basic, comprehensive, variation } as const satisfies Record<
  StatisticSet,
  Readonly<Record<string, (window: Window) => number>>
>;

/**
 * [F] the features of one quantity in one window, in the order of the set's names. `values` must hold at least one
 * reading.
 */
export function statisticalFeatures(values: Float64Array, set: StatisticSet): Float64Array {
  const window = describe(values);
  return Float64Array.from(Object.values(statisticSets[set]), (feature) => feature(window));
}

/** What several features need. */
interface Window {
  readonly values: Float64Array;
  readonly sorted: Float64Array;
  readonly mean: number;
  readonly variance: number;
  /** d = x − µ; all 0 where all readings are equal, whatever rounding made of their mean. */
  readonly differences: Float64Array;
  /** |X_f|² of d at f = 1/n, 2/n, … ≤ 1/2. */
  readonly power: Float64Array;
}

function describe(values: Float64Array): Window {
  const sorted = values.toSorted();
  const constant = sorted[0] === sorted.at(-1);
  const mean = constant ? sorted[0]! : values.reduce((sum, x) => sum + x, 0) / values.length;
  const differences = values.map((x) => x - mean);
  const variance = differences.reduce((sum, d) => sum + d * d, 0) / values.length;
  let power: Float64Array | undefined;
  return {
    values,
    sorted,
    mean,
    variance,
    differences,
    get power() {
      power ??= powerOf(differences);
      return power;
    },
  };
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

function moment({ differences }: Window, power: number): number {
  return differences.reduce((sum, d) => sum + d ** power, 0) / differences.length;
}

function autocorrelation({ differences, variance }: Window, lag: number): number {
  const sum = differences.reduce((total, d, t) => total + (t < lag ? 0 : d * differences[t - lag]!), 0);
  return ratio(sum, variance * differences.length);
}

function shareOfSteps(values: Float64Array, counts: (before: number, now: number) => boolean): number {
  const found = values.reduce((sum, x, t) => sum + (t > 0 && counts(values[t - 1]!, x) ? 1 : 0), 0);
  return ratio(found, values.length - 1);
}

function entropyOf(weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight) => {
    const share = ratio(weight, total);
    return share === 0 ? sum : sum - share * Math.log(share);
  }, 0);
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

/** Cosine and sine of 2π·k/n for k < n, by n: the same window length comes many thousand times. */
const turns = new Map<number, { readonly cosines: Float64Array; readonly sines: Float64Array }>();

function turnsOf(n: number) {
  const known = turns.get(n);
  if (known) return known;
  const angles = Float64Array.from({ length: n }, (_, k) => (2 * Math.PI * k) / n);
  const made = { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
  turns.set(n, made);
  return made;
}

/** By the definition of the discrete Fourier transform: windows are short. */
function powerOf(differences: Float64Array): Float64Array {
  const n = differences.length;
  const { cosines, sines } = turnsOf(n);
  return Float64Array.from({ length: Math.floor(n / 2) }, (_, k) => {
    let [real, imaginary] = [0, 0];
    for (let t = 0; t < n; t++) {
      const turn = ((k + 1) * t) % n;
      real += differences[t]! * cosines[turn]!;
      imaginary -= differences[t]! * sines[turn]!;
    }
    return real * real + imaginary * imaginary;
  });
}
