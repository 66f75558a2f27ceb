import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analysisFixture, summaryFixture } from "../../test/fixtures/analysis.ts";
import { checkpointBytes, json, runOptions, scratchStore } from "../../test/scratchStore.ts";
import { classificationScores } from "../statistics/classification.ts";
import { DataError } from "../tensor/errors.ts";
import { readAnalysis, writeAnalysis } from "./analysis.ts";
import { readPointer } from "./checkpoints.ts";
import { createRun } from "./create.ts";
import { readEnvironment } from "./environment.ts";
import { encodeJson } from "./json.ts";
import { showValue } from "./parseRecord.ts";
import { listRows } from "./runIndex.ts";
import { damageOf, openRun, readRun, readSummary } from "./runs.ts";
import type { RunWriter } from "./writer.ts";

const store = scratchStore();

const evaluation = {
  schemaVersion: 1,
  epoch: 3,
  step: 30,
  classNames: ["NaN", "-Infinity"],
  classification: classificationScores([
    [3, 0],
    [1, 2],
  ]),
};

/** A run that has every record. */
function make() {
  const run = createRun(store.directory, { ...runOptions, description: "NaN" });
  run.saveCheckpoint({ epoch: 1, step: 2, bytes: checkpointBytes(2), best: true });
  run.writeSummary({ ...summaryFixture(), microBatchesPerSecond: Number.NaN, evaluation });
  const analysis = analysisFixture();
  writeAnalysis(run, { ...analysis, checkpoints: analysis.checkpoints.slice(0, 1) });
  run.finish("finished", null);
  return run;
}

const readers: Readonly<Record<string, (run: { path: string }) => unknown>> = {
  "run.json": ({ path }) => readRun(path),
  "summary.json": readSummary,
  "environment.json": readEnvironment,
  "checkpoints/best.json": (run) => readPointer(run, "best"),
  "checkpoints/last.json": (run) => readPointer(run, "last"),
  "analysis.json": readAnalysis,
};

/** Fields that version 0.1.0 did not write, or that a run may lack. */
const optional = [
  "evaluation",
  "averaged",
  "noiseScale",
  "resumes",
  "directory",
  "command",
  "averages",
  "evaluation.classification",
];

describe.each(Object.entries(readers))("%s", (file, read) => {
  test("is read as it was written, with fields of a later version", () => {
    const run = make();
    const before = read(run);
    writeFileSync(join(run.path, file), JSON.stringify({ ...json(run, file), later: { is: "kept" } }));
    expect(read(run)).toMatchObject(before as object);
  });

  test.each(["{}", "[]", "null", "3", '"x"', "", "{", '{"schemaVersion":1}', "[[[[", "\0\0\0\0"])(
    "of %j is named",
    (text) => {
      const run = make();
      writeFileSync(join(run.path, file), text);
      expect(() => read(run)).toThrow(DataError);
      expect(() => read(run)).toThrow(new RegExp(`^${join(run.path, file)}: expected [^\n]*, got:? [^\n]*; [^\n]*$`));
    },
  );

  test("without a field, or with one of another kind, is named with the field", () => {
    const run = make();
    const whole = json(run, file);
    for (const field of Object.keys(whole)) {
      const values = [undefined, { odd: [] }, [[]], true];
      for (const value of optional.includes(field) ? values.slice(1) : values) {
        writeFileSync(join(run.path, file), JSON.stringify({ ...whole, [field]: value }));
        expect(() => read(run), `${field} ${JSON.stringify(value)}`).toThrow(
          expect.objectContaining({
            name: "DataError",
            message: expect.stringMatching(new RegExp(`^${join(run.path, file)}: expected .* in "${field}`)),
          }),
        );
      }
    }
  });
});

