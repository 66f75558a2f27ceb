import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { random } from "../../src/tensor/random.ts";
import { scratch } from "../cli/harness.ts";
import { startRedis } from "./redis.ts";
import { childrenOf, expectEachOnce, keepWorker, numbersOf, persisted, tiny, trialLines, until } from "./scene.ts";

/**
 * Studies whose workers and whose own process are killed with no word, at moments that a seed chooses: no trial is
 * lost, none is counted twice, and each comes to what it comes to undisturbed. `BATCHSCOPE_STORM` sets how many trials.
 */
const trials = Number(process.env.BATCHSCOPE_STORM || 200);
const generator = random(20_261_130);

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ascending numbers of trials, at which something happens. */
const moments = (count: number, last: number) =>
  Array.from({ length: count }, () => Math.floor(generator.uniform() * last)).toSorted((a, b) => a - b);

const place = (name: string) => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};

/** How often something was killed before its end: a storm in which nothing is would show nothing. */
const kills = { studies: 0, workers: 0, trials: 0 };
afterAll(() =>
  console.log(
    `${trials} trials each: killed ${kills.studies} studies, ${kills.workers} workers and ${kills.trials} trials`,
  ),
);

/** Whole runs by trial, of each study. */
const studies = new Map<string, Map<string, string>>();

test("by processes of this machine, these and the study's own process killed", async () => {
  const cwd = place("jobs");
  let [study, isOver] = [0, false];
  const killTrials = async () => {
    for (const at of moments(Math.max(4, trials / 10), trials * 0.9)) {
      await until(() => isOver || (begunIn(cwd) >= at && childrenOf(study).length > 0));
      if (isOver) return;
      const own = childrenOf(study);
      // One may have ended meanwhile.
      if (own.length > 0 && kill(own[generator.integer(own.length)]!)) kills.trials++;
    }
  };
  const raging = killTrials();
  // A trial that is killed has failed, and is tried again.
  const end = await persisted([...tiny(trials), "--jobs", "2", "--retries", "20"], cwd, moments(4, trials * 0.9), {
    killed: () => kills.studies++,
    begun: (pid) => (study = pid),
    withChildren: true,
  });
  isOver = true;
  await raging;
  expect(end.code, end.stderr).toBe(0);
  expect(kills.studies).toBeGreaterThan(1);
  expect(kills.trials).toBeGreaterThan(1);
  studies.set("jobs", expectEachOnce(cwd, trials));
});

const begunIn = (cwd: string) => trialLines(cwd).filter(({ state }) => state === "running").length;

/** Whether there was a process of this number. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

test("by workers of a queue, these and the study's own process killed", async () => {
  const cwd = place("queue");
  const redis = await startRedis();
  const env = { BATCHSCOPE_REDIS_PASSWORD: redis.password };
  const address = `redis://127.0.0.1:${redis.port}`;
  const argv = ["worker", "--queue", address, "--dir", "store", "--lost-after", "2"];
  const workers = Array.from({ length: 3 }, () => keepWorker(argv, cwd, env));
  const before = kills.studies;
  let isOver = false;
  const storm = async () => {
    for (const at of moments(Math.max(4, trials / 10), trials * 0.9)) {
      await until(() => isOver || begunIn(cwd) >= at);
      if (isOver) return;
      await workers[generator.integer(workers.length)]!.replace();
      kills.workers++;
    }
  };
  const raging = storm();
  const killed = () => kills.studies++;
  const end = await persisted([...tiny(trials), "--queue", redis.url], cwd, moments(4, trials * 0.9), { killed });
  isOver = true;
  await raging;
  expect(end.code, end.stderr).toBe(0);
  expect(end.stderr).not.toContain(redis.password);
  expect(kills.studies).toBeGreaterThan(before + 1);
  expect(kills.workers).toBeGreaterThan(1);
  studies.set("queue", expectEachOnce(cwd, trials));
  for (const { code } of await Promise.all(workers.map((worker) => worker.stop()))) expect(code).toBe(143);
  await redis.remove();
});

test("what each trial came to is what it comes to undisturbed", async () => {
  const cwd = place("calm");
  // The trials of fewer seeds are the first of them; all others are told from each other below.
  const few = Math.min(trials, trials < 100 ? 12 : 24);
  const end = await persisted([...tiny(few), "--jobs", "2"], cwd, []);
  expect(end.code, end.stderr).toBe(0);
  const calm = expectEachOnce(cwd, few);
  for (const [trial, run] of calm)
    for (const [name, runs] of studies)
      expect(numbersOf(join(folder, name), runs.get(trial)!), name).toEqual(numbersOf(cwd, run));
  // Both storms made all of them.
  const [[first, runs], ...others] = [...studies] as [
    [string, Map<string, string>],
    ...[string, Map<string, string>][],
  ];
  for (const [trial, run] of runs)
    for (const [name, other] of others)
      expect(numbersOf(join(folder, name), other.get(trial)!)).toEqual(numbersOf(join(folder, first), run));
});
