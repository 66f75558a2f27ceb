import { expect, test } from "vitest";
import { analysisFixture } from "../../test/fixtures/analysis.ts";
import type { AnalysisFile } from "../store/schema.ts";
import { mergeAnalyses } from "./mergeAnalyses.ts";

const whole = analysisFixture();
const [first, second, third] = whole.checkpoints as [
  AnalysisFile["checkpoints"][number],
  AnalysisFile["checkpoints"][number],
  AnalysisFile["checkpoints"][number],
];
const { averages: _, ...rest } = whole;
const of = (...checkpoints: AnalysisFile["checkpoints"]): AnalysisFile => ({ ...rest, checkpoints });
const steps = ({ checkpoints }: AnalysisFile) => checkpoints.map(({ step }) => step);

test("checkpoints analysed before stay, in order of steps, with averages over all", () => {
  const merged = mergeAnalyses(of(first, third), of(second));
  expect(steps(merged)).toEqual([first.step, second.step, third.step]);
  expect(merged.averages).toEqual(mergeAnalyses(of(first), of(second, third)).averages);
  expect(merged.averages).toBeDefined();
});

test("what only the earlier analysis was asked for stays where the gradients are the same bits", () => {
  const layers = [{ name: "fc" }] as unknown as AnalysisFile["checkpoints"][number]["layers"];
  const asked = { ...first, layers: layers! };
  expect(mergeAnalyses(of(asked), of(first)).checkpoints).toEqual([asked]);
  const moved = { ...first, statistics: { ...first.statistics, traceCovariance: 1 } };
  expect(mergeAnalyses(of(asked), of(moved)).checkpoints).toEqual([moved]);
});

test.each<[string, (analysis: AnalysisFile) => AnalysisFile | null]>([
  ["no earlier analysis", () => null],
  ["another seed", (analysis) => ({ ...analysis, seed: 99 })],
  ["other data", (analysis) => ({ ...analysis, data: "others" })],
  ["another mode", (analysis) => ({ ...analysis, mode: "training mode" })],
  [
    "other mini-batches",
    (analysis) => ({
      ...analysis,
      checkpoints: analysis.checkpoints.map((one) => ({ ...one, statistics: { ...one.statistics, rows: 7 } })),
    }),
  ],
])("nothing stays of %s", (_, change) => {
  const fresh = of(second);
  expect(mergeAnalyses(change(of(first)), fresh)).toBe(fresh);
});
