import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { checkpointBytes, epochRecord, json, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { newestGoodCheckpoint } from "./checkpoints.ts";
import { createRun } from "./create.ts";
import { readMetrics } from "./metrics.ts";

/** Bytes that the disk still takes; what is written beyond is cut, as a real disk does. */
const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const writeSync = (file: number, bytes: Uint8Array, offset = 0, length = bytes.length - offset) => {
    if (disk.free <= 0)
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
    const written = fs.writeSync(file, bytes, offset, Math.min(length, disk.free));
    disk.free -= written;
    return written;
  };
  return { ...fs, writeSync };
});

const store = scratchStore();
beforeEach(() => {
  disk.free = Number.POSITIVE_INFINITY;
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
        /^\S+: expected room for the run's files, got a full disk \(the checkpoint of step 5 is whole\); free some and go on with: batchscope train --resume \S+$/,
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
