import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { backdate, checkpointBytes, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { createRun } from "./create.ts";
import { lockRun } from "./lock.ts";
import { openOwnRun, openRemovable } from "./ownRuns.ts";
import { listRunFiles } from "./runFiles.ts";
import { listRuns, openRun } from "./runs.ts";
import { emptyTrash, listTrash, moveToTrash, restoreRun } from "./trash.ts";

const store = scratchStore();

const DAY = 24 * 3600_000;

function make(directory = store.directory) {
  const run = createRun(directory, runOptions);
  run.saveCheckpoint({ epoch: 1, step: 2, bytes: checkpointBytes(2), best: true });
  run.appendMetric(stepRecord(1));
  run.finish("finished", null);
  return run;
}

/** All that is below a folder, with its contents; links are not followed. */
function contents(folder: string, below = ""): Record<string, string> {
  return Object.assign(
    {},
    ...readdirSync(join(folder, below), { withFileTypes: true }).map((entry) => {
      const path = `${below}/${entry.name}`;
      if (entry.isDirectory()) return contents(folder, path);
      return { [path]: entry.isFile() ? readFileSync(join(folder, path), "base64") : readlinkSync(join(folder, path)) };
    }),
  );
}
const ids = () => listRuns(store.directory).runs.map(({ record }) => record.id);

/** Puts the thesis of somebody at the paths below a run. */
function add(run: { readonly path: string }, ...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(run.path, path)), { recursive: true });
    writeFileSync(join(run.path, path), "thesis");
  }
}

describe("a run that is removed", () => {
  test("is brought back as it was, to the byte", () => {
    const [run, other] = [make(), make()];
    const before = contents(run.path);
    expect(moveToTrash(store.directory, run.id)).toMatchObject({ foreign: [] });
    expect([ids(), existsSync(run.path)]).toEqual([[other.id], false]);
    expect(listTrash(store.directory)).toMatchObject([{ id: run.id, removedAt: "2026-11-21T20:59:01.250Z" }]);
    expect(restoreRun(store.directory, run.id.slice(0, -1)).id).toBe(run.id);
    expect([contents(run.path), listTrash(store.directory)]).toEqual([before, []]);
    expect(ids()).toHaveLength(2);
  });

  test("is gone for good after the days that were asked for, and at once for 0", () => {
    const run = make();
    moveToTrash(store.directory, run.id);
    vi.advanceTimersByTime(30 * DAY);
    expect(emptyTrash(store.directory, 30)).toEqual({ runs: 0, bytes: 0, remarks: [] });
    vi.advanceTimersByTime(1);
    expect(emptyTrash(store.directory, 30)).toMatchObject({ runs: 1, remarks: [] });
    expect(readdirSync(join(store.directory, "trash"))).toEqual([]);
    // Of a clock that was ahead.
    const late = make();
    moveToTrash(store.directory, late.id);
    vi.setSystemTime(Date.now() - 365 * DAY);
    expect(emptyTrash(store.directory, 30).runs).toBe(0);
    expect(emptyTrash(store.directory, 0).runs).toBe(1);
    expect(() => restoreRun(store.directory, late.id)).toThrow(/expected the run ".*", got nothing; /);
  });

  test("leaves what others have put into its folder where it is, and comes back around it", () => {
    const run = make();
    const foreign = ["checkpoints/mine.txt", "notes.txt", "own/deep/run.json", "plots/photo.png", "run.json.bak"];
    add(run, ...foreign);
    symlinkSync("/nowhere", join(run.path, "a-link"));
    symlinkSync(store.directory, join(run.path, "analysis"));
    const before = contents(run.path);
    const said = ["a-link", "analysis", "checkpoints/mine.txt", "notes.txt", "own", "plots/photo.png", "run.json.bak"];
    expect(moveToTrash(store.directory, run.id).foreign).toEqual(said);
    expect(Object.keys(contents(run.path)).sort()).toEqual(
      ["/a-link", "/analysis", ...foreign.map((path) => `/${path}`)].sort(),
    );
    expect(ids()).toEqual([]);
    restoreRun(store.directory, run.id);
    expect([contents(run.path), ids(), listTrash(store.directory)]).toEqual([before, [run.id], []]);
    moveToTrash(store.directory, run.id);
    expect(emptyTrash(store.directory, 0)).toMatchObject({ runs: 1, remarks: [] });
    expect(readFileSync(join(run.path, "own/deep/run.json"), "utf8")).toBe("thesis");
  });

  test("is removed twice, each time with a place of its own, and restored as it was last", () => {
    const run = make();
    const copy = join(store.directory, "copy");
    cpSync(run.path, copy, { recursive: true });
    moveToTrash(store.directory, run.id);
    renameSync(copy, run.path);
    backdate(run, { description: "later" });
    // At the same moment.
    moveToTrash(store.directory, run.id);
    expect(listTrash(store.directory).map(({ id }) => id)).toEqual([run.id, run.id]);
    restoreRun(store.directory, run.id);
    expect(openRun(store.directory, run.id).record.description).toBe("later");
    expect(() => restoreRun(store.directory, run.id)).toThrow(/^runs restore: expected no .*, got one; move it away/);
    expect(openRun(store.directory, run.id).record.description).toBe("later");
    expect(listTrash(store.directory)).toHaveLength(1);
  });

  test.each(["write", "read"] as const)("is not removed while a process holds it to %s", (purpose) => {
    const run = make();
    const lock = lockRun(run, purpose)!;
    expect(() => moveToTrash(store.directory, run.id)).toThrow(/^runs rm: expected runs that nobody uses, got /);
    lock.release();
    moveToTrash(store.directory, run.id);
    expect(ids()).toEqual([]);
  });

  test("and that another process removes meanwhile is said to be gone", () => {
    const run = make();
    moveToTrash(store.directory, run.id);
    expect(() => moveToTrash(store.directory, run.id)).toThrow(
      `${run.path}: expected the run, got none; another process has removed it`,
    );
    expect(() => openOwnRun(store.directory, "no/such/run")).toThrow(/expected the run "no\/such\/run", got no runs/);
    make();
    expect(() => openOwnRun(store.directory, "no/such/run")).toThrow(/expected "latest", 2026.*, got "no\/such\/run"/);
  });

  test("is not removed while a copy below it trains", () => {
    const run = make();
    const copy = createRun(join(run.path, "copies/1"), runOptions);
    expect(() => moveToTrash(store.directory, run.id)).toThrow(/^runs rm: expected runs that nobody uses/);
    copy.finish("finished", null);
    expect(moveToTrash(store.directory, run.id).foreign).toEqual([]);
    expect(emptyTrash(store.directory, 0)).toMatchObject({ runs: 1, remarks: [] });
    expect(readdirSync(join(store.directory, "trash"))).toEqual([]);
  });
});

