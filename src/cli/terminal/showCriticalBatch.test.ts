import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { analysisFixture } from "../../../test/fixtures/analysis.ts";
import { writeAnalysis } from "../../store/analysis.ts";
import { textIn } from "../../text/text.ts";
import { definitionsOf } from "../commands/criticalBatchDefinitions.ts";
import type { FoundCriticalBatch } from "../commands/criticalBatchFound.ts";
import { definitionRows } from "./showCriticalBatch.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-definitions-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Branches from the checkpoint at step 625, of which nothing is known, beside an analysis of the run. */
function found(optimizerNoise?: object): FoundCriticalBatch {
  const path = mkdtempSync(join(folder, "run-"));
  mkdirSync(join(path, "analysis"), { recursive: true });
  writeFileSync(join(path, "run.json"), "{}");
  const run = { path, record: { id: "20260301-101500-mnist-a1b2" } } as FoundCriticalBatch["run"];
  const fixture = analysisFixture();
  const [first, ...others] = fixture.checkpoints;
  const checkpoints = [{ ...first!, ...(optimizerNoise && { optimizerNoise }) }, ...others];
  const averages = { ratioOfMeans: 700, meanOfRatios: Number.NaN };
  writeAnalysis(run, { ...fixture, averages, checkpoints } as typeof fixture);
  const unknown = { value: null, lower: null, upper: null, resolved: false };
  const branched = {
    step: first!.step,
    criticalBatchSize: unknown,
    doubled: { ...unknown, lower: 64 },
    largestAlike: null,
  };
  return { run, checkpoints: [branched], answer: [] } as never;
}

const scale = { value: 90, lower: 60, upper: Number.POSITIVE_INFINITY, level: 0.95, resolved: false, unit: "examples" };
const ofAdam = {
  optimizer: "adamw",
  kind: "scaled",
  noiseScale: scale,
  datasetNoiseScale: null,
  frozen: 0,
  unknown: 0,
};

test("every definition stands beside the others, that of the optimizer's update before the plain one", () => {
  const own = definitionsOf(found(ofAdam));
  expect(own.map(({ name, step }) => [name, step])).toEqual([
    ["branched", 625],
    ["doubled", 625],
    ["alike", 625],
    ["scaled", 625],
    ["noiseScale", 625],
    ["datasetNoiseScale", 625],
    ["ratioOfMeans", null],
  ]);
  expect(own[3]).toMatchObject({ optimizer: "adamw", value: null, lower: 60, upper: null });
  const names = definitionsOf(found({ ...ofAdam, kind: "plain" })).map(({ name }) => name);
  expect(names).not.toContain("scaled");
  expect(definitionsOf(found()).length).toBe(6);
});

test.each(["en", "zh"] as const)("in %s what is not known is not said to be measured", (language) => {
  const text = textIn(language);
  const [, branched, doubled, alike, scaled, ...others] = definitionRows(found(ofAdam), text);
  const { says, unresolved } = text.criticalBatch;
  expect(branched!.slice(2)).toEqual(["–", unresolved]);
  expect(doubled!.slice(2)).toEqual(["≥ 64", says.doubled]);
  expect(alike!.slice(2)).toEqual(["–", unresolved]);
  expect(scaled).toEqual([text.criticalBatch.names.scaled("adamw"), "625", "≥ 60", says.scaled]);
  expect(others.at(-1)!.slice(1, 3)).toEqual([text.criticalBatch.allSteps, "700"]);
});
