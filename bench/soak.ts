/**
 * Whether a process that works for long grows: training with all that allocates switched on, then analyses of its
 * checkpoint, then rounds of everything else that one process may do again and again, each part sampled twenty times. A
 * sample is taken after a forced collection: resident memory, V8's heap and array buffers, what the C library has in
 * use and free, descriptors, threads, and what keeps the event loop alive. Of the second half of each part the median
 * of all slopes between two samples (Theil–Sen) must be under a bound, or its 95 % interval (Sen 1968) must hold 0;
 * descriptors and threads must not grow at all.
 *
 *   node --expose-gc --max-semi-space-size=8 bench/soak.ts [updates] [analyses] [rounds]     default 100000 200 40
 *
 * The size of V8's young generation is fixed, because V8 doubles it some time: see bench/memory.ts.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { analyzeCheckpoints } from "../src/analysis/analyze.ts";
import type { AnalyzeOptions } from "../src/analysis/analyzeOptions.ts";
import { limit } from "../src/data/dataset.ts";
import { openData } from "../src/data/registry.ts";
import { learningRateGrid, sweepLearningRates } from "../src/experiment/learningRateRange.ts";
import { inspectData } from "../src/inspection/inspect.ts";
import { subjectOf } from "../src/inspection/subject.ts";
import { buildModel } from "../src/model/zoo.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { analysisPlots } from "../src/report/charts/plots.ts";
import { chartPng } from "../src/report/png.ts";
import { chartSvg } from "../src/report/svg.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { type Checkpoint, listCheckpoints, saveCheckpoint } from "../src/store/checkpoints.ts";
import { type AnalysisFile, SCHEMA_VERSION } from "../src/store/schema.ts";
import { random } from "../src/tensor/random.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { train } from "../src/training/train.ts";
import { table } from "./measure.ts";
import { growth } from "./soakGrowth.ts";

const SAMPLES = 20;
const MEBIBYTE = 2 ** 20;
/** MiB that the second half of a part may grow by. */
const MOST_GROWTH = 10;

const [updates = 100_000, analyses = 200, rounds = 40] = process.argv.slice(2).map(Number);
const { gc } = globalThis;
if (!gc) throw new Error("soak: expected node --expose-gc, got node without; add the flag");

const engine = nativeEngine();
const folder = mkdtempSync(join(tmpdir(), "batchscope-soak-"));
const iris = await openData("iris", {});
const digits = limit((await openData("mnist", {})).train, 2000);

koffi.struct("mallinfo2", {
  ...Object.fromEntries(["arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks"].map((key) => [key, "size_t"])),
  ...Object.fromEntries(["fsmblks", "uordblks", "fordblks", "keepcost"].map((key) => [key, "size_t"])),
});
const mallinfo = koffi.load("libc.so.6").func("mallinfo2 mallinfo2()");

const columns = ["resident", "peak", "heap", "arrays", "malloc used", "malloc free", "files", "threads", "handles"];

/** In the order of `columns`; memory in MiB. */
async function sample(): Promise<number[]> {
  for (let i = 0; i < 3; i++) {
    gc!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const status = readFileSync("/proc/self/status", "utf8");
  const ofSystem = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)![1]) / 1024;
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const { uordblks, hblkhd, fordblks } = mallinfo() as Record<"uordblks" | "hblkhd" | "fordblks", bigint | number>;
  return [
    ofSystem("VmRSS"),
    ofSystem("VmHWM"),
    heapUsed / MEBIBYTE,
    arrayBuffers / MEBIBYTE,
    (Number(uordblks) + Number(hblkhd)) / MEBIBYTE,
    Number(fordblks) / MEBIBYTE,
    readdirSync("/proc/self/fd").length,
    readdirSync("/proc/self/task").length,
    process.getActiveResourcesInfo().length,
  ];
}

/** Runs a part to its end and gives whether it stayed flat. */
async function soak(name: string, count: number, unit: string, part: (done: () => Promise<void>) => Promise<void>) {
  const every = Math.max(1, Math.floor(count / SAMPLES));
  const samples: { at: number; values: number[] }[] = [];
  let at = 0;
  await part(async () => {
    at++;
    if (at === 1 || at % every === 0) samples.push({ at, values: await sample() });
  });
  const shown = samples.map(({ at, values }) => [String(at), ...values.map((x) => (x % 1 ? x.toFixed(1) : String(x)))]);
  console.log(`\n${name}\n${table([[unit, ...columns], ...shown])}`);
  const half = samples.filter((one) => one.at > count / 2);
  return columns.map((column, c) => {
    const found = growth(half.map(({ at, values }) => [at, values[c]!]));
    const [slope, low, high] = [found.slope, found.lower, found.upper].map((x) => (x * count) / 2);
    const per100 = found.slope * 100;
    console.log(
      `  ${column}: ${per100.toPrecision(2)} per 100 ${unit}, ${slope!.toFixed(2)} [${low!.toFixed(2)}, ${high!.toFixed(2)}] over the second half`,
    );
    if (column === "peak" || column === "malloc free") return true;
    const most = ["files", "threads"].includes(column) ? 0 : MOST_GROWTH;
    const isFlat = slope! <= most || low! <= 0;
    if (!isFlat) console.log(`  ${column} GROWS: more than ${most}`);
    return isFlat;
  });
}

