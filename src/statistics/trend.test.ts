import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { type GradientMoments, gradientMoments, inverseNoiseScale } from "./noiseScale.ts";
import { normalTail } from "./normal.ts";
import { studentTTail } from "./studentT.ts";
import { mannKendall, type NoiseTrend, noiseTrend, phasePlot } from "./trend.ts";

function orders(values: readonly number[]): number[][] {
  if (values.length < 2) return [[...values]];
  return values.flatMap((value, i) =>
    orders([...values.slice(0, i), ...values.slice(i + 1)]).map((rest) => [value, ...rest]),
  );
}

test("the exact p-value is the share of all orders that are as extreme", () => {
  const all = orders([1, 2, 3, 4, 5, 6]).map((order) => ({ order, ...mannKendall(order) }));
  for (const { statistic, p } of all.filter((_, i) => i % 37 === 0)) {
    const extreme = all.filter((other) => Math.abs(other.statistic) >= Math.abs(statistic)).length;
    expect(p).toBeCloseTo(extreme / 720, 12);
  }
  expect(mannKendall([1, 2, 3, 4, 5, 6])).toEqual({ statistic: 15, tau: 1, p: expect.closeTo(2 / 720, 12) });
  expect(mannKendall([4, 3, 1]).tau).toBe(-1);
});

test("beyond fifty values and with ties the normal distribution takes over smoothly", () => {
  const { normal } = random(1);
  /** 2(1 − Φ((|S| − 1)/√Var S)), with the variance for no ties. */
  const byNormal = (statistic: number, n: number) =>
    2 * normalTail(Math.max(0, Math.abs(statistic) - 1) / Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18));
  for (const slope of [0, 0.01, 0.02, 0.03, 0.04]) {
    const values = Array.from({ length: 51 }, (_, i) => slope * i + normal());
    const [exact, beyond] = [mannKendall(values.slice(0, 50)), mannKendall(values)];
    expect(beyond.p).toBeCloseTo(byNormal(beyond.statistic, 51), 12);
    expect(exact.p).not.toBe(byNormal(exact.statistic, 50));
    expect(Math.abs(exact.p - byNormal(exact.statistic, 50))).toBeLessThan(0.0025);
  }
  expect(mannKendall([2, 2, 2, 2])).toEqual({ statistic: 0, tau: 0, p: 1 });
  // Worked by hand: S = 9, Var = (5·4·15 − 2·1·9)/18 = 15.666…, z = 8/3.958 = 2.0212, Φ(z) = 0.9783686.
  expect(mannKendall([1, 2, 2, 3, 4]).statistic).toBe(9);
  expect(mannKendall([1, 2, 2, 3, 4]).p).toBeCloseTo(2 * (1 - 0.9783686), 4);
});

test("false alarms are as rare as promised, and a planted trend is found", () => {
  const { normal } = random(2);
  const share = (length: number, slope: number) => {
    const draws = Array.from({ length: 1000 }, () =>
      mannKendall(Array.from({ length }, (_, i) => slope * i + normal())),
    );
    return draws.filter(({ p }) => p < 0.05).length / 1000;
  };
  // Of a discrete statistic the exact test is at most 5 %; 1000 draws have a standard error of 0.7 %.
  expect(share(8, 0)).toBeLessThan(0.065);
  expect(share(60, 0)).toBeGreaterThan(0.03);
  expect(share(60, 0)).toBeLessThan(0.072);
  expect(share(12, 0.5)).toBeGreaterThan(0.95);
});

const moments = (traceCovariance: number, squaredGradientNorm: number): GradientMoments => ({
  traceCovariance,
  squaredGradientNorm,
  squaredNormOfMean: Number.NaN,
});

test("a noise scale that rises until |G|² is lost is said to rise", () => {
  const rising = [9, 4, 2, 1, 0.4, 0.1, -0.05].map((norm) => moments(10, norm));
  expect(noiseTrend(rising)).toMatchObject({ direction: "rises", tau: 1, paired: false });
  expect(noiseTrend(rising.toReversed()).direction).toBe("falls");
  expect(noiseTrend([rising[0]!, rising[3]!, rising[1]!, rising[5]!]).direction).toBe("unclear");
  expect(noiseTrend([moments(0, 1), moments(Number.NaN, 1)])).toMatchObject({ direction: "unclear", p: Number.NaN });
});

