import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resolveConfiguration } from "../../session/configuration.ts";
import { createSessionRun, fingerprintsOf } from "../../session/create.ts";
import { openChosenEngine } from "../../session/engine.ts";
import type { SessionEvent } from "../../session/events.ts";
import { prepareTraining } from "../../session/prepare.ts";
import { trainRun } from "../../session/run.ts";
import type { TrialPlace } from "../../store/studies/trials.ts";
import type { Trial } from "./schedule.ts";
import { settled, trainTrial, trialName } from "./trial.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-trial-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = { model: "linear", data: "iris", batchSize: "8", epochs: "4", noiseScale: "off", progress: "none" };
const trial = (key: string): Trial => {
  const { seed, ...configuration } = resolveConfiguration(options, {});
  return { key, arm: "a", seed, stage: "comparison", configuration: { ...configuration, seed }, fingerprints: {} };
};
const never = new AbortController().signal;
const study = (name: string) => ({ id: "s", directory: join(folder, name) });
/** Begins the run of a trial in this process, and stops it after an epoch. */
async function cutOff({ id, directory }: ReturnType<typeof study>, key: string): Promise<string> {
  const configuration = { ...trial(key).configuration, dir: directory, trialOf: trialName(id, key) };
  const prepared = await prepareTraining(configuration as never);
  const controller = new AbortController();
  const listen = ({ kind }: SessionEvent) => kind === "epoch" && controller.abort(new Error("stop"));
  const means = { engine: await openChosenEngine({}), signal: controller.signal, listen };
  const { run, status } = await trainRun(prepared, () => createSessionRun(prepared), means);
  expect(status).toBe("interrupted");
  return run;
}

/** What training came to, times left out. */
function numbersOf({ directory }: { directory: string }, run: string): unknown[] {
  const lines = readFileSync(join(directory, "runs", run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => {
    const { seconds: _, ...rest } = JSON.parse(line);
    return Object.fromEntries(Object.entries(rest).filter(([name]) => !/second/i.test(name)));
  });
}

test("a trial that was stopped goes on from where it was, to the same bits", async () => {
  const [whole, cut] = [study("whole"), study("cut")];
  const once = await trainTrial(whole, trial("k"), never);
  expect(once.state).toBe("done");
  const run = await cutOff(cut, "k");
  expect(numbersOf(cut, run).length).toBeLessThan(numbersOf(whole, once.run!).length);
  const again = await trainTrial(cut, trial("k"), never);
  expect(again).toEqual({ state: "done", run, reason: null });
  expect(numbersOf(cut, run)).toEqual(numbersOf(whole, once.run!));
});

test("an attempt that made no run does not have that of the attempt before", async () => {
  const place = study("failed");
  const run = await cutOff(place, "k");
  const file = join(place.directory, "runs", run, "run.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), status: "failed" }));
  const { configuration } = trial("k");
  const ended = await trainTrial(place, { ...trial("k"), configuration: { ...configuration, data: "irsi" } }, never);
  expect(ended).toMatchObject({ state: "failed", run: null, reason: expect.stringContaining("irsi") });
});

test("runs that were swapped in trials.jsonl are told by what they say themselves", async () => {
  const place = study("swapped");
  const [a, b] = [await trainTrial(place, trial("a"), never), await trainTrial(place, trial("b"), never)];
  const said = (key: string, run: string | null) =>
    [key, { trial: key, state: "done", run, attempt: 1 } as unknown as TrialPlace] as const;
  const at = (...places: ReturnType<typeof said>[]) => settled(place, [trial("a"), trial("b")], new Map(places));
  expect(at(said("a", a.run), said("b", b.run))).toEqual([]);
  expect(at(said("a", b.run), said("b", a.run)).map(({ trial: { key }, end }) => [key, end.run])).toEqual([
    ["a", a.run],
    ["b", b.run],
  ]);
  rmSync(join(place.directory, "runs", a.run!), { recursive: true });
  expect(at(said("a", b.run), said("b", b.run))).toMatchObject([
    { trial: { key: "a" }, end: { state: "stopped", run: null, reason: `its run ${b.run} is none of this trial` } },
  ]);
});

test("a trial is refused on other data than those of its study, also to go on with, and leaves no run", async () => {
  const place = study("other");
  const data = join(folder, "points.csv");
  const table = (last: number) =>
    `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${2 * i}`).join("\n")}\n9,${last}\n`;
  writeFileSync(data, table(18));
  const own = { ...trial("k").configuration, data, target: "y", task: "regression" };
  const { fingerprints: _, ...rest } = trial("k");
  const asked = {
    ...rest,
    configuration: own,
    fingerprints: await fingerprintsOf(await prepareTraining(own as never)),
  };
  const reason =
    /^--data: expected the \w+ data of the study \(fingerprint [0-9a-f]{8}…\), got another \([0-9a-f]{8}…\) at .*points\.csv; /;
  writeFileSync(data, table(19));
  expect(await trainTrial(place, asked, never)).toEqual({
    state: "failed",
    run: null,
    reason: expect.stringMatching(reason),
    isLacking: true,
  });
  expect(existsSync(join(place.directory, "runs"))).toBe(false);
  writeFileSync(data, table(18));
  const begun = await trainTrial(place, { ...asked, until: 40 }, never);
  expect(begun).toMatchObject({ state: "stopped", early: "rung" });
  writeFileSync(data, table(19));
  expect(await trainTrial(place, asked, never)).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(reason),
  });
  writeFileSync(data, table(18));
  expect(await trainTrial(place, asked, never)).toEqual({ state: "done", run: begun.run, reason: null });
});
