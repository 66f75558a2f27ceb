import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { checkpointBytes, epochRecord, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { DataError } from "../tensor/errors.ts";
import { createRun } from "./create.ts";
import { readMetrics } from "./metrics.ts";

const store = scratchStore();

describe("metrics", () => {
  test("are on disk after a second, at the next checkpoint, or at the end", () => {
    const run = createRun(store.directory, runOptions);
    const seen = () => readMetrics(run).length;
    run.appendMetric(stepRecord(1));
    run.appendMetric(stepRecord(2));
    expect(seen()).toBe(1);
    vi.advanceTimersByTime(999);
    run.appendMetric(stepRecord(3));
    expect(seen()).toBe(1);
    vi.advanceTimersByTime(1);
    run.appendMetric(stepRecord(4));
    expect(seen()).toBe(4);
    run.appendMetric(stepRecord(5));
    run.saveCheckpoint({ epoch: 1, step: 5, bytes: checkpointBytes(5) });
    expect(seen()).toBe(5);
    run.appendMetric(epochRecord(1, 5));
    run.finish("finished", null);
    expect(readMetrics(run)).toEqual([...[1, 2, 3, 4, 5].map((step) => stepRecord(step)), epochRecord(1, 5)]);
  });

  test("that are not finite come back as they were", () => {
    const run = createRun(store.directory, runOptions);
    const losses = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324];
    for (const loss of losses) run.appendMetric(stepRecord(1, loss));
    run.finish("diverged", "loss is NaN");
    expect(readMetrics(run)).toEqual(losses.map((loss) => stepRecord(1, loss)));
  });

  test("a last line that is cut is left out, none is an empty list", () => {
    const run = createRun(store.directory, runOptions);
    expect(readMetrics(run)).toEqual([]);
    const line = JSON.stringify(stepRecord(1));
    for (const cut of [1, 20, line.length]) {
      writeFileSync(join(run.path, "metrics.jsonl"), `${line}\n${line.slice(0, cut)}`);
      expect(readMetrics(run)).toEqual([stepRecord(1)]);
    }
  });

  test.each([
    [
      "text",
      '{"kind":"step","st',
      /metrics\.jsonl:2: expected a JSON object of kind .* got "\{\\"kind\\":\\"step\\",\\"st"; delete/,
    ],
    ["nothing", "", /metrics\.jsonl:2: .* got ""; /],
    ["null", "null", /metrics\.jsonl:2: .* got "null"; /],
    ["another kind", '{"kind":"day"}', /metrics\.jsonl:2: expected a JSON object of kind step, /],
  ])("a damaged line of %s inside is named", (_, line, message) => {
    const run = createRun(store.directory, runOptions);
    const good = JSON.stringify(stepRecord(1));
    writeFileSync(join(run.path, "metrics.jsonl"), `${good}\n${line}\n${good}\n`);
    expect(() => readMetrics(run)).toThrow(DataError);
    expect(() => readMetrics(run)).toThrow(message);
  });
});
