import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanEnvironment, follow, runsIn, type Started, scratch } from "./harness.ts";

const bin = fileURLToPath(new URL("../../bin/batchscope.js", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = scratch();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const training = (epochs: number) =>
  `train --model mlp --data iris --batch-size 8 --epochs ${epochs} --checkpoint-every 100000 --progress none --dir store`;
/** Longer than any test. */
const ENDLESS = 10_000_000;

/** A line of the shell; `batchscope` stands for the command. */
function shell(line: string): Started {
  const command = line.replaceAll("batchscope", `'${process.execPath}' '${bin}'`);
  const child = spawn("bash", ["-c", command], {
    cwd: folder,
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  return follow(child);
}

/** In a job of its own: what started these tests may itself ignore the end of a terminal. */
function start(argv: string, node: readonly string[] = []): Started {
  const options = { cwd: folder, env: cleanEnvironment(), detached: true, stdio: ["ignore", "pipe", "pipe"] } as const;
  return follow(spawn(process.execPath, [...node, bin, ...argv.split(" ")], { ...options, stdio: [...options.stdio] }));
}

/** The one run of the store. */
function run() {
  const store = join(folder, "store");
  const [id] = runsIn(store);
  const path = join(store, "runs", id!);
  const json = (name: string) => JSON.parse(readFileSync(join(path, name), "utf8"));
  const metrics = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
  return { id: id!, record: json("run.json"), path, json, lastStep: JSON.parse(metrics.at(-1)!).step as number };
}

/** That the run ended in order, by this signal: it has a checkpoint of what it reached. */
function expectInterrupted(signal: string) {
  const { record, json, lastStep } = run();
  expect(record).toMatchObject({ status: "interrupted", exitReason: signal });
  expect(json("checkpoints/last.json").step).toBeGreaterThanOrEqual(lastStep);
}

describe("streams that end", () => {
  test.each([
    ["stderr closed", "2>&-", 0],
    ["stderr on a full disk", "2>/dev/full", 0],
    ["a reader of stderr that leaves", "2> >(head -1)", 0],
    ["a reader of both that leaves", "> >(head -1) 2>&1", 0],
    ["both closed", ">&- 2>&-", 0],
    ["stdout on a full disk", ">/dev/full", 1],
    ["both on a full disk", ">/dev/full 2>&1", 1],
  ])("%s: the run is whole", async (_, streams, code) => {
    const outcome = await shell(`batchscope ${training(60)} ${streams}; exit $?`).ended;
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).not.toMatch(/^ {4}at /m);
    const { record, path, lastStep } = run();
    expect(record).toMatchObject({ status: "finished", exitReason: null });
    expect(lastStep).toBe(900);
    // What nobody could read stands in the log.
    expect(readFileSync(join(path, "log.txt"), "utf8").match(/validation at epoch \d+: loss/g)).toHaveLength(60);
  });

  test.each([
    "models",
    "models --json",
    "doctor --json",
    "train --help",
    "batch-size-find --model mlp --data iris --maximum 2",
  ])("%s: a reader that leaves is no failure, a full disk is one, in a word", async (command) => {
    const read = await shell(`set -o pipefail; batchscope ${command} | head -c 1`).ended;
    expect([read.code, read.stdout.length]).toEqual([0, 1]);
    expect(read.stderr).not.toContain("EPIPE");
    const full = await shell(`batchscope ${command} >/dev/full`).ended;
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/^batchscope: error: stdout: expected room for the result, got ENOSPC[^\n]*\n$/m);
  });
});

const orderly = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGQUIT", 131],
  ["SIGHUP", 129],
  ["SIGUSR1", 138],
  ["SIGUSR2", 140],
  ["SIGXCPU", 152],
] as const;

/** A Node that says it is 20 starts another. */
const old = [
  "--import",
  `data:text/javascript,${encodeURIComponent(`process.argv[1].endsWith("batchscope.js") && Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })`)}`,
];

describe.runIf(process.platform === "linux")("signals", () => {
  const behind = orderly.filter(([signal]) => ["SIGTERM", "SIGHUP", "SIGUSR1"].includes(signal));
  test.each([
    ...orderly.map(([signal, code]) => [signal, "alone", code, []] as const),
    ...behind.map(([signal, code]) => [signal, "behind a launcher", code, old] as const),
  ])("%s ends a run %s in order", async (signal, _, code, node) => {
    const { child, said, ended } = start(training(ENDLESS), node);
    await said("validation at epoch");
    child.kill(signal);
    const outcome = await ended;
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).not.toMatch(/Debugger|^ {4}at /m);
    expectInterrupted(signal);
  });

  test("a run that a batch system warned is ended by the request that follows, in order", async () => {
    const { child, said, ended } = start(training(ENDLESS));
    await said("validation at epoch");
    for (const signal of ["SIGUSR1", "SIGUSR1", "SIGHUP", "SIGTERM"] as const) child.kill(signal);
    expect((await ended).code).toBeGreaterThan(128);
    expect(run().record.status).toBe("interrupted");
  });

  test("a launcher that is killed ends the run in order and leaves no process", async () => {
    const { child, said, ended } = start(training(ENDLESS), old);
    await said("validation at epoch");
    child.kill("SIGKILL");
    // Its streams are closed once nobody holds them.
    await ended;
    expectInterrupted("SIGTERM");
  });

  test.each([
    ["nohup", (command: string) => `nohup ${command}`],
    ["a shell that ignores it", (command: string) => `trap '' HUP; ${command}; true`],
    [
      // As npx is: it forgets what it ignored, and starts a shell that calls itself by its own name.
      "a program of Node's below nohup",
      (command: string) =>
        `nohup '${process.execPath}' -e 'require("child_process").spawn(process.argv[1], { shell: "/bin/bash", stdio: "inherit" })' "${command}; true"`,
    ],
    ["a script below nohup", (command: string) => `nohup bash -c "${command}; true"`],
  ])("the end of the terminal stays ignored where %s says so", async (_, line) => {
    // In a job of its own, as a shell at a terminal starts it.
    const { said, ended } = shell(`set -m; (${line(`batchscope ${training(ENDLESS)}`)})`);
    await said("validation at epoch");
    const { pid } = run().record;
    process.kill(pid, "SIGHUP");
    // Were the one before heard, it would be the reason.
    process.kill(pid, "SIGTERM");
    await ended;
    expectInterrupted("SIGTERM");
  });
});

