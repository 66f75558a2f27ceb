import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as library from "../../src/index.ts";
import { tryHere } from "./inProcess.ts";

const { analyzeRun, datasetFromArrays, evaluate, listRuns, predict, trainToRun, UsageError, writeReport } = library;
const dir = mkdtempSync(join(tmpdir(), "batchscope-code-"));
const rows = Array.from({ length: 60 }, (_, i) => [i % 2, (i % 7) / 7, (i % 3) / 3]);
const data = datasetFromArrays(
  rows,
  rows.map(([x]) => x!),
  { name: "parity" },
);
let run: library.RunResult;

beforeAll(async () => {
  run = await trainToRun({
    model: "linear",
    data,
    epochs: 2,
    checkpointEvery: 1,
    learningRate: 0.1,
    dir,
    tags: ["mine"],
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a training from code is a run as any other, and leaves nothing else behind", () => {
  expect(run).toMatchObject({ status: "finished", summary: { epochs: 2 } });
  expect(listRuns(dir).runs.map(({ record }) => [record.id, record.name])).toEqual([[run.run, "parity"]]);
});

test("the commands read it", async () => {
  const listed = await tryHere("runs", "list", "--dir", dir, "--json");
  expect(JSON.parse(listed.printed).runs).toMatchObject([{ id: run.run, tags: ["mine"] }]);
  const evaluated = await tryHere("evaluate", run.path, "--dir", dir, "--json");
  expect(JSON.parse(evaluated.printed)).toMatchObject({
    schemaVersion: 1,
    part: "validation",
    answer: [{ kind: "accuracyMeasured", accuracy: { value: 1, lower: expect.any(Number) }, examples: 12 }],
  });
  const reported = await tryHere("report", run.run, "--dir", dir, "--json");
  expect(JSON.parse(reported.printed)).toMatchObject({ schemaVersion: 1, run: run.run });
});

test("it is analyzed, evaluated, asked and reported in a line each", async () => {
  const { checkpoints } = await analyzeRun(run.path, { rows: 4, batchSize: 4 });
  expect(checkpoints.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(existsSync(join(run.path, "analysis.json"))).toBe(true);
  const few = datasetFromArrays(
    [
      [1, 0, 0],
      [0, 1, 1],
    ],
    [1, 0],
  );
  expect(await evaluate(run.path, { data: few, dir })).toMatchObject({ examples: 2, accuracy: { value: 1 } });
  const said = await predict("latest", { data: few, dir, checkpoint: 2 });
  expect([...said.values].map((label) => said.classNames[label])).toEqual(["1", "0"]);
  const out = await writeReport(run.run, { dir, language: "zh", static: true, out: join(dir, "page.html") });
  expect(readFileSync(out, "utf8")).toMatch(/<html lang="zh/);
});

describe("misuse is said in words", () => {
  const model = "linear";
  test.each<[string, () => unknown, RegExp]>([
    ["nothing", () => trainToRun(undefined as never), /^trainToRun: expected options as an object, got undefined; /],
    ["no model", () => trainToRun({ data } as never), /^trainToRun: expected the name of a model .*, got undefined; /],
    [
      "no data",
      () => trainToRun({ model } as never),
      /^trainToRun: expected data by name or path, or .*, got undefined; /,
    ],
    ["a key", () => trainToRun({ model, data, epoch: 1 } as never), /got "epoch"; did you mean "epochs"\?$/],
    [
      "a value",
      () => trainToRun({ model, data, epochs: 0, dir }),
      /^`epochs`: expected a whole number of at least 1, got 0/,
    ],
    [
      "no run",
      () => evaluate(undefined as never),
      /^evaluate: expected a run or an \.onnx file first, got undefined; /,
    ],
    [
      "a key of predict",
      () => predict(run.path, { dta: "x" } as never),
      /^predict: .*got "dta"; did you mean "data"\?$/,
    ],
    [
      "a key of analyze",
      () => analyzeRun(run.path, { row: 4 } as never),
      /^analyzeRun: .*got "row"; did you mean "rows"\?$/,
    ],
    ["a language", () => writeReport(run.path, { language: "fr" as never }), /^writeReport: .*got "fr"; /],
  ])("%s", async (_, call, message) => {
    const error = await Promise.resolve()
      .then(call)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
  });
});
