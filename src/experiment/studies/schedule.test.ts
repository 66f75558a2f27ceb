import { expect, test } from "vitest";
import { hasEnded, type Recorded, runTrials, type StudyEvent, type Trial, type TrialEnd } from "./schedule.ts";

const trials: Trial[] = ["a", "b", "c", "d"].map((key) => ({
  key,
  arm: key,
  seed: 0,
  stage: "comparison",
  configuration: {},
  fingerprints: {},
}));
const done: TrialEnd = { state: "done", run: "r", reason: null };
const failed: TrialEnd = { state: "failed", run: null, reason: "killed" };

/** Runs them, each attempt ending when `finish` is called for it; says what was recorded and told. */
function scheduled(jobs: number, retries = 1, before: Parameters<typeof runTrials>[1] = new Map()) {
  const open = new Map<string, (end: TrialEnd) => void>();
  const records: string[] = [];
  const events: StudyEvent[] = [];
  const controller = new AbortController();
  const run = runTrials(trials, before, {
    jobs,
    retries,
    signal: controller.signal,
    listen: (event) => events.push(event),
    record: ({ key }, { state, attempt }: Recorded) => records.push(`${key} ${state} ${attempt}`),
    start: ({ key }) => new Promise((resolve) => open.set(key, resolve)),
  });
  const finish = async (key: string, end: TrialEnd = done) => {
    open.get(key)!(end);
    open.delete(key);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { run, open, records, events, finish, controller };
}

test("the next trial starts when any slot is free, and never more than the jobs", async () => {
  const { run, open, finish, records } = scheduled(2);
  expect([...open.keys()]).toEqual(["a", "b"]);
  await finish("b");
  expect([...open.keys()]).toEqual(["a", "c"]);
  await finish("c");
  await finish("d");
  await finish("a");
  await run;
  expect(records.filter((line) => line.includes("done"))).toEqual(["b done 1", "c done 1", "d done 1", "a done 1"]);
});

test("a failed trial is tried again after those that wait, and so often; a diverged one is not", async () => {
  const { run, finish, records, events } = scheduled(1, 1);
  await finish("a", failed);
  await finish("b", { state: "diverged", run: "r", reason: null });
  await finish("c");
  await finish("d");
  await finish("a", failed);
  await run;
  expect(records.filter((line) => !line.includes("running"))).toEqual([
    ...["a failed 1", "b diverged 1", "c done 1", "d done 1", "a failed 2"],
  ]);
  expect(events.flatMap((event) => (event.kind === "ended" && event.again ? [event.trial.key] : []))).toEqual(["a"]);
});

test("what has ended before is not made again, what failed or was stopped is, counting on", async () => {
  const places = { a: "done", b: "diverged", c: "failed", d: "stopped" } as const;
  const before = new Map(Object.entries(places).map(([key, state]) => [key, { state, attempt: 3 }]));
  const { run, finish, records, events } = scheduled(1, 0, before);
  expect(events[0]).toEqual({ kind: "begin", trials: 4, ended: 2 });
  await finish("c");
  await finish("d");
  await run;
  expect(records).toEqual(["c running 4", "c done 4", "d running 4", "d done 4"]);
  expect([hasEnded("waiting"), hasEnded(undefined)]).toEqual([false, false]);
});

test("a stop starts no other, waits for those that run, and tries nothing again", async () => {
  const { run, open, finish, records, controller } = scheduled(2);
  controller.abort();
  await finish("a", { state: "stopped", run: null, reason: "SIGINT" });
  await finish("b", failed);
  await run;
  expect(open.size).toBe(0);
  expect(records.filter((line) => !line.includes("running"))).toEqual(["a stopped 1", "b failed 1"]);
});

test("where the records cannot be written the study ends with those that run", async () => {
  const full = new Error("full disk");
  let started = 0;
  const run = runTrials(trials, new Map(), {
    jobs: 2,
    retries: 5,
    record: (_, { state }) => {
      if (state === "done") throw full;
    },
    start: async () => {
      started++;
      return done;
    },
  });
  await expect(run).rejects.toBe(full);
  expect(started).toBe(2);
});
