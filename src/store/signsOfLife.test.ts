import { spawnSync } from "node:child_process";
import { utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { backdate, json, runOptions, scratchStore } from "../../test/scratchStore.ts";
import { createRun } from "./create.ts";
import { readRun } from "./runs.ts";

/** Whether locks can be seen; false as on a file system without them. */
const locks = vi.hoisted(() => ({ seen: true }));
vi.mock("./lock.ts", async (original) => {
  const lock = await original<typeof import("./lock.ts")>();
  return { ...lock, lockState: (run: { path: string }) => (locks.seen ? lock.lockState(run) : "unknown") };
});

const store = scratchStore();
const [minute, day] = [60_000, 86_400_000];

interface Times {
  readonly beat?: number;
  readonly written?: number;
  readonly held?: boolean;
}

/**
 * The status of a run that says that it is running, written and last alive so many milliseconds from now, and held by
 * this process or by none.
 */
function runThat(says: object, { beat = 0, written = beat, held = false }: Times): string {
  const run = createRun(store.directory, runOptions);
  if (!held) run.finish("failed", "to let it go");
  const now = Date.now();
  backdate(run, { status: "running", heartbeatAt: new Date(now + beat).toISOString(), ...says });
  utimesSync(join(run.path, "run.json"), (now + written) / 1000, (now + written) / 1000);
  return readRun(run.path)!.status;
}

const deadProcess = () => spawnSync(process.execPath, ["--version"]).pid;

describe("a run that says running", () => {
  const elsewhere = { host: "another", pid: 1 };
  test.each([
    ["at once", elsewhere, {}, "running"],
    ["after ten minutes of silence", elsewhere, { beat: -10 * minute }, "running"],
    ["after more", elsewhere, { beat: -10 * minute - 1 }, "lost"],
    ["whose clock is a day behind, but which writes", elsewhere, { beat: -day, written: 0 }, "running"],
    ["whose clock is a day behind, silent", elsewhere, { beat: -day, written: -11 * minute }, "lost"],
    ["whose clock is a day ahead, but which writes", elsewhere, { beat: day, written: 0 }, "running"],
    ["whose clock was a day ahead, silent", elsewhere, { beat: day, written: -11 * minute }, "lost"],
    ["on a server whose clock is ahead", elsewhere, { beat: 0, written: day }, "running"],
    ["silent for a month, while its lock is seen to be held", elsewhere, { beat: -30 * day, held: true }, "running"],
  ])("on another host %s", (_, says, times, expected) => {
    expect(runThat(says, times)).toBe(expected);
  });

  test.each([
    ["silent for a year, holding its lock", {}, { beat: -365 * day, held: true }, "running"],
    ["a day ahead, holding its lock", {}, { beat: day, held: true }, "running"],
    ["whose lock nobody holds, as in a container that was started again", {}, {}, "lost"],
  ])("on this host %s", (_, says, times, expected) => {
    expect(runThat(says, times)).toBe(expected);
  });

  test("on this host whose process is gone", () => {
    expect(runThat({ pid: deadProcess() }, {})).toBe("lost");
  });

  test.each([
    ["alive", {}, {}, "running"],
    ["silent", {}, { beat: -11 * minute }, "lost"],
    ["before the last start of the machine", {}, { beat: -3650 * day, written: 0 }, "lost"],
  ])("on this host without locks, %s", (_, says, times, expected) => {
    locks.seen = false;
    try {
      expect(runThat(says, times)).toBe(expected);
      expect(runThat({ ...says, pid: deadProcess() }, times)).toBe("lost");
    } finally {
      locks.seen = true;
    }
  });

  test("names this host and process", () => {
    expect(json(createRun(store.directory, runOptions), "run.json")).toMatchObject({
      host: hostname(),
      pid: process.pid,
    });
  });
});
