import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseQueue } from "../../src/experiment/queue/address.ts";
import { openTrialQueue } from "../../src/experiment/queue/trialQueue.ts";
import { listRows } from "../../src/store/runIndex.ts";
import type { QueueEvent } from "../../src/store/studies/queueEvents.ts";
import { ServiceUnavailableError } from "../../src/tensor/errors.ts";
import { batchscope, message, runsIn, scratch, start } from "../cli/harness.ts";
import { startRedis, type TestRedis } from "./redis.ts";
import { expectEachOnce, numbersOf, persisted, tiny, trialLines, until } from "./scene.ts";

/** A queue on a real Redis: what ends a worker in order, what refuses a trial, and what happens without the server. */
const folder = scratch();
let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.remove();
  rmSync(folder, { recursive: true, force: true });
});

const place = (name: string) => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** Each test has a queue of its own. */
const inQueue = (name: string, at = redis) => ["--queue", at.url, "--queue-name", name];
const worker = (name: string, cwd: string, at = redis) =>
  start(["worker", ...inQueue(name, at), "--dir", "store", "--lost-after", "2"], { cwd });

const long = (cwd: string, name: string) =>
  start(
    [...tiny(2).map((word) => (word === "examples=64" ? "examples=40000" : word)), "--jobs", "1", ...inQueue(name)],
    {
      cwd,
    },
  );

const rows = (cwd: string) => listRows(join(cwd, "store")).rows;

test("SIGTERM gives a trial back with its checkpoint, and another worker ends the same run", async () => {
  const cwd = place("drained");
  const study = long(cwd, "drained");
  await study.said("No worker takes trials from the queue drained");
  const first = worker("drained", cwd);
  await until(() => rows(cwd).some(({ status }) => status === "running"));
  first.child.kill("SIGTERM");
  const { code, stderr } = await first.ended;
  expect([code, stderr]).toEqual([143, expect.stringContaining("seed 0 goes back into the queue")]);
  const [interrupted] = rows(cwd);
  expect(rows(cwd)).toMatchObject([{ status: "interrupted" }]);
  const second = worker("drained", cwd);
  await until(() => rows(cwd).find(({ id }) => id === interrupted!.id)!.status === "finished");
  const end = await study.ended;
  expect(end.code, end.stderr).toBe(0);
  second.child.kill("SIGTERM");
  await second.ended;
  expect(runsIn(join(cwd, "store"))).toHaveLength(2);
  const once = expectEachOnce(cwd, 2);
  const calm = place("undrained");
  await persisted([...tiny(2).map((word) => (word === "examples=64" ? "examples=40000" : word))], calm, []);
  for (const [trial, run] of expectEachOnce(calm, 2))
    expect(numbersOf(cwd, once.get(trial)!)).toEqual(numbersOf(calm, run));
});

test("a study that is stopped takes back what waits, and has its workers end what runs", async () => {
  const cwd = place("stopped");
  const study = long(cwd, "stopped");
  const working = worker("stopped", cwd);
  await until(() => rows(cwd).some(({ status }) => status === "running"));
  study.child.kill("SIGINT");
  expect((await study.ended).code).toBe(130);
  expect(rows(cwd)).toMatchObject([{ status: "interrupted" }]);
  expect(trialLines(cwd).at(-1)).toMatchObject({ state: "stopped" });
  const again = await long(cwd, "stopped").ended;
  expect(again.code, again.stderr).toBe(0);
  expectEachOnce(cwd, 2);
  expect(runsIn(join(cwd, "store"))).toHaveLength(2);
  working.child.kill("SIGTERM");
  await working.ended;
});

test("a server that dies and comes back, with its memory or without, costs nothing", async () => {
  for (const remembers of [true, false]) {
    const own = await startRedis({ remembers });
    const cwd = place(`reborn-${remembers}`);
    const working = worker("reborn", cwd, own);
    const study = start([...tiny(6), ...inQueue("reborn", own)], { cwd });
    await until(() => trialLines(cwd).some(({ state }) => state === "running"));
    await own.kill();
    await study.said("is gone; trying again for 600 s");
    await own.restart();
    const { code, stderr } = await study.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining("is back")]);
    expectEachOnce(cwd, 6);
    working.child.kill("SIGTERM");
    await working.ended;
    await own.remove();
  }
});

