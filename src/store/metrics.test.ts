import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { checkpointBytes, epochRecord, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { DataError } from "../tensor/errors.ts";
import { createRun } from "./create.ts";
import { metricRecords, readMetrics, rewindMetrics } from "./metricsReader.ts";

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

  test("what is written while it is read is read too, however long", () => {
    const run = createRun(store.directory, runOptions);
    const path = join(run.path, "metrics.jsonl");
    const long = { ...stepRecord(2), note: "n".repeat(100_000) };
    const line = JSON.stringify(long);
    writeFileSync(path, `${JSON.stringify(stepRecord(1))}\n${line.slice(0, 50)}`);
    const records = metricRecords(run);
    expect(records.next().value).toEqual(stepRecord(1));
    appendFileSync(path, `${line.slice(50)}\n${JSON.stringify(stepRecord(3))}\n`);
    expect([...records]).toEqual([long, stepRecord(3)]);
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

  const good = JSON.stringify(stepRecord(1));
  const epoch = JSON.stringify(epochRecord(1, 2));
  test.each<[string, string | Uint8Array, RegExp]>([
    [
      "a loss that is a text",
      good.replace('"loss":1', '"loss":"low"'),
      /expected "loss" as a number, got "low"; restore the file$/,
    ],
    [
      "a loss that no number holds",
      good.replace('"loss":1', '"loss":1e999'),
      /expected "loss" as a number, got Infinity; /,
    ],
    ["a loss of null", good.replace('"loss":1', '"loss":null'), /expected "loss" as a number, got null; /],
    ["no loss", good.replace('"loss":1,', ""), /expected "loss" as a number, got nothing; /],
    ["half a step", good.replace('"step":1', '"step":1.5'), /expected "step" as a whole number, got 1.5; /],
    [
      "a step without end",
      good.replace('"step":1', '"step":1e300'),
      /expected "step" as a whole number, got 1e\+300; /,
    ],
    ["an epoch below 0", good.replace('"epoch":1', '"epoch":-1'), /expected "epoch" as a whole number, got -1; /],
    [
      "a momentum of others",
      good.replace('"step":1', '"step":1,"momentum":[]'),
      /expected "momentum" as a number, got \[\]; /,
    ],
    [
      "scores that are none",
      epoch.replace('"seconds"', '"validationScores":[1],"seconds"'),
      /expected "validationScores" as an object/,
    ],
    [
      "a score of a text",
      epoch.replace('"seconds"', '"validationScores":{"mae":"x"},"seconds"'),
      /"validationScores.mae" as a number, got "x"; /,
    ],
    ["a list", "[1]", /expected a JSON object of kind step, /],
    ["a cut line", good.slice(0, 20), /expected a JSON object of kind step, /],
    ["zeros, as after a power cut", new Uint8Array(4096), /expected a JSON object of kind step, .* got "\\u0000/],
    ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), /expected UTF-8, got bytes that are none; restore the file$/],
    [
      "more than a line has",
      new Uint8Array(3 * 2 ** 20).fill(0x61),
      /expected a line of at most 1048576 bytes, got a longer one; /,
    ],
  ])("%s inside is named with its line", (_, line, message) => {
    const run = createRun(store.directory, runOptions);
    const path = join(run.path, "metrics.jsonl");
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(`${good}\n${good}\n`), Buffer.from(line as string), Buffer.from(`\n${good}\n`)]),
    );
    expect(() => readMetrics(run)).toThrow(DataError);
    expect(() => readMetrics(run)).toThrow(message);
    expect(() => readMetrics(run)).toThrow(`${path}:3: `);
  });

  test("of several pieces are read, and cut, as those of one", () => {
    const run = createRun(store.directory, runOptions);
    const path = join(run.path, "metrics.jsonl");
    const records = Array.from({ length: 30_000 }, (_, i) => stepRecord(i + 1));
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    writeFileSync(path, lines.join(""));
    expect(statSync(path).size).toBeGreaterThan(3 * 2 ** 20);
    expect(readMetrics(run)).toEqual(records);
    for (const count of [29_999, 20_001, 7, 0]) {
      rewindMetrics(run, count);
      expect(readFileSync(path, "utf8")).toBe(lines.slice(0, count).join(""));
      expect(() => rewindMetrics(run, count + 1)).toThrow(
        `expected the ${count + 1} lines that the checkpoint counts, got ${count}`,
      );
    }
  });
});
