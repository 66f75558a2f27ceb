import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { batchscope, runsIn, scratch } from "../../test/cli/harness.ts";
import { artefacts } from "../../test/cli/killing.ts";
import { openRun } from "../store/runs.ts";
import { textIn } from "../text/text.ts";
import { said } from "../text/words.ts";
import { resolveConfiguration } from "./configuration.ts";
import { createSessionRun } from "./create.ts";
import { openChosenEngine } from "./engine.ts";
import type { SessionEvent } from "./events.ts";
import { measureRun } from "./measure.ts";
import { prepareTraining } from "./prepare.ts";
import { openAgain, resumption } from "./resume.ts";
import { type SessionMeans, trainRun } from "./run.ts";
import { locateFiles, trainingSeedOf } from "./runConfiguration.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asked = { model: "mlp", data: "iris", batchSize: 4, gradientAccumulationSteps: 2, epochs: 3, checkpointEvery: 1 };
const only = (store: string) => join(store, "runs", runsIn(store)[0]!);
const logOf = (run: string) => readFileSync(join(run, "log.txt"), "utf8").replaceAll(/^\S+ /gm, "");

/** A run of `asked` in `store`, as any program would train one. */
async function trainHere(store: string, means: Omit<SessionMeans, "engine"> = {}, options = {}) {
  const prepared = await prepareTraining(resolveConfiguration({ ...asked, ...options, dir: store }, {}));
  const engine = await openChosenEngine({}, prepared.configuration.device);
  return trainRun(prepared, () => createSessionRun(prepared), { engine, ...means });
}

const reference = join(folder, "commandLine");
beforeAll(async () => {
  const argv = Object.entries(asked).map(
    ([name, value]) => `--${name.replace(/[A-Z]/g, "_$&").toLowerCase()}=${value}`,
  );
  const { code, stderr } = await batchscope(["train", ...argv, "--dir", reference], { cwd: folder });
  if (code !== 0) throw new Error(stderr);
});

const written: string[] = [];
const heard = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => [signal, process.listenerCount(signal)] as const);
beforeEach(() => {
  written.length = 0;
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  // A session is no terminal, and the signals are its caller's.
  expect(written).toEqual([]);
  expect(heard.filter(([signal, count]) => process.listenerCount(signal) !== count)).toEqual([]);
});

test("a run of a configuration is the run that the command line trains, to the bit", async () => {
  const store = join(folder, "whole");
  const events: SessionEvent[] = [];
  const result = await trainHere(store, { listen: (event) => events.push(event) });
  const run = only(store);
  expect(result).toMatchObject({ path: run, status: "finished", summary: { epochs: 3 } });
  expect(artefacts(run)).toEqual(artefacts(only(reference)));
  expect(logOf(run)).toBe(logOf(only(reference)));
  const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== "progress");
  expect(kinds.slice(0, 2)).toEqual(["opened", "plan"]);
  expect(kinds.slice(-2)).toEqual(["end", "closed"]);
  expect(kinds.filter((kind) => kind === "epoch")).toHaveLength(3);
  expect(events.at(-1)).toEqual({ kind: "closed", result });
});

test("a run that is aborted goes on to the same bits", async () => {
  const store = join(folder, "aborted");
  const controller = new AbortController();
  const listen = ({ kind }: SessionEvent) => kind === "epoch" && controller.abort(new Error("enough for today"));
  const stopped = await trainHere(store, { signal: controller.signal, listen });
  expect(stopped).toMatchObject({ status: "interrupted", summary: { epochs: 1 } });
  const run = openRun(store, stopped.run);
  expect(run.record).toMatchObject({ status: "interrupted", exitReason: "enough for today" });
  const { configuration, changes } = resumption(run, {});
  const prepared = await prepareTraining(locateFiles(run, configuration));
  const engine = await openChosenEngine({}, configuration.device);
  const remarks: string[] = [];
  const result = await trainRun(prepared, () => openAgain(run, prepared, changes), {
    engine,
    listen: (event) => event.kind === "remark" && remarks.push(said(event.remark, textIn("en").remarks)),
  });
  expect(result).toMatchObject({ run: stopped.run, status: "finished" });
  expect(remarks.at(-1)).toEqual(expect.stringMatching(/^resuming \S+ from step \d+, epoch 1$/));
  expect(artefacts(run.path)).toEqual(artefacts(only(reference)));
});

