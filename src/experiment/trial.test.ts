import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { watch } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runsIn, scratch } from "../../test/cli/harness.ts";
import { artefacts } from "../../test/cli/killing.ts";
import { resolveConfiguration } from "../session/configuration.ts";
import { createSessionRun } from "../session/create.ts";
import { openChosenEngine } from "../session/engine.ts";
import type { SessionEvent } from "../session/events.ts";
import { prepareTraining } from "../session/prepare.ts";
import type { RunResult } from "../session/result.ts";
import { type SessionMeans, trainRun } from "../session/run.ts";
import { openRun, readRun } from "../store/runs.ts";
import { resumeTrial, runTrial, type TrialEvent } from "./trial.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configuration = (options: Readonly<Record<string, unknown>> = {}) =>
  resolveConfiguration({ model: "mlp", data: "iris", batchSize: 16, epochs: 3, schedule: "one-cycle", ...options }, {});
const logOf = (run: string) => readFileSync(join(run, "log.txt"), "utf8").replaceAll(/^\S+ /gm, "");

/** A run of a session in this process. */
async function trainHere(store: string, means: Omit<SessionMeans, "engine"> = {}): Promise<RunResult> {
  const prepared = await prepareTraining({ ...configuration(), dir: store });
  return trainRun(prepared, () => createSessionRun(prepared), { engine: await openChosenEngine({}), ...means });
}

let reference: RunResult;
beforeAll(async () => {
  reference = await trainHere(join(folder, "here"));
});

test.concurrent("a trial is the run of a session, to the bit, and gives its result", async () => {
  const events: TrialEvent[] = [];
  const store = join(folder, "finished");
  const trial = await runTrial(configuration(), { store, listen: (event) => events.push(event) });
  if (trial.kind !== "finished") throw new Error(JSON.stringify(trial));
  const { path } = openRun(store, trial.result.run);
  expect(trial.result).toEqual({
    ...reference,
    run: expect.any(String),
    path,
    summary: { ...reference.summary, ...measured(trial.result) },
  });
  expect(trial.result.summary.peakMemoryBytes).toBeGreaterThan(2 ** 25);
  expect(artefacts(path)).toEqual(artefacts(reference.path));
  expect(logOf(path)).toBe(logOf(reference.path).replaceAll("`cycleMomentum`", "--cycle-momentum"));
  expect(events[0]).toEqual({ kind: "opened", run: trial.result.run, path });
  expect(events.filter(({ kind }) => kind === "epoch")).toHaveLength(3);
  expect(events.at(-1)).toEqual({ kind: "closed", result: trial.result });
});

/** What the machine decides. */
function measured({ summary }: RunResult) {
  const { seconds, microBatchesPerSecond, peakMemoryBytes, last, best } = summary;
  return { seconds, microBatchesPerSecond, peakMemoryBytes, last, best };
}

test.concurrent("a run that was interrupted is gone on with to the same bits", async () => {
  const store = join(folder, "resumed");
  const controller = new AbortController();
  const listen = ({ kind }: SessionEvent) => kind === "epoch" && controller.abort(new Error("enough for today"));
  const { run, status } = await trainHere(store, { signal: controller.signal, listen });
  expect(status).toBe("interrupted");
  expect(await resumeTrial(run, { store })).toMatchObject({ kind: "finished", result: { run, status: "finished" } });
  expect(artefacts(join(store, "runs", run))).toEqual(artefacts(reference.path));
});

test.concurrent("one that pauses after so many examples is gone on with to the same bits", async () => {
  const store = join(folder, "paused");
  // Epochs have 120 examples, and it is evaluated at their ends.
  const paused = await runTrial(configuration(), { store, until: 200 });
  if (paused.kind !== "paused") throw new Error(JSON.stringify(paused));
  const { run, status, summary } = paused.result;
  expect([status, summary.examples]).toEqual(["interrupted", 240]);
  expect(await resumeTrial(run, { store })).toMatchObject({ kind: "finished", result: { run } });
  expect(artefacts(join(store, "runs", run))).toEqual(artefacts(reference.path));
});

/** Would go on for hours. */
const long = () => configuration({ epochs: 1e6 });

test.concurrent("one that is stopped ends in order", async () => {
  const store = join(folder, "stopped");
  const controller = new AbortController();
  const listen = ({ kind }: TrialEvent) => kind === "opened" && controller.abort();
  const stopped = await runTrial(long(), { store, listen, signal: controller.signal });
  expect(stopped).toMatchObject({ kind: "stopped", signal: "SIGTERM", result: { status: "interrupted" } });
  expect(openRun(store, "latest").record).toMatchObject({ status: "interrupted", exitReason: "SIGTERM" });
});

test.concurrent("of one that is killed its run tells", async () => {
  const store = join(folder, "killed");
  let kill = () => {};
  const trial = await runTrial(long(), {
    store,
    listen: ({ kind }) => kind === "opened" && kill(),
    attend: (child) => {
      kill = () => child.kill("SIGKILL");
      return () => {};
    },
  });
  expect(trial).toMatchObject({ kind: "failed", exitCode: 137, by: "SIGKILL" });
  expect(openRun(store, "latest").record).toMatchObject({ status: "failed", exitReason: "ended by SIGKILL" });
});

test.concurrent.each<[string, Readonly<Record<string, unknown>>, object, string[]]>([
  [
    "data that are not there",
    { data: "irsi" },
    { exitCode: 4, lastWords: expect.stringMatching(/did you mean "iris"/) },
    [],
  ],
  [
    "an option that makes no sense",
    { batchSize: 500 },
    { exitCode: 2, lastWords: expect.stringMatching(/^createS/) },
    [],
  ],
  [
    "a training that diverges",
    { optimizer: "sgd", learningRate: 1e30, schedule: "constant" },
    { exitCode: 3, lastWords: expect.stringMatching(/loss/), result: { status: "diverged" } },
    ["diverged"],
  ],
])("%s is a failure with its exit code and words", async (name, options, end, statuses) => {
  const store = join(folder, name.replaceAll(" ", "-"));
  expect(await runTrial(configuration(options), { store })).toMatchObject({ kind: "failed", by: null, ...end });
  expect(runsIn(store).map((run) => openRun(store, run).status)).toEqual(statuses);
});

test.concurrent("what a listener throws ends the trial", async () => {
  const store = join(folder, "thrown");
  const listen = () => {
    throw new Error("nobody listens");
  };
  await expect(runTrial(long(), { store, listen })).rejects.toThrow("nobody listens");
  expect(openRun(store, "latest").status).toBe("interrupted");
});

test.concurrent("a trial whose parent is killed ends in order", async () => {
  const store = join(folder, "orphan");
  const source = `
    import { runTrial } from ${JSON.stringify(new URL("trial.ts", import.meta.url).href)};
    const configuration = ${JSON.stringify(long())};
    const listen = (event) => event.kind === "opened" && console.log(event.path);
    await runTrial(configuration, { store: ${JSON.stringify(store)}, listen });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const path = String((await once(parent.stdout, "data"))[0]).trim();
    const changes = watch(path)[Symbol.asyncIterator]();
    const change = changes.next();
    parent.kill("SIGKILL");
    await change;
    while (readRun(path)!.record.status === "running") await changes.next();
    expect(readRun(path)!.record).toMatchObject({ status: "interrupted", exitReason: "SIGTERM" });
  } finally {
    parent.kill("SIGKILL");
  }
});
