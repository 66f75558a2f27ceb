import { expect, test } from "vitest";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import {
  addStep,
  averageNoiseScales,
  type NoiseOverTime,
  newNoiseOverTime,
  smoothNoiseScale,
  windowMoments,
} from "./noiseOverTime.ts";
import { type GradientMoments, gradientMoments } from "./noiseScale.ts";

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const spread = Array.from({ length: 24 }, (_, d) => (d + 1) ** -0.5);
const trace = dot(spread, spread);

/** Micro-batches of `counts` examples whose true noise scale is `scale`. */
function microBatches(counts: readonly number[], scale: number, normal: () => number): number[][] {
  const signal = Math.sqrt(trace / scale / spread.length);
  return counts.map((count) => spread.map((s) => signal + (s / Math.sqrt(count)) * normal()));
}

function windowOf(rows: readonly (readonly number[])[], counts: readonly number[]): GradientMoments {
  const examples = counts.reduce((sum, count) => sum + count, 0);
  const mean = spread.map((_, d) => rows.reduce((sum, row, k) => sum + (counts[k]! * row[d]!) / examples, 0));
  return windowMoments(
    rows.map((row) => dot(row, row)),
    counts,
    dot(mean, mean),
  );
}

const moments = (traceCovariance: number, squaredGradientNorm: number): GradientMoments => ({
  traceCovariance,
  squaredGradientNorm,
  squaredNormOfMean: Number.NaN,
});
const always = (decay: number) => newNoiseOverTime(decay, Number.POSITIVE_INFINITY);
const averaged = (decay: number, steps: readonly GradientMoments[]) =>
  steps.reduce((state, step) => addStep(state, step), always(decay));

test.each([
  ["equal micro-batches", [8, 8, 8, 8]],
  ["a ragged one", [8, 8, 8, 3]],
  ["two", [5, 1]],
  ["token weights", [130.5, 77.25, 91]],
])("norms of %s and of their mean give the moments of the Gram", (_, counts) => {
  const rows = microBatches(counts, 9, random(1).normal);
  const expected = gradientMoments(
    gramOfRows(
      rows.map((row) => Float64Array.from(row)),
      counts,
    ),
  );
  const actual = windowOf(rows, counts);
  for (const key of ["traceCovariance", "squaredGradientNorm", "squaredNormOfMean"] as const)
    expect(actual[key]).toBeCloseTo(expected[key], 12);
});

test("one micro-batch has no moments, and counts must fit", () => {
  expect(windowMoments([3], [8], 3)).toEqual({
    traceCovariance: Number.NaN,
    squaredGradientNorm: Number.NaN,
    squaredNormOfMean: 3,
  });
  for (const counts of [[8], [8, 0], [8, Number.NaN]])
    expect(() => windowMoments([1, 2], counts, 1)).toThrow(ShapeError);
  expect(() => windowMoments([1, 2], [8, 0], 1)).toThrow(
    /^windowMoments: expected 2 positive counts, got \[8, 0\]; give one/,
  );
});

test.each([
  [0, 5],
  [0.5, 7],
  [0.9, 30],
  [0.99, 400],
  // More blocks than are kept apart.
  [0.9, 700],
])("with decay %d, the averages of %d steps are the weighted sums", (decay, count) => {
  const { normal } = random(2);
  const steps = Array.from({ length: count }, () => moments(5 + normal(), 0.3 + normal()));
  const weighted = (key: "traceCovariance" | "squaredGradientNorm") => {
    const terms = steps.map((step, i) => [decay ** (count - 1 - i), step[key]] as const);
    return terms.reduce((sum, [w, x]) => sum + w * x, 0) / terms.reduce((sum, [w]) => sum + w, 0);
  };
  const state = averaged(decay, steps);
  const result = smoothNoiseScale(state);
  expect(result.steps).toBe(count);
  expect(result.traceCovariance).toBeCloseTo(weighted("traceCovariance"), 11);
  expect(result.squaredGradientNorm).toBeCloseTo(weighted("squaredGradientNorm"), 11);
  expect(state.blocks.length).toBeLessThanOrEqual(100);
});

