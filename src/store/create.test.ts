import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { checkpointBytes, epochRecord, json, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { UsageError } from "../tensor/errors.ts";
import { listCheckpoints, readCheckpoint, saveCheckpoint } from "./checkpoints.ts";
import { createRun } from "./create.ts";
import { readMetrics } from "./metricsReader.ts";
import { resumeRun, takeRun } from "./resumeRun.ts";
import { openRun, readConfig } from "./runs.ts";
import { storeDirectory } from "./storeDirectory.ts";

const hex = vi.hoisted(() => ({ next: [] as string[] }));
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  const randomBytes = (n: number) =>
    hex.next.length > 0 ? Buffer.from(hex.next.shift()!, "hex") : crypto.randomBytes(n);
  return { ...crypto, randomBytes };
});

const store = scratchStore();

describe("creating", () => {
  test("makes the directory with its files", () => {
    const run = createRun(store.directory, runOptions);
    expect(run.id).toMatch(/^20261121-205901-mlp-mnist-0-1-[0-9a-f]{4}$/);
    expect(run.path).toBe(join(store.directory, "runs", run.id));
    expect(readdirSync(run.path).sort()).toEqual([
      "command.txt",
      "config.yaml",
      "environment.json",
      "lock",
      "reserve",
      "run.json",
    ]);
    expect(json(run, "run.json")).toMatchObject({
      schemaVersion: 1,
      id: run.id,
      name: "mnist_0-1",
      description: "first try",
      status: "running",
      pid: process.pid,
      startedAt: "2026-11-21T20:59:01.250Z",
      heartbeatAt: "2026-11-21T20:59:01.250Z",
      finishedAt: null,
      exitReason: null,
    });
    expect(readConfig(run)).toEqual(runOptions.config);
    expect(readFileSync(join(run.path, "command.txt"), "utf8")).toBe(`${runOptions.command}\n`);
  });

  test("records what else decided the numbers", () => {
    const environment = json(createRun(store.directory, runOptions), "environment.json");
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(environment.versions).toMatchObject({ batchscope: version, node: process.versions.node });
    expect(environment.versions["onnxruntime-node"]).toMatch(/^\d+\.\d+/);
    expect(environment.seeds).toEqual(runOptions.seeds);
    const sha = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).stdout.trim();
    expect(environment.git).toEqual(sha === "" ? null : { sha, dirty: expect.any(Boolean) });
  });

  test("never uses an id twice", () => {
    hex.next = ["0001", "0001", "0002"];
    const [first, second] = [createRun(store.directory, runOptions), createRun(store.directory, runOptions)];
    expect([first.id.slice(-4), second.id.slice(-4)]).toEqual(["0001", "0002"]);
  });

  test.each([
    ["models/My Net.onnx", "data set", "my-net-data-set"],
    ["層", "層", "run"],
    ["a".repeat(50), "mnist", "a".repeat(40)],
  ])("model %j and data %j make an id of %s", (model, name, words) => {
    expect(createRun(store.directory, { ...runOptions, model, name }).id.slice(16, -5)).toBe(words);
  });

  test("a directory that cannot be written is named", () => {
    const file = join(store.directory, "file");
    writeFileSync(file, "");
    expect(() => createRun(file, runOptions)).toThrow(
      /^createRun: expected a directory that can be written, got .*\/file \(E[A-Z]+.*\); pass `dir` or set BATCH/,
    );
  });

  test("the directory is the flag, the variable or ./batchscope", () => {
    vi.stubEnv("BATCHSCOPE_DIR", "");
    expect(storeDirectory()).toBe(join(process.cwd(), "batchscope"));
    vi.stubEnv("BATCHSCOPE_DIR", "/from/variable");
    expect(storeDirectory()).toBe("/from/variable");
    expect(storeDirectory("flag")).toBe(join(process.cwd(), "flag"));
    vi.unstubAllEnvs();
  });
});

