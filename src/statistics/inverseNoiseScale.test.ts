import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { effectiveDimension } from "./effectiveDimension.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { gradientMoments, inverseNoiseScale } from "./noiseScale.ts";
import { studentTQuantile } from "./studentT.ts";

type Vector = readonly number[];
const spread = Array.from({ length: 24 }, (_, d) => (d + 1) ** -0.5);
const alike = (rows: number, count: number) => Array<number>(rows).fill(count);
const mean = (values: Vector) => values.reduce((sum, x) => sum + x, 0) / values.length;
const gramOf = (rows: readonly Vector[], counts: readonly number[]) =>
  gramOfRows(
    rows.map((row) => Float64Array.from(row)),
    counts,
  );

/** The rows are left out one by one, and the end that names its own variance is found by bisection. */
function slowEnds(rows: readonly Vector[], counts: readonly number[]): { low: number; high: number } {
  const inverse = (kept: readonly number[]) => {
    const moments = gradientMoments(
      gramOf(
        kept.map((k) => rows[k]!),
        kept.map((k) => counts[k]!),
      ),
    );
    return moments.squaredGradientNorm / moments.traceCovariance;
  };
  const all = rows.map((_, k) => k);
  const [n, value] = [counts.reduce((sum, count) => sum + count, 0), inverse(all)];
  const without = all.map((k) => inverse(all.filter((l) => l !== k)));
  const middle = mean(without);
  const spreadOf = ((rows.length - 1) / rows.length) * without.reduce((sum, x) => sum + (x - middle) ** 2, 0);
  const deviations = without.map((x) => x - middle);
  const kurtosis = mean(deviations.map((x) => x ** 4)) / mean(deviations.map((x) => x ** 2)) ** 2;
  const excess = Math.max(0, kurtosis - 3 - Math.sqrt(24 / rows.length));
  const t = studentTQuantile(0.95, (2 * (rows.length - 1)) / (2 + excess));
  const dimension = effectiveDimension(gramOf(rows, counts));
  const quadratic = 2 / dimension;
  const linear = Math.max(0, spreadOf * n - (2 * quadratic) / n);
  const noise = quadratic / n ** 2;
  const error = t * Math.sqrt(linear / n + noise);
  const lost = t * Math.sqrt(noise);
  const slope = Math.min(4 / Math.sqrt(dimension), (linear + (4 / dimension) * lost) / (Math.max(0, value) + lost)) / n;
  // The end that is t deviations away on the scale where all have the same deviation: ∫ dθ/√(slope·θ + noise) = t.
  const scale = (theta: number) => (2 / slope) * Math.sqrt(slope * theta + noise);
  const start = linear / n / slope;
  let [inside, outside] = [start, start + 1e4];
  for (let i = 0; i < 200; i++) {
    const half = (inside + outside) / 2;
    if (scale(half) - scale(start) < t) inside = half;
    else outside = half;
  }
  const high = slope > 0 ? value + inside - start : value + error;
  const unbiased = rows.length * value - (rows.length - 1) * middle;
  return { low: Math.min(value, unbiased) - error, high };
}

test.each([
  ["evenly in all directions", spread.map(() => 0.4), alike(12, 8)],
  ["along the direction with the most noise", spread.map((_, d) => (d === 0 ? 1 : 0)), alike(12, 8)],
  ["in unequal rows", spread.map(() => 0.3), [8, 8, 8, 8, 8, 8, 3, 1]],
  ["lost in the noise", spread.map(() => 0.01), alike(9, 2)],
])("has the ends of a slower calculation: a gradient %s", (_, signal, counts) => {
  const { normal } = random(11);
  for (let i = 0; i < 20; i++) {
    const rows = counts.map((count) => spread.map((s, d) => signal[d]! + (s / Math.sqrt(count)) * normal()));
    const gram = gramOf(rows, counts);
    const { low, high } = inverseNoiseScale(gram, 0);
    const slower = slowEnds(rows, counts);
    expect(low).toBeCloseTo(slower.low, 9);
    expect(high).toBeCloseTo(slower.high, 9);
  }
});