/**
 * Checkpoints that share 16 rows of 4 examples, whose noise at one checkpoint resembles that at the next by `memory`;
 * the gradient shrinks by `factor` from one to the next.
 */
function sharedRows(checkpoints: number, memory: number, factor: number, { normal }: ReturnType<typeof random>) {
  const [rows, count, directions] = [16, 4, 20];
  let noise = Array.from({ length: rows }, () => Array.from({ length: directions }, normal));
  return Array.from({ length: checkpoints }, (_, t) => {
    const signal = 0.35 * factor ** t;
    const vectors = noise.map((row) => Float64Array.from(row, (e) => signal + e / Math.sqrt(count)));
    noise = noise.map((row) => row.map((e) => memory * e + Math.sqrt(1 - memory ** 2) * normal()));
    const gram = gramOfRows(vectors, Array<number>(rows).fill(count));
    return { ...gradientMoments(gram), inverseWithoutRow: inverseNoiseScale(gram, 0).withoutRow };
  });
}

test("checkpoints of the same rows pass for a trend unless the rows pair them", () => {
  const generator = random(12);
  const draws = 200;
  const alarms = (memory: number, test: (series: ReturnType<typeof sharedRows>) => NoiseTrend, factor = 1) =>
    Array.from({ length: draws }, () => test(sharedRows(8, memory, factor, generator))).filter(
      ({ direction }) => direction !== "unclear",
    ).length / draws;
  const unpaired = (series: ReturnType<typeof sharedRows>) =>
    noiseTrend(series.map(({ inverseWithoutRow: _, ...moments }) => moments));
  // 200 draws of a true 5 % have a standard error of 1.5 %.
  expect(alarms(0.9, noiseTrend)).toBeLessThan(0.095);
  expect(alarms(0, unpaired)).toBeLessThan(0.095);
  expect(alarms(0.9, unpaired)).toBeGreaterThan(0.18);
  // A gradient that shrinks to half is found.
  expect(alarms(0.9, noiseTrend, 0.9)).toBeGreaterThan(0.9);
});

test("the paired test is that of a slower calculation", () => {
  const generator = random(14);
  for (let draw = 0; draw < 5; draw++) {
    const series = sharedRows(5, 0.5, 0.9, generator);
    const jackknife = (values: readonly number[]) => {
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const squares = values.map((x) => (x - mean) ** 2);
      return Math.sqrt((squares.reduce((sum, x) => sum + x, 0) * (values.length - 1)) / values.length);
    };
    const errors = series.map(({ inverseWithoutRow }) => jackknife(inverseWithoutRow)).sort((a, b) => a - b);
    const slope = (thetas: readonly number[]) =>
      [-2, -1, 0, 1, 2].reduce((sum, t, at) => sum + t * Math.asinh(thetas[at]! / 2 / errors[2]!), 0);
    const all = slope(series.map(({ squaredGradientNorm, traceCovariance }) => squaredGradientNorm / traceCovariance));
    const without = Array.from({ length: 16 }, (_, k) => slope(series.map((one) => one.inverseWithoutRow[k]!)));
    const found = noiseTrend(series);
    expect(found.p).toBeCloseTo(studentTTail(all / jackknife(without), 15), 12);
    expect(found.direction).toBe(found.p >= 0.05 ? "unclear" : all < 0 ? "rises" : "falls");
  }
});

test("two checkpoints of the same rows have a trend, of other rows none", () => {
  const series = sharedRows(2, 0.95, 0.6, random(13));
  expect(noiseTrend(series)).toMatchObject({ direction: "rises", paired: true, tau: Number.NaN });
  const [first, second] = series;
  const fewer = { ...second!, inverseWithoutRow: second!.inverseWithoutRow.slice(1) };
  expect(noiseTrend([first!, fewer])).toMatchObject({ direction: "unclear", paired: false, p: Number.NaN });
});

test("the phase plot holds logarithms, and NaN where there are none", () => {
  expect(phasePlot([moments(100, 0.01), moments(10, -1), moments(0, 1)])).toEqual([
    { logTrace: 2, logSquaredNorm: -2 },
    { logTrace: 1, logSquaredNorm: Number.NaN },
    { logTrace: Number.NaN, logSquaredNorm: 0 },
  ]);
});

test("values that are not finite are refused", () => {
  expect(() => mannKendall([1, Number.NaN, 2])).toThrow(UsageError);
  expect(() => mannKendall([1, Number.NaN, 2])).toThrow(/^mannKendall: expected finite values, got NaN at 1; /);
});