describe("resuming", () => {
  const { config, command } = runOptions;
  const decided = { config: { ...config, epochs: 9 }, command: `${command} \`epochs\` 9` };
  const bytes = (step: number) => checkpointBytes(step);

  test("takes back what came after the checkpoint and goes on", () => {
    const run = createRun(store.directory, runOptions);
    for (const step of [1, 2, 3, 4]) run.appendMetric(stepRecord(step));
    run.saveCheckpoint({ epoch: 0, step: 4, bytes: bytes(4) });
    // The evaluation of this very step came after the checkpoint.
    run.appendMetric(epochRecord(1, 4));
    run.appendMetric(stepRecord(5));
    run.finish("interrupted", "SIGINT");
    writeFileSync(join(run.path, "metrics.jsonl"), '{"kind":"st', { flag: "a" });
    vi.advanceTimersByTime(60_000);

    const resumed = resumeRun(takeRun(openRun(store.directory, run.id)), decided);
    const steps = [1, 2, 3, 4].map((step) => stepRecord(step));
    expect([resumed.checkpoint?.step, resumed.metrics, readMetrics(run)]).toEqual([4, steps.slice(-1), steps]);
    expect(openRun(store.directory, run.id).record).toMatchObject({
      status: "running",
      startedAt: "2026-11-21T20:59:01.250Z",
      heartbeatAt: "2026-11-21T21:00:01.250Z",
      finishedAt: null,
      exitReason: null,
      resumes: [{ at: "2026-11-21T21:00:01.250Z", step: 4 }],
    });
    expect(readConfig(run)).toEqual(decided.config);
    resumed.writer.appendMetric(epochRecord(1, 4));
    resumed.writer.appendMetric(stepRecord(5, 0.5));
    resumed.writer.saveCheckpoint({ epoch: 1, step: 5, bytes: bytes(5) });
    resumed.writer.finish("finished", null);
    expect(readMetrics(run)).toEqual([...steps, epochRecord(1, 4), stepRecord(5, 0.5)]);
    const again = takeRun(openRun(store.directory, run.id));
    expect(again.checkpoint).toMatchObject({ step: 5, metrics: 6 });
    again.lock.release();
  });

  test("begins again where no checkpoint was saved", () => {
    const run = createRun(store.directory, runOptions);
    run.appendMetric(stepRecord(1));
    run.finish("interrupted", "SIGINT");
    const resumed = resumeRun(takeRun(openRun(store.directory, run.id)), decided);
    expect([resumed.checkpoint, resumed.metrics, readMetrics(run)]).toEqual([null, [], []]);
    resumed.writer.finish("finished", null);
  });

  test("does what a process that was killed right after a checkpoint did not come to", () => {
    const run = createRun(store.directory, runOptions);
    for (const step of [1, 2, 3]) run.saveCheckpoint({ epoch: 0, step, bytes: bytes(step), best: step === 1 });
    saveCheckpoint(run, { epoch: 0, step: 4, bytes: bytes(4), best: true, metrics: 0 });
    run.finish("failed", "");
    resumeRun(takeRun(openRun(store.directory, run.id)), { ...decided, keepCheckpoints: 2 }).writer.finish(
      "finished",
      null,
    );
    expect(["best", "last"].map((name) => json(run, `checkpoints/${name}.json`).step)).toEqual([4, 4]);
    expect(listCheckpoints(run).map(({ step }) => step)).toEqual([3, 4]);
  });

  test("removes damaged checkpoints after the one that it goes on from, and what was half written", () => {
    const run = createRun(store.directory, runOptions);
    run.saveCheckpoint({ epoch: 1, step: 5, bytes: bytes(5) });
    writeFileSync(run.saveCheckpoint({ epoch: 2, step: 10, bytes: bytes(10) }).path, "damaged");
    run.finish("failed", "");
    for (const name of ["run.json.1.tmp", "checkpoints/epoch=003-step=0000015.safetensors.77.tmp"])
      writeFileSync(join(run.path, name), "half");
    const taken = takeRun(openRun(store.directory, run.id));
    expect([taken.checkpoint?.step, taken.damaged.length, listCheckpoints(run).length]).toEqual([5, 1, 2]);
    resumeRun(taken, decided).writer.finish("finished", null);
    expect(listCheckpoints(run).map(({ step }) => step)).toEqual([5]);
    expect(json(run, "checkpoints/last.json")).toMatchObject({ step: 5 });
    expect(readdirSync(run.path, { recursive: true }).filter((name) => String(name).endsWith(".tmp"))).toEqual([]);
  });

  test("is refused while the run goes on, and to the second of two who come at once", () => {
    const created = createRun(store.directory, runOptions);
    const refusal = `resume: expected a run that has ended, got ${created.id}, running as process ${process.pid} on`;
    expect(() => takeRun(openRun(store.directory, created.id))).toThrow(UsageError);
    expect(() => takeRun(openRun(store.directory, created.id))).toThrow(refusal);
    created.finish("interrupted", "SIGINT");
    const seen = openRun(store.directory, created.id);
    const first = takeRun(seen);
    expect(() => takeRun(seen)).toThrow(refusal);
    first.lock.release();
    takeRun(seen).lock.release();
  });

  test("a run that was killed while writing is whole", async () => {
    const module = new URL("./create.ts", import.meta.url).href;
    const program = `
      const { createRun } = await import(${JSON.stringify(module)});
      const { encodeSafetensors } = await import(${JSON.stringify(new URL("../data/files/safetensors.ts", import.meta.url).href)});
      const run = createRun(${JSON.stringify(store.directory)}, ${JSON.stringify(runOptions)});
      for (let step = 1; ; step++) {
        run.appendMetric({ ...${JSON.stringify(stepRecord(1))}, step });
        const data = new Float32Array(25_000).fill(step);
        const bytes = encodeSafetensors(new Map([["weight", { type: "float32", shape: [data.length], data }]]));
        run.saveCheckpoint({ epoch: 1, step, bytes });
        if (step === 20) console.log("killme");
      }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    // The child's clock was the real one.
    vi.useRealTimers();

    const run = openRun(store.directory, "latest");
    expect(run.status).toBe("lost");
    const checkpoints = listCheckpoints(run);
    expect(checkpoints.length).toBeGreaterThanOrEqual(20);
    for (const checkpoint of checkpoints) {
      const { tensors } = decodeSafetensors(readCheckpoint(checkpoint), checkpoint.path);
      expect(new Set(tensors.get("weight")!.data as Float32Array)).toEqual(new Set([checkpoint.step]));
    }
    const last = checkpoints.at(-1)!.step;
    const recorded = readMetrics(run).map(({ step }) => step);
    expect(recorded.slice(0, last)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    resumeRun(takeRun(run), decided).writer.finish("finished", null);
    expect(readMetrics(run)).toHaveLength(last);
  });
});

test("a run in a folder that was renamed has its name in its record once it is gone on with", () => {
  const run = createRun(store.directory, runOptions);
  run.finish("interrupted", "SIGINT");
  const path = join(store.directory, "runs/renamed");
  renameSync(run.path, path);
  const opened = openRun(store.directory, "renamed");
  expect(opened).toMatchObject({ path, record: { id: "renamed" }, otherId: run.id });
  resumeRun(takeRun(opened), { config: runOptions.config, command: runOptions.command }).writer.finish(
    "finished",
    null,
  );
  expect(openRun(store.directory, "renamed")).not.toHaveProperty("otherId");
});
