import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DataError, NotFoundError, UsageError } from "../tensor/errors.ts";
import { plotPaths, readAnalysis, writeAnalysis } from "./analysis.ts";
import { listCheckpoints, readCheckpoint, selectCheckpoints } from "./checkpoints.ts";
import { createRun, type RunWriter, resumeRun } from "./create.ts";
import { readMetrics } from "./metrics.ts";
import { listRuns, openRun, readConfig, readSummary, storeDirectory } from "./runs.ts";
import type { AnalysisFile, EpochRecord, RunSummary, StepRecord } from "./schema.ts";

const hex = vi.hoisted(() => ({ next: [] as string[] }));
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  const randomBytes = (n: number) =>
    hex.next.length > 0 ? Buffer.from(hex.next.shift()!, "hex") : crypto.randomBytes(n);
  return { ...crypto, randomBytes };
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "batchscope-store-"));
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-21T20:59:01.250Z") });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

const options = {
  model: "mlp",
  name: "mnist_0-1",
  description: "first try",
  config: { model: "mlp", batchSize: 4, learningRate: 1e-3, window: [4, 4], patience: null, note: "yes" },
  command: "batchscope train --model mlp --data mnist",
  seeds: { initialization: 1, order: 2 },
};

const stepRecord = (step: number, loss = 1 / step): StepRecord => {
  return {
    kind: "step",
    step,
    epoch: 1,
    examples: 8 * step,
    loss,
    gradientNorm: 2.5,
    learningRate: 0.1,
    seconds: step,
  };
};

const epochRecord = (epoch: number, step: number): EpochRecord => {
  const metrics = { trainLoss: 0.3, trainAccuracy: 0.9, validationLoss: 0.4, validationAccuracy: 0.8 };
  return { kind: "epoch", epoch, step, examples: 8 * step, ...metrics, seconds: 2 };
};

const json = (run: { path: string }, name: string) => JSON.parse(readFileSync(join(run.path, name), "utf8"));

function backdate(run: RunWriter, change: object): void {
  writeFileSync(join(run.path, "run.json"), JSON.stringify({ ...json(run, "run.json"), ...change }));
}

