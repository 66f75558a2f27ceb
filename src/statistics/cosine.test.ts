import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { cosineMatrix, expectedCosine, rowNorms, summarizeCosines } from "./cosine.ts";
import { effectiveDimension } from "./effectiveDimension.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { gradientMoments } from "./noiseScale.ts";

const gramOf = (...rows: readonly (readonly number[])[]) =>
  gramOfRows(
    rows.map((row) => Float64Array.from(row)),
    Array<number>(rows.length).fill(8),
  );
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

test("cosines, norms and the most opposed pair agree with NumPy", () => {
  const path = new URL("../../test/fixtures/oracle/gradient_statistics.json", import.meta.url);
  const oracle = JSON.parse(readFileSync(path, "utf8"));
  const gram = gramOf(...oracle.gradients);
  const cosine = cosineMatrix(gram);
  oracle.cosine.forEach((row: number[], k: number) => {
    row.forEach((value, l) => {
      expect(cosine[k]![l]).toBeCloseTo(value, 12);
    });
  });
  rowNorms(gram).forEach((norm, k) => {
    expect(norm).toBeCloseTo(oracle.norms[k], 12);
  });
  expect(summarizeCosines(gram).mostOpposed).toEqual(oracle.most_opposed_pair);
  const pairs = cosine.flatMap((row, k) => row.slice(k + 1));
  expect(summarizeCosines(gram).mean).toBeCloseTo(mean(pairs), 12);
});

test("a row without direction has no cosine and takes no part", () => {
  const gram = gramOf([3, 0], [0, 0], [-1, 1], [3, 4]);
  const cosine = cosineMatrix(gram);
  const half = -Math.SQRT1_2;
  expect(cosine[1]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  expect(cosine.map((row) => row[1])).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  expect(cosine[0]![2]).toBeCloseTo(half, 12);
  expect(summarizeCosines(gram).mean).toBeCloseTo((half + 0.6 + 1 / (5 * Math.SQRT2)) / 3, 12);
  expect(summarizeCosines(gram).mostOpposed).toEqual([0, 2]);
});

test("of equally opposed pairs the first is named", () => {
  expect(summarizeCosines(gramOf([1, 0], [0, 1], [-1, 0], [0, -1])).mostOpposed).toEqual([0, 2]);
});

test("no direction at all is NaN, not an error", () => {
  const gram = gramOf([0, 0], [0, 0], [1, 0]);
  expect(summarizeCosines(gram)).toEqual({ mean: Number.NaN, mostOpposed: [Number.NaN, Number.NaN] });
  expect(cosineMatrix(gram)[2]![2]).toBe(1);
});

test("rounding never carries a cosine past ±1", () => {
  const { normal } = random(1);
  for (let i = 0; i < 200; i++) {
    const row = Array.from({ length: 7 }, normal);
    const third = row.map((x) => x / 3);
    const opposite = row.map((x) => -x / 7);
    const cosine = cosineMatrix(gramOf(row, third, opposite));
    expect(cosine[0]![1]).toBeLessThanOrEqual(1);
    expect(cosine[0]![2]).toBeGreaterThanOrEqual(-1);
  }
});

test.each([
  ["1/(1 + noiseScale/b) with a noise scale of 4", 2, 8, 16, 1 / (1 + 4 / 16)],
  ["the same at b = noise scale", 2, 8, 4, 0.5],
  ["a negative estimate of |G|²", -0.05, 8, 8, -0.05 / 0.95],
  ["no noise", 1, 0, 8, 1],
  ["no gradient", 0, 3, 8, 0],
])("the expected cosine: %s", (_, squaredNorm, trace, count, expected) => {
  expect(expectedCosine(squaredNorm, trace, count)).toBeCloseTo(expected, 12);
});

test("rows of nothing but zeros have no expected cosine", () => {
  expect(expectedCosine(0, 0, 8)).toBeNaN();
});

test("independent rows have the expected cosine and the null deviation on average", () => {
  const { normal } = random(2);
  // A flat spectrum in many directions, where the norms of the rows hardly vary, as the formulas assume.
  const width = 300;
  const pairs = (signal: number) => {
    const gram = gramOf(
      ...Array.from({ length: 80 }, () => Array.from({ length: width }, () => signal + normal() / Math.sqrt(8))),
    );
    const cosine = cosineMatrix(gram);
    return { gram, values: cosine.flatMap((row, k) => row.slice(k + 1)) };
  };
  const { gram } = pairs(0.2);
  const measured = summarizeCosines(gram).mean;
  const { squaredGradientNorm, traceCovariance } = gradientMoments(gram);
  // |G|² = 300 · 0.04 = 12 and trΣ/b = 37.5: a noise scale of 25 and a cosine of 12/49.5.
  expect(expectedCosine(squaredGradientNorm, traceCovariance, 8)).toBeCloseTo(measured, 2);
  expect(Math.abs(measured - 12 / 49.5)).toBeLessThan(0.015);
  const noise = pairs(0);
  const deviation = Math.sqrt(mean(noise.values.map((value) => value ** 2)));
  expect(deviation * Math.sqrt(width)).toBeCloseTo(1, 1);
  expect(deviation * Math.sqrt(effectiveDimension(noise.gram))).toBeCloseTo(1, 1);
});
