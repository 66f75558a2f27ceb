import * as statistics from "simple-statistics";
import { describe, expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import type { StatisticSet } from "../choices.ts";
import { statisticalFeatures, statisticSets } from "./statisticalFeatures.ts";

function named(values: readonly number[], set: StatisticSet = "comprehensive"): Record<string, number> {
  const features = statisticalFeatures(Float64Array.from(values), set);
  return Object.fromEntries(Object.keys(statisticSets[set]).map((name, i) => [name, features[i]!]));
}

function expectClose(found: Record<string, number>, expected: Record<string, number>): void {
  for (const [name, value] of Object.entries(expected)) expect(found[name], name).toBeCloseTo(value, 10);
}

test("by hand: 1, 3, 2, 6", () => {
  // µ = 3, d = −2, 0, −1, 3; Σd² = 14, Σd³ = 18, Σd⁴ = 98.
  const expected = {
    mean: 3,
    deviation: Math.sqrt(3.5),
    minimum: 1,
    maximum: 6,
    median: 2.5,
    lowerQuartile: 1.75,
    upperQuartile: 3.75,
    range: 5,
    interquartileRange: 2,
    medianAbsoluteDeviation: 1,
    skewness: 18 / 4 / 3.5 ** 1.5,
    kurtosis: 98 / 4 / 3.5 ** 2 - 3,
    rootMeanSquare: Math.sqrt(50 / 4),
    energy: 50,
    zeroCrossings: 1,
    // Σ(t − 1.5)·d = 3 + 0 − 0.5 + 4.5 over 5.
    slope: 1.4,
    meanAbsoluteChange: 7 / 3,
    largestChange: 4,
    autocorrelation1: -3 / 14,
    autocorrelation2: 2 / 14,
    autocorrelation4: 0,
    // Bins 0, 4, 2, 9: one reading each.
    entropy: Math.log(4),
    peaks: 0.25,
    // X at 1/4: (−2 + 1) + i(…): real −1, imaginary −(0 − 3) = 3; at 1/2: −2 − 0 − 1 − 3 = −6.
    spectralCentroid: (0.25 * Math.sqrt(10) + 0.5 * 6) / (Math.sqrt(10) + 6),
    spectralEntropy: -(10 / 46) * Math.log(10 / 46) - (36 / 46) * Math.log(36 / 46),
    dominantFrequency: 0.5,
  };
  const found = named([1, 3, 2, 6]);
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  expectClose(found, expected);
  expect(named([1, 3, 2, 6], "basic")).toEqual(Object.fromEntries(Object.entries(found).slice(0, 8)));
});

test("statistics of variation are some of all, and the same at any level", () => {
  const found = named([1, 3, 2, 6], "variation");
  expect(named([1, 3, 2, 6])).toMatchObject(found);
  expect(Object.keys(found)).toHaveLength(7);
  expectClose(named([1001, 1003, 1002, 1006], "variation"), found);
});

test("against simple-statistics on random readings", () => {
  const { normal } = random(5);
  const values = Array.from({ length: 33 }, () => 20 + 3 * normal() ** 3);
  const times = values.map((value, t) => [t, value]);
  const n = values.length;
  expectClose(named(values), {
    mean: statistics.mean(values),
    deviation: statistics.standardDeviation(values),
    minimum: statistics.min(values),
    maximum: statistics.max(values),
    median: statistics.median(values),
    // Of 33 readings the quartiles are readings themselves.
    lowerQuartile: values.toSorted((a, b) => a - b)[8]!,
    upperQuartile: values.toSorted((a, b) => a - b)[24]!,
    medianAbsoluteDeviation: statistics.medianAbsoluteDeviation(values),
    // Its sample skewness is ours times √(n(n − 1))/(n − 2).
    skewness: (statistics.sampleSkewness(values) * (n - 2)) / Math.sqrt(n * (n - 1)),
    kurtosis: ((statistics.sampleKurtosis(values) * (n - 2) * (n - 3)) / (n - 1) - 6) / (n + 1),
    rootMeanSquare: statistics.rootMeanSquare(values),
    slope: statistics.linearRegression(times).m,
  });
});

test("a sine has its own frequency, a crossing each half period and a peak each period", () => {
  const wave = Array.from({ length: 64 }, (_, t) => 5 + Math.sin((2 * Math.PI * 4 * (t + 0.5)) / 64));
  expectClose(named(wave), {
    dominantFrequency: 4 / 64,
    spectralCentroid: 4 / 64,
    spectralEntropy: 0,
    zeroCrossings: 7 / 63,
    deviation: Math.SQRT1_2,
    kurtosis: -1.5,
  });
});

describe("readings that do not vary", () => {
  test.each([[[0.1, 0.1, 0.1]], [[7]]])("%j have no feature that is not a number", (values) => {
    const found = named(values);
    const place = { mean: 1, minimum: 1, maximum: 1, median: 1, lowerQuartile: 1, upperQuartile: 1, rootMeanSquare: 1 };
    const expected = Object.fromEntries(
      Object.keys(found).map((name) => [
        name,
        name in place ? values[0]! : name === "energy" ? values.length * values[0]! ** 2 : 0,
      ]),
    );
    expectClose(found, expected);
  });
});