describe("a crash", () => {
  test("after the renaming leaves what is not the run's in the trash, where nothing removes it", () => {
    const run = make();
    add(run, "notes.txt", "checkpoints/mine.txt");
    const path = join(store.directory, "trash", `${run.id}~20261121T205901250Z`);
    mkdirSync(dirname(path));
    renameSync(run.path, path);
    expect(emptyTrash(store.directory, 0)).toMatchObject({
      runs: 1,
      remarks: [{ kind: "foreign", path, files: ["checkpoints/mine.txt", "notes.txt"] }],
    });
    expect(Object.keys(contents(path)).sort()).toEqual(["/checkpoints/mine.txt", "/notes.txt"]);
    expect(emptyTrash(store.directory, 0)).toEqual({ runs: 0, bytes: 0, remarks: [] });
    expect(Object.keys(contents(path))).toHaveLength(2);
  });

  test.each([1, 4, 7])("while the trash is emptied, after %i files, is gone on with", (count) => {
    const run = make();
    moveToTrash(store.directory, run.id);
    const [trashed] = listTrash(store.directory);
    const { own } = listRunFiles(trashed!);
    for (const name of own.filter((file) => file !== "run.json").slice(0, count)) rmSync(join(trashed!.path, name));
    expect(emptyTrash(store.directory, 0)).toMatchObject({ runs: 1, remarks: [] });
    expect(readdirSync(join(store.directory, "trash"))).toEqual([]);
  });

  test("while a run comes back around others' files is gone on with", () => {
    const run = make();
    add(run, "notes.txt");
    const before = contents(run.path);
    moveToTrash(store.directory, run.id);
    const [trashed] = listTrash(store.directory);
    for (const name of ["config.yaml", "metrics.jsonl"]) renameSync(join(trashed!.path, name), join(run.path, name));
    expect(ids()).toEqual([]);
    restoreRun(store.directory, run.id);
    expect(contents(run.path)).toEqual(before);
  });
});