test("a state that went through JSON goes on with the same bits", () => {
  const { normal } = random(3);
  const steps = Array.from({ length: 300 }, () => moments(5 + normal(), 1 + normal()));
  const half: NoiseOverTime = JSON.parse(JSON.stringify(averaged(0.97, steps.slice(0, 137))));
  expect(steps.slice(137).reduce((state, step) => addStep(state, step), half)).toEqual(averaged(0.97, steps));
});

test("a state that was written before steps had numbers goes on", () => {
  const { normal } = random(3);
  const steps = Array.from({ length: 60 }, () => moments(5 + normal(), 1 + normal()));
  const state = averaged(0.97, steps.slice(0, 28));
  // The tenth block of three steps has just begun: nothing is pending.
  expect([state.pending, state.blocks.length]).toEqual([1, 10]);
  const before = {
    decay: 0.97,
    blockLength: 3,
    blocks: state.blocks.map(({ first: _first, ...block }) => block),
  };
  const after = steps.slice(28).reduce((now, step) => addStep(now, step), before as NoiseOverTime);
  expect(smoothNoiseScale(after)).toEqual(smoothNoiseScale(averaged(0.97, steps)));
});

test("a step allocates no new blocks but the last", () => {
  const before = averaged(0.99, Array(995).fill(moments(5, 1)));
  const after = addStep(before, moments(5, 1));
  expect(after.blocks.filter((block, i) => block !== before.blocks[i])).toHaveLength(1);
});

test("averages that are not above zero have no ratio", () => {
  expect(smoothNoiseScale(averaged(0.9, [moments(-1, 2)])).noiseScale.value).toBeNaN();
  expect(smoothNoiseScale(averaged(0.9, [moments(2, -1)])).noiseScale.value).toBeNaN();
});

test("a step without moments changes nothing", () => {
  const state = averaged(0.9, [moments(2, 1), moments(3, 1)]);
  expect(addStep(state, moments(Number.NaN, Number.NaN))).toBe(state);
  expect(addStep(state, moments(Number.POSITIVE_INFINITY, 1))).toBe(state);
});

test("with equal weights the interval is the delete-one jackknife of the ratio", () => {
  // A decay so near one that all weights are alike, with blocks forced to one step.
  const { normal } = random(4);
  const steps = Array.from({ length: 12 }, () => moments(5 + normal(), 1 + 0.2 * normal()));
  const state = steps.reduce((now, step) => addStep(now, step), {
    ...always(1 - 1e-9),
    blockLength: 1,
  } as NoiseOverTime);
  const ratio = (some: readonly GradientMoments[]) =>
    some.reduce((sum, x) => sum + x.squaredGradientNorm, 0) / some.reduce((sum, x) => sum + x.traceCovariance, 0);
  const squares = steps.reduce((sum, _, j) => sum + (ratio(steps.filter((_, i) => i !== j)) - ratio(steps)) ** 2, 0);
  const error = Math.sqrt((11 / 12) * squares);
  const { lower, upper } = smoothNoiseScale(state).noiseScale;
  // t for 0.95 and 11 degrees of freedom, SciPy.
  expect((1 / lower - 1 / upper) / 2).toBeCloseTo(2.20098516 * error, 6);
});

test.each([
  ["a clear signal", 0.95, 40],
  ["a signal that single steps do not show", 0.98, 300],
])("the interval covers a constant noise scale: %s", (_, decay, scale) => {
  const { normal } = random(5);
  const draws = Array.from({ length: 300 }, () => {
    let state = always(decay);
    for (let step = 0; step < 4 / (1 - decay); step++)
      state = addStep(state, windowOf(microBatches([8, 8, 8, 8], scale, normal), [8, 8, 8, 8]));
    return smoothNoiseScale(state).noiseScale;
  });
  const covered = draws.filter(({ lower, upper }) => lower <= scale && scale <= upper).length / 300;
  // 300 draws of a true 0.95 have a standard error of 0.0126.
  expect(covered).toBeGreaterThan(0.91);
  expect(covered).toBeLessThan(0.99);
});