test("a server that stays away ends what waits with one line, and what runs is told", async () => {
  const own = await startRedis();
  const cwd = place("away");
  await persisted(tiny(2), cwd, []);
  const told: QueueEvent[] = [];
  const queue = await openTrialQueue(parseQueue(own.url, "away"), { patience: 500, tell: (event) => told.push(event) });
  const start = queue.starter({ id: "s", directory: join(cwd, "store") });
  const trial = { key: "k", arm: "a", seed: 0, stage: "comparison", configuration: {}, fingerprints: {} } as const;
  const waiting = start(trial, new AbortController().signal, () => {});
  await until(() => told.some(({ kind }) => kind === "noWorkers"));
  await own.remove();
  await expect(waiting).rejects.toThrow(ServiceUnavailableError);
  await expect(waiting).rejects.toThrow("back within 0.5 s, got nothing");
  expect(told.map(({ kind }) => kind)).toEqual(["noWorkers", "lost"]);
  await queue.close();
});

test("a worker that cannot train a trial says why, and one that can trains it", async () => {
  const cwd = place("refused");
  const elsewhere = worker("refused", place("elsewhere"));
  const study = start([...tiny(4), ...inQueue("refused")], { cwd });
  await study.said("waits for another worker: --dir: expected the store of the study s");
  const working = worker("refused", cwd);
  const ended = await study.ended;
  expect(ended.code, ended.stderr).toBe(0);
  expectEachOnce(cwd, 4);
  elsewhere.child.kill("SIGTERM");
  expect((await elsewhere.ended).stderr).toContain(
    "goes back into the queue: --dir: expected the store of the study s",
  );
  working.child.kill("SIGTERM");
  await working.ended;
});