test.runIf(process.platform === "linux")("a cache that cannot be written, or made, is done without", async () => {
  const row = (i: number) =>
    `${[1, 2, 3, 4, 5, 6, 7, 8].map((k) => ((i * 7919 * k) % 1009) / 1009).join(",")},${i % 2}`;
  const lines = Array.from({ length: 20_000 }, (_, i) => row(i));
  writeFileSync(join(folder, "big.csv"), ["a,b,c,d,e,f,g,h,label", ...lines].join("\n"));
  const train =
    "train --model mlp --data big.csv --data-memory 1 --batch-size 512 --epochs 1 --progress none --dir store";
  // What is made below /proc fails as if its parent were missing.
  for (const cache of ["/proc/none/cache", "$PWD/big.csv"]) {
    const { code, stderr } = await shell(`XDG_CACHE_HOME=${cache} batchscope ${train}`).ended;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
  }
  const refused = await shell(`batchscope ${train.replace("--dir store", "--dir /proc/none/store")}`).ended;
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/expected a directory that can be written/),
  ]);
});

test("a folder in which a run was only begun to be made is listed as such, and removed", async () => {
  const id = "20260101-120000-mlp-iris-0abc";
  mkdirSync(join(folder, "store/runs", id), { recursive: true });
  const listed = await start("runs --dir store --json").ended;
  expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [], damaged: [expect.stringContaining(`runs rm ${id}`)] });
  expect((await start(`runs rm ${id} --yes --dir store`).ended).code).toBe(0);
  expect(readdirSync(join(folder, "store/runs"))).toEqual([]);
  expect((await start("runs gc --trash-days 0 --dir store").ended).code).toBe(0);
  expect(readdirSync(join(folder, "store/trash"))).toEqual([]);
});

test("several runs, one after the other, end with the process that started them", async () => {
  const { child, said, ended } = start(`${training(ENDLESS)} --gradient-accumulation-steps 1,2`);
  await said("validation at epoch");
  child.kill("SIGKILL");
  await ended;
  expectInterrupted("SIGTERM");
  expect(readdirSync(join(folder, "store", "runs"))).toHaveLength(1);
});

test("a run of several whose process is killed has failed, and says why", async () => {
  const { said, ended } = start(`${training(ENDLESS)} --gradient-accumulation-steps 1,2`);
  await said("validation at epoch");
  process.kill(run().record.pid, "SIGKILL");
  const { code, stderr } = await ended;
  expect(code).toBe(137);
  expect(stderr).toContain("expected a run to end by itself, got SIGKILL");
  expect(run().record).toMatchObject({ status: "failed", exitReason: "ended by SIGKILL" });
});

test.each(["SIGFPE", "SIGSEGV", "SIGABRT", "SIGKILL"] as const)(
  "a run behind a launcher that ends by %s has failed, and says why",
  async (signal) => {
    const { said, ended } = start(training(ENDLESS), old);
    await said("validation at epoch");
    process.kill(run().record.pid, signal);
    await ended;
    expect(run().record).toMatchObject({ status: "failed", exitReason: `ended by ${signal}` });
  },
);

test("a run whose process was killed is lost, and the next reader says what that means", async () => {
  const { child, said, ended } = start(training(ENDLESS));
  await said("validation at epoch");
  child.kill("SIGKILL");
  await ended;
  const reason = /its process ended without a word: killed, out of memory, or a fault of the native library/;
  const { stdout } = await start("runs show latest --dir store").ended;
  expect(stdout).toMatch(/^\S+ {2}lost: its process ended without a word: killed, out of memory, [^\n]*\n/);
  await start("report latest --dir store --out report.html").ended;
  expect(readFileSync(join(folder, "report.html"), "utf8")).toMatch(new RegExp(`lost: ${reason.source}`));
  const listed = await start("runs --dir store --status lost --json").ended;
  expect(JSON.parse(listed.stdout).runs).toMatchObject([{ status: "lost", reason: expect.stringMatching(reason) }]);
  // What changes the store writes it down.
  await start("runs gc --dir store").ended;
  expect(run().record).toMatchObject({ status: "failed", exitReason: expect.stringMatching(reason) });
});
