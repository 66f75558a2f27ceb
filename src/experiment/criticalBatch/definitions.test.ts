import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { analysisFixture } from "../../../test/fixtures/analysis.ts";
import { efficiencyFigure, hasEfficiency } from "../../report/charts/batchEfficiency.ts";
import { definitionRows } from "../../report/terminal/definitionTable.ts";
import { readAnalysis, writeAnalysis } from "../../store/analysis.ts";
import type { Run } from "../../store/runs.ts";
import { writeAnswer, writeBatchAnswer } from "../../store/studies/answer.ts";
import { textIn } from "../../text/text.ts";
import { definitionsOf, definitionsOfRun } from "./definitions.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-definitions-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ID = "20260301-101500-mnist-a1b2";
const [first, ...others] = analysisFixture().checkpoints;

/** A run in a store of its own, analyzed. */
function planted(optimizerNoise?: object): Run {
  const path = join(mkdtempSync(join(folder, "store-")), "runs", ID);
  mkdirSync(join(path, "analysis"), { recursive: true });
  writeFileSync(join(path, "config.yaml"), "model: mlp\ndata: mnist\nlimitExamples: 500\n");
  const run = { path, record: { id: ID } } as Run;
  const checkpoints = [{ ...first!, ...(optimizerNoise && { optimizerNoise }) }, ...others];
  const averages = { ratioOfMeans: 700, meanOfRatios: Number.NaN };
  writeAnalysis(run, { ...analysisFixture(), averages, checkpoints } as ReturnType<typeof analysisFixture>);
  return run;
}

const unknown = { value: null, lower: null, upper: null };
const nowhere = { ...unknown, resolved: false };
/** Branches from the first checkpoint, of which little is known. */
const branches = [
  { step: first!.step, criticalBatchSize: nowhere, doubled: { ...nowhere, lower: 64 }, largestAlike: null },
];

const scale = { value: 90, lower: 60, upper: Number.POSITIVE_INFINITY, level: 0.95, resolved: false, unit: "examples" };
const ofAdam = {
  optimizer: "adamw",
  kind: "scaled",
  noiseScale: scale,
  datasetNoiseScale: null,
  frozen: 0,
  unknown: 0,
};

/** A study in the store of a run, and its folder. */
function plantStudy({ path }: Run, id: string, { model = "mlp", kind = "comparison", ...more }: Study): string {
  const study = join(path, "..", "..", "studies", id);
  mkdirSync(study, { recursive: true });
  const configuration = { model, data: "mnist", limitExamples: 500, ...more.configuration };
  const arms = (more.batches ?? [8, 32]).map((effectiveBatchSize, i) => {
    return { name: `arm${i}`, configuration, fingerprints: {}, effectiveBatchSize };
  });
  const budget = { kind: "examples", value: 100 };
  const specification = { kind, arms, budget, evaluateExamples: 10, tuning: null };
  const { createdAt = "2026-03-01T00:00:00.000Z" } = more;
  const file = { schemaVersion: 1, id, createdAt, version: "0.1.0", specification, seeds: [0, 1], looks: [] };
  writeFileSync(join(study, "study.json"), JSON.stringify(file));
  return study;
}

type Said = Parameters<typeof writeAnswer>[1][number];

interface Study {
  readonly model?: string;
  readonly kind?: string;
  readonly batches?: readonly number[];
  readonly configuration?: object;
  readonly createdAt?: string;
}

const ofPareto = {
  kind: "paretoCriticalBatch",
  value: 60,
  lower: 40,
  upper: null,
  target: 0.5,
  smallest: 8,
  largest: 32,
  seeds: 2,
} as const;

test("every definition stands beside the others, that of the optimizer's update before the plain one", () => {
  const own = definitionsOf(planted(ofAdam), branches);
  expect(own.map(({ name, step }) => [name, step])).toEqual([
    ["branched", 625],
    ["doubled", 625],
    ["alike", 625],
    ["scaled", 625],
    ["noiseScale", 625],
    ["datasetNoiseScale", 625],
    ["ratioOfMeans", null],
    ["pareto", null],
    ["paretoOverhead", null],
  ]);
  expect(own[3]).toMatchObject({ optimizer: "adamw", value: null, lower: 60, upper: null });
  const names = definitionsOf(planted({ ...ofAdam, kind: "plain" }), branches).map(({ name }) => name);
  expect(names).not.toContain("scaled");
  expect(definitionsOf(planted(), branches).length).toBe(8);
});

