import { describe, expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { classificationScores } from "./classification.ts";
import type { Interval } from "./types.ts";
import { wilsonInterval } from "./wilsonInterval.ts";

/** The second implementation: counts pairs of label and prediction, class against rest, by their definitions. */
function slow(labels: readonly number[], predictions: readonly number[], classes: number) {
  const count = (holds: (label: number, prediction: number) => boolean) =>
    labels.filter((label, i) => holds(label, predictions[i]!)).length;
  const each = Array.from({ length: classes }, (_, c) => {
    const [tp, fp] = [count((l, p) => l === c && p === c), count((l, p) => l !== c && p === c)];
    const fn = count((l, p) => l === c && p !== c);
    const [precision, recall] = [tp / (tp + fp), tp / (tp + fn)];
    const f1 = tp > 0 ? (2 * precision * recall) / (precision + recall) : fp + fn > 0 ? 0 : Number.NaN;
    return { precision, recall, f1, support: tp + fn, predicted: tp + fp };
  });
  return { each, accuracy: count((l, p) => l === p) / labels.length };
}

function confusionOf(labels: readonly number[], predictions: readonly number[], classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  labels.forEach((label, i) => {
    matrix[label]![predictions[i]!]!++;
  });
  return matrix;
}

test.each([1, 2, 3, 4])("agrees with counting one class against the rest, draw %d", (seed) => {
  const generator = random(seed);
  const labels = Array.from({ length: 60 }, () => Math.min(3, generator.integer(6)));
  const predictions = labels.map((label) => (generator.uniform() < 0.6 ? label : generator.integer(4)));
  const scores = classificationScores(confusionOf(labels, predictions, 4));
  const { each, accuracy } = slow(labels, predictions, 4);
  scores.classes.forEach(({ precision, recall, f1, support, predicted }, c) => {
    expect([precision, recall.value, f1, support, predicted]).toEqual([
      each[c]!.precision,
      each[c]!.recall,
      expect.closeTo(each[c]!.f1, 14),
      each[c]!.support,
      each[c]!.predicted,
    ]);
  });
  const average = (of: (one: (typeof each)[number]) => number) => each.reduce((sum, one) => sum + of(one), 0) / 4;
  expect(scores.labels).toBe(60);
  expect(scores.accuracy.value).toBe(accuracy);
  expect(scores.microF1).toBe(accuracy);
  expect(scores.macroF1).toBeCloseTo(
    average(({ f1 }) => f1),
    14,
  );
  expect(scores.macroPrecision).toBeCloseTo(
    average(({ precision }) => precision),
    14,
  );
  expect(scores.balancedAccuracy).toBeCloseTo(
    average(({ recall }) => recall),
    14,
  );
  expect(scores.weightedF1).toBeCloseTo(
    average(({ f1, support }) => (4 * f1 * support) / 60),
    14,
  );
  expect(scores.majorityShare).toBe(Math.max(...each.map(({ support }) => support)) / 60);
});

test("an accuracy of 99 % that finds no fault is seen through", () => {
  const scores = classificationScores([
    [990, 0],
    [10, 0],
  ]);
  expect(scores.accuracy.value).toBe(0.99);
  expect(scores.majorityShare).toBe(0.99);
  expect(scores.balancedAccuracy).toBe(0.5);
  expect(scores.classes[1]).toMatchObject({ support: 10, predicted: 0, precision: Number.NaN, f1: 0 });
  expect(scores.classes[1]!.recall.value).toBe(0);
  expect(scores.classes[1]!.recall.upper).toBeCloseTo(0.2775, 4);
  // A mean that left out the class nobody predicts would flatter.
  expect(scores.macroPrecision).toBeNaN();
  expect(scores.macroF1).toBeCloseTo(1980 / 1990 / 2, 14);
});

describe("what is not defined is NaN", () => {
  test("a class that neither occurs nor is predicted counts nowhere", () => {
    const scores = classificationScores([
      [3, 1, 0],
      [0, 4, 0],
      [0, 0, 0],
    ]);
    expect(scores.classes[2]).toMatchObject({ precision: Number.NaN, f1: Number.NaN, recall: { value: Number.NaN } });
    expect(scores.balancedAccuracy).toBe(0.875);
    expect(scores.macroPrecision).toBe(0.9);
    expect(scores.macroF1).toBeCloseTo((6 / 7 + 8 / 9) / 2, 14);
  });

  test("a class that is only predicted has precision and F1 of 0, and no recall", () => {
    const scores = classificationScores([
      [3, 1],
      [0, 0],
    ]);
    expect(scores.classes[1]).toMatchObject({ precision: 0, f1: 0, recall: { value: Number.NaN, lower: Number.NaN } });
    expect(scores.balancedAccuracy).toBe(0.75);
  });

  test("without labels nothing is", () => {
    const scores = classificationScores([
      [0, 0],
      [0, 0],
    ]);
    expect([scores.accuracy.value, scores.macroF1, scores.balancedAccuracy, scores.majorityShare]).toEqual(
      Array(4).fill(Number.NaN),
    );
  });
});

test("a matrix that is not square is refused", () => {
  const score = () => classificationScores([[1, 2], [3]]);
  expect(score).toThrow(ShapeError);
  expect(score).toThrow(
    "classificationScores: expected a square matrix, got 1 columns in row 1 of 2; count every class",
  );
});

/** Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3. */
test.each<[number, number, Omit<Interval, "value">]>([
  [81, 263, { lower: 0.2553, upper: 0.3662 }],
  [15, 148, { lower: 0.0624, upper: 0.1605 }],
  [0, 20, { lower: 0, upper: 0.1611 }],
  [1, 29, { lower: 0.0061, upper: 0.1718 }],
])("the Wilson interval of %d out of %d", (successes, trials, { lower, upper }) => {
  const interval = wilsonInterval(successes, trials);
  expect(interval.value).toBe(successes / trials);
  expect(interval.lower).toBeCloseTo(lower, 4);
  expect(interval.upper).toBeCloseTo(upper, 4);
  const other = wilsonInterval(trials - successes, trials);
  expect([other.lower, other.upper]).toEqual([
    expect.closeTo(1 - interval.upper, 14),
    expect.closeTo(1 - interval.lower, 14),
  ]);
});
