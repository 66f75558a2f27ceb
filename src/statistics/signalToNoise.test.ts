import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { gradientMoments, noiseScale } from "./noiseScale.ts";
import { batchSignalToNoise, gradientSignalToNoise, sumCoordinates } from "./signalToNoise.ts";

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);
const spread = [2, 1, 0.5, 0.3, 0.1];

/** K planted rows, each the mean of b examples. */
function drawRows(rows: number, count: number, signals: readonly number[], normal: () => number): number[][] {
  return Array.from({ length: rows }, () => signals.map((m, d) => m + (spread[d % 5]! / Math.sqrt(count)) * normal()));
}

/** Moments of each coordinate of one example. */
function momentsOf(rows: readonly (readonly number[])[], count: number) {
  const mean = Float64Array.from(rows[0]!, (_, d) => sum(rows.map((row) => row[d]!)) / rows.length);
  const square = (d: number) => sum(rows.map((row) => (row[d]! - mean[d]!) ** 2));
  return { mean, variance: mean.map((_, d) => (count * square(d)) / (rows.length - 1)) };
}

const of = (rows: readonly (readonly number[])[], count: number) =>
  gradientSignalToNoise(sumCoordinates(momentsOf(rows, count)), { rows: rows.length, examples: rows.length * count });

test.each([
  [40, 1],
  [40, 8],
  [6, 8],
])("the ratio of coordinates has no bias: %i rows of %i examples", (rows, count) => {
  const { normal } = random(4);
  const signals = [0.5, 0, 0.2];
  const truth = (0.25 / 4 + 0 + 0.04 / 0.25) / 3;
  const draws = Array.from({ length: 4000 }, () => of(drawRows(rows, count, signals, normal), count));
  const deviation = (values: readonly number[]) => {
    const mean = sum(values) / values.length;
    const error = Math.sqrt(sum(values.map((x) => (x - mean) ** 2)) / values.length ** 2);
    return { bias: mean - truth, error };
  };
  const corrected = deviation(draws.map(({ mean }) => mean));
  expect(Math.abs(corrected.bias)).toBeLessThan(4 * corrected.error);
  expect(4 * corrected.error).toBeLessThan(0.1 * truth);
  // What is published is too high, by 1/n and by the inverse of a variance from few rows.
  const published = deviation(draws.map(({ plugIn }) => plugIn));
  expect(published.bias).toBeGreaterThan(4 * published.error);
});

test("pure noise calls to stop in about half of all draws, a clear gradient never", () => {
  const { normal } = random(5);
  const stops = (signal: number) => {
    const draws = Array.from({ length: 400 }, () => {
      const rows = Array.from({ length: 30 }, () => Array.from({ length: 50 }, () => signal + normal()));
      return of(rows, 1).evidenceToStop > 0;
    });
    return draws.filter(Boolean).length / 400;
  };
  expect(stops(0)).toBeGreaterThan(0.25);
  expect(stops(0)).toBeLessThan(0.65);
  expect(stops(0.5)).toBe(0);
});

test("coordinates that never vary are counted apart, and lengths must agree", () => {
  const mean = Float64Array.of(1, 0, 2, 3);
  const sums = sumCoordinates({ mean, variance: Float64Array.of(4, 0, 0, 9) });
  expect(sums).toEqual({ coordinates: 4, varying: 2, ratios: 1.25 });
  expect(gradientSignalToNoise(sums, { rows: 10, examples: 10 })).toMatchObject({ silent: 0.5, plugIn: 0.625 });
  const still = sumCoordinates({ mean, variance: new Float64Array(4) });
  expect(gradientSignalToNoise(still, { rows: 10, examples: 10 })).toMatchObject({ silent: 1, plugIn: Number.NaN });
  expect(gradientSignalToNoise(sums, { rows: 3, examples: 30 }).mean).toBeNaN();
  const short = { mean, variance: new Float64Array(2) };
  expect(() => sumCoordinates(short)).toThrow(ShapeError);
  expect(() => sumCoordinates(short)).toThrow(/^sumCoordinates: expected 4 variances, got 2; /);
});

test("the ratio of a batch is B divided by the noise scale, end for end", () => {
  const { normal } = random(6);
  for (const [signal, resolved] of [
    [0.6, true],
    [0.05, false],
  ] as const) {
    const rows = drawRows(24, 8, Array<number>(5).fill(signal), normal).map((row) => Float64Array.from(row));
    const gram = gramOfRows(rows, Array<number>(24).fill(8));
    const { value, lower, upper } = batchSignalToNoise(gram);
    const moments = gradientMoments(gram);
    expect(value).toBeCloseTo(moments.squaredGradientNorm / (moments.traceCovariance / 8), 10);
    const scale = noiseScale(gram);
    expect(upper).toBeCloseTo(8 / scale.lower, 10);
    expect(scale.resolved).toBe(resolved);
    if (resolved) expect(lower).toBeCloseTo(8 / scale.upper, 10);
    else expect(lower).toBeLessThanOrEqual(0);
  }
  const alike = gramOfRows([Float64Array.of(1, 2), Float64Array.of(1, 2), Float64Array.of(1, 2)], [4, 4, 4]);
  const endless = Number.POSITIVE_INFINITY;
  expect(batchSignalToNoise(alike)).toEqual({ value: endless, lower: endless, upper: endless });
});
