import { expect, test } from "vitest";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { confidentLearning, type LabelFilter } from "./confidentLearning.ts";
import type { Probabilities } from "./exampleScores.ts";
import { rankingScores } from "./ranking.ts";

/**
 * Examples of C classes whose honest probabilities are those of a calibrated model, and labels of which a share `noise`
 * is moved to the next class.
 */
function planted(count: number, classes: number, noise: number, seed: number) {
  const { uniform, normal, integer } = random(seed);
  const truth = Array.from({ length: count }, () => integer(classes));
  const values = new Float64Array(count * classes);
  truth.forEach((actual, i) => {
    const scores = Array.from({ length: classes }, (_, c) => Math.exp(1.2 * normal() + (c === actual ? 4 : 0)));
    const sum = scores.reduce((total, x) => total + x, 0);
    scores.forEach((score, c) => {
      values[i * classes + c] = score / sum;
    });
  });
  const wrong = truth.map(() => uniform() < noise);
  const labels = truth.map((actual, i) => (wrong[i] ? (actual + 1) % classes : actual));
  return { probabilities: { values, classes } as Probabilities, labels, wrong };
}

/** The definitions of the paper, and of the authors' library for the filters, one loop for each, over rows as lists. */
function byDefinition({ values, classes }: Probabilities, labels: readonly number[], filter: LabelFilter) {
  const p = labels.map((_, i) => [...values.slice(i * classes, (i + 1) * classes)]);
  const all = Array.from({ length: classes }, (_, c) => c);
  const argmax = (row: readonly number[]) => row.indexOf(Math.max(...row));
  const labelled = (c: number) => labels.flatMap((label, i) => (label === c ? [i] : []));
  const threshold = all.map((c) => labelled(c).reduce((sum, i) => sum + p[i]![c]!, 0) / labelled(c).length);
  const counts = all.map((s) =>
    all.map((y) => {
      const counted = labelled(s).filter((i) => {
        const confident = all.filter((c) => p[i]![c]! >= threshold[c]! - 1e-6);
        if (confident.length === 0) return false;
        return confident.reduce((best, c) => (p[i]![c]! > p[i]![best]! ? c : best)) === y;
      });
      return s === y ? Math.max(1, counted.length) : counted.length;
    }),
  );
  const exact = counts.map((row, s) => row.map((n) => (n / row.reduce((a, b) => a + b, 0)) * labelled(s).length));
  const joint = exact.map((row, s) => {
    const whole = row.map(Math.floor);
    while (whole.reduce((a, b) => a + b, 0) < labelled(s).length) {
      const lost = row.map((x, c) => x - whole[c]!);
      whole[argmax(lost)]!++;
    }
    return whole;
  });
  const rate = new Set<number>();
  const byClass = new Set<number>();
  for (const s of all) {
    for (const y of all.filter((c) => c !== s))
      for (const i of labelled(s)
        .sort((a, b) => p[b]![y]! - p[b]![s]! - (p[a]![y]! - p[a]![s]!))
        .slice(0, joint[s]![y]!))
        rate.add(i);
    for (const i of labelled(s)
      .sort((a, b) => p[a]![s]! - p[b]![s]!)
      .slice(0, labelled(s).length - joint[s]![s]!))
      byClass.add(i);
  }
  const named = labels
    .map((_, i) => i)
    .filter((i) => {
      const chosen = { "noise rate": rate.has(i), class: byClass.has(i), both: rate.has(i) && byClass.has(i) }[filter];
      return chosen && argmax(p[i]!) !== labels[i];
    });
  return { threshold, counts, joint, named };
}

test.each([
  ["noise rate", 3, 0.2],
  ["class", 4, 0.1],
  ["both", 10, 0.15],
] as const)("filter by %s with %d classes: equal to the definitions", (filter, classes, noise) => {
  const { probabilities, labels } = planted(600, classes, noise, classes);
  const result = confidentLearning(probabilities, labels, filter);
  const expected = byDefinition(probabilities, labels, filter);
  expect(result.thresholds).toEqual(expected.threshold.map((t) => expect.closeTo(t, 12)));
  expect(result.confidentJoint).toEqual(expected.counts);
  expect(result.joint).toEqual(expected.joint);
  expect(result.issues.map(({ example }) => example).sort((a, b) => a - b)).toEqual(expected.named);
  const scores = result.issues.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  expect(expected.named.length).toBeGreaterThan(20);
});

