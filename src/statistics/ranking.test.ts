import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { rankingScores } from "./ranking.ts";

/** Every pair of a positive and a negative; and precision at every threshold that is a score. */
function slow(scores: readonly number[], positive: readonly boolean[]) {
  const of = (which: boolean) => scores.filter((_, i) => positive[i] === which);
  const pairs = of(true).flatMap((p) => of(false).map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
  const thresholds = [...new Set(scores)].sort((a, b) => b - a);
  let [before, area] = [0, 0];
  for (const threshold of thresholds) {
    const hits = of(true).filter((score) => score >= threshold).length;
    const recall = hits / of(true).length;
    area += ((recall - before) * hits) / scores.filter((score) => score >= threshold).length;
    before = recall;
  }
  return { rocAuc: pairs.reduce((a: number, b) => a + b, 0) / pairs.length, averagePrecision: area };
}

test.each([1, 2, 3])("agrees with all pairs and all thresholds, ties included, draw %d", (seed) => {
  const generator = random(seed);
  const positive = Array.from({ length: 80 }, () => generator.uniform() < 0.2);
  const scores = positive.map((yes) => Math.round(3 * (generator.normal() + (yes ? 1 : 0))));
  const [found, expected] = [rankingScores(scores, positive), slow(scores, positive)];
  expect(found.rocAuc).toBeCloseTo(expected.rocAuc, 14);
  expect(found.averagePrecision).toBeCloseTo(expected.averagePrecision, 14);
});

test.each([
  ["scikit-learn's own example", [0.1, 0.4, 0.35, 0.8], [false, false, true, true], 0.75, 5 / 6],
  ["a perfect ranking", [1, 2, 3, 4], [false, false, true, true], 1, 1],
  ["a perfect ranking upside down", [4, 3, 2, 1], [false, false, true, true], 0, 5 / 12],
  ["one score for all", [7, 7, 7, 7], [false, false, false, true], 0.5, 0.25],
  ["no negatives", [1, 2], [true, true], Number.NaN, 1],
  ["no positives", [1, 2], [false, false], Number.NaN, Number.NaN],
  ["a score that is no number", [1, Number.NaN, 3], [true, false, true], Number.NaN, Number.NaN],
])("%s", (_, scores, positive, rocAuc, averagePrecision) => {
  const found = rankingScores(scores, positive);
  expect(found.rocAuc).toBe(rocAuc);
  if (Number.isNaN(averagePrecision)) expect(found.averagePrecision).toBeNaN();
  else expect(found.averagePrecision).toBeCloseTo(averagePrecision, 14);
});

test("a score without a label is refused", () => {
  expect(() => rankingScores([1, 2], [true])).toThrow(ShapeError);
  expect(() => rankingScores([1, 2], [true])).toThrow(
    "rankingScores: expected one label for each of 2 scores, got 1; give both for every example",
  );
});