describe("the hyperbola's", () => {
  const paretoOf = (run: Run) => definitionsOf(run, branches).slice(-2);

  test("is what the newest study of the same model and data said that said something, and 0.2 times that", () => {
    const run = planted();
    writeBatchAnswer({ path: plantStudy(run, "old", {}) }, [{ ...ofPareto, value: 7 }]);
    writeBatchAnswer({ path: plantStudy(run, "known", { createdAt: "2026-03-02T00:00:00.000Z" }) }, [ofPareto]);
    plantStudy(run, "newer", { createdAt: "2026-03-03T00:00:00.000Z" });
    expect(paretoOf(run)).toEqual([
      { name: "pareto", step: null, study: "known", value: 60, lower: 40, upper: null },
      { name: "paretoOverhead", overhead: 0.2, step: null, study: "known", value: 12, lower: 8, upper: null },
    ]);
    const [, ...rows] = definitionRows(paretoOf(run), textIn("en"));
    expect(rows.map(([, ...cells]) => cells)).toEqual([
      [
        "all",
        "60 [40, ∞]",
        "measured by the study known: both steps and examples are twice their least, over whole trainings",
      ],
      ["all", "12 [8, ∞]", expect.stringContaining("Zhang et al.")],
    ]);
  });

  test("is not known where a study was not asked, and its command is named", () => {
    const run = planted();
    plantStudy(run, "sizes", {});
    expect(paretoOf(run)).toMatchObject([
      { study: "sizes", ...unknown },
      { study: "sizes", ...unknown },
    ]);
    expect(definitionRows(paretoOf(run), textIn("en"))[1]![3]).toContain("`batchscope critical-batch --study sizes`");
  });

  test.each<[string, Study]>([
    ["another model", { model: "lenet" }],
    ["other examples", { configuration: { limitExamples: 600 } }],
    ["one batch size", { batches: [8, 8] }],
    ["branches", { kind: "critical-batch" }],
  ])("is not taken from a study of %s", (_, own) => {
    const run = planted();
    writeBatchAnswer({ path: plantStudy(run, "other", own) }, [ofPareto]);
    expect(paretoOf(run)).toMatchObject([
      { study: null, ...unknown },
      { study: null, ...unknown },
    ]);
    expect(definitionRows(paretoOf(run), textIn("en"))[1]![3]).toContain("--study NAME");
  });

  test("is passed over where its file is damaged", () => {
    const run = planted();
    writeFileSync(join(plantStudy(run, "damaged", {}), "critical-batch.json"), "{");
    expect(paretoOf(run)).toMatchObject([{ study: "damaged", ...unknown }, {}]);
  });
});

test("an analyzed run says what its branches came to, and names the command where there are none", () => {
  const run = planted(ofAdam);
  const [bare] = definitionsOfRun(run, readAnalysis(run));
  expect(bare).toEqual({ name: "branched", overhead: 0.2, step: null, run: ID, ...unknown });
  expect(definitionRows([bare!], textIn("zh"))[1]![3]).toContain(`\`batchscope critical-batch ${ID}\``);
  const initFrom = join(run.path, "checkpoints", "step_625.safetensors");
  const study = plantStudy(run, "branches", { kind: "critical-batch", configuration: { initFrom } });
  const said = { ...ofPareto, kind: "criticalBatch", step: 625, overhead: 0.2, before: null, change: null };
  writeAnswer({ path: study }, [said as Said]);
  expect(definitionsOfRun(run, readAnalysis(run))[0]).toEqual({
    ...{ name: "branched", overhead: 0.2, step: 625, run: ID },
    ...{ value: 60, lower: 40, upper: null },
  });
});

test.each(["en", "zh"] as const)("in %s what is not known is not said to be measured", (language) => {
  const text = textIn(language);
  const rows = definitionRows(definitionsOf(planted(ofAdam), branches), text);
  const [, branched, doubled, alike, scaled, ...more] = rows;
  const { says, unresolved } = text.criticalBatch;
  expect(branched!.slice(2)).toEqual(["–", unresolved]);
  expect(doubled!.slice(2)).toEqual(["≥ 64", says.doubled]);
  expect(alike!.slice(2)).toEqual(["–", unresolved]);
  expect(scaled).toEqual([text.criticalBatch.names.scaled("adamw"), "625", "≥ 60", says.scaled]);
  expect(more.at(-3)!.slice(1, 3)).toEqual([text.criticalBatch.allSteps, "700"]);
});

test("the figure marks each definition on its own curve: twice the examples at ½, 20 % more at 1/1.2", () => {
  const value = (name: string, step: number | null, own: number) => ({ name, step, value: own, lower: 1, upper: null });
  const drawn = [
    { ...value("branched", 8, 12), overhead: 0.2 },
    value("noiseScale", 8, 50),
    value("noiseScale", 2, 5),
    value("ratioOfMeans", null, 9),
    { ...value("pareto", null, 60), study: "sizes" },
    { ...value("paretoOverhead", null, 12), overhead: 0.2, study: "sizes" },
  ] as Parameters<typeof efficiencyFigure>[0];
  const { series } = efficiencyFigure(drawn, textIn("en")).chart.option as never as {
    series: { data: ([number, number] | { value: [number, number] })[] }[];
  };
  const points = series.flatMap(({ data }) => (data.length === 1 ? [(data[0] as { value: number[] }).value] : []));
  expect(points).toEqual([
    [12, expect.closeTo(100 / 1.2, 3)],
    [50, 50],
    [60, 50],
    [12, expect.closeTo(100 / 1.2, 3)],
  ]);
  // The first and the last two stand for one critical batch, 60.
  const curves = series.filter(({ data }) => data.length > 1).map(({ data }) => data as [number, number][]);
  expect(curves.map((curve) => curve.map(([batch, worth]) => batch / (100 / worth - 1))).map(([one]) => one)).toEqual([
    expect.closeTo(60, 1),
    expect.closeTo(50, 1),
  ]);
});

test("definitions that give limits alone, or stand for no critical batch, have no figure", () => {
  const one = (name: string, value: number | null) => ({ name, step: 8, value, lower: 1, upper: null });
  const has = (...all: ReturnType<typeof one>[]) => hasEfficiency(all as Parameters<typeof hasEfficiency>[0]);
  expect(has(one("noiseScale", null), one("ratioOfMeans", 9))).toBe(false);
  expect(has(one("noiseScale", 50))).toBe(true);
  // Of an earlier checkpoint than the last that is told.
  expect(has({ ...one("noiseScale", 50), step: 2 }, one("sign", null))).toBe(false);
});
