import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { backdate, json, runOptions, scratchStore } from "../../test/scratchStore.ts";
import { createRun } from "./create.ts";
import { endOf, recordDeath, recordLoss, recordLosses } from "./lost.ts";
import { readRun } from "./runs.ts";

const store = scratchStore();

/** A run whose process is gone, and the number that it had. */
function deadRun(change: object = {}) {
  const writer = createRun(store.directory, runOptions);
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writer.finish("failed", null);
  backdate(writer, { status: "running", finishedAt: null, pid, ...change });
  return { run: writer, pid };
}

test("a lost run has a reason as far as it can be known", () => {
  expect(endOf(readRun(deadRun().run.path)!)).toBe(
    "its process ended without a word: killed, out of memory, or a fault of the native library; see log.txt",
  );
});

test.each([
  ["failed", "no room"],
  ["interrupted", "SIGHUP"],
  ["finished", null],
] as const)("a run that is %s has its own: %s", (status, exitReason) => {
  const { run } = deadRun({ status, exitReason });
  expect(endOf(readRun(run.path)!)).toBe(exitReason);
});

test("who saw a process end writes down how", () => {
  const { run, pid } = deadRun();
  recordDeath(store.directory, pid, "ended by SIGSEGV");
  expect(readRun(run.path)).toMatchObject({ status: "failed", record: { exitReason: "ended by SIGSEGV" } });
  expect(json(run, "run.json").finishedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test("a lost run has failed for who writes down what was lost", () => {
  const { run } = deadRun();
  recordLosses(store.directory);
  expect(readRun(run.path)).toMatchObject({ status: "failed", record: { exitReason: endOf(readRun(run.path)!) } });
  expect(json(run, "run.json")).toMatchObject({ finishedAt: json(run, "run.json").heartbeatAt });
  expect(json(run, "run.json").exitReason).toMatch("its process ended without a word");
});

test.each([
  ["that ended", { status: "interrupted", exitReason: "SIGTERM" }],
  ["of a host that may be silent", { host: `not-${hostname()}`, heartbeatAt: "2026-01-01T00:00:00.000Z" }],
])("nothing is written down of a run %s", (_, change) => {
  const { run } = deadRun(change);
  const before = json(run, "run.json");
  recordLosses(store.directory);
  recordLoss(run);
  expect(json(run, "run.json")).toEqual(before);
});

test("nothing is written down of a run that trains", () => {
  const writer = createRun(store.directory, runOptions);
  recordLosses(store.directory);
  expect(json(writer, "run.json").status).toBe("running");
  writer.finish("finished", null);
});

test.each([
  ["another process", {}, 1],
  ["one that had an end", { status: "interrupted", exitReason: "SIGTERM" }, 0],
  ["another host", { host: `not-${hostname()}` }, 0],
])("nothing is changed of a run of %s", (_, change, more) => {
  const { run, pid } = deadRun(change);
  const before = json(run, "run.json");
  recordDeath(store.directory, pid + more, "ended by SIGSEGV");
  expect(json(run, "run.json")).toEqual(before);
});

test("where there is no store, nothing happens", () => {
  const before = readdirSync(store.directory, { recursive: true });
  recordDeath(`${store.directory}/nowhere`, 1, "ended by SIGSEGV");
  recordDeath(store.directory, undefined, "did not start");
  expect(readdirSync(store.directory, { recursive: true })).toEqual(before);
});
