import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { epochRecord, json, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { DataError, NotFoundError, UsageError } from "../tensor/errors.ts";
import { createRun } from "./create.ts";
import { listRuns, openRun, readConfig, readSummary } from "./runs.ts";
import type { RunSummary } from "./schema.ts";

const store = scratchStore();

describe("the state of a run", () => {
  test("beats every five seconds while metrics come", () => {
    const run = createRun(store.directory, runOptions);
    const beat = () => json(run, "run.json").heartbeatAt;
    vi.advanceTimersByTime(4999);
    run.heartbeat();
    expect(beat()).toBe("2026-11-21T20:59:01.250Z");
    vi.advanceTimersByTime(1);
    run.appendMetric(stepRecord(1));
    expect(beat()).toBe("2026-11-21T20:59:06.250Z");
  });

  test.each([
    ["finished", null],
    ["diverged", "loss is NaN at step 12"],
    ["interrupted", "SIGINT"],
    ["failed", "disk full"],
  ] as const)("%s is written with its reason", (status, reason) => {
    const run = createRun(store.directory, runOptions);
    vi.advanceTimersByTime(60_000);
    run.finish(status, reason);
    const opened = openRun(store.directory, run.id);
    expect(opened.status).toBe(status);
    expect(opened.record).toMatchObject({ status, exitReason: reason, finishedAt: "2026-11-21T21:00:01.250Z" });
  });

  test("a summary is null until it is written", () => {
    const run = createRun(store.directory, runOptions);
    expect(readSummary(run)).toBeNull();
    const last = { ...epochRecord(2, 20), validationLoss: Number.NaN };
    const summary: RunSummary = {
      epochs: 2,
      steps: 20,
      examples: 160,
      last,
      best: epochRecord(1, 10),
      seconds: 4,
      microBatchesPerSecond: 10,
      peakMemoryBytes: 1e8,
    };
    run.writeSummary(summary);
    expect(readSummary(run)).toEqual(summary);
  });
});

describe("finding", () => {
  function make(now: string, model = "mlp"): string {
    vi.setSystemTime(new Date(now));
    return createRun(store.directory, { ...runOptions, model }).id;
  }

  test("lists the newest first and lets a damaged run hide no other", () => {
    const middle = make("2026-11-21T21:00:00.000Z");
    const newest = make("2026-11-21T21:00:00.500Z", "cnn");
    const oldest = make("2026-10-01T00:00:00.000Z");
    const broken = make("2026-10-02T00:00:00.000Z");
    writeFileSync(join(store.directory, "runs", broken, "run.json"), '{"id":');
    mkdirSync(join(store.directory, "runs/20261121-210001-being-created"));
    const { runs, damaged } = listRuns(store.directory);
    expect(runs.map(({ record }) => record.id)).toEqual([newest, middle, oldest]);
    expect(damaged.map(({ message }) => message)).toEqual([
      expect.stringContaining(`${broken}/run.json: expected a JSON object, got: `),
    ]);
    expect(openRun(store.directory, "latest").record.id).toBe(newest);
  });

  test("the latest is none of a study's trials", () => {
    const own = make("2026-11-21T21:00:00.000Z");
    vi.setSystemTime(new Date("2026-11-21T21:00:01.000Z"));
    const config = { ...runOptions.config, data: "iris", trialOf: "compare-1/4x1-seed0" };
    const trial = createRun(store.directory, { ...runOptions, config }).id;
    expect(openRun(store.directory, trial).record.id).toBe(trial);
    expect(openRun(store.directory, "latest").record.id).toBe(own);
  });

  test("opens by id, path and unique beginning", () => {
    const first = make("2026-10-01T00:00:00.000Z");
    const second = make("2026-10-02T00:00:00.000Z");
    for (const reference of [
      first,
      join(store.directory, "runs", first),
      join(store.directory, "runs", first, "/"),
      "20261001",
    ])
      expect(openRun(store.directory, reference).record.id).toBe(first);
    expect(() => openRun(store.directory, "202610")).toThrow(UsageError);
    expect(() => openRun(store.directory, "202610")).toThrow(
      `openRun: expected the beginning of one run, got "202610" of ${first}, ${second}; write more of the id`,
    );
  });

  test("says what there is where a run is not found", () => {
    for (const reference of ["latest", "x", "x/y", "/", "..", "x".repeat(5000)])
      expect(() => openRun(store.directory, reference)).toThrow(
        new NotFoundError(
          `${store.directory}/runs: expected the run "${reference}", got no runs at all; ` +
            "start one with `batchscope train`, or pass `dir`",
        ),
      );
    const ids = [1, 2, 3, 4, 5, 6, 7].map((day) => make(`2026-10-0${day}T00:00:00.000Z`));
    expect(() => openRun(store.directory, "2027")).toThrow(
      new NotFoundError(
        `${store.directory}/runs: expected "latest", ${ids.slice(2).reverse().join(", ")} and 2 others, got "2027"; ` +
          "choose one of them",
      ),
    );
    const trial = createRun(store.directory, { ...runOptions, config: { ...runOptions.config, trialOf: "a/b" } });
    expect(() => openRun(store.directory, "2027")).toThrow(/"latest", \S+, .* and 3 others, got "2027"/);
    expect(() => openRun(store.directory, "2027")).not.toThrow(trial.id);
  });

  test.each(["", " ", "\t\n", "a\0b"])("takes no reference like %j, even inside a run", (reference) => {
    const id = make("2026-10-01T00:00:00.000Z");
    const before = process.cwd();
    process.chdir(join(store.directory, "runs", id));
    try {
      expect(openRun(store.directory, ".").record.id).toBe(id);
      expect(() => openRun(store.directory, reference)).toThrow(UsageError);
    } finally {
      process.chdir(before);
    }
  });

  test.each([
    ["config.yaml", "a: [1", /config\.yaml: expected YAML, got: /],
    ["config.yaml", "- 1", /config\.yaml: expected a mapping, got \[1\]; /],
    ["run.json", "3", /run\.json: expected a JSON object, got 3; /],
    ["run.json", '{"schemaVersion":2}', /run\.json: expected schema version 1 or older, got 2; update batchscope/],
  ])("a damaged %s of %j is named", (file, text, message) => {
    const run = createRun(store.directory, runOptions);
    writeFileSync(join(run.path, file), text);
    const read = () => readConfig(openRun(store.directory, run.id));
    expect(read).toThrow(DataError);
    expect(read).toThrow(message);
  });
});
