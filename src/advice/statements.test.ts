import { expect, test } from "vitest";
import { plantedStatistics } from "../../test/fixtures/analysis.ts";
import { analysisFindings } from "../store/analysisFindings.ts";
import { statements } from "./statements.ts";

const plan = { seed: 1, squaredNorm: 1, trace: 16, rows: 12, batchSize: 8, datasetSize: 1000, dimension: 6 };
const { batchSignalToNoise: _, ...earlier } = plantedStatistics(plan);
const interval = { value: 0.5, lower: 0.25, upper: 1 };

test.each([
  ["what was measured", { ...earlier, batchSignalToNoise: interval }, [{ batchSize: 8, signalToNoise: interval }]],
  ["nothing of a file that lacks it", earlier, []],
  ["nothing without an interval", { ...earlier, batchSignalToNoise: { ...interval, lower: -1 / 0 } }, []],
  ["nothing of a number that is NaN", { ...earlier, batchSize: Number.NaN, batchSignalToNoise: interval }, []],
])("a statistic states %s, and its finding is one that files may hold", (_case, statistics, evidence) => {
  const found = evidence.map((values) => ({ kind: "batchSignal", ...values }));
  expect(statements(statistics)).toEqual(found);
  expect(analysisFindings.parse(found)).toEqual(found);
});

test("a file's statement with another evidence than its row gives is refused", () => {
  const [found] = statements({ ...earlier, batchSignalToNoise: interval });
  for (const damaged of [
    { ...found, signalToNoise: 3 },
    { kind: "batchSignal", batchSize: 8 },
  ])
    expect(analysisFindings.safeParse([damaged]).success).toBe(false);
});
