import { expect, test } from "vitest";
import { analysisFixture } from "../../../test/fixtures/analysis.ts";
import { checkpointTable } from "./table.ts";

test("columns align, three digits, an unresolved noise scale is a lower limit", () => {
  expect(`\n${checkpointTable(analysisFixture())}\n`).toMatchInlineSnapshot(`
    "
    epoch   step  validation    noise scale [95 %]  noise ratio     |G|²         tr Σ         mean cosine
                    accuracy              examples    at B = 32           per example            expected
        5    625      70.2 %        240 [168, 384]         7.50   0.0500         12.0       0.118 / 0.118
       10  1,250      87.2 %        500 [350, 800]         15.6   0.0220         11.0     0.0750 / 0.0602
       15  1,875      92.0 %      909 [636, 1,450]         28.4   0.0110         10.0     0.0306 / 0.0340
       20  2,500      93.4 %  1,580 [1,110, 2,530]         49.5  0.00600         9.50     0.0139 / 0.0198
       25  3,125      93.8 %               ≥ 2,360       ≥ 73.7  0.00210         9.00  0.00131 / ≤ 0.0134
       30  3,750      94.0 %  2,970 [2,080, 4,740]         92.7  0.00290         8.60    0.00934 / 0.0107
    "
  `);
});

test("missing metrics are a dash, no checkpoints are said", () => {
  const analysis = analysisFixture();
  const checkpoints = [{ ...analysis.checkpoints[0]!, metrics: null }];
  expect(checkpointTable({ ...analysis, checkpoints }).split("\n")[2]).toMatch(/^ {4}5 {3}625 {11}– /);
  expect(checkpointTable({ ...analysis, checkpoints: [] })).toBe("This analysis has no checkpoints.");
});

test("the noise scale of the optimizer's own update has a column, of a plain step it has none", () => {
  const analysis = analysisFixture();
  const noiseScale = { value: 90, lower: 60, upper: 120, level: 0.95, resolved: true, unit: "examples" } as const;
  const own = { optimizer: "lion", kind: "sign", noiseScale, datasetNoiseScale: null, frozen: 0, unknown: 0 } as const;
  const [first, ...others] = analysis.checkpoints;
  const table = (one: object) =>
    checkpointTable({ ...analysis, checkpoints: [{ ...first!, optimizerNoise: one as typeof own }, ...others] });
  expect(table(own).split("\n")[0]).toContain("of lion [95 %]");
  expect(table(own).split("\n")[2]).toContain("  90.0 [60.0, 120]  ");
  expect(table(own).split("\n")[3]).toMatch(/ – /);
  expect(table({ ...own, kind: "plain" })).toBe(checkpointTable(analysis));
});
