import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { backdate, epochRecord, runOptions, scratchStore } from "../../test/scratchStore.ts";
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
    expect(reindex(store.directory).rows).toEqual(rows);
  });

  test("does not read again what is as it was", () => {
    const run = make(1);
    const path = join(run.path, "config.yaml");
    expect(listRows(store.directory).rows[0]!.model).toBe("mlp");
    writeFileSync(path, "model: other");
    expect(listRows(store.directory).rows[0]!.model).toBe("mlp");
    expect(reindex(store.directory).rows[0]!.model).toBe("other");
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
    [
      "cut short",
      (path: string) => {
        const bytes = readFileSync(path);
        rmSync(`${path}-wal`, { force: true });
        writeFileSync(path, bytes.subarray(0, bytes.length - 4000));
      },
    ],
    [
      "a folder",
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])("does without an index that is %s", (_, harm) => {
    const run = make(1);
    expect(ids()).toEqual([run.id]);
    expect(existsSync(join(store.directory, "index.sqlite"))).toBe(true);
    harm(join(store.directory, "index.sqlite"));
    expect(ids()).toEqual([run.id]);
    expect(ids()).toEqual([run.id]);
  });

  test("of many runs reads none that it knows", () => {
    const run = make(1);
    const [record, config] = ["run.json", "config.yaml"].map((file) => readFileSync(join(run.path, file)));
    for (let i = 0; i < 300; i++) {
      const path = join(store.directory, "runs", `many-${i}`);
      mkdirSync(path);
      writeFileSync(join(path, "run.json"), record!);
      writeFileSync(join(path, "config.yaml"), config!);
    }
    expect(ids()).toHaveLength(301);
    // Unreadable now, but of the same time and size: whoever reads one again would say so.
    for (let i = 0; i < 300; i++) {
      const path = join(store.directory, "runs", `many-${i}`, "config.yaml");
      writeFileSync(path, "a: [1");
      utimesSync(path, 1, 1);
    }
    expect(listRows(store.directory)).toMatchObject({ damaged: [], rows: { length: 301 } });
  });
});
