import { expect, test } from "vitest";
import { familyVerdicts } from "../statistics/comparison/family.ts";
import { comparePaired } from "../statistics/comparison/pairedComparison.ts";
import { textIn } from "../text/text.ts";
import { comparisonVerdict, type JudgedStudy } from "./comparisonVerdict.ts";

/** Losses of two arms over six seeds; null diverged. */
function judged(arm: readonly (number | null)[], baseline: readonly (number | null)[]): JudgedStudy {
  const one = {
    trials: 6,
    diverged: 0,
    failed: [],
    missed: 0,
    examples: 1,
    epochs: 1,
    disturbed: 0,
    accuracyAlike: null,
    finalLoss: 1,
    secondsToTarget: null,
  };
  const result = comparePaired(arm, baseline);
  return {
    ...{ seeds: 6, wanted: 6, baseline: "b", noiseScale: null, oneRate: null, tuned: null, target: null },
    file: { specification: { budget: { kind: "examples", value: 1 } } } as never,
    arms: [
      { ...one, name: "a" },
      { ...one, name: "b" },
    ],
    comparisons: [{ arm: "a", baseline: "b", unpairedBy: null, result, ...familyVerdicts([result])[0]! }],
  };
}

const whole = [1, 1.1, 0.9, 1.2, 1.05, 0.95];
const lost = [null, null, null, null, 1.5, null];

test.each([
  ["an arm", lost, whole, '"b" is better than "a", whose trials diverge over 6 seeds', "后者发散"],
  ["the baseline", whole, lost, '"a" is better than "b", whose trials diverge, over 6 seeds', "优于发散的"],
])("where %s diverges, the answer says so and not that nothing is known", (_, arm, baseline, english, chinese) => {
  const verdict = comparisonVerdict(judged(arm, baseline));
  expect(verdict.kind).toBe("armsCompared");
  const said = (language: "en" | "zh") =>
    (textIn(language).verdicts as unknown as Record<string, (one: unknown) => string>)[verdict.kind]!(verdict);
  expect(said("en")).toContain(english);
  expect(said("zh")).toContain(chinese);
});
