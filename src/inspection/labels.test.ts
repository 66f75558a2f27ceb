import { expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import { random } from "../tensor/random.ts";
import { judgeLabels } from "./labels.ts";

/** A model that is sure of the class i mod 3 of example i, and labels of which some are others. */
function scene(wrong: readonly number[], size = 300, sureness = 6) {
  const { normal } = random(1);
  const data = {
    ...clouds(size),
    labels: Int32Array.from({ length: size }, (_, i) => (i + (wrong.includes(i) ? 1 : 0)) % 3),
  };
  const logProbabilities = new Float64Array(size * 3);
  for (let i = 0; i < size; i++) {
    const scores = [0, 1, 2].map((c) => normal() + (c === i % 3 ? sureness : 0));
    const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
    logProbabilities.set(
      scores.map((score) => score - total),
      3 * i,
    );
  }
  const place = (index: number) => ({ part: "train", index: 1000 + index }) as const;
  const subject = { inspected: "training part", data, other: null, where: () => null, place } as const;
  return { subject, scores: { logProbabilities }, foldOf: Uint8Array.from({ length: size }, (_, i) => i % 5) };
}

const judge = ({ subject, scores, foldOf }: ReturnType<typeof scene>) => judgeLabels(subject, scores, foldOf, 0);

test("wrong labels are listed by their places, the most suspect first, with what they may be", () => {
  const wrong = [4, 17, 33, 90, 121, 200, 201, 250];
  const { issues, doubted, summary, noise } = judge(scene(wrong));
  expect([...doubted].sort((a, b) => a - b)).toEqual(wrong);
  expect(issues.map(({ index }) => index - 1000).sort((a, b) => a - b)).toEqual(wrong);
  const scores = issues.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  for (const { index, given, suggested, score, givenName, suggestedName, ...p } of issues) {
    expect([given, suggested]).toEqual([(index - 1000 + 1) % 3, (index - 1000) % 3]);
    expect([givenName, suggestedName]).toEqual([String(given), String(suggested)]);
    expect(score).toBe(noise.right[index - 1000]);
    expect(p.suggestedProbability).toBeGreaterThan(p.givenProbability);
  }
  expect(summary).toMatchObject({ judged: 300, evident: true, labelIssues: 8, labelIssueShare: 8 / 300 });
  expect(summary.doubtedThoughRight).toBeCloseTo(
    Math.max(
      summary.withoutErrors.mean,
      scores.reduce((sum, score) => sum + score, 0),
    ),
    12,
  );
  expect(summary.evidence).toBeGreaterThan(3);
  const { least, mean, most, draws } = summary.withoutErrors;
  expect(draws).toBe(19);
  expect(least).toBeLessThanOrEqual(mean);
  expect(mean).toBeLessThanOrEqual(most);
  expect(most).toBeLessThan(8);
});

test("where nothing is wrong nothing is doubted, and all have scores", () => {
  const { issues, doubted, summary, noise } = judge(scene([], 300, 1));
  expect(summary).toMatchObject({ evident: false, labelIssues: 0 });
  expect([issues.length, doubted.size]).toEqual([0, 0]);
  expect(noise.right.every((right) => right >= 0 && right <= 1)).toBe(true);
});

test("a model that saw fewer than 4 others of a class does not judge who belongs to it", () => {
  const rare = scene([4, 17, 33, 90, 121, 200]);
  // Class 2 has 5 examples, of which two share a fold: 3 others for these, 4 for the rest.
  rare.subject.data.labels.forEach((label, i, labels) => {
    labels[i] = label === 2 ? 0 : label;
  });
  const five = [0, 1, 2, 3, 5];
  for (const i of five) rare.subject.data.labels[i] = 2;
  const { noise, summary, issues } = judge(rare);
  expect(five.map((i) => Number.isNaN(noise.right[i]))).toEqual([true, false, false, false, true]);
  expect(summary.judged).toBe(298);
  expect(issues.every(({ index }) => index !== 1000 && index !== 1005)).toBe(true);
});

test.each([
  ["sharp", 6],
  ["duller", 3],
])("%s models say how many random errors would have shown, and these do", (_, sureness) => {
  const { noticeableErrors: least } = judge(scene([], 300, sureness)).summary;
  expect(least).not.toBeNull();
  const { integer } = random(77);
  const shown = Array.from({ length: 20 }, () => {
    const places = new Set<number>();
    while (places.size < least!) places.add(integer(300));
    return judge(scene([...places], 300, sureness)).summary.evident;
  });
  // 19 of 20 are promised; fewer than 15 come by chance once in a thousand times.
  expect(shown.filter(Boolean).length).toBeGreaterThanOrEqual(15);
});

test("errors that are evident are not looked for, and where models know nothing none would show", () => {
  expect(judge(scene([4, 17, 33, 90, 121, 200, 201, 250])).summary.noticeableErrors).toBeNull();
  expect(judge(scene([], 300, 0)).summary.noticeableErrors).toBeNull();
});