describe("the trash", () => {
  test("holds only what is named and recorded as a run; all else stays", () => {
    const run = make();
    moveToTrash(store.directory, run.id);
    const folder = join(store.directory, "trash");
    const [name] = readdirSync(folder);
    const others = ["thesis", `other~${name!.split("~")[1]}`, `${run.id}~now`];
    for (const other of others) cpSync(join(folder, name!), join(folder, other), { recursive: true });
    symlinkSync(join(folder, "thesis"), join(folder, `link~${name!.split("~")[1]}`));
    const { runs, remarks } = emptyTrash(store.directory, 0);
    expect([runs, remarks]).toEqual([
      1,
      [
        {
          kind: "damaged",
          message: expect.stringMatching(/other~.*: expected the run other, got .*; it is left as it is$/),
        },
      ],
    ]);
    expect(readdirSync(folder).sort()).toEqual([...others, `link~${name!.split("~")[1]}`].sort());
    expect(() => restoreRun(store.directory, "other")).toThrow(/expected the run other, got another folder/);
  });

  test("that is a link to elsewhere is not used", () => {
    const run = make();
    const elsewhere = join(store.directory, "elsewhere");
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(store.directory, "trash"));
    expect(() => moveToTrash(store.directory, run.id)).toThrow(/trash: expected a folder, got a link/);
    expect([ids(), listTrash(store.directory), emptyTrash(store.directory, 0).runs]).toEqual([[run.id], [], 0]);
  });
});

test("a trash that is a file is named, and the run stays", () => {
  const run = make();
  writeFileSync(join(store.directory, "trash"), "x");
  expect(() => moveToTrash(store.directory, run.id)).toThrow(/trash: expected a folder, got a file; /);
  expect(ids()).toEqual([run.id]);
});

describe("what is no run of the store", () => {
  /** Somebody's folder with what makes another one look like a run. */
  function foreign(path: string, record: object): string {
    mkdirSync(join(path, "precious"), { recursive: true });
    writeFileSync(join(path, "precious/x"), "thesis");
    writeFileSync(join(path, "run.json"), JSON.stringify(record));
    writeFileSync(join(path, "config.yaml"), "model: mlp\n");
    return path;
  }

  test.each([
    ["a folder of another tool", () => foreign(join(store.directory, "p"), { name: "another tool" }), "UsageError"],
    [
      "the same in runs/ with a damaged record",
      () => damaged(foreign(join(store.directory, "runs/p"), {})),
      "DataError",
    ],
    ["a damaged run outside", () => damaged(copyOf(make().path, "elsewhere")), "UsageError"],
    ["a link to a damaged run", () => linkTo(damaged(make().path)), "DataError"],
    ["the same in runs/", () => foreign(join(store.directory, "runs/p"), { name: "another tool" }), "DataError"],
    ["a run of another store", () => make(join(store.directory, "other")).path, "UsageError"],
    ["a run that lies deeper", () => copyOf(make().path, "runs/deeper/run"), "UsageError"],
    ["a link to a run", () => linkTo(make().path), "DataError"],
    ["a run without its configuration", () => without(make().path, "config.yaml"), "NotFoundError"],
    ["the store", () => store.directory, "NotFoundError"],
    ["the folder of runs", () => join(make().path, ".."), "NotFoundError"],
    ["what lies in a run", () => join(make().path, "checkpoints"), "NotFoundError"],
    ["the root", () => "/", "NotFoundError"],
    ["a folder that is nowhere", () => "/nowhere/at/all", "NotFoundError"],
    ["another spelling", () => make().id.toUpperCase(), "NotFoundError"],
  ])("is not removed: %s", (_, put, name) => {
    const path = put();
    const before = contents(store.directory);
    for (const open of [openOwnRun, openRemovable])
      expect(() => open(store.directory, path)).toThrow(expect.objectContaining({ name }));
    expect(contents(store.directory)).toEqual(before);
  });

  test("a damaged run is not removed by the beginning of its name", () => {
    const run = make();
    damaged(run.path);
    expect(() => openRemovable(store.directory, run.id.slice(0, 20))).toThrow(
      `openRun: expected the whole name of a run whose run.json is damaged, got its beginning "${run.id.slice(0, 20)}"; write ${run.id}`,
    );
  });

  test("is not moved, brought back or destroyed either, and no lock is left in it", () => {
    const path = foreign(join(store.directory, "runs/p"), { name: "another tool" });
    const trashed = foreign(join(store.directory, "trash/q~20261121T205901250Z"), { name: "another tool" });
    const before = contents(store.directory);
    expect(() => moveToTrash(store.directory, basename(path))).toThrow(
      /run\.json: expected a number in "schemaVersion"/,
    );
    expect(() => restoreRun(store.directory, "q")).toThrow(/run\.json: expected a number in "schemaVersion"/);
    expect(emptyTrash(store.directory, 0)).toEqual({
      runs: 0,
      bytes: 0,
      remarks: [
        {
          kind: "damaged",
          message: expect.stringContaining(`${trashed}/run.json: expected a number in "schemaVersion"`),
        },
      ],
    });
    expect(contents(store.directory)).toEqual(before);
  });

  test("a run is meant by its path however that is written, also by the one it is in", () => {
    const run = make();
    const before = process.cwd();
    process.chdir(run.path);
    try {
      for (const reference of [run.id, run.id.slice(0, 20), run.path, `${run.path}/`, ".", `../${run.id}`, "latest"])
        expect(openOwnRun(store.directory, reference).path).toBe(run.path);
      damaged(run.path);
      for (const reference of [run.id, run.path, `${run.path}/`, ".", `../${run.id}`])
        expect(openRemovable(store.directory, reference)).toMatchObject({ path: run.path, run: null });
    } finally {
      process.chdir(before);
    }
  });

  function damaged(path: string): string {
    writeFileSync(join(path, "run.json"), "{");
    return path;
  }

  function copyOf(path: string, name: string): string {
    const target = join(store.directory, name);
    cpSync(path, target, { recursive: true });
    return target;
  }

  function linkTo(path: string): string {
    const target = join(store.directory, "elsewhere");
    renameSync(path, target);
    symlinkSync(target, path);
    return basename(path);
  }

  function without(path: string, name: string): string {
    rmSync(join(path, name));
    return path;
  }
});

