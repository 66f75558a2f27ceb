import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { trainTask } from "../../src/experiment/slurm/tasks.ts";
import { runsIn, scratch } from "./harness.ts";
import { tryHere } from "./inProcess.ts";

/** A cluster that takes whatever it is given and trains nothing, so that tests say when a task runs. */
const folder = scratch();
const programs = join(folder, "bin");
mkdirSync(programs);
const program = (name: string, text: string) => {
  writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(programs, name), 0o755);
};
// As Slurm does it, which hands the environment to its tasks by a file.
program("sbatch", `env > ${join(folder, "environment")}; echo 7`);
program("squeue", "true");
const onCluster = () => vi.stubEnv("PATH", `${programs}${delimiter}${process.env.PATH}`);
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const store = join(folder, "store");
const data = join(folder, "points.csv");
const table = (last: number) => `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${2 * i}`).join("\n")}\n9,${last}\n`;
writeFileSync(data, table(18));
const subject = ["--model", "linear", "--data", data, "--target", "y", "--task", "regression", "--epochs", "1"];
const sweep = ["sweep", ...subject, "--grid", "batch-size=4,8", "--seeds", "1", "--study", "s", "--dir", store];
const never = new AbortController().signal;
const json = async (...argv: string[]) => {
  const { printed, text } = await tryHere(...argv, "--json");
  return printed === "" ? text : JSON.parse(printed);
};

test.each([
  ["compare", ["compare", ...subject, "--batch-size", "4,8", "--seeds", "2", "--study", "c", "--dir", store], "1-4"],
  ["sweep", sweep, "1-2"],
])("%s --slurm --dry-run prints the script and writes nothing", async (_, argv, tasks) => {
  const { code, printed, text } = await tryHere(...argv, "--slurm", "--slurm-options", "--time=1:00", "--dry-run");
  expect([code, text]).toEqual([0, ""]);
  expect(printed).toMatch(/^#!\/bin\/sh\n/);
  expect(printed).toContain(`\n#SBATCH --array=${tasks}\n`);
  expect(printed).toContain("\n#SBATCH --time=1:00\n");
  expect(existsSync(store)).toBe(false);
});

test("a cluster is given trials that are known before", async () => {
  for (const way of ["--halving", "--median-stopping"])
    expect(await tryHere(...sweep, "--trials", "2", "--slurm", way)).toMatchObject({ code: 2 });
  const stopped = await tryHere(...sweep, "--slurm", "--median-stopping");
  expect(stopped.text).toContain("--median-stopping: expected trials that are all known before, as --slurm is given");
});

test("a sweep is submitted, its tasks write into the store, and collect gathers without its data", async () => {
  onCluster();
  vi.stubEnv("BATCHSCOPE_REDIS_PASSWORD", "hunter2");
  expect(await json(...sweep, "--slurm")).toMatchObject({ study: "s", slurm: { job: "7", submitted: 2, ended: 0 } });
  expect(readFileSync(join(store, "studies/s/slurm/array.sbatch"), "utf8")).toContain("#SBATCH --array=1-2\n");
  const environment = readFileSync(join(folder, "environment"), "utf8");
  expect([environment.includes("PATH="), environment.includes("hunter2")]).toEqual([true, false]);
  expect(await json("sweep", "collect", "s", "--dir", store)).toMatchObject({ complete: false, best: null });

  // A machine with other data at that path refuses its trial.
  writeFileSync(data, table(19));
  expect(await trainTask(store, "s/1", never)).toMatchObject({ state: "failed", run: null });
  writeFileSync(data, table(18));
  expect(await trainTask(store, "s/2", never)).toMatchObject({ state: "done" });
  rmSync(data);
  const half = await tryHere("sweep", "collect", "s", "--dir", store, "--json");
  expect(half.exitCode).toBe(1);
  const found = JSON.parse(half.printed);
  expect(found.trials.map(({ state }: { state: string }) => state).toSorted()).toEqual(["done", "failed"]);
  expect(JSON.stringify(found)).toMatch(/--data: expected the training data of the study .* \(on [^)]+\)/);
  expect(readdirSync(join(store, "studies/s/slurm/failed"))).toEqual([]);
  expect(existsSync(join(store, "studies/s/report.html"))).toBe(true);
  expect(await tryHere("sweep", "collect", "none", "--dir", store)).toMatchObject({ code: 4 });

  // What failed once too often is not submitted again, and is said.
  writeFileSync(data, table(18));
  expect(await json(...sweep, "--slurm", "--retries", "0")).toMatchObject({ sweep: "s", best: { settings: 1 } });
  expect(await json(...sweep, "--slurm")).toMatchObject({ slurm: { job: "7", submitted: 1, ended: 1 } });
  expect(await trainTask(store, "s/1", never)).toMatchObject({ state: "done" });
  const whole = await json("sweep", "collect", "s", "--dir", store);
  expect(whole).toMatchObject({ complete: true, best: { settings: 2 } });
  expect(await json(...sweep, "--slurm")).toMatchObject({ trials: whole.trials, complete: true });
  expect(runsIn(store)).toHaveLength(2);
});

const silent = (study: string) => [...sweep.map((word) => (word === "s" ? study : word)), "--slurm"];
const comparison = ["compare", ...subject, "--batch-size", "4,8", "--seeds", "1", "--study", "c", "--dir", store];

test.each([
  ["a sweep", silent("silent")],
  ["a comparison", [...comparison, "--slurm"]],
])("of %s, tasks that Slurm has no more and that said nothing count as attempts", async (_, argv) => {
  onCluster();
  writeFileSync(data, table(18));
  expect(await json(...argv)).toMatchObject({ slurm: { submitted: 2, ended: 0 } });
  // One retry is the default.
  expect(await json(...argv)).toMatchObject({ slurm: { submitted: 2, ended: 0 } });
  const { exitCode, printed, text } = await tryHere(...argv, "--json");
  expect([exitCode, printed]).toEqual([1, expect.stringMatching(/^\{/)]);
  expect(printed + text).toContain("task 1 of Slurm's job 7 ended without a word; its log is slurm/7_1.log");
  expect(await json(...argv, "--retries", "2")).toMatchObject({ slurm: { submitted: 2, ended: 0 } });
  const id = argv[argv.indexOf("--study") + 1]!;
  for (const task of [1, 2]) expect(await trainTask(store, `${id}/${task}`, never)).toMatchObject({ state: "done" });
  expect(await json(...argv)).not.toHaveProperty("slurm");
});

test("a task that was ended in order is submitted again, and counts as no attempt", async () => {
  onCluster();
  const argv = [...silent("ended"), "--retries", "0"];
  expect(await json(...argv)).toMatchObject({ slurm: { submitted: 2 } });
  for (const task of [1, 2])
    expect(await trainTask(store, `ended/${task}`, AbortSignal.abort())).toMatchObject({ state: "stopped" });
  expect(await json(...argv)).toMatchObject({ slurm: { submitted: 2, ended: 0 } });
});

test("tasks that wait in Slurm are left alone", async () => {
  onCluster();
  const argv = silent("waiting");
  expect(await json(...argv)).toMatchObject({ slurm: { submitted: 2 } });
  program("squeue", "printf '7 1\\n7 2\\n'");
  expect(await json(...argv)).toMatchObject({ slurm: { job: null, submitted: 0, there: 2 } });
  program("squeue", "true");
});