test("a run that was begun before seeds were scattered goes on to the bits of its own seed", async () => {
  const dropping = { dropout: 0.3, seed: 5 };
  const begin = async (store: string, means: Omit<SessionMeans, "engine"> = {}) => {
    const configuration = resolveConfiguration({ ...asked, ...dropping, dir: store }, {});
    const prepared = await prepareTraining(configuration, configuration.seed);
    const engine = await openChosenEngine({}, configuration.device);
    return trainRun(prepared, () => createSessionRun(prepared), { engine, ...means });
  };
  const whole = await begin(join(folder, "unscattered"));
  const scattered = await trainHere(join(folder, "scattered"), {}, dropping);
  expect(artefacts(scattered.path)).not.toEqual(artefacts(whole.path));
  const store = join(folder, "older");
  const controller = new AbortController();
  const listen = ({ kind }: SessionEvent) => kind === "epoch" && controller.abort(new Error("enough"));
  const run = openRun(store, (await begin(store, { signal: controller.signal, listen })).run);
  // As it was written before.
  const path = join(run.path, "environment.json");
  const environment = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...environment, seeds: { seed: 5 } }));
  const { configuration, changes } = resumption(run, {});
  const prepared = await prepareTraining(locateFiles(run, configuration), trainingSeedOf(run, configuration));
  const engine = await openChosenEngine({}, configuration.device);
  await trainRun(prepared, () => openAgain(run, prepared, changes), { engine });
  expect(artefacts(run.path)).toEqual(artefacts(whole.path));
});

test("a finished run has nothing to go on with, unless more is asked for", () => {
  const run = openRun(reference, runsIn(reference)[0]!);
  expect(() => resumption(run, {})).toThrow(/expected a run that is not finished/);
  expect(resumption(run, { epochs: 4 })).toMatchObject({
    configuration: { epochs: 4 },
    changes: [{ kind: "raised", option: "epochs", from: "3", to: "4" }],
  });
});

test("what a listener throws ends the run as failed", async () => {
  const store = join(folder, "thrown");
  const listen = ({ kind }: SessionEvent) => {
    if (kind === "epoch") throw new Error("nobody listens");
  };
  await expect(trainHere(store, { listen })).rejects.toThrow("nobody listens");
  expect(openRun(store, "latest").record).toMatchObject({ status: "failed", exitReason: "nobody listens" });
});

test("copies that nobody can train are refused before a run exists", async () => {
  const store = join(folder, "copies");
  await expect(trainHere(store, {}, { swapWorkers: 2, swapEpochs: 1 })).rejects.toThrow(
    /^trainRun: expected averageCopies /,
  );
  expect(runsIn(store)).toEqual([]);
});

test("checkpoints are measured, and a signal ends that with its reason", async () => {
  const run = openRun(reference, runsIn(reference)[0]!);
  const { configuration } = resumption(run, { epochs: 4 });
  const [first] = readdirSync(join(run.path, "checkpoints")).filter((name) => name.endsWith(".safetensors"));
  const checkpoint = { epoch: 1, step: 15, path: join(run.path, "checkpoints", first!) };
  const measured = { run, configuration, checkpoints: [checkpoint], metrics: [] };
  const options = { seed: 0, threads: 1, memoryBudget: 2 ** 28, products: "auto", rows: 4, batchSize: 8 } as const;
  const engine = await openChosenEngine({}, "cpu");
  const kinds: string[] = [];
  const { analysis, forget } = await measureRun(measured, options, { engine, listen: ({ kind }) => kinds.push(kind) });
  expect(analysis.checkpoints).toHaveLength(1);
  expect([kinds[0], kinds.at(-1)]).toEqual(["begin", "measured"]);
  forget();
  const reason = new Error("no more");
  await expect(measureRun(measured, options, { engine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