describe("creating", () => {
  test("makes the directory with its four files", () => {
    const run = createRun(directory, options);
    expect(run.id).toMatch(/^20261121-205901-mlp-mnist-0-1-[0-9a-f]{4}$/);
    expect(run.path).toBe(join(directory, "runs", run.id));
    expect(readdirSync(run.path).sort()).toEqual(["command.txt", "config.yaml", "environment.json", "run.json"]);
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
    expect(readConfig(run)).toEqual(options.config);
    expect(readFileSync(join(run.path, "command.txt"), "utf8")).toBe(`${options.command}\n`);
  });

  test("records what else decided the numbers", () => {
    const environment = json(createRun(directory, options), "environment.json");
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(environment.versions).toMatchObject({ batchscope: version, node: process.versions.node });
    expect(environment.versions["onnxruntime-node"]).toMatch(/^\d+\.\d+/);
    expect(environment.seeds).toEqual(options.seeds);
    const sha = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).stdout.trim();
    if (sha === "") expect(environment.git).toBeNull();
    else expect(environment.git).toEqual({ sha, dirty: expect.any(Boolean) });
  });

  test("never uses an id twice", () => {
    hex.next = ["0001", "0001", "0002"];
    const [first, second] = [createRun(directory, options), createRun(directory, options)];
    expect([first.id.slice(-4), second.id.slice(-4)]).toEqual(["0001", "0002"]);
  });

  test.each([
    ["models/My Net.onnx", "data set", "my-net-data-set"],
    ["層", "層", "run"],
    ["a".repeat(50), "mnist", "a".repeat(40)],
  ])("model %j and data %j make an id of %s", (model, name, words) => {
    expect(createRun(directory, { ...options, model, name }).id.slice(16, -5)).toBe(words);
  });

  test("a directory that cannot be written is named", () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    expect(() => createRun(file, options)).toThrow(
      /^createRun: expected a directory that can be written, got .*\/file \(E[A-Z]+.*\); pass --dir or set BATCHSCOPE_DIR$/,
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

describe("metrics", () => {
  test("are on disk after a second, at the next checkpoint, or at the end", () => {
    const run = createRun(directory, options);
    const seen = () => readMetrics(run).length;
    run.appendMetric(stepRecord(1));
    run.appendMetric(stepRecord(2));
    expect(seen()).toBe(1);
    vi.advanceTimersByTime(999);
    run.appendMetric(stepRecord(3));
    expect(seen()).toBe(1);
    vi.advanceTimersByTime(1);
    run.appendMetric(stepRecord(4));
    expect(seen()).toBe(4);
    run.appendMetric(stepRecord(5));
    run.saveCheckpoint(1, 5, Uint8Array.of(1));
    expect(seen()).toBe(5);
    run.appendMetric(epochRecord(1, 5));
    run.finish("finished", null);
    expect(readMetrics(run)).toEqual([...[1, 2, 3, 4, 5].map((step) => stepRecord(step)), epochRecord(1, 5)]);
  });

  test("that are not finite come back as they were", () => {
    const run = createRun(directory, options);
    const losses = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324];
    for (const loss of losses) run.appendMetric(stepRecord(1, loss));
    run.finish("diverged", "loss is NaN");
    expect(readMetrics(run)).toEqual(losses.map((loss) => stepRecord(1, loss)));
  });

  test("a last line that is cut is left out, none is an empty list", () => {
    const run = createRun(directory, options);
    expect(readMetrics(run)).toEqual([]);
    const line = JSON.stringify(stepRecord(1));
    for (const cut of [1, 20, line.length]) {
      writeFileSync(join(run.path, "metrics.jsonl"), `${line}\n${line.slice(0, cut)}`);
      expect(readMetrics(run)).toEqual([stepRecord(1)]);
    }
  });

  test.each([
    [
      "text",
      '{"kind":"step","st',
      /metrics\.jsonl:2: expected a JSON object of kind .* got "\{\\"kind\\":\\"step\\",\\"st"; delete/,
    ],
    ["nothing", "", /metrics\.jsonl:2: .* got ""; /],
    ["null", "null", /metrics\.jsonl:2: .* got "null"; /],
    ["another kind", '{"kind":"day"}', /metrics\.jsonl:2: expected a JSON object of kind "step" or "epoch"/],
  ])("a damaged line of %s inside is named", (_, line, message) => {
    const run = createRun(directory, options);
    const good = JSON.stringify(stepRecord(1));
    writeFileSync(join(run.path, "metrics.jsonl"), `${good}\n${line}\n${good}\n`);
    expect(() => readMetrics(run)).toThrow(DataError);
    expect(() => readMetrics(run)).toThrow(message);
  });
});

describe("checkpoints", () => {
  test("are named by epoch and step, listed in order, read back, and leave no other file", () => {
    const run = createRun(directory, options);
    expect(listCheckpoints(run)).toEqual([]);
    for (const [epoch, step] of [
      [10, 7460],
      [5, 3730],
      [1000, 10_000_000],
      [5, 3000],
    ] as const)
      run.saveCheckpoint(epoch, step, Uint8Array.of(epoch % 256, 7));
    expect(listCheckpoints(run).map(({ path }) => basename(path))).toEqual([
      "epoch=005-step=0003000.safetensors",
      "epoch=005-step=0003730.safetensors",
      "epoch=010-step=0007460.safetensors",
      "epoch=1000-step=10000000.safetensors",
    ]);
    expect(readCheckpoint(listCheckpoints(run)[2]!)).toEqual(Uint8Array.of(10, 7));
    expect(readdirSync(join(run.path, "checkpoints"))).toHaveLength(4);
  });

  test.each([
    ["5", [3730]],
    ["10", [7460]],
    ["latest", [7460]],
    ["all", [3000, 3730, 7460]],
  ])("%s selects the steps %j", (selection, steps) => {
    const run = createRun(directory, options);
    for (const [epoch, step] of [
      [5, 3000],
      [5, 3730],
      [10, 7460],
    ] as const)
      run.saveCheckpoint(epoch, step, Uint8Array.of(1));
    expect(selectCheckpoints(run, selection).map(({ step }) => step)).toEqual(steps);
  });

  test("a selection that is not there lists the epochs that are", () => {
    const run = createRun(directory, options);
    for (const selection of ["latest", "all", "5"])
      expect(() => selectCheckpoints(run, selection)).toThrow(
        new NotFoundError(
          `${run.path}/checkpoints: expected "${selection}", got no checkpoint; train until a checkpoint is saved`,
        ),
      );
    run.saveCheckpoint(1, 10, Uint8Array.of(1));
    run.saveCheckpoint(5, 50, Uint8Array.of(1));
    expect(() => selectCheckpoints(run, "7")).toThrow(
      /expected "7", got epoch 1, 5; choose one of them, "latest" or "all"/,
    );
  });
});

describe("the state of a run", () => {
  test("beats every five seconds while metrics come", () => {
    const run = createRun(directory, options);
    const beat = () => json(run, "run.json").heartbeatAt;
    vi.advanceTimersByTime(4999);
    run.heartbeat();
    expect(beat()).toBe("2026-11-21T20:59:01.250Z");
    vi.advanceTimersByTime(1);
    run.appendMetric(stepRecord(1));
    expect(beat()).toBe("2026-11-21T20:59:06.250Z");
  });

  test.each([
    ["finished", null],
    ["diverged", "loss is NaN at step 12"],
    ["interrupted", "SIGINT"],
    ["failed", "disk full"],
  ] as const)("%s is written with its reason", (status, reason) => {
    const run = createRun(directory, options);
    vi.advanceTimersByTime(60_000);
    run.finish(status, reason);
    const opened = openRun(directory, run.id);
    expect(opened.status).toBe(status);
    expect(opened.record).toMatchObject({ status, exitReason: reason, finishedAt: "2026-11-21T21:00:01.250Z" });
  });

  test("running is lost when its process is gone, or a reboot lies between", () => {
    const run = createRun(directory, options);
    const status = () => openRun(directory, run.id).status;
    expect(status()).toBe("running");
    const { pid } = spawnSync(process.execPath, ["--version"]);
    backdate(run, { pid });
    expect(status()).toBe("lost");
    backdate(run, { pid, host: "another" });
    expect(status()).toBe("running");
    const { host } = openRun(directory, createRun(directory, options).id).record;
    backdate(run, { pid: process.pid, host, heartbeatAt: "1999-01-01T00:00:00.000Z" });
    expect(status()).toBe("lost");
  });

  test("a summary is null until it is written", () => {
    const run = createRun(directory, options);
    expect(readSummary(run)).toBeNull();
    const last = { ...epochRecord(2, 20), validationLoss: Number.NaN };
    const summary: RunSummary = {
      epochs: 2,
      steps: 20,
      examples: 160,
      last,
      best: epochRecord(1, 10),
      seconds: 4,
      microBatchesPerSecond: 10,
      peakMemoryBytes: 1e8,
    };
    run.writeSummary(summary);
    expect(readSummary(run)).toEqual(summary);
  });
});

describe("resuming", () => {
  test("takes back what came after the checkpoint and goes on", () => {
    const run = createRun(directory, options);
    for (const step of [1, 2, 3, 4]) run.appendMetric(stepRecord(step));
    run.appendMetric(epochRecord(1, 4));
    run.appendMetric(stepRecord(5));
    run.finish("interrupted", "SIGINT");
    writeFileSync(join(run.path, "metrics.jsonl"), '{"kind":"st', { flag: "a" });
    vi.advanceTimersByTime(60_000);

    const resumed = resumeRun(openRun(directory, run.id), 4);
    expect(openRun(directory, run.id).record).toMatchObject({
      status: "running",
      startedAt: "2026-11-21T20:59:01.250Z",
      heartbeatAt: "2026-11-21T21:00:01.250Z",
      finishedAt: null,
      exitReason: null,
    });
    resumed.appendMetric(stepRecord(5, 0.5));
    resumed.finish("finished", null);
    const steps = [1, 2, 3, 4].map((step) => stepRecord(step));
    expect(readMetrics(run)).toEqual([...steps, epochRecord(1, 4), stepRecord(5, 0.5)]);
  });

  test("is refused while the run goes on", () => {
    const run = openRun(directory, createRun(directory, options).id);
    expect(() => resumeRun(run, 1)).toThrow(UsageError);
    expect(() => resumeRun(run, 1)).toThrow(`got ${run.record.id}, running as process ${process.pid} on`);
  });

  test("a run that was killed while writing is whole", async () => {
    const module = new URL("./create.ts", import.meta.url).href;
    const program = `
      const { createRun } = await import(${JSON.stringify(module)});
      const run = createRun(${JSON.stringify(directory)}, ${JSON.stringify(options)});
      for (let step = 1; ; step++) {
        run.appendMetric({ ...${JSON.stringify(stepRecord(1))}, step });
        run.saveCheckpoint(1, step, new Uint8Array(100_000).fill(step % 251));
        if (step === 20) console.log("killme");
      }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    // The child's clock was the real one.
    vi.useRealTimers();

    const run = openRun(directory, "latest");
    expect(run.status).toBe("lost");
    const checkpoints = listCheckpoints(run);
    expect(checkpoints.length).toBeGreaterThanOrEqual(20);
    for (const checkpoint of checkpoints)
      expect(Buffer.compare(readCheckpoint(checkpoint), new Uint8Array(100_000).fill(checkpoint.step % 251))).toBe(0);
    const last = checkpoints.at(-1)!.step;
    expect(
      readMetrics(run)
        .map(({ step }) => step)
        .slice(0, last),
    ).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    resumeRun(run, 10).finish("finished", null);
    expect(readMetrics(run)).toHaveLength(10);
  });
});

describe("finding", () => {
  function make(now: string, model = "mlp"): string {
    vi.setSystemTime(new Date(now));
    return createRun(directory, { ...options, model }).id;
  }

  test("lists the newest first and lets a damaged run hide no other", () => {
    const middle = make("2026-11-21T21:00:00.000Z");
    const newest = make("2026-11-21T21:00:00.500Z", "cnn");
    const oldest = make("2026-10-01T00:00:00.000Z");
    const broken = make("2026-10-02T00:00:00.000Z");
    writeFileSync(join(directory, "runs", broken, "run.json"), '{"id":');
    mkdirSync(join(directory, "runs/20261121-210001-being-created"));
    const { runs, damaged } = listRuns(directory);
    expect(runs.map(({ record }) => record.id)).toEqual([newest, middle, oldest]);
    expect(damaged.map(({ message }) => message)).toEqual([
      expect.stringContaining(`${broken}/run.json: expected a JSON object, got: `),
    ]);
    expect(openRun(directory, "latest").record.id).toBe(newest);
  });

  test("opens by id, path and unique beginning", () => {
    const first = make("2026-10-01T00:00:00.000Z");
    const second = make("2026-10-02T00:00:00.000Z");
    for (const reference of [first, join(directory, "runs", first), join(directory, "runs", first, "/"), "20261001"])
      expect(openRun(directory, reference).record.id).toBe(first);
    expect(() => openRun(directory, "202610")).toThrow(UsageError);
    expect(() => openRun(directory, "202610")).toThrow(
      `openRun: expected the beginning of one run, got "202610" of ${first}, ${second}; write more of the id`,
    );
  });

  test("says what there is where a run is not found", () => {
    for (const reference of ["latest", "x"])
      expect(() => openRun(directory, reference)).toThrow(
        new NotFoundError(
          `${directory}/runs: expected the run "${reference}", got no runs at all; start one with batchscope train, or pass --dir`,
        ),
      );
    const ids = [1, 2, 3, 4, 5, 6, 7].map((day) => make(`2026-10-0${day}T00:00:00.000Z`));
    for (const reference of ["2027", ""])
      expect(() => openRun(directory, reference)).toThrow(
        new NotFoundError(
          `${directory}/runs: expected the run "${reference}", got ${ids.slice(2).reverse().join(", ")} and 2 older; choose one of them, or "latest"`,
        ),
      );
  });

  test.each([
    ["config.yaml", "a: [1", /config\.yaml: expected YAML, got: /],
    ["config.yaml", "- 1", /config\.yaml: expected a mapping, got \[1\]; /],
    ["run.json", "3", /run\.json: expected a JSON object, got 3; /],
    ["run.json", '{"schemaVersion":2}', /run\.json: expected schema version 1 or older, got 2; update batchscope/],
  ])("a damaged %s of %j is named", (file, text, message) => {
    const run = createRun(directory, options);
    writeFileSync(join(run.path, file), text);
    const read = () => readConfig(openRun(directory, run.id));
    expect(read).toThrow(DataError);
    expect(read).toThrow(message);
  });
});

describe("analysis", () => {
  const interval = {
    value: Number.NaN,
    lower: 12.5,
    upper: Number.POSITIVE_INFINITY,
    level: 0.95,
    resolved: false,
    unit: "examples",
  } as const;
  const statistics = {
    rows: 2,
    batchSize: 4,
    datasetSize: null,
    traceCovariance: 3.5,
    squaredGradientNorm: -0.25,
    squaredNormOfMean: 1,
    noiseScale: interval,
    datasetNoiseScale: null,
    noiseRatio: { batchSize: 4, plugIn: 0.1, population: Number.NaN, finitePopulation: Number.NaN },
    cosine: [
      [1, -0.5],
      [-0.5, Number.NaN],
    ],
    meanCosine: -0.5,
    expectedCosine: 0.1,
    nullCosineDeviation: 0.2,
    effectiveDimension: 25,
    mostOpposedPair: [0, 1] as const,
    norms: [1, 0],
    embedding: {
      method: "t-SNE",
      points: [
        [0, 1],
        [2, 3],
      ],
      perplexity: 1,
      seed: 1,
      iterations: 500,
      divergence: 0.1,
      neighborsKept: 1,
      neighbors: 1,
    } as const,
  };
  const analysis: AnalysisFile = {
    schemaVersion: 1,
    run: "a-run",
    name: "mnist_0-1",
    model: "mlp",
    data: "mnist",
    mode: "evaluation mode",
    seed: 1,
    createdAt: "2026-11-21T21:00:00.000Z",
    checkpoints: [5, 10].map((epoch) => ({
      epoch,
      step: epoch * 10,
      metrics: epochRecord(epoch, epoch * 10),
      statistics,
    })),
  };

  test("is read back, whole and by epoch", () => {
    const run = createRun(directory, options);
    expect(() => readAnalysis(run)).toThrow(
      new NotFoundError(
        `${run.path}/analysis.json: expected an analysis, got none; run: batchscope analyze ${run.path}`,
      ),
    );
    writeAnalysis(run, analysis);
    expect(readAnalysis(run)).toEqual(analysis);
    expect(json(run, "analysis/epoch_10/statistics.json")).toMatchObject({
      epoch: 10,
      statistics: { rows: 2, noiseScale: { value: "NaN", upper: "Infinity" } },
    });
    expect(existsSync(join(run.path, "analysis/epoch_5/statistics.json"))).toBe(true);
  });

  test("pictures keep the names that their readers know", () => {
    const run = { path: "/r" };
    expect([
      plotPaths.directions(run, 5),
      plotPaths.similarities(run, 5),
      plotPaths.noiseScale(run, "mnist_0-1"),
    ]).toEqual([
      "/r/plots/gradient_directions_tsne_epoch_5.png",
      "/r/plots/gradient_similarities_epoch_5.png",
      "/r/plots/gns_vs_epoch_mnist_0-1.png",
    ]);
  });
});
