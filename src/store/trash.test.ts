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
import { listRunFiles } from "./runFiles.ts";
import { listRuns, openOwnRun, openRun } from "./runs.ts";
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
    expect(() => openOwnRun(store.directory, "no/such/run")).toThrow(/expected the run "no\/such\/run", got 2026/);
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
      remarks: [`${path}: not of the run, so that it stays: checkpoints/mine.txt, notes.txt`],
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
      [expect.stringMatching(/other~.*: expected the run other, got .*; it is left as it is$/)],
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
    ["the same in runs/", () => foreign(join(store.directory, "runs/p"), { name: "another tool" }), "DataError"],
    ["a run of another store", () => make(join(store.directory, "other")).path, "UsageError"],
    ["a copy under another name", () => copyOf(make().path, "runs/another"), "DataError"],
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
    expect(() => openOwnRun(store.directory, path)).toThrow(expect.objectContaining({ name }));
  });

  test("a run is meant by its path however that is written, also by the one it is in", () => {
    const run = make();
    const before = process.cwd();
    process.chdir(run.path);
    try {
      for (const reference of [run.id, run.id.slice(0, 20), run.path, `${run.path}/`, ".", `../${run.id}`, "latest"])
        expect(openOwnRun(store.directory, reference).path).toBe(run.path);
    } finally {
      process.chdir(before);
    }
  });

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