const model = buildModel("mlp", { shape: iris.train.inputs[0]!.shape, classes: 3 }, random(0));
const training: TrainingOptions = {
  model,
  train: iris.train,
  validation: iris.validation,
  optimizer: adamW(),
  learningRate: 1e-4,
  window: [8, 8],
  epochs: Number.POSITIVE_INFINITY,
  steps: updates,
  checkpointEvery: { steps: 100 },
  evaluateEvery: { steps: 50 },
  noiseScale: true,
  clipNorm: 10,
  seed: 0,
  threads: 1,
  logEvery: 1,
};

async function trainLong(done: () => Promise<void>): Promise<void> {
  for await (const event of train(engine, training)) if (event.kind === "step") await done();
}

/** A short run of LeNet, and its last checkpoint. */
async function checkpointOf(run: string): Promise<Checkpoint> {
  const lenet = buildModel("lenet", { shape: [1, 28, 28], classes: 10 }, random(0));
  const options = { ...training, model: lenet, train: digits, validation: limit(digits, 200), steps: 20 };
  for await (const event of train(engine, { ...options, checkpointEvery: { steps: 20 } }))
    if (event.kind === "checkpoint") saveCheckpoint({ path: run }, { ...event, metrics: 0 });
  return listCheckpoints({ path: run }).at(-1)!;
}

async function analyzed(checkpoint: Checkpoint, seed: number, change: Partial<AnalyzeOptions> = {}) {
  const lenet = buildModel("lenet", { shape: [1, 28, 28], classes: 10 }, random(0));
  const options = { model: lenet, data: digits, checkpoints: [checkpoint], epochs: [], rows: 16, batchSize: 8, seed };
  const found = [];
  const budget = { memoryBudget: 2 ** 26, threads: 1 };
  for await (const one of analyzeCheckpoints(engine, { ...options, ...budget, ...change })) found.push(one);
  return found;
}

async function analyzeOften(checkpoint: Checkpoint, done: () => Promise<void>): Promise<void> {
  for (let i = 0; i < analyses; i++) {
    // The default number of rows now and then, which goes another way than a few.
    await analyzed(checkpoint, i, i % 4 === 0 ? { rows: 64, batchSize: 16 } : {});
    await done();
  }
}

async function everything(checkpoint: Checkpoint, seed: number): Promise<void> {
  const data = await openData("iris", {});
  for await (const _event of train(engine, { ...training, steps: 50, seed }));
  for await (const _event of train(engine, { ...training, steps: 10, seed, precision: "float16", noiseScale: false }));
  await sweepLearningRates(engine, { training, learningRates: learningRateGrid("exponential", 1e-5, 1, 20) });
  const subject = subjectOf(data.train, data.validation, undefined, 0);
  await inspectData(engine, { subject, model: "mlp", folds: 2, epochs: 2, seed, threads: 1 });
  const checkpoints = await analyzed(checkpoint, seed, { by: "class", byLayer: true, rows: 8 });
  const about = { schemaVersion: SCHEMA_VERSION, run: "soak", name: "soak", model: "lenet", data: "mnist", mode: "" };
  const analysis = { ...about, seed, createdAt: new Date(0).toISOString(), command: "", checkpoints } as AnalysisFile;
  for (const { chart } of analysisPlots(analysis)) {
    chartSvg(chart, "light");
    await chartPng(chart);
  }
}

async function roundsOf(checkpoint: Checkpoint, done: () => Promise<void>): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await everything(checkpoint, i);
    await done();
  }
}

try {
  const flat = await soak("training", updates, "updates", trainLong);
  const checkpoint = await checkpointOf(folder);
  flat.push(...(await soak("analyses", analyses, "analyses", (done) => analyzeOften(checkpoint, done))));
  flat.push(...(await soak("rounds", rounds, "rounds", (done) => roundsOf(checkpoint, done))));
  console.log(flat.every(Boolean) ? "\nflat" : "\nIT GROWS");
  process.exitCode = flat.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