test("planted label noise is found, counted and corrected", () => {
  const { probabilities, labels, wrong } = planted(4000, 5, 0.12, 1);
  const { issues, noise } = confidentLearning(probabilities, labels, "noise rate");
  const truly = wrong.filter(Boolean).length;
  const hits = issues.filter(({ example }) => wrong[example]);
  expect(hits.length / issues.length).toBeGreaterThan(0.9);
  expect(hits.length / truly).toBeGreaterThan(0.9);
  expect(Math.abs(noise - 0.12)).toBeLessThan(0.02);
  expect(hits.filter(({ given, suggested }) => (suggested + 1) % 5 === given).length / hits.length).toBeGreaterThan(
    0.95,
  );
  const score = Array<number>(4000).fill(-1);
  for (const issue of issues) score[issue.example] = -issue.score;
  expect(rankingScores(score, wrong).rocAuc).toBeGreaterThan(0.9);
  expect(issues[0]!.score).toBeLessThan(0.05);
});

test("clean labels raise few doubts, and clean examples are named more sparingly by both filters", () => {
  const clean = planted(3000, 4, 0, 2);
  const few = confidentLearning(clean.probabilities, clean.labels, "noise rate");
  expect(few.issues.length / 3000).toBeLessThan(0.05);
  const { probabilities, labels } = planted(3000, 4, 0.1, 3);
  const examplesOf = (filter: LabelFilter) =>
    new Set(confidentLearning(probabilities, labels, filter).issues.map(({ example }) => example));
  const [both, byClass, byRate] = [examplesOf("both"), examplesOf("class"), examplesOf("noise rate")];
  expect([...both].every((example) => byClass.has(example) && byRate.has(example))).toBe(true);
  expect(both.size).toBeGreaterThan(100);
});

test("a class without examples, and one with a single example, do no harm", () => {
  const values = Float64Array.of(0.1, 0.8, 0.1, 0.2, 0.7, 0.1, 0.1, 0.9, 0, 0.6, 0.4, 0);
  const { thresholds, joint, issues } = confidentLearning({ values, classes: 3 }, [1, 1, 1, 0], "noise rate");
  expect(thresholds[2]).toBeNaN();
  expect(joint).toEqual([
    [1, 0, 0],
    [0, 3, 0],
    [0, 0, 0],
  ]);
  expect(issues).toEqual([]);
  const lone = confidentLearning({ values: Float64Array.of(0.1, 0.9), classes: 2 }, [0], "class");
  expect(lone.issues).toEqual([]);
});

test("of several confident classes the most probable counts, though a class that is not confident beats both", () => {
  // Thresholds: 0.9 for class 0, 0.2 for the others. The last example is confidently 1 or 2, and 1 the more.
  const values = Float64Array.of(0.98, 0.01, 0.01, 0.82, 0.09, 0.09, 0.8, 0.2, 0, 0.8, 0, 0.2, 0.5, 0.3, 0.2);
  const { thresholds, confidentJoint } = confidentLearning({ values, classes: 3 }, [0, 0, 1, 2, 2], "noise rate");
  expect(thresholds).toEqual([0.9, 0.2, 0.2].map((t) => expect.closeTo(t, 12)));
  expect(confidentJoint[2]).toEqual([0, 1, 1]);
});

test("of a class whose examples all look wrong one is left", () => {
  // Both examples labelled 0 are confidently 1, as are all labelled 1.
  const values = Float64Array.of(0.1, 0.9, 0.2, 0.8, 0.15, 0.85, 0.3, 0.7);
  for (const filter of ["noise rate", "class", "both"] as const) {
    const { confidentJoint, joint, issues } = confidentLearning({ values, classes: 2 }, [0, 0, 1, 1], filter);
    expect(confidentJoint[0]).toEqual([1, 2]);
    expect(joint[0]).toEqual([1, 1]);
    expect(issues).toEqual([{ example: 0, given: 0, suggested: 1, score: expect.closeTo(0.1, 12) }]);
  }
});

test("logits and labels outside the classes are refused", () => {
  const logits = { values: Float64Array.of(2.5, -1), classes: 2 };
  expect(() => confidentLearning(logits, [0], "both")).toThrow(UsageError);
  expect(() => confidentLearning(logits, [0], "both")).toThrow(
    /^confidentLearning: expected probabilities, got 2\.5 for example 0; apply a softmax first/,
  );
  expect(() => confidentLearning(logits, [0, 1], "both")).toThrow(ShapeError);
});