test("a machine that has other data at the path of the study costs its trials no attempt", async () => {
  const cwd = place("changed");
  const table = (last: number) =>
    `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${2 * i}`).join("\n")}\n9,${last}\n`;
  writeFileSync(join(cwd, "points.csv"), table(18));
  const argv = ["compare", "--model", "linear", "--data", "points.csv", "--target", "y", "--task", "regression"];
  const few = [...argv, "--vary", "batch-size=2,4", "--seeds", "1", "--study", "s", "--dir", "store", "--json"];
  const study = start([...few, "--retries", "0", ...inQueue("changed")], { cwd });
  await study.said("No worker takes trials from the queue changed");
  writeFileSync(join(cwd, "points.csv"), table(19));
  const wrong = worker("changed", cwd);
  await study.said("waits for another worker: --data: expected the training data of the study");
  writeFileSync(join(cwd, "points.csv"), table(18));
  const right = worker("changed", cwd);
  const { code, stderr } = await study.ended;
  expect(code, stderr).toBe(0);
  expect(trialLines(cwd).filter(({ state, attempt }) => state === "failed" || attempt > 1)).toEqual([]);
  expectEachOnce(cwd, 2);
  for (const one of [wrong, right]) one.child.kill("SIGTERM");
  expect((await wrong.ended).stderr).not.toContain("is done");
  await right.ended;
});

test("a trial of another version, and what is none, are refused and not trained", async () => {
  const cwd = place("foreign");
  await persisted(tiny(2), cwd, []);
  const { port, password } = redis;
  const client = new Redis({ port, password, maxRetriesPerRequest: null });
  const queue = new Queue("foreign", { connection: client as never, prefix: "batchscope" });
  const trial = { key: "k", arm: "a", seed: 0, stage: "comparison", configuration: {}, fingerprints: {} };
  const job = { format: 1, version: "0.0.1", study: "s", createdAt: "", folder: cwd, trial, isCancelled: false };
  const jobs = [await queue.add("trial", job), await queue.add("mail", {}), await queue.add("trial", { format: "x" })];
  const working = worker("foreign", cwd);
  await working.said('in "format", got "x"');
  // Another worker may be of that version.
  for (const [i, state] of ["delayed", "completed", "completed"].entries())
    await untilAsync(async () => (await queue.getJobState(jobs[i]!.id!)) === state);
  working.child.kill("SIGTERM");
  const { stderr } = await working.ended;
  expect(stderr).toMatch(/expected a trial of Batchscope .*, got one of 0\.0\.1/);
  expect(stderr).toContain('expected trials, got "mail"');
  expect(runsIn(join(cwd, "store"))).toHaveLength(2);
  await queue.close();
  client.disconnect();
});

async function untilAsync(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 50));
}

test("a server with a certificate of its own is trusted by NODE_EXTRA_CA_CERTS, and refused without", async () => {
  const own = await startRedis({ encrypted: true });
  const cwd = place("encrypted");
  const refused = await batchscope([...tiny(2), ...inQueue("encrypted", own)], { cwd });
  expect([refused.code, message(refused)]).toEqual([2, expect.stringContaining("set NODE_EXTRA_CA_CERTS to the file")]);
  const env = { NODE_EXTRA_CA_CERTS: own.certificate };
  const argv = ["worker", ...inQueue("encrypted", own), "--dir", "store"];
  const study = start([...tiny(2), ...inQueue("encrypted", own)], { cwd, env });
  await study.said("No worker takes trials");
  const working = start(argv, { cwd, env });
  const { code, stderr } = await study.ended;
  expect(code, stderr).toBe(0);
  expectEachOnce(cwd, 2);
  working.child.kill("SIGTERM");
  await working.ended;
  await own.remove();
});

test("a judgement is trained by workers, to the same looks as here", async () => {
  const asked = ["judge", "learning-rate=0.1", "learning-rate=0.001", "--model", "linear", "--data", "iris"];
  const measured = ["--epochs", "1", "--metric", "validation-loss", "--minimum-effect", "0.02", "--most-seeds", "6"];
  const judge = [...asked, ...measured, "--confirmation-share", "0", "--study", "s", "--dir", "store", "--json"];
  const [far, here] = [place("judged"), place("judged-here")];
  const study = start([...judge, ...inQueue("judged")], { cwd: far });
  await study.said("No worker takes trials");
  const working = worker("judged", far);
  const calm = await batchscope([...judge, "--jobs", "2"], { cwd: here });
  const end = await study.ended;
  expect(end.code, end.stderr).toBe(calm.code);
  working.child.kill("SIGTERM");
  await working.ended;
  const looks = (cwd: string) =>
    readFileSync(join(cwd, "store/studies/s/looks.jsonl"), "utf8").replaceAll(/"at":"[^"]*"/g, "");
  expect(looks(far)).toBe(looks(here));
});

test("the password is in no file and in nothing that is said", async () => {
  const cwd = place("secret");
  const working = worker("secret", cwd);
  const { code, stdout, stderr } = await start([...tiny(2), ...inQueue("secret")], { cwd }).ended;
  expect(code, stderr).toBe(0);
  working.child.kill("SIGTERM");
  const said = stdout + stderr + (await working.ended).stderr;
  const files = readdirSync(cwd, { recursive: true, encoding: "utf8" }).map((name) => join(cwd, name));
  const written = files.filter((path) => statSync(path).isFile());
  const reveals = (text: string) => text.split("\n").filter((line) => line.includes(redis.password));
  expect(reveals(said)).toEqual([]);
  for (const path of written) expect([path, reveals(readFileSync(path, "latin1"))]).toEqual([path, []]);
  const wrong = await batchscope([...tiny(2), "--queue", `redis://:another@127.0.0.1:${redis.port}`], { cwd });
  expect([wrong.code, message(wrong)]).toEqual([2, expect.stringContaining("got one that it refuses")]);
  expect(wrong.stderr).not.toContain("another");
});
