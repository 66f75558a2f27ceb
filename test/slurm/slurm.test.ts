import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listRows } from "../../src/store/runIndex.ts";
import { batchscope, scratch } from "../cli/harness.ts";
import { expectEachOnce, tiny } from "../storm/scene.ts";
import { type Cluster, startCluster, whyNoCluster } from "./cluster.ts";

/** A Slurm of this machine alone trains the trials of a study. */
const reason = whyNoCluster();
const folder = scratch();
let cluster: Cluster;
beforeAll(async () => {
  // What was asked for and cannot be tried is no success.
  if (reason !== null) throw new Error(`expected Slurm on this machine, got none: ${reason}`);
  cluster = await startCluster();
});
afterAll(() => {
  cluster?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const place = (name: string) => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};
const given = (cwd: string, argv: readonly string[]) => batchscope([...argv, "--slurm"], { cwd, env: cluster.env });
const inSlurm = () =>
  execFileSync("squeue", ["--noheader"], { env: { ...process.env, ...cluster.env }, encoding: "utf8" }).trim();
const over = async () => {
  while (inSlurm() !== "") await setTimeout(500);
};

test("the same command submits, leaves alone what waits, submits what is missing, and gathers", async () => {
  const cwd = place("array");
  const first = JSON.parse((await given(cwd, tiny(6))).stdout);
  expect(first).toMatchObject({ study: "s", slurm: { submitted: 6, there: 0, trials: 6, ended: 0 } });
  expect(readFileSync(join(cwd, "store/studies/s/slurm/array.sbatch"), "utf8")).toContain("--array=1-6");
  const second = JSON.parse((await given(cwd, tiny(6))).stdout).slurm;
  if (second) expect(second.submitted).toBe(0);
  await over();
  const lost = listRows(join(cwd, "store")).rows[0]!;
  rmSync(join(cwd, "store", "runs", lost.id), { recursive: true });
  expect(JSON.parse((await given(cwd, tiny(6))).stdout)).toMatchObject({ slurm: { submitted: 1, ended: 5 } });
  await over();
  const last = await given(cwd, tiny(6));
  expect(last.code, last.stderr).toBe(0);
  expect(JSON.parse(last.stdout)).toMatchObject({ complete: true, arms: [{ seeds: 3 }, { seeds: 3 }] });
  expectEachOnce(cwd, 6);
});

test("a trial that is warned of its time limit ends with a checkpoint and goes on in the same run", async () => {
  const cwd = place("limit");
  const long = tiny(2).map((word) => (word === "examples=64" ? "examples=200000" : word));
  const submitted = JSON.parse((await given(cwd, long)).stdout);
  const { job } = submitted.slurm;
  const rows = () => listRows(join(cwd, "store")).rows;
  const running = () => rows().filter(({ status }) => status === "running");
  while (running().length === 0) await setTimeout(200);
  const { id } = running()[0]!;
  // As Slurm itself does it a minute before the limit.
  execFileSync("scancel", ["--batch", "--signal=USR1", job], { env: { ...process.env, ...cluster.env } });
  while (rows().find((row) => row.id === id)!.status !== "finished") await setTimeout(500);
  await over();
  const last = await given(cwd, long);
  expect(last.code, last.stderr).toBe(0);
  expectEachOnce(cwd, 2);
  expect(rows()).toHaveLength(2);
  expect(readFileSync(join(cwd, `store/runs/${id}/log.txt`), "utf8")).toMatch(/SIGUSR1|goes on|going on/i);
});

test("a sweep is submitted, and gathered from its store alone to the same numbers as here", async () => {
  const cwd = place("sweep");
  const asked = ["sweep", "--model", "linear", "--data", "iris", "--grid", "learning-rate=1e-3,1e-1", "--seeds", "2"];
  const sweep = [...asked, "--budget", "examples=64", "--study", "s", "--json"];
  const script = await given(cwd, [...sweep.slice(0, -1), "--dir", "store", "--dry-run"]);
  expect([script.code, script.stdout]).toEqual([0, expect.stringContaining("#SBATCH --array=1-4\n")]);
  const submitted = await given(cwd, [...sweep, "--dir", "store"]);
  expect(JSON.parse(submitted.stdout), submitted.stderr).toMatchObject({
    slurm: { submitted: 4, trials: 4, ended: 0 },
  });
  await over();
  const collected = await batchscope(["sweep", "collect", "s", "--dir", join(cwd, "store"), "--json"], { cwd: folder });
  expect(collected.code, collected.stderr).toBe(0);
  const here = await batchscope([...sweep, "--dir", "here", "--jobs", "2"], { cwd });
  const results = ({ stdout }: { stdout: string }) =>
    JSON.parse(stdout).trials.map(({ id, result: { loss } }: { id: string; result: { loss: number } }) => [id, loss]);
  expect(results(collected)).toEqual(results(here));
});

test("no Slurm is one line", async () => {
  const none = await batchscope([...tiny(2), "--slurm"], { cwd: place("none"), env: { SLURM_CONF: "/nowhere" } });
  expect([none.code, none.stdout]).toEqual([5, ""]);
  expect(none.stderr).toMatch(/^batchscope: error: --slurm: expected sbatch to do it, got: .*$/m);
});