test("steps that resemble their neighbours are not counted as independent evidence", () => {
  const { normal } = random(7);
  const [decay, memory, truth] = [0.98, 0.7, 10];
  const covered = (blockLength: number) => {
    const draws = Array.from({ length: 400 }, () => {
      let drift = normal();
      let state: NoiseOverTime = { ...always(decay), blockLength };
      for (let step = 0; step < 100; step++) {
        drift = memory * drift + Math.sqrt(1 - memory ** 2) * normal();
        state = addStep(state, moments(10, 1 + 0.5 * drift + 0.3 * normal()));
      }
      return smoothNoiseScale(state).noiseScale;
    });
    return draws.filter(({ lower, upper }) => lower <= truth && truth <= upper).length / 400;
  };
  expect(covered(5)).toBeGreaterThan(0.85);
  expect(covered(1)).toBeLessThan(0.75);
});

test("dividing the averages recovers a noise scale that the mean of ratios misses", () => {
  const { normal } = random(6);
  const scale = 119;
  const steps = Array.from({ length: 4000 }, () => windowOf(microBatches([8, 8, 8, 8], scale, normal), [8, 8, 8, 8]));
  const { ratioOfMeans, meanOfRatios } = averageNoiseScales(steps);
  expect(ratioOfMeans / scale).toBeGreaterThan(0.9);
  expect(ratioOfMeans / scale).toBeLessThan(1.1);
  // Steps with a |G|² just above zero decide it.
  expect(meanOfRatios / scale).toBeGreaterThan(1.5);
});

test("averages without a gradient, or without steps, are NaN and unresolved", () => {
  const none = smoothNoiseScale(newNoiseOverTime());
  expect(none).toMatchObject({ steps: 0, traceCovariance: Number.NaN, squaredGradientNorm: Number.NaN });
  const unknown = { value: Number.NaN, lower: 0, upper: Number.POSITIVE_INFINITY, resolved: false };
  expect(none.noiseScale).toMatchObject(unknown);
  expect(smoothNoiseScale(averaged(0.9, [moments(1, -1)])).noiseScale).toMatchObject(unknown);
  expect(averageNoiseScales([])).toEqual({ ratioOfMeans: Number.NaN, meanOfRatios: Number.NaN });
  expect(averageNoiseScales([moments(1, -1)])).toEqual({ ratioOfMeans: Number.NaN, meanOfRatios: Number.NaN });
});

test.each([1, -0.1, Number.NaN])("a decay of %d is refused", (decay) => {
  expect(() => newNoiseOverTime(decay)).toThrow(UsageError);
  expect(() => newNoiseOverTime(decay)).toThrow(/^newNoiseOverTime: expected 0 ≤ decay < 1, got (1|-0\.1|NaN); /);
});

test("steps that were not measured age what came before", () => {
  // Of every 32nd step 0.99^32 of the one before is left, 0.725, not 0.99.
  const at = (steps: readonly number[]) =>
    steps.reduce((state, step, i) => addStep(state, { ...moments(10, i === 0 ? 100 : 1), step }), always(0.99));
  const weight = 0.99 ** 32;
  const { squaredGradientNorm } = smoothNoiseScale(at([1, 33]));
  expect(squaredGradientNorm).toBeCloseTo((100 * weight + 1) / (weight + 1), 10);
  expect(smoothNoiseScale(at([1, 33, 65, 97])).steps).toBe(4);
});

test("the beginning of a run is forgotten in proportion to its length", () => {
  // |G|² falls as 1/step from 1: the average is late by 1 + share whenever it is asked, measured rarely or not. A
  // measurement stands for the steps up to the next, so that one in 32 is early by some of them.
  const late = (every: number, steps: number) => {
    let state = newNoiseOverTime();
    for (let step = 1; step <= steps; step += every) state = addStep(state, { ...moments(1, 1 / step), step });
    return smoothNoiseScale(state).squaredGradientNorm * steps;
  };
  for (const [every, steps] of [
    [1, 300],
    [1, 3000],
    [32, 641],
    [32, 3201],
  ] as const) {
    expect(late(every, steps) / 1.3).toBeGreaterThan(every === 1 ? 0.98 : 0.9);
    expect(late(every, steps) / 1.3).toBeLessThan(1.02);
  }
});

test("a share that is none is refused", () => {
  for (const share of [0, -1, Number.NaN])
    expect(() => newNoiseOverTime(0.9, share)).toThrow(/^newNoiseOverTime: expected share > 0, got /);
});
