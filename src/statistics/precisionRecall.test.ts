import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { precisionRecall } from "./precisionRecall.ts";
import { rankingScores } from "./ranking.ts";

function draw(seed: number, size: number) {
  const generator = random(seed);
  const positive = Array.from({ length: size }, () => generator.uniform() < 0.3);
  return { positive, scores: positive.map((yes) => Math.round(3 * (generator.normal() + (yes ? 1 : 0)))) };
}

test.each([1, 2, 3])(
  "every point is what its threshold gives, and their area the average precision, draw %d",
  (seed) => {
    const { scores, positive } = draw(seed, 80);
    const { points, positiveShare } = precisionRecall(scores, positive);
    const thresholds = [...new Set(scores)].sort((a, b) => b - a);
    const found = thresholds.map((threshold) => {
      const passed = positive.filter((_, i) => scores[i]! >= threshold);
      const hits = passed.filter(Boolean).length;
      return [hits / positive.filter(Boolean).length, hits / passed.length];
    });
    // Below the threshold that finds all positives, and where none is added, there is no new recall.
    const rising = found.filter(([recall], i) => i === 0 || recall! > found[i - 1]![0]!);
    expect(points).toEqual(rising);
    const area = points.reduce(
      (sum, [recall, precision], i) => sum + (recall - (points[i - 1]?.[0] ?? 0)) * precision,
      0,
    );
    expect(area).toBeCloseTo(rankingScores(scores, positive).averagePrecision, 12);
    expect(positiveShare).toBe(positive.filter(Boolean).length / 80);
  },
);

test("of many examples it keeps at most 201 points, the last at recall 1, near the area of all", () => {
  const generator = random(4);
  const positive = Array.from({ length: 20_000 }, () => generator.uniform() < 0.5);
  const scores = positive.map((yes) => generator.normal() + (yes ? 1 : 0));
  const { points } = precisionRecall(scores, positive);
  expect(points.length).toBeLessThanOrEqual(201);
  expect(points.at(-1)![0]).toBe(1);
  const area = points.reduce(
    (sum, [recall, precision], i) => sum + (recall - (points[i - 1]?.[0] ?? 0)) * precision,
    0,
  );
  expect(area).toBeCloseTo(rankingScores(scores, positive).averagePrecision, 2);
});

test.each([
  ["no positives", [1, 2], [false, false]],
  ["a score that is no number", [1, Number.NaN], [true, false]],
])("%s: no points", (_, scores, positive) => {
  expect(precisionRecall(scores, positive).points).toEqual([]);
});

test("a score without a label is refused", () => {
  expect(() => precisionRecall([1, 2], [true])).toThrow(ShapeError);
  expect(() => precisionRecall([1, 2], [true])).toThrow(
    "precisionRecall: expected one label for each of 2 scores, got 1; give both for every example",
  );
});
