import { readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { checkpointBytes, epochRecord, json, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { newestGoodCheckpoint } from "./checkpoints.ts";
import { createRun } from "./create.ts";
import { readMetrics } from "./metricsReader.ts";
import type { RunWriter } from "./writer.ts";

/**
 * Bytes that the disk still takes, of which what is beyond is cut, as a real disk does; and what every attempt to open
 * a file, or to write into one, fails with.
 */
const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY, opening: "", writing: "" }));
/** Descriptors that this process may still open. */
const descriptors = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const fail = (code: string, syscall: string) => {
    throw Object.assign(new Error(`${code}: refused, ${syscall}`), { code, syscall });
  };
  const writeSync = (file: number, bytes: Uint8Array, offset = 0, length = bytes.length - offset) => {
    if (disk.writing) fail(disk.writing, "write");
    if (disk.free <= 0) fail("ENOSPC", "write");
    const written = fs.writeSync(file, bytes, offset, Math.min(length, disk.free));
    disk.free -= written;
    return written;
  };
  const openSync: typeof fs.openSync = (...given) => {
    if (disk.opening) fail(disk.opening, "open");
    if (descriptors.free <= 0) fail("EMFILE", "open");
    descriptors.free--;
    return fs.openSync(...given);
  };
  const closeSync = (file: number) => {
    descriptors.free++;
    fs.closeSync(file);
  };
  const appendFileSync: typeof fs.appendFileSync = (path, text) => {
    const file = openSync(String(path), "a");
    writeSync(file, Buffer.from(String(text)));
    closeSync(file);
  };
  return { ...fs, writeSync, openSync, closeSync, appendFileSync };
});

const store = scratchStore();
beforeEach(() => {
  descriptors.free = disk.free = Number.POSITIVE_INFINITY;
  disk.opening = disk.writing = "";
});

describe("a full disk", () => {
  test.each([0, 100, 30_000])(
    "that takes %i bytes leaves the checkpoint before it, and says so on one line",
    (free) => {
      const run = createRun(store.directory, runOptions);
      run.saveCheckpoint({ epoch: 1, step: 5, bytes: checkpointBytes(5) });
      run.appendMetric(stepRecord(6));
      disk.free = Number.POSITIVE_INFINITY;
      const files = readdirSync(join(run.path, "checkpoints"));
      disk.free = free;
      const save = () => run.saveCheckpoint({ epoch: 2, step: 10, bytes: checkpointBytes(10, 10_000) });
      expect(save).toThrow(
        /^\S+: expected room for the run's files, got a full disk \(the checkpoint of step 5 is whole\); free some and go on with: `batchscope train --resume \S+`$/,
      );
      disk.free = Number.POSITIVE_INFINITY;
      expect(readdirSync(join(run.path, "checkpoints"))).toEqual(files);
      expect(newestGoodCheckpoint(run).checkpoint?.step).toBe(5);
      run.finish("failed", "a full disk");
      expect(json(run, "run.json")).toMatchObject({ status: "failed", exitReason: "a full disk" });
    },
  );

  test("that fills up inside a line of metrics leaves whole lines", () => {
    const run = createRun(store.directory, runOptions);
    run.appendMetric(stepRecord(1));
    const before = readFileSync(join(run.path, "metrics.jsonl"), "utf8");
    vi.advanceTimersByTime(2000);
    disk.free = 20;
    expect(() => run.appendMetric(epochRecord(1, 2))).toThrow(/a full disk \(no checkpoint was saved yet\)/);
    disk.free = Number.POSITIVE_INFINITY;
    expect(readFileSync(join(run.path, "metrics.jsonl"), "utf8")).toBe(before);
    expect(readMetrics(run)).toHaveLength(1);
  });
});

test("log.txt has a line with the time for each that is logged", () => {
  const run = createRun(store.directory, runOptions);
  run.log("first");
  vi.advanceTimersByTime(1000);
  run.log("second");
  expect(readFileSync(join(run.path, "log.txt"), "utf8")).toBe(
    "2026-11-21T20:59:01.250Z first\n2026-11-21T20:59:02.250Z second\n",
  );
});

test.each([-86_400_000, 86_400_000])("a clock that is set by %i ms delays no line and no sign of life", (jump) => {
  const run = createRun(store.directory, runOptions);
  run.appendMetric(stepRecord(1));
  vi.setSystemTime(Date.now() + jump);
  const [lines, beat] = [() => readMetrics(run).length, () => json(run, "run.json").heartbeatAt];
  const before = beat();
  vi.advanceTimersByTime(999);
  run.appendMetric(stepRecord(2));
  expect([lines(), beat()]).toEqual([1, before]);
  vi.advanceTimersByTime(1);
  run.appendMetric(stepRecord(3));
  expect([lines(), beat()]).toEqual([3, before]);
  vi.advanceTimersByTime(4000);
  run.heartbeat();
  expect(beat()).toBe(new Date().toISOString());
});

