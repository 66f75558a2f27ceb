import { expect, test } from "vitest";
import { basePlan, plantedStatistics } from "../../test/fixtures/analysis.ts";
import type { AnalysisFinding } from "../store/analysisFindings.ts";
import type { GradientVerdict } from "../store/gradientVerdicts.ts";
import { verdicts } from "../store/verdicts.ts";
import { textIn } from "../text/text.ts";
import { said } from "../text/words.ts";
import { gradientVerdicts } from "./gradientVerdicts.ts";

const OPEN = Number.POSITIVE_INFINITY;
const base = { ...plantedStatistics({ ...basePlan, rows: 16 }), batchSize: 8 };
const share = { pairs: 120, batchSize: 8, expected: 0.2, limit: 0.3 };
const calm: AnalysisFinding = { kind: "negativeByChance", share: 0.2, ...share };
const opposed: AnalysisFinding = { kind: "opposedRows", rows: [1, 4], found: 2, batches: 16, cosine: -0.6, p: 0.001 };

test.each<[string, readonly [number, number, number], readonly AnalysisFinding[], readonly GradientVerdict["kind"][]]>([
  ["below", [80, 60, 100], [calm], ["gradientsBelow", "gradientsAgree"]],
  ["below a limit", [Number.NaN, 60, OPEN], [calm], ["gradientsBelow", "gradientsAgree"]],
  ["inside", [9, 7, 11], [opposed], ["gradientsAbout", "gradientsOpposed"]],
  [
    "above",
    [4, 3, 5],
    [{ kind: "negativeBeyondChance", share: 0.5, ...share }],
    ["gradientsAbove", "gradientPairsOpposed"],
  ],
  ["unbounded", [9, 0, OPEN], [{ kind: "negativeUnknown", share: 0.5, pairs: 1 }], ["gradientsOpen"]],
  ["lost", [Number.NaN, OPEN, OPEN], [], ["gradientsLost"]],
])("%s", (_, [value, lower, upper], findings, kinds) => {
  const resolved = Number.isFinite(upper);
  const noiseScale = { value, lower, upper, level: 0.95, resolved, unit: "examples" } as const;
  const found = gradientVerdicts({ ...base, noiseScale }, findings);
  expect(found.map(({ kind }) => kind)).toEqual(kinds);
  expect(() => verdicts.parse(found)).not.toThrow();
  for (const language of ["en", "zh"] as const)
    for (const verdict of found) {
      const sentence = said(verdict, textIn(language).verdicts);
      expect(sentence).not.toMatch(/undefined|NaN|∞/);
      // At most two numbers a sentence; an interval belongs to its value.
      for (const part of sentence.replace(/ \[.*?\]/g, "").split(/\. |。/))
        expect(part.match(/\d[\d.,]*/g)?.length ?? 0).toBeLessThanOrEqual(2);
    }
});
