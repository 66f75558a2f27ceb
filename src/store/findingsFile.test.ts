import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkpointBytes, runOptions, scratchStore } from "../../test/scratchStore.ts";
import { DataError } from "../tensor/errors.ts";
import { findingsPath } from "./appendFinding.ts";
import { createRun } from "./create.ts";
import { damagedRecords } from "./damage.ts";
import { readTrainingFindings } from "./findingsFile.ts";
import { resumeRun, takeRun } from "./resumeRun.ts";
import { openRun } from "./runs.ts";
import type { TrainingFinding } from "./trainingFindings.ts";

const store = scratchStore();

const finding = (step: number, value = 3): TrainingFinding => ({
  kind: "exploding-gradients",
  step,
  strength: "warning",
  evidence: [{ name: "Infinity", value, unit: "", threshold: 2, source: "NaN" }],
  parameters: ["dense.weight"],
});

test("findings come back as they were, in order, at once; none is an empty list", () => {
  const run = createRun(store.directory, runOptions);
  expect(readTrainingFindings(run)).toEqual([]);
  const found = [finding(1), finding(2, Number.NaN), finding(2, Number.POSITIVE_INFINITY)];
  for (const one of found) run.appendFinding(one);
  expect(readTrainingFindings(run)).toEqual(found);
  run.finish("finished", null);
});

test("a cut last line and kinds of a later version are left out, a damaged line is named", () => {
  const run = createRun(store.directory, runOptions);
  run.appendFinding(finding(1));
  appendFileSync(findingsPath(run), '{"kind":"of-tomorrow","step":1}\n{"kind":"expl');
  expect(readTrainingFindings(run)).toEqual([finding(1)]);
  const damaged: [string, string][] = [
    ["no JSON", 'expected a JSON object, got "no JSON"; restore the file or delete it'],
    ['{"kind":"plateau","step":-1}', 'expected a number of at least 0 in "step", got -1'],
    ['{"kind":"plateau","step":1,"strength":"loud","evidence":[]}', 'in "strength", got "loud"'],
    ["[]", "expected an object, got []"],
  ];
  for (const [line, said] of damaged) {
    writeFileSync(findingsPath(run), `${JSON.stringify(finding(1))}\n${line}\n`);
    expect(() => readTrainingFindings(run)).toThrow(DataError);
    expect(() => readTrainingFindings(run)).toThrow(`${findingsPath(run)}:2: `);
    expect(() => readTrainingFindings(run)).toThrow(said);
    expect(damagedRecords(run)).toMatchObject([{ name: "findings.jsonl" }]);
  }
  run.finish("finished", null);
});

test("a run that goes on keeps what was found up to its checkpoint, bit for bit", () => {
  const run = createRun(store.directory, runOptions);
  run.appendFinding(finding(1));
  run.saveCheckpoint({ epoch: 1, step: 2, bytes: checkpointBytes(2) });
  run.appendFinding(finding(2));
  const kept = readFileSync(findingsPath(run), "utf8");
  run.appendFinding(finding(3));
  run.finish("interrupted", "SIGINT");
  const { writer } = resumeRun(takeRun(openRun(store.directory, run.id)), runOptions);
  expect(readFileSync(findingsPath(run), "utf8")).toBe(kept);
  writer.appendFinding(finding(4));
  expect(readTrainingFindings(run)).toEqual([finding(1), finding(2), finding(4)]);
  writer.finish("finished", null);
});
