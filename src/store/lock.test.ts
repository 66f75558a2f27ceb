import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runOptions, scratchStore } from "../../test/scratchStore.ts";
import { DataError } from "../tensor/errors.ts";
import { holdUnfinished, removeUnfinished, unfinishedFolder } from "./analysis.ts";
import { createRun } from "./create.ts";
import { lockRun, lockState } from "./lock.ts";
import { takeRun } from "./resumeRun.ts";
import { openRun } from "./runs.ts";

/** SQLite's code for every request of a lock; undefined where the system grants them. */
const refusal = vi.hoisted(() => ({ code: undefined as number | undefined }));
vi.mock("./sqlite.ts", async (original) => {
  const sqlite = await original<typeof import("./sqlite.ts")>();
  class Refusing extends sqlite.DatabaseSync {
    override exec(sql: string): void {
      if (refusal.code !== undefined)
        throw Object.assign(new Error("refused"), { code: "ERR_SQLITE_ERROR", errcode: refusal.code });
      super.exec(sql);
    }
  }
  return { ...sqlite, DatabaseSync: Refusing };
});
afterEach(() => {
  refusal.code = undefined;
});

const store = scratchStore();
const folder = () => ({ path: store.directory });

describe("a run that is held", () => {
  test.each([
    ["write", "write", false],
    ["write", "read", true],
    ["write", "alone", false],
    ["read", "write", true],
    ["read", "read", true],
    ["read", "alone", false],
    ["alone", "write", false],
    ["alone", "read", false],
    ["alone", "alone", false],
  ] as const)("to %s can be held to %s: %s", (first, second, can) => {
    const one = lockRun(folder(), first)!;
    const two = lockRun(folder(), second);
    expect(two !== null).toBe(can);
    two?.release();
    one.release();
    const after = lockRun(folder(), second);
    expect(after?.held).toBe(true);
    after?.release();
    expect(readdirSync(store.directory)).toEqual(["lock"]);
  });

  test("is seen to be", () => {
    expect(lockState(folder())).toBe("free");
    const lock = lockRun(folder())!;
    expect(lockState(folder())).toBe("held");
    lock.release();
  });
});

describe("a file system without locks", () => {
  // As SQLite reports ENOLCK and EACCES; EPERM; ENOSYS, EINVAL and EOPNOTSUPP at the three places where they can come.
  test.each([5, 3, 3850, 2314, 2058])(
    "of which SQLite says %i lets runs be written, gone on with and removed",
    (code) => {
      refusal.code = code;
      const run = createRun(store.directory, runOptions);
      expect(run.locked).toBe(false);
      const seen = () => openRun(store.directory, run.id);
      expect([seen().status, lockState(run)]).toEqual(["running", "unknown"]);
      expect(() => takeRun(seen())).toThrow(/^resume: expected a run that has ended, got /);
      run.finish("interrupted", "SIGINT");
      takeRun(seen()).lock.release();
      expect(lockRun(run, "alone")).toMatchObject({ held: false });
      expect(readdirSync(run.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    },
  );

  test("leaves analyses that may still be made", () => {
    refusal.code = 3850;
    const run = createRun(store.directory, runOptions);
    const path = unfinishedFolder(run, "0123456789abcdef");
    vi.useRealTimers();
    holdUnfinished(path);
    expect(removeUnfinished(run)).toEqual({ analyses: 0, bytes: 0 });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
    expect(removeUnfinished(run).analyses).toBe(1);
  });
});

describe("a lock that is", () => {
  test.each([
    ["text", (path: string) => writeFileSync(path, "hello"), "5 bytes"],
    ["zeros", (path: string) => writeFileSync(path, new Uint8Array(4096)), "4096 bytes"],
    ["a folder", (path: string) => mkdirSync(path), "a folder"],
    ["a link to nothing", (path: string) => symlinkSync("/nowhere/x", path), "no plain file"],
    ["a link to a file", (path: string) => symlinkSync("/etc/hostname", path), "no plain file"],
    ["a pipe", (path: string) => spawnSync("mkfifo", [path]), "no plain file"],
  ])("%s is named, and nothing is known by it", (_, make, got) => {
    make(join(store.directory, "lock"));
    expect(() => lockRun(folder())).toThrow(
      new DataError(
        `${store.directory}/lock: expected an empty file, got ${got}; remove it while nothing uses the run`,
      ),
    );
    expect(lockState(folder())).toBe("unknown");
  });

  test.each([8, 14, 26])("refused with SQLite's code %i is named too", (code) => {
    refusal.code = code;
    expect(() => lockRun(folder())).toThrow(
      /lock: expected a file that can be locked, got: refused; check the permissions of its folder$/,
    );
  });
});
