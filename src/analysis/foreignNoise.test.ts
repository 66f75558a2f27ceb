import { expect, test } from "vitest";
import { gradientMoments } from "../statistics/noiseScale.ts";
import type { ForeignStep } from "../store/foreignSteps.ts";
import { random } from "../tensor/random.ts";
import { addForeignStep, foreignMoments, foreignNoiseScale, noForeignNoise } from "./foreignNoise.ts";

const draw = random(3);
const DIMENSIONS = 40;
/** |G|² = 0.4, tr Σ = 40: a noise scale of 100. */
const gradientOf = (examples: number) =>
  Array.from({ length: DIMENSIONS }, () => 0.1 + draw.normal() / Math.sqrt(examples));
const square = (gradient: readonly number[]) => gradient.reduce((sum, x) => sum + x * x, 0);

function stepOf(number: number, counts: readonly number[]): { step: ForeignStep; rows: number[][] } {
  const rows = counts.map(gradientOf);
  const total = counts.reduce((a, b) => a + b);
  const mean = rows[0]!.map((_, j) => rows.reduce((sum, row, k) => sum + (counts[k]! / total) * row[j]!, 0));
  const squares = { squaredNorms: rows.map(square), squaredNorm: square(mean) };
  return { step: { kind: "step", step: number, seconds: number, counts, ...squares }, rows };
}

test.each([[[4, 4, 4]], [[4, 4, 1]], [[1, 2]]])(
  "norms of micro-batches of %j say what their products say",
  (counts) => {
    const { step, rows } = stepOf(1, counts);
    const products = rows.flatMap((a) => rows.map((b) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)));
    const expected = gradientMoments({ products: Float64Array.from(products), counts });
    const found = foreignMoments(step)!;
    expect(found.traceCovariance / expected.traceCovariance).toBeCloseTo(1, 10);
    expect(found.squaredGradientNorm / expected.squaredGradientNorm).toBeCloseTo(1, 9);
  },
);

test("one micro-batch shows noise by its examples alone", () => {
  const { step, rows } = stepOf(1, [1, 1, 1, 1]);
  const one = { ...step, counts: [4], squaredNorms: [step.squaredNorm] };
  expect(foreignMoments(one)).toBeUndefined();
  const norms = { exampleSquaredNorms: [rows.map(square)], coveredSquaredNorm: step.squaredNorm };
  expect(foreignMoments({ ...one, ...norms })).toEqual(foreignMoments(step));
});

test("a planted noise scale lies in the interval, and steps that are not finite change nothing", () => {
  let noise = noForeignNoise;
  for (let number = 1; number <= 600; number++) {
    const { step } = stepOf(number, [4, 4, 4, 4]);
    noise = addForeignStep(noise, step);
    noise = addForeignStep(noise, { ...step, squaredNorm: Number.NaN });
  }
  const { value, lower, upper, resolved } = foreignNoiseScale(noise);
  expect(noise.measured).toBe(600);
  expect(resolved).toBe(true);
  expect(lower).toBeLessThan(100);
  expect(upper).toBeGreaterThan(100);
  expect(Math.abs(Math.log(value / 100))).toBeLessThan(0.3);
});

test("steps that come again after a restart count as the next", () => {
  const steps = Array.from({ length: 50 }, (_, i) => stepOf(i + 1, [4, 4]).step);
  const noise = [...steps, ...steps.slice(20)].reduce(addForeignStep, noForeignNoise);
  expect(noise.measured).toBe(80);
  expect(noise.average.step).toBe(80);
});
