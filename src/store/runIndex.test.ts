import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import { backdate, epochRecord, runOptions, scratchStore } from "../../test/scratchStore.ts";
import { random } from "../tensor/random.ts";
import { createRun } from "./create.ts";
import { listRows, reindex } from "./runIndex.ts";

const store = scratchStore();

function make(day: number, finish = true) {
  vi.setSystemTime(new Date(`2026-10-0${day}T00:00:00.000Z`));
  const run = createRun(store.directory, runOptions);
  const best = epochRecord(2, 20);
  if (finish) {
    const numbers = { epochs: 3, steps: 30, examples: 240, seconds: 1, microBatchesPerSecond: 9, peakMemoryBytes: 1 };
    run.writeSummary({ ...numbers, last: epochRecord(3, 30), best });
    run.finish("finished", null);
  }
  utimesSync(join(run.path, "config.yaml"), 1, 1);
  return run;
}

const ids = () => listRows(store.directory).rows.map(({ id }) => id);

describe("the list of runs", () => {
  test("is newest first, with the best epoch's numbers, and none where there is no store", () => {
    expect(listRows(join(store.directory, "none"))).toEqual({ rows: [], damaged: [] });
    const [old, fresh] = [make(1), make(2, false)];
    const { rows } = listRows(store.directory);
    expect(rows.map(({ id }) => id)).toEqual([fresh.id, old.id]);
    expect(rows[1]).toEqual({
      id: old.id,
      status: "finished",
      reason: null,
      name: "mnist_0-1",
      description: "first try",
      model: "mlp",
      data: "",
      startedAt: "2026-10-01T00:00:00.000Z",
      finishedAt: "2026-10-01T00:00:00.000Z",
      epochs: 3,
      steps: 30,
      validationLoss: 0.4,
      validationAccuracy: 0.8,
      validationLabels: null,
      effectiveBatchSize: 4,
      learningRate: 0.001,
      seconds: expect.any(Number),
      peakMemoryBytes: expect.any(Number),
      noiseScale: null,
      tags: [],
    });
    expect(rows[0]).toMatchObject({ status: "running", epochs: null, validationLoss: null });
  });

  test("says what the directories say: changed, new, lost and removed runs", () => {
    const [a, b, c] = [make(1), make(2), make(3, false)];
    expect(ids()).toEqual([c.id, b.id, a.id]);
    rmSync(b.path, { recursive: true });
    vi.advanceTimersByTime(1000);
    backdate(a, { name: "renamed" });
    c.finish("failed", "to let it go");
    backdate(c, { status: "running", heartbeatAt: "1999-01-01T00:00:00.000Z" });
    const { rows } = listRows(store.directory);
    expect(rows.map(({ name, status }) => [name, status])).toEqual([
      ["mnist_0-1", "lost"],
      ["renamed", "finished"],
    ]);
    // What was lost is written down.
    const [lost, renamed] = rows;
    const written = { ...lost, status: "failed", finishedAt: "1999-01-01T00:00:00.000Z" };
    expect(reindex(store.directory).rows).toEqual([written, renamed]);
  });

  test("does not read again what is as it was", () => {
    const run = make(1);
    expect(listRows(store.directory).rows[0]!.model).toBe("mlp");
    overwriteUnseen(join(run.path, "config.yaml"), "model: abc");
    expect(listRows(store.directory).rows[0]!.model).toBe("mlp");
    expect(reindex(store.directory).rows[0]!.model).toBe("abc");
  });

  test("names damaged runs and hides no other behind them", () => {
    const [a, b, c] = [make(1), make(2), make(3)];
    writeFileSync(join(b.path, "run.json"), '{"id":');
    writeFileSync(join(c.path, "config.yaml"), "a: [1");
    for (const list of [listRows, listRows, reindex]) {
      const { rows, damaged } = list(store.directory);
      expect(rows.map(({ id }) => id)).toEqual([a.id]);
      expect(damaged.map(({ message }) => message).sort()).toEqual([
        expect.stringContaining(`${b.id}/run.json: expected a JSON object`),
        expect.stringContaining(`${c.id}/config.yaml: expected YAML`),
      ]);
    }
  });

  test.each([
    ["no database", (path: string) => writeFileSync(path, "garbage".repeat(1000))],
    ["empty", (path: string) => writeFileSync(path, "")],
    ["a pipe", (path: string) => [rmSync(path), spawnSync("mkfifo", [path])]],
    ["a folder", (path: string) => [rmSync(path), mkdirSync(path)]],
    ["a link to nowhere", (path: string) => [rmSync(path), symlinkSync("/nowhere/index", path)]],
    ["without its table", (path: string) => inDatabase(path, "DROP TABLE runs")],
    ["of another table", (path: string) => inDatabase(path, "DROP TABLE runs; CREATE TABLE runs (id)")],
    ["a view", (path: string) => inDatabase(path, "DROP TABLE runs; CREATE VIEW runs AS SELECT 1 AS id")],
    ["of rows that are no JSON", (path: string) => inDatabase(path, "UPDATE runs SET row = '{'")],
    ["of rows that are nothing", (path: string) => inDatabase(path, "UPDATE runs SET row = x'00', crc = 1e300")],
    [
      "of rows that say something else",
      (path: string) => inDatabase(path, "UPDATE runs SET row = replace(row, '0.4', '0.5')"),
    ],
    ["of a later version", (path: string) => inDatabase(path, "PRAGMA user_version = 9")],
    ["with a folder for its journal", (path: string) => mkdirSync(`${path}-wal`)],
  ])("does without an index that is %s", (_, harm) => {
    const run = make(1);
    const { rows } = listRows(store.directory);
    expect(rows.map(({ id }) => id)).toEqual([run.id]);
    const path = join(store.directory, "index.sqlite");
    expect(existsSync(path)).toBe(true);
    harm(path);
    expect(listRows(store.directory)).toEqual({ rows, damaged: [] });
    expect(listRows(store.directory)).toEqual({ rows, damaged: [] });
  });

  test("does without an index that another process holds, and leaves it", () => {
    const run = make(1);
    expect(ids()).toEqual([run.id]);
    const path = join(store.directory, "index.sqlite");
    const other = new DatabaseSync(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    const { ino } = statSync(path);
    expect(ids()).toEqual([run.id]);
    other.close();
    expect(statSync(path).ino).toBe(ino);
  });

  test("says the same of an index that is damaged anywhere, and makes it anew", () => {
    for (let i = 1; i <= 9; i++) make(i);
    copyRuns(20);
    const { rows } = reindex(store.directory);
    const path = join(store.directory, "index.sqlite");
    const whole = readFileSync(path);
    expect(whole.length).toBeGreaterThan(3 * 4096);
    const draw = random(7);
    const at = (end: number) => Math.floor(draw.uniform() * end);
    for (let i = 0; i < 60; i++) {
      const bytes = Uint8Array.from(whole);
      // A page, some bytes of one, or the end.
      const page = 4096 * at(whole.length / 4096);
      if (i % 3 === 0) for (let n = page; n < page + 4096; n++) bytes[n] = at(256);
      if (i % 3 === 1) for (let n = 0; n < 8; n++) bytes[at(whole.length)] = at(256);
      writeFileSync(path, i % 3 === 2 ? bytes.subarray(0, at(whole.length)) : bytes);
      expect(listRows(store.directory)).toEqual({ rows, damaged: [] });
    }
  });

  test("of many runs reads none that it knows", () => {
    make(1);
    const paths = copyRuns(300);
    expect(ids()).toHaveLength(301);
    // Whoever reads one again would say so.
    for (const path of paths) overwriteUnseen(join(path, "config.yaml"), "a: [1");
    expect(listRows(store.directory)).toMatchObject({ damaged: [], rows: { length: 301 } });
  });
});

/** So many copies of a run that is there, under other names. */
function copyRuns(number: number): string[] {
  const runs = join(store.directory, "runs");
  const [first] = readdirSync(runs);
  return Array.from({ length: number }, (_, i) => {
    const path = join(runs, `many-${i}`);
    cpSync(join(runs, first!), path, { recursive: true, preserveTimestamps: true });
    backdate({ path }, { id: `many-${i}` });
    return path;
  });
}

/** Another text of the same length and time, that of `make`, filled up with spaces. */
function overwriteUnseen(path: string, text: string): void {
  writeFileSync(path, text.padEnd(statSync(path).size));
  utimesSync(path, 1, 1);
}

function inDatabase(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

test("folders that were copied or renamed are runs under their own names, and what their records say is told", () => {
  const run = make(1);
  cpSync(run.path, join(store.directory, "runs/copied"), { recursive: true });
  renameSync(run.path, join(store.directory, "runs/renamed"));
  for (const list of [listRows, listRows, reindex])
    expect(list(store.directory)).toMatchObject({
      rows: [
        { id: "renamed", otherId: run.id },
        { id: "copied", otherId: run.id },
      ],
      damaged: [],
    });
});