describe("a run that its record does not name", () => {
  const path = (run: { readonly path: string }) => join(run.path, "run.json");
  const damages: readonly (readonly [string, (run: ReturnType<typeof make>) => unknown])[] = [
    ["is cut short", (run) => writeFileSync(path(run), '{"id":')],
    ["is empty", (run) => writeFileSync(path(run), "")],
    ["is of another shape", (run) => writeFileSync(path(run), '{"name":"another tool"}')],
    ["says another id", (run) => backdate(run, { id: "20261121-205900-other-0000" })],
    ["is a folder", (run) => [rmSync(path(run)), mkdirSync(path(run))]],
  ];

  test.each(damages)("as run.json %s, is removed, brought back to the byte, and destroyed", (_, damage) => {
    const run = make();
    damage(run);
    add(run, "notes.txt");
    const before = contents(run.path);
    const { foreign } = moveToTrash(store.directory, run.id);
    expect(foreign.filter((name) => name !== "run.json")).toEqual(["notes.txt"]);
    expect(Object.keys(contents(run.path))).toEqual(["/notes.txt"]);
    expect(listTrash(store.directory)).toMatchObject([{ id: run.id, removedAt: "2026-11-21T20:59:01.250Z" }]);
    restoreRun(store.directory, run.id);
    expect([contents(run.path), listTrash(store.directory)]).toEqual([before, []]);
  });

  test.each(damages.slice(0, 4))("as run.json %s, goes for good, however often that is interrupted", (_, damage) => {
    const run = make();
    damage(run);
    const count = listRunFiles(run).own.length;
    moveToTrash(store.directory, run.id);
    const [trashed] = listTrash(store.directory);
    for (const name of ["command.txt", "environment.json", "run.json"]) rmSync(join(trashed!.path, name));
    expect(count).toBeGreaterThan(5);
    expect(emptyTrash(store.directory, 0)).toMatchObject({ runs: 1, remarks: [] });
    expect(readdirSync(join(store.directory, "trash"))).toEqual([]);
  });

  test.each(["write", "read"] as const)("is not removed while a process holds it to %s", (purpose) => {
    const run = make();
    writeFileSync(path(run), "{");
    const lock = lockRun(run, purpose)!;
    expect(() => moveToTrash(store.directory, run.id)).toThrow(/^runs rm: expected runs that nobody uses, got /);
    lock.release();
    moveToTrash(store.directory, run.id);
    expect(readdirSync(join(store.directory, "runs"))).toEqual([]);
  });

  test("does not keep the run that it is a copy of", () => {
    const run = make();
    const copy = createRun(join(run.path, "copies/1"), runOptions);
    copy.finish("finished", null);
    writeFileSync(path(copy), "{");
    expect(moveToTrash(store.directory, run.id).foreign).toEqual([]);
    expect(emptyTrash(store.directory, 0)).toMatchObject({ runs: 1, remarks: [] });
  });

  test("for what happened in the trash is brought back, or destroyed", () => {
    const run = make();
    moveToTrash(store.directory, run.id);
    writeFileSync(join(listTrash(store.directory)[0]!.path, "run.json"), "{");
    restoreRun(store.directory, run.id);
    expect(readFileSync(path(run), "utf8")).toBe("{");
    moveToTrash(store.directory, run.id);
    expect(emptyTrash(store.directory, 0)).toMatchObject({ runs: 1, remarks: [] });
  });

  test("as it is a copy of another, is a run of its own", () => {
    const run = make();
    cpSync(run.path, join(store.directory, "runs/another"), { recursive: true });
    expect(openOwnRun(store.directory, "another").record.id).toBe("another");
    moveToTrash(store.directory, "another");
    expect(ids()).toEqual([run.id]);
    restoreRun(store.directory, "another");
    moveToTrash(store.directory, run.id);
    expect([ids(), listTrash(store.directory).map(({ id }) => id)]).toEqual([["another"], [run.id]]);
  });
});
