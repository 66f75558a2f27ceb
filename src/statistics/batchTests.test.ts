import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { batchTests, gradientSignalToNoise } from "./batchTests.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { inverseNoiseScale } from "./noiseScale.ts";

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);
const spread = [2, 1, 0.5, 0.3, 0.1];

function drawRows(counts: readonly number[], signal: number, normal: () => number): number[][] {
  return counts.map((count) => spread.map((s) => signal + (s / Math.sqrt(count)) * normal()));
}
const gramOf = (rows: readonly (readonly number[])[], counts: readonly number[]) =>
  gramOfRows(
    rows.map((row) => Float64Array.from(row)),
    counts,
  );

test("one example per row gives the papers' sums over vectors", () => {
  const n = 20;
  const counts = Array<number>(n).fill(1);
  const rows = drawRows(counts, 0.4, random(1).normal);
  const mean = spread.map((_, d) => sum(rows.map((row) => row[d]!)) / n);
  const squared = dot(mean, mean);
  const deviation = rows.map((row) => row.map((x, d) => x - mean[d]!));
  const along = rows.map((row) => dot(row, mean));
  const across = rows.map((row, i) => row.map((x, d) => x - (along[i]! / squared) * mean[d]!));
  const result = batchTests(gramOf(rows, counts));
  expect(result.examples).toBe(n);
  expect(result.norm).toBeCloseTo(Math.sqrt(sum(deviation.map((v) => dot(v, v))) / (n - 1) / n / squared), 10);
  expect(result.innerProduct).toBeCloseTo(
    Math.sqrt(sum(along.map((a) => (a - squared) ** 2)) / (n - 1) / n) / squared,
    10,
  );
  expect(result.orthogonality).toBeCloseTo(Math.sqrt(sum(across.map((v) => dot(v, v))) / (n - 1) / n / squared), 10);
  expect(result.norm ** 2).toBeCloseTo(result.innerProduct ** 2 + result.orthogonality ** 2, 10);
});

test("rows of several examples estimate the same numbers", () => {
  const { normal } = random(2);
  const average = (counts: readonly number[]) => {
    const draws = Array.from({ length: 400 }, () => batchTests(gramOf(drawRows(counts, 0.8, normal), counts)));
    return (["norm", "innerProduct", "orthogonality"] as const).map((key) => sum(draws.map((draw) => draw[key])) / 400);
  };
  const single = average(Array<number>(120).fill(1));
  const ragged = average([...Array<number>(14).fill(8), 6, 2]);
  single.forEach((value, i) => {
    expect(ragged[i]! / value).toBeGreaterThan(0.95);
    expect(ragged[i]! / value).toBeLessThan(1.05);
  });
});

test("without a gradient the norm test is about one, and without rows that differ it is zero", () => {
  const { normal } = random(3);
  const counts = Array<number>(64).fill(4);
  const draws = Array.from({ length: 300 }, () => batchTests(gramOf(drawRows(counts, 0, normal), counts)).norm ** -2);
  expect(sum(draws) / 300).toBeGreaterThan(0.9);
  expect(sum(draws) / 300).toBeLessThan(1.1);
  const same = batchTests(
    gramOf(
      counts.map(() => [3, 4]),
      counts,
    ),
  );
  expect(same.norm).toBeCloseTo(0, 6);
  expect(batchTests(gramOf([[1, 2]], [4])).norm).toBeNaN();
  expect(batchTests(gramOf([[0], [0]], [4, 4])).norm).toBeNaN();
});

/** Moments of each coordinate of n planted examples. */
function momentsOf(rows: readonly (readonly number[])[]) {
  const n = rows.length;
  const mean = Float64Array.from(rows[0]!, (_, d) => sum(rows.map((row) => row[d]!)) / n);
  const variance = mean.map((m, d) => sum(rows.map((row) => (row[d]! - m) ** 2)) / (n - 1));
  return { mean, variance, examples: n };
}

test("the signal-to-noise ratio of coordinates is unbiased and that of all of them is the Gram's", () => {
  const { normal } = random(4);
  const signals = [0.5, 0, 0.2];
  const draws = Array.from({ length: 3000 }, () => {
    const rows = Array.from({ length: 40 }, () => signals.map((m, d) => m + spread[d]! * normal()));
    return { rows, result: gradientSignalToNoise(momentsOf(rows)) };
  });
  // E 1/s² = (n − 1)/(n − 3)/σ² of normal noise; mean and variance are independent.
  const truth = (0.25 / 4 + 0 + 0.04 / 0.25) / 3;
  const expected = ((truth + 1 / 40) * 39) / 37 - 1 / 40;
  const means = draws.map(({ result }) => result.mean);
  const average = sum(means) / 3000;
  const error = Math.sqrt(sum(means.map((x) => (x - average) ** 2)) / 3000 / 3000);
  expect(Math.abs(average - expected)).toBeLessThan(4 * error);
  expect(4 * error).toBeLessThan(0.01);
  for (const { rows, result } of draws.slice(0, 20)) {
    const gram = gramOf(rows, Array<number>(40).fill(1));
    expect(result.whole).toBeCloseTo(inverseNoiseScale(gram, 0).value, 10);
    expect(result.plugIn - result.mean).toBeCloseTo(1 / 40, 12);
  }
});

test("pure noise calls to stop in about half of all draws, a clear gradient never", () => {
  const { normal } = random(5);
  const stops = (signal: number) => {
    const draws = Array.from({ length: 400 }, () => {
      const rows = Array.from({ length: 30 }, () => Array.from({ length: 50 }, () => signal + normal()));
      return gradientSignalToNoise(momentsOf(rows)).evidenceToStop > 0;
    });
    return draws.filter(Boolean).length / 400;
  };
  expect(stops(0)).toBeGreaterThan(0.25);
  expect(stops(0)).toBeLessThan(0.65);
  expect(stops(0.5)).toBe(0);
});

test("coordinates that never vary are counted apart, and lengths must agree", () => {
  const mean = Float64Array.of(1, 0, 2);
  const result = gradientSignalToNoise({ mean, variance: Float64Array.of(4, 0, 0), examples: 10 });
  expect(result).toMatchObject({ silent: 2, plugIn: 0.25 });
  expect(gradientSignalToNoise({ mean, variance: new Float64Array(3), examples: 10 }).plugIn).toBeNaN();
  const short = { mean, variance: new Float64Array(2), examples: 10 };
  expect(() => gradientSignalToNoise(short)).toThrow(ShapeError);
  expect(() => gradientSignalToNoise(short)).toThrow(/^gradientSignalToNoise: expected 3 variances, got 2; /);
});
