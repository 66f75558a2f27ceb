import { expect, test } from "vitest";
import { comparisonVerdict } from "../../advice/comparisonVerdict.ts";
import { textIn } from "../../text/text.ts";
import { armResult } from "./comparison.ts";
import { readTarget } from "./targets.ts";
import type { TrialResult } from "./trialResult.ts";

/** Reaches the loss 1 after so many examples, of 10 a second; or is watched for 100. */
const trial = (seed: number, at: number | null, whole = true): TrialResult =>
  ({
    ...{ seed, run: "r", whole, finalLoss: whole ? 1 : Number.NaN, examples: at ?? 100, steps: [] },
    ...{ finalAccuracy: null, trainAccuracy: null, meanLoss: 1, peakMemoryBytes: 1 },
    evaluations:
      at === null
        ? [{ examples: 100, validationLoss: 2, seconds: 50 }]
        : [{ examples: at, validationLoss: 1, seconds: 50 }],
    times: { updates: 1, seconds: 1, secondsPerUpdate: 1, examplesPerSecond: 10, disturbed: 0 },
  }) as never;

function arm(name: string, at: readonly (number | null)[], diverged = false) {
  const configuration = { model: "linear" };
  return armResult(
    { name, configuration, fingerprints: {}, effectiveBatchSize: 4 },
    at.map((one, seed) => trial(seed, one, one !== null || !diverged)),
    [],
  );
}

const seeds = [0, 1, 2, 3, 4, 5];
const most = new Map([
  ["a", 200],
  ["b", 200],
]);
const against = (a: readonly (number | null)[], b: readonly (number | null)[], diverged = false) =>
  readTarget([arm("a", a), arm("b", b, diverged)], "a", 1, most);

test("an arm is compared by the time and the examples to the loss, seed by seed", () => {
  const found = against(
    seeds.map((seed) => 60 + seed),
    seeds.map((seed) => 40 + 2 * seed),
  );
  expect(found.arms[1]).toMatchObject({ examples: { reached: 6, trials: 6 }, seconds: { median: { value: 4.4 } } });
  expect(found.seconds[0]!.result).toMatchObject({ verdict: "better", estimand: "mean" });
  expect(found.seconds[0]!.result!.difference.value).toBeCloseTo(-1.75, 9);
  expect(found.examples[0]!.result!.difference.value).toBeCloseTo(-17.5, 9);
  expect(found.pairs).toMatchObject([{ arm: "b", seconds: { earlier: 6, later: 0, ties: 0, p: 2 / 64 } }]);
});

test("a trial that never gets there loses to one that does, and is none the better where neither does", () => {
  const found = against([60, 60, 60, 60, 60, null], [null, null, null, null, null, null]);
  expect(found.arms[1]).toMatchObject({ examples: { reached: 0, trials: 6, median: { value: null } } });
  expect(found.pairs[0]!.seconds).toMatchObject({ earlier: 0, later: 5, ties: 1 });
  expect(found.seconds[0]!.result).toMatchObject({ censored: { arm: 6, baseline: 1 }, estimand: "median" });
});

test("what diverged is counted with all that it could have had, what was stopped earlier is a tie", () => {
  const diverged = against([150, 150], [null, null], true);
  expect(diverged.arms[1]!.trials[0]).toEqual({
    ...{ seed: 0, examples: { time: 200, reached: false }, seconds: { time: 20, reached: false } },
  });
  expect(diverged.pairs[0]!.examples).toMatchObject({ later: 2, ties: 0 });
  const shorter = against([150, 150], [null, null]);
  expect(shorter.pairs[0]!.examples).toMatchObject({ later: 0, ties: 2 });
  expect(shorter.examples[0]!.result!.difference.value).toBe(0);
});

test.each([
  [
    seeds.map((seed) => 40 + 2 * seed),
    /^"b" reaches a validation loss of 1\.00 sooner than "a" by 1\.75 \[.*\] s over 6 seeds$/,
  ],
  [seeds.map((seed) => 90 + 2 * seed), /^"a" reaches .* sooner than "b" by 3\.25 \[/],
  [seeds.map(() => null), /^"a" reaches .* sooner than "b" \(one of them mostly does not reach it\) over 6 seeds$/],
  [[59, 62], /^"b" reaches a validation loss of 1\.00 first, but 2 seeds cannot tell it from chance/],
])("the answer says which is sooner: %j", (b, words) => {
  const { seconds, arms } = against(
    b.map((_, seed) => 60 + seed),
    b,
  );
  const judged = arms.map(({ arm: name, seconds: own }) => ({
    ...{
      name,
      finalLoss: 1,
      trials: b.length,
      diverged: 0,
      failed: [],
      examples: 1,
      epochs: 1,
      disturbed: 0,
      accuracyAlike: null,
    },
    ...{ missed: own!.trials - own!.reached, secondsToTarget: own!.median.value },
  }));
  const verdict = comparisonVerdict({
    ...{ file: {} as never, seeds: b.length, wanted: b.length, baseline: "a", arms: judged, comparisons: seconds },
    ...{ target: 1, oneRate: null, tuned: null, noiseScale: null },
  });
  const { verdicts } = textIn("en") as unknown as { verdicts: Record<string, (found: object) => string> };
  expect(verdicts[verdict.kind]!(verdict)).toMatch(words);
});
