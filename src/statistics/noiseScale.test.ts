import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { datasetNoiseScale, gradientMoments, noiseScale, noiseScaleFromTwoSizes } from "./noiseScale.ts";

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/fixtures/oracle/${name}.json`, import.meta.url), "utf8"));

type Vector = readonly number[];
const dot = (a: Vector, b: Vector) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const gramOf = (rows: readonly Vector[], counts: readonly number[]) =>
  gramOfRows(
    rows.map((row) => Float64Array.from(row)),
    counts,
  );
const alike = (rows: number, count: number) => Array<number>(rows).fill(count);
const mean = (values: Vector) => values.reduce((sum, x) => sum + x, 0) / values.length;
const standardError = (values: Vector) =>
  Math.sqrt(values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1) / values.length);

/** |ȳ − truth| in standard errors of ȳ: beyond 4 once in 16,000 honest draws; the seeds are fixed. */
const deviation = (values: Vector, truth: number) => Math.abs(mean(values) - truth) / standardError(values);

/** One example's gradient has mean `signal` and independent coordinates of deviation `spread`. */
const spread = Array.from({ length: 24 }, (_, d) => (d + 1) ** -0.5);
const traceCovariance = dot(spread, spread);
const signalFor = (scale: number) => spread.map(() => Math.sqrt(traceCovariance / scale / spread.length));
const rowOf = (signal: Vector, count: number, normal: () => number) =>
  spread.map((s, d) => signal[d]! + (s / Math.sqrt(count)) * normal());

describe("moments", () => {
  test("agree with NumPy on a matrix of batch gradients", () => {
    const oracle = fixture("gradient_statistics");
    const gram = gramOf(oracle.gradients, alike(oracle.gradients.length, oracle.batch_size));
    const moments = gradientMoments(gram);
    const close = (actual: number, expected: number) => expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-10);
    close(moments.traceCovariance, oracle.batch_size * oracle.trace_covariance_of_batch_gradient);
    close(moments.squaredGradientNorm, oracle.squared_norm_of_true_gradient_unbiased);
    close(moments.squaredNormOfMean, oracle.squared_norm_of_mean);
    close(noiseScale(gram).value, oracle.noise_scale_simple_unbiased);
  });

  test("agree with loops over the vectors when counts differ", () => {
    const { normal } = random(1);
    const counts = [4, 4, 4, 1, 9];
    const rows = counts.map((count) => rowOf(signalFor(5), count, normal));
    const examples = 22;
    const center = spread.map((_, d) => rows.reduce((sum, row, k) => sum + counts[k]! * row[d]!, 0) / examples);
    let trace = 0;
    let crossed = 0;
    let weights = 0;
    rows.forEach((a, k) => {
      trace += (counts[k]! * a.reduce((sum, x, d) => sum + (x - center[d]!) ** 2, 0)) / 4;
      rows.forEach((b, l) => {
        if (k === l) return;
        crossed += counts[k]! * counts[l]! * dot(a, b);
        weights += counts[k]! * counts[l]!;
      });
    });
    const moments = gradientMoments(gramOf(rows, counts));
    expect(moments.traceCovariance).toBeCloseTo(trace, 12);
    expect(moments.squaredGradientNorm).toBeCloseTo(crossed / weights, 12);
    expect(moments.squaredNormOfMean).toBeCloseTo(dot(center, center), 12);
  });

  test("are unbiased for a planted G and Σ, with unequal counts", () => {
    const { normal } = random(2);
    const signal = signalFor(40);
    const counts = [8, 8, 8, 8, 8, 3];
    const draws = Array.from({ length: 3000 }, () =>
      gradientMoments(
        gramOf(
          counts.map((count) => rowOf(signal, count, normal)),
          counts,
        ),
      ),
    );
    const norms = draws.map((draw) => draw.squaredGradientNorm);
    const traces = draws.map((draw) => draw.traceCovariance);
    expect(deviation(norms, dot(signal, signal))).toBeLessThan(4);
    expect(deviation(traces, traceCovariance)).toBeLessThan(4);
    // Tight enough to see a mistake: a quarter of the bias trΣ/Σb of ‖ḡ‖², and far less than K in place of K − 1 makes.
    expect(4 * standardError(norms)).toBeLessThan(traceCovariance / 43 / 4);
    expect(4 * standardError(traces)).toBeLessThan(0.04 * traceCovariance);
  });

  test("drawn without replacement estimate S², |G_D|² − S²/N and |G_D|²", () => {
    const { normal, permutation } = random(3);
    const examples = Array.from({ length: 60 }, () => rowOf(signalFor(20), 1, normal));
    const center = spread.map((_, d) => mean(examples.map((example) => example[d]!)));
    const variance = examples.reduce((sum, x) => sum + dot(x, x) - dot(center, center), 0) / 59;
    const draws = Array.from({ length: 3000 }, () => {
      const order = permutation(60);
      const rows = Array.from({ length: 5 }, (_, k) =>
        spread.map((_, d) => mean(Array.from({ length: 6 }, (_, i) => examples[order[6 * k + i]!]![d]!))),
      );
      const gram = gramOf(rows, alike(5, 6));
      return { ...gradientMoments(gram), dataset: datasetNoiseScale(gram, 60).value };
    });
    const norms = draws.map((draw) => draw.squaredGradientNorm);
    const traces = draws.map((draw) => draw.traceCovariance);
    expect(deviation(traces, variance)).toBeLessThan(4);
    expect(deviation(norms, dot(center, center) - variance / 60)).toBeLessThan(4);
    expect(deviation(norms, dot(center, center))).toBeGreaterThan(4);
    const dataset = draws.map((draw) => draw.squaredGradientNorm + draw.traceCovariance / 60);
    expect(deviation(dataset, dot(center, center))).toBeLessThan(4);
    const known = draws.flatMap((draw, i) => (dataset[i]! > 0 ? [[draw, dataset[i]!] as const] : []));
    expect(known.length).toBeGreaterThan(draws.length / 2);
    for (const [draw, norm] of known) expect(draw.dataset).toBeCloseTo(draw.traceCovariance / norm, 8);
  });
});

describe("interval", () => {
  const coverage = (scale: number, counts: readonly number[], seed: number, of = noiseScale) => {
    const { normal } = random(seed);
    const signal = signalFor(scale);
    const draws = Array.from({ length: 400 }, () => {
      const rows = counts.map((count) => rowOf(signal, count, normal));
      return of(gramOf(rows, counts));
    });
    const share = (hit: (draw: (typeof draws)[number]) => boolean) => draws.filter(hit).length / draws.length;
    return {
      covered: share((draw) => draw.lower <= scale && scale <= draw.upper),
      tooHigh: share((draw) => draw.lower > scale),
      resolved: share((draw) => draw.resolved),
    };
  };

  // 400 draws of a true 0.95 have a standard error of 0.011. Halving the width covers 0.66 of the first case.
  test.each([
    ["a clear gradient", 20, alike(32, 8), 0.92, 0.98, 0.99],
    ["few rows", 20, alike(8, 32), 0.92, 0.995, 0.9],
    ["unequal rows", 20, [...alike(8, 32), ...alike(8, 2)], 0.92, 0.98, 0.95],
    // Nothing says along which directions it lies: the interval answers for the noisiest ones.
    ["a gradient hidden in the noise", 200, alike(32, 8), 0.97, 1.01, 0.1],
  ])("covers the planted noise scale: %s", (_, scale, counts, least, most, resolved) => {
    const result = coverage(scale, counts, 4);
    expect(result.covered).toBeGreaterThan(least);
    expect(result.covered).toBeLessThan(most);
    expect(result.resolved).toBeGreaterThan(resolved);
    expect(result.tooHigh).toBeLessThan(0.07);
  });

  test("claims no finite noise scale when there is no gradient", () => {
    const { normal } = random(5);
    const nothing = spread.map(() => 0);
    const draws = Array.from({ length: 400 }, () =>
      noiseScale(
        gramOf(
          alike(32, 8).map((count) => rowOf(nothing, count, normal)),
          alike(32, 8),
        ),
      ),
    );
    // By symmetry half the estimates of |G|² are negative; at most 1 in 40 intervals should be bounded above.
    const unknown = draws.filter((draw) => Number.isNaN(draw.value));
    expect(unknown.length).toBeGreaterThan(140);
    expect(unknown.length).toBeLessThan(260);
    expect(draws.filter((draw) => draw.resolved).length).toBeLessThan(20);
    for (const draw of unknown) {
      expect(draw.upper).toBe(Number.POSITIVE_INFINITY);
      expect(draw.lower).toBeGreaterThan(0);
    }
  });

  test("does not claim too high a lower limit where noise of few directions dominates", () => {
    // Σ = diag(1, 1/8, 1/27, …) fills 1.4 directions. The jackknife alone is too sure in 1 draw of 9.
    const { normal } = random(9);
    const narrow = spread.map((_, d) => (d + 1) ** -1.5);
    const signal = Math.sqrt(dot(narrow, narrow) / 200 / narrow.length);
    const draws = Array.from({ length: 400 }, () => {
      const rows = alike(32, 8).map((count) => narrow.map((s) => signal + (s / Math.sqrt(count)) * normal()));
      return noiseScale(gramOf(rows, alike(32, 8)));
    });
    expect(draws.filter((draw) => draw.lower > 200).length).toBeLessThan(20);
  });

  test("of the data set covers S²/|G_D|² and closes when every example is seen alone", () => {
    const { normal, permutation } = random(6);
    const size = 256;
    const examples = Array.from({ length: size }, () => rowOf(signalFor(20), 1, normal));
    const center = spread.map((_, d) => mean(examples.map((example) => example[d]!)));
    const variance = examples.reduce((sum, x) => sum + dot(x, x) - dot(center, center), 0) / (size - 1);
    const truth = variance / dot(center, center);
    const draw = (rows: number, count: number) => {
      const order = permutation(size);
      const means = Array.from({ length: rows }, (_, k) =>
        spread.map((_, d) => mean(Array.from({ length: count }, (_, i) => examples[order[count * k + i]!]![d]!))),
      );
      return gramOf(means, alike(rows, count));
    };
    for (const rows of [32, 16]) {
      const intervals = Array.from({ length: 300 }, () => datasetNoiseScale(draw(rows, 8), size));
      const covered = intervals.filter(({ lower, upper }) => lower <= truth && truth <= upper).length / 300;
      expect(covered).toBeGreaterThan(0.91);
      expect(covered).toBeLessThan(0.99);
      // |G_D|² is known when the rows hold everything; without the correction most of these would be far wider.
      if (rows === 32) for (const { lower, upper } of intervals) expect(upper / lower).toBeLessThan(2.5);
    }
    const exact = datasetNoiseScale(draw(size, 1), size);
    for (const end of [exact.value, exact.lower, exact.upper]) expect(end).toBeCloseTo(truth, 9);
    const some = draw(16, 8);
    expect(datasetNoiseScale(some, 1e15).value / noiseScale(some).value).toBeCloseTo(1, 9);
  });

  test("has the ends that the rows allow at the edges", () => {
    const edge = (...rows: number[][]) => {
      const { value, lower, upper, resolved } = noiseScale(gramOf(rows, alike(rows.length, 4)));
      return { value, lower, upper, resolved };
    };
    const unknown = { lower: 0, upper: Number.POSITIVE_INFINITY, resolved: false };
    const agreeing = { value: 0, lower: 0, upper: 0, resolved: true };
    expect(edge([0.1, 0.7], [0.1, 0.7], [0.1, 0.7])).toEqual(agreeing);
    expect(edge([0.3, 0.1], [0.3, 0.1])).toEqual(agreeing);
    const { normal } = random(10);
    for (let i = 0; i < 20; i++) {
      const row = spread.map(normal);
      expect(edge(...alike(7, 0).map(() => row))).toEqual(agreeing);
      expect(gradientMoments(gramOf([row], [3])).traceCovariance).toBeNaN();
    }
    expect(edge([0, 0], [0, 0], [0, 0])).toEqual({ value: Number.NaN, ...unknown });
    // b Σ‖g_k − ḡ‖²/(K − 1) = 4 · 1 and ⟨g_1, g_2⟩ = 0.75; two rows leave nothing to delete.
    expect(edge([1, 0.5], [0, 1.5])).toEqual({ value: 4 / 0.75, ...unknown });
    expect(edge([1, 2])).toEqual({ value: Number.NaN, ...unknown });
    // Rows that cancel exactly: all they show is that the noise scale is not small.
    const { value, lower, resolved } = edge([1, 0], [-1, 0], [0, 1], [0, -1]);
    expect(value).toBeNaN();
    expect(resolved).toBe(false);
    expect(lower).toBeGreaterThan(3);
  });

  test("does not depend on the unit of the loss, and is in examples", () => {
    const { normal } = random(7);
    const rows = Array.from({ length: 10 }, () => rowOf(signalFor(30), 8, normal));
    const base = noiseScale(gramOf(rows, alike(10, 8)));
    const scaled = noiseScale(
      gramOf(
        rows.map((row) => row.map((x) => 1000 * x)),
        alike(10, 8),
      ),
    );
    const doubled = noiseScale(gramOf(rows, alike(10, 16)));
    for (const key of ["value", "lower", "upper"] as const) {
      expect(scaled[key] / base[key]).toBeCloseTo(1, 9);
      expect(doubled[key] / base[key]).toBeCloseTo(2, 9);
    }
  });
});

test("a data set smaller than its rows is refused", () => {
  const gram = { products: Float64Array.of(1, 0, 0, 1), counts: [8, 8] };
  for (const size of [15, Number.NaN]) {
    expect(() => datasetNoiseScale(gram, size)).toThrow(UsageError);
    expect(() => datasetNoiseScale(gram, size)).toThrow(
      /^datasetNoiseScale: expected a dataset size ≥ the rows' 16 examples, got (15|NaN); /,
    );
  }
});

describe("two batch sizes", () => {
  test("agree with NumPy", () => {
    const oracle = fixture("noise_scale_two_sizes");
    const result = noiseScaleFromTwoSizes({
      small: oracle.small,
      big: oracle.big,
      meanSquaredNormSmall: oracle.mean_squared_norm_small,
      meanSquaredNormBig: oracle.mean_squared_norm_big,
    });
    expect(result.squaredGradientNorm).toBeCloseTo(oracle.squared_gradient, 12);
    expect(result.traceCovariance).toBeCloseTo(oracle.trace_sigma, 12);
    expect(result.noiseScale).toBeCloseTo(oracle.noise_scale, 12);
  });

  test("are the rows and their mean: the same numbers as from the Gram", () => {
    const { normal } = random(8);
    const rows = Array.from({ length: 6 }, () => rowOf(signalFor(3), 8, normal));
    const moments = gradientMoments(gramOf(rows, alike(6, 8)));
    const result = noiseScaleFromTwoSizes({
      small: 8,
      big: 48,
      meanSquaredNormSmall: mean(rows.map((row) => dot(row, row))),
      meanSquaredNormBig: moments.squaredNormOfMean,
    });
    expect(result.squaredGradientNorm).toBeCloseTo(moments.squaredGradientNorm, 12);
    expect(result.traceCovariance).toBeCloseTo(moments.traceCovariance, 12);
  });

  test("have no noise scale without a gradient, nor without two sizes", () => {
    const sizes = { small: 4, big: 64, meanSquaredNormSmall: 3.7, meanSquaredNormBig: 0.1 };
    expect(noiseScaleFromTwoSizes(sizes).noiseScale).toBeNaN();
    expect(() => noiseScaleFromTwoSizes({ ...sizes, big: 4 })).toThrow(
      /^noiseScaleFromTwoSizes: expected 0 < small < big, got 4 and 4; /,
    );
  });
});

test("of rows times √D it holds the planted tr DΣ/GᵀDG, which is not the plain noise scale", () => {
  const [K, b, d] = [24, 8, 40];
  const fixed = random(5);
  const deviations = Array.from({ length: d }, (_, j) => 1 / (1 + j));
  const mean = deviations.map(() => 0.06 * fixed.normal());
  // As √v̂ of a long average would be.
  const D = deviations.map((deviation, j) => 1 / (Math.sqrt(mean[j]! ** 2 + deviation ** 2 / b) + 1e-8));
  const sum = (of: (j: number) => number) => deviations.reduce((total, _, j) => total + of(j), 0);
  const truth = sum((j) => D[j]! * deviations[j]! ** 2) / sum((j) => D[j]! * mean[j]! ** 2);
  const plain = sum((j) => deviations[j]! ** 2) / sum((j) => mean[j]! ** 2);
  expect(Math.abs(Math.log(truth / plain))).toBeGreaterThan(Math.log(2));
  const { normal } = random(6);
  let [holds, bounded, holdsPlain] = [0, 0, 0];
  for (let draw = 0; draw < 200; draw++) {
    const rows = Array.from({ length: K }, () =>
      Float64Array.from(mean, (x, j) => Math.sqrt(D[j]!) * (x + (deviations[j]! / Math.sqrt(b)) * normal())),
    );
    const { lower, upper, resolved } = noiseScale(gramOfRows(rows, Array<number>(K).fill(b)));
    if (lower <= truth && truth <= upper) holds++;
    if (lower <= plain && plain <= upper) holdsPlain++;
    if (resolved) bounded++;
  }
  // 95 % of 200 is 190 ± 3.1.
  expect(holds).toBeGreaterThanOrEqual(181);
  expect(bounded).toBeGreaterThan(150);
  expect(holdsPlain).toBeLessThan(100);
});