describe("what the system refuses", () => {
  const evaluation = { schemaVersion: 1, epoch: 2, step: 9, classNames: [] };
  const summary = {
    epochs: 1,
    steps: 6,
    examples: 48,
    last: null,
    best: null,
    seconds: 4,
    microBatchesPerSecond: 1,
    peakMemoryBytes: 1,
  };
  const acts: [string, (run: RunWriter) => void][] = [
    ["a checkpoint", (run) => run.saveCheckpoint({ epoch: 2, step: 9, bytes: checkpointBytes(9) })],
    ["metrics", (run) => run.appendMetric(stepRecord(9))],
    ["a sign of life", (run) => run.heartbeat()],
    ["an evaluation", (run) => run.writeEvaluation("epoch_2", evaluation)],
    ["an average", (run) => run.saveAverage(checkpointBytes(9))],
    ["a line of the log", (run) => run.log("said")],
    ["a summary", (run) => run.writeSummary(summary)],
    ["what the caller writes", (run) => run.writing(() => writeSync(1, new Uint8Array(1)))],
  ];
  const faults: [string, () => void, string][] = [
    [
      "EIO",
      () => {
        disk.writing = "EIO";
      },
      "to write the run's files, got EIO: refused, write",
    ],
    [
      "EROFS",
      () => {
        disk.opening = disk.writing = "EROFS";
      },
      "to write the run's files, got EROFS: refused, ",
    ],
    [
      "EFBIG",
      () => {
        disk.writing = "EFBIG";
      },
      "to write the run's files, got EFBIG: refused, write",
    ],
    [
      "EDQUOT",
      () => {
        disk.writing = "EDQUOT";
      },
      "room for the run's files, got a full disk",
    ],
    [
      "ENOSPC",
      () => {
        disk.free = 0;
      },
      "room for the run's files, got a full disk",
    ],
  ];
  const cases = faults.flatMap(([code, fault, told]) =>
    acts.map(([what, act]) => [code, what, fault, told, act] as const),
  );
  test.each(cases)("with %s, of %s, is told on one line with what is safe", (_code, _what, fault, told, act) => {
    const run = createRun(store.directory, runOptions);
    run.saveCheckpoint({ epoch: 1, step: 5, bytes: checkpointBytes(5) });
    vi.advanceTimersByTime(6000);
    fault();
    const line = new RegExp(
      `^\\S+: expected ${told}.*\\(the checkpoint of step 5 is whole\\); .* and go on with: \`batchscope train --resume \\S+\`$`,
    );
    expect(() => act(run)).toThrow(line);
    disk.free = Number.POSITIVE_INFINITY;
    disk.opening = disk.writing = "";
    const files = readdirSync(run.path, { recursive: true, encoding: "utf8" });
    expect(files.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(readMetrics(run)).toEqual([]);
    expect(newestGoodCheckpoint(run).checkpoint?.step).toBe(5);
  });

  test("for want of descriptors still lets the run end in order", () => {
    const run = createRun(store.directory, runOptions);
    run.saveCheckpoint({ epoch: 1, step: 5, bytes: checkpointBytes(5) });
    run.appendMetric(stepRecord(6));
    descriptors.free = 0;
    expect(() => run.saveCheckpoint({ epoch: 2, step: 9, bytes: checkpointBytes(9) })).toThrow(
      /expected to write the run's files, got EMFILE: refused, open \(the checkpoint of step 5 is whole\); mend that and go on/,
    );
    run.finish("failed", "no descriptors");
    expect(json(run, "run.json")).toMatchObject({ status: "failed", exitReason: "no descriptors" });
    descriptors.free = Number.POSITIVE_INFINITY;
    expect(readMetrics(run)).toHaveLength(1);
    expect(readdirSync(run.path)).not.toContain("reserve");
  });

  test.each([0, 1, 700])("when a run is made leaves nothing of it: room for %i bytes", (free) => {
    disk.free = free;
    expect(() => createRun(store.directory, runOptions)).toThrow(
      /^createRun: expected a directory that can be written/,
    );
    expect(readdirSync(join(store.directory, "runs"))).toEqual([]);
  });
});
