import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analysisFixture, summaryFixture } from "../../test/fixtures/analysis.ts";
import { checkpointBytes, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { DataError } from "../tensor/errors.ts";
import { readAnalysis, writeAnalysis } from "./analysis.ts";
import { listCheckpoints, newestGoodCheckpoint, readCheckpoint, readPointer } from "./checkpoints.ts";
import { createRun } from "./create.ts";
import { damagedRecords } from "./damage.ts";
import { readEnvironment } from "./environment.ts";
import { namesIn, readRecordText, readRegularFile } from "./file.ts";
import { readMetrics, rewindMetrics } from "./metricsReader.ts";
import { listRows } from "./runIndex.ts";
import { listRuns, openRun, readConfig, readRun, readSummary } from "./runs.ts";

const store = scratchStore();

const kinds: readonly (readonly [string, (path: string) => unknown])[] = [
  ["a pipe", (path) => spawnSync("mkfifo", [path])],
  ["a folder", (path) => mkdirSync(path)],
  ["a device", (path) => symlinkSync("/dev/zero", path)],
];

describe.each(kinds)("%s where a file should be", (kind, put) => {
  test("is refused, whichever record it is", () => {
    const run = createRun(store.directory, runOptions);
    run.saveCheckpoint({ epoch: 1, step: 2, bytes: checkpointBytes(2), best: true });
    run.appendMetric(stepRecord(1));
    run.writeSummary(summaryFixture());
    writeAnalysis(run, analysisFixture());
    run.finish("finished", null);
    const [checkpoint] = listCheckpoints(run);
    const readers: [string, () => unknown][] = [
      ["metrics.jsonl", () => readMetrics(run)],
      ["metrics.jsonl", () => rewindMetrics(run, 1)],
      ["summary.json", () => readSummary(run)],
      ["environment.json", () => readEnvironment(run)],
      ["checkpoints/best.json", () => readPointer(run, "best")],
      ["checkpoints/last.json", () => readPointer(run, "last")],
      ["analysis.json", () => readAnalysis(run)],
      ["command.txt", () => readRecordText(join(run.path, "command.txt"))],
      ["config.yaml", () => readConfig(run)],
      ["run.json", () => readRun(run.path)],
      ["checkpoints/epoch=001-step=0000002.safetensors", () => readCheckpoint(checkpoint!)],
    ];
    for (const [file, read] of readers) {
      const path = join(run.path, file);
      rmSync(path, { recursive: true });
      put(path);
      expect(read).toThrow(
        new DataError(`${path}: expected a file, got ${kind}; restore the file or remove what has its name`),
      );
    }
    expect(listRows(store.directory)).toMatchObject({ rows: [], damaged: [{ name: "DataError" }] });
    expect(newestGoodCheckpoint(run)).toMatchObject({ checkpoint: null, damaged: [{ name: "DataError" }] });
  });
});

const others: readonly (readonly [string, (path: string) => unknown])[] = [
  ...kinds.filter(([kind]) => kind !== "a folder"),
  ["a file", (path) => writeFileSync(path, "")],
];

test.each(others)("%s where a folder should be is refused by name", (kind, put) => {
  const run = createRun(store.directory, runOptions);
  run.saveCheckpoint({ epoch: 1, step: 2, bytes: checkpointBytes(2), best: true });
  run.finish("finished", null);
  const replace = (path: string) => {
    rmSync(path, { recursive: true, force: true });
    put(path);
    return new DataError(`${path}: expected a folder, got ${kind}; restore the folder or remove what has its name`);
  };
  const evaluation = replace(join(run.path, "evaluation"));
  expect(damagedRecords(run)).toEqual([{ name: "evaluation", error: evaluation }]);
  const checkpoints = replace(join(run.path, "checkpoints"));
  for (const read of [
    () => listCheckpoints(run),
    () => readPointer(run, "best"),
    () => newestGoodCheckpoint(run),
    () => openRun(store.directory, "latest"),
  ])
    expect(read).toThrow(checkpoints);
  expect(listRows(store.directory)).toEqual({ rows: [], damaged: [checkpoints] });
  const runs = replace(join(store.directory, "runs"));
  for (const read of [listRuns, listRows, (directory: string) => openRun(directory, "latest")])
    expect(() => read(store.directory)).toThrow(runs);
});

test("a link that leads in a circle, and a file beyond the size of its kind, are refused by name", () => {
  const [circle, large] = [join(store.directory, "circle"), join(store.directory, "large")];
  symlinkSync(circle, circle);
  expect(() => readRegularFile(circle)).toThrow(`${circle}: expected a file that can be read, got ELOOP`);
  writeFileSync(large, "");
  // No byte of it is on disk.
  truncateSync(large, 2 ** 42);
  expect(() => readRecordText(large)).toThrow(`${large}: expected at most 268435456 bytes, got 4398046511104`);
  expect(() => readRegularFile(large)).toThrow(`${large}: expected a file that fits into memory, got 4398046511104`);
});

test("what is not there is null, whatever the reason", () => {
  writeFileSync(join(store.directory, "file"), "a");
  for (const name of ["none", "none/none", "file/none", "x".repeat(5000)])
    expect([readRegularFile(join(store.directory, name)), namesIn(join(store.directory, name))]).toEqual([null, []]);
  expect(existsSync(join(store.directory, "none"))).toBe(false);
});