test.each([
  ["run.json", { pid: 0 }, 'expected a number above 0 in "pid", got 0'],
  ["run.json", { pid: 2 ** 40 }, 'in "pid", got 1099511627776'],
  ["run.json", { heartbeatAt: "soon" }, 'expected a time as in ISO 8601 in "heartbeatAt", got "soon"'],
  ["run.json", { status: "done" }, 'in "status", got "done"'],
  ["checkpoints/best.json", { file: "../../x" }, 'expected the name of a checkpoint\'s file in "file", got "../../x"'],
  ["checkpoints/best.json", { step: 3 }, 'expected the epoch and the step that the file\'s name says in "file"'],
  ["environment.json", { fingerprints: { train: 3 } }, 'expected a text in "fingerprints.train", got 3'],
  [
    "summary.json",
    { evaluation: { ...evaluation, classification: { ...evaluation.classification, confusion: [[1]] } } },
    'expected a row and a column for each class in "evaluation.classification.confusion"',
  ],
])("%s is refused where a field says something impossible: %#", (file, change, message) => {
  const run = make();
  writeFileSync(join(run.path, file), JSON.stringify({ ...json(run, file), ...change }));
  expect(() => readers[file]!(run)).toThrow(message);
});

test("words that are also numbers stay words", () => {
  const run = make();
  expect(readRun(run.path)!.record.description).toBe("NaN");
  const summary = readSummary(run)!;
  expect(summary.evaluation!.classNames).toEqual(["NaN", "-Infinity"]);
  expect(summary.microBatchesPerSecond).toBeNaN();
});

test("records as version 0.1.0 wrote them are read", () => {
  const run = make();
  const { last, ...summary } = json(run, "summary.json");
  delete summary.evaluation;
  const { macroF1: _, ...bare } = { macroF1: 0, ...last };
  delete bare.validationScores;
  writeFileSync(join(run.path, "summary.json"), encodeJson({ ...summary, last: bare, best: null }));
  const { command: _command, averages: _averages, ...analysis } = json(run, "analysis.json");
  const checkpoints = analysis.checkpoints.map(
    ({ epoch, step, statistics }: { epoch: number; step: number; statistics: object }) => ({
      epoch,
      step,
      metrics: null,
      statistics,
    }),
  );
  writeFileSync(join(run.path, "analysis.json"), JSON.stringify({ ...analysis, checkpoints }));
  expect(readSummary(run)).toMatchObject({ last: bare });
  expect(readAnalysis(run).checkpoints).toHaveLength(checkpoints.length);
  expect(damageOf(run)).toBeNull();
});

test.each([
  "run.json",
  "config.yaml",
  "summary.json",
  "environment.json",
  "checkpoints/best.json",
  "checkpoints/last.json",
])("a run whose %s is damaged is listed as damaged, before and after it was known, and never the latest", (file) => {
  // Of the same second, so that their order is by chance.
  const [whole, run] = [make(), make()].sort((a, b) => (a.id < b.id ? -1 : 1)) as [RunWriter, RunWriter];
  const rows = () => listRows(store.directory);
  expect(rows().damaged).toEqual([]);
  writeFileSync(join(run.path, file), file === "config.yaml" ? "[1" : "{}");
  expect(rows().rows.map(({ id }) => id)).not.toContain(run.id);
  expect(rows().damaged.map(({ message }) => message)).toEqual([expect.stringContaining(join(run.path, file))]);
  const told: string[] = [];
  const open = () => openRun(store.directory, "latest", ({ message }) => told.push(message));
  expect(open().record.id).toBe(whole.id);
  expect(told).toEqual([expect.stringContaining(join(run.path, file))]);
  rmSync(whole.path, { recursive: true });
  expect(open).toThrow(join(run.path, file));
});

test("a record of another tool is no run of ours", () => {
  const path = join(store.directory, "runs/x");
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "run.json"), "{}");
  writeFileSync(join(path, "config.yaml"), "model: mlp\n");
  expect(listRows(store.directory)).toMatchObject({ rows: [], damaged: [{ name: "DataError" }] });
  for (const reference of ["latest", "x", path])
    expect(() => openRun(store.directory, reference)).toThrow(
      `${path}/run.json: expected a number in "schemaVersion", got nothing; restore the file or delete it`,
    );
});

test("a value that is nested too deeply for a text is told on one line too", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(showValue(deep)).toBe("nesting without end");
});
