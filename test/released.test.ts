import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { analyzeCheckpoints } from "../src/analysis/analyze.ts";
import type { AnalyzeOptions } from "../src/analysis/analyzeOptions.ts";
import { multiplyOnEngine } from "../src/analysis/files/multiplyBlocks.ts";
import { newBatch } from "../src/data/dataset.ts";
import { learningRateGrid, sweepLearningRates } from "../src/experiment/learningRateRange.ts";
import { timeMicroBatches } from "../src/experiment/microBatchTimes.ts";
import { inspectData } from "../src/inspection/inspect.ts";
import { subjectOf } from "../src/inspection/subject.ts";
import { defaultLoss } from "../src/model/loss.ts";
import { buildModel } from "../src/model/zoo.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import { findBlockSize } from "../src/runtime/blockSize.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { openReference } from "../src/runtime/reference.ts";
import { saveCheckpoint } from "../src/store/checkpoints.ts";
import { random } from "../src/tensor/random.ts";
import { encodeCheckpoint } from "../src/training/checkpoint.ts";
import { batchGradients } from "../src/training/gradients.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { recomputeRunningStatistics } from "../src/training/runningStatistics.ts";
import { newTrainingState } from "../src/training/state.ts";
import { train } from "../src/training/train.ts";
import { verifyAccumulation } from "../src/training/verify.ts";
import { counting } from "./countingEngine.ts";
import { clouds, positionAt, regression } from "./training.ts";

const native = nativeEngine();
const data = clouds(24);
const model = regression(data);
const images = clouds(12, [3, 32, 32]);
const normalized = buildModel("resnet", { shape: [3, 32, 32], classes: 3 }, random(0));

const training: TrainingOptions = {
  model,
  train: data,
  validation: data,
  optimizer: sgd(),
  learningRate: 0.01,
  window: [4, 4],
  epochs: 2,
  checkpointEvery: 1,
  seed: 0,
  threads: 1,
  logEvery: 1,
};

const folder = mkdtempSync(join(tmpdir(), "batchscope-released-"));
afterAll(() => rmSync(folder, { recursive: true }));
const place = { epoch: 1, step: 1, examples: 8, sampler: { random: [], position: 0 } };
const bytes = encodeCheckpoint(newTrainingState(model, sgd()), positionAt(place));
const checkpoint = saveCheckpoint({ path: folder }, { ...place, best: false, passing: false, bytes, metrics: 0 });

async function trained(engine: Engine, change: Partial<TrainingOptions>): Promise<void> {
  for await (const _event of train(engine, { ...training, ...change }));
}

async function analyzed(engine: Engine, change: Partial<AnalyzeOptions>): Promise<void> {
  const options = { model, data, checkpoints: [checkpoint], epochs: [], rows: 6, batchSize: 2, seed: 0, threads: 1 };
  for await (const _one of analyzeCheckpoints(engine, { ...options, memoryBudget: 2 ** 28, ...change }));
}

/** All that compiles graphs for itself. */
const studies: Readonly<Record<string, (engine: Engine) => Promise<unknown>>> = {
  training: (engine) => trained(engine, { noiseScale: true }),
  "training with windows of one micro-batch": (engine) => trained(engine, { noiseScale: true, window: [8] }),
  "training in float16": (engine) => trained(engine, { precision: "float16" }),
  "training with averaged weights": (engine) => trained(engine, { averaging: { start: 1 } }),
  "a range of learning rates": (engine) =>
    sweepLearningRates(engine, { training, learningRates: learningRateGrid("exponential", 1e-4, 1e-2, 3) }),
  "the times of micro-batches": (engine) => {
    const effort = { rounds: 1, stretches: 1, seconds: 0, stretchSeconds: 0 };
    return timeMicroBatches(engine, training, { sizes: [2, 8], onProcessor: true, effort });
  },
  analysis: (engine) => analyzed(engine, {}),
  "analysis in all its parts": (engine) => analyzed(engine, { by: "class", fullPass: true, byLayer: true }),
  "analysis in several passes": (engine) => analyzed(engine, { memoryBudget: 2 ** 11, products: "exact" }),
  "inspection of data": (engine) =>
    inspectData(engine, {
      subject: subjectOf(data, clouds(12, [5], 3, 2), undefined, 0),
      model: "mlp",
      folds: 2,
      epochs: 2,
      seed: 0,
      threads: 2,
    }),
  "running statistics": (engine) =>
    recomputeRunningStatistics(engine, normalized, newTrainingState(normalized, sgd()), images, {
      batchSize: 6,
      seed: 0,
    }),
  "gradients of a batch": async (engine) => {
    const batch = newBatch(data, 4);
    await data.read(Uint32Array.of(0, 1, 2, 3), batch);
    return batchGradients(engine, model, defaultLoss, new Map(Object.entries(batch)));
  },
  verification: (engine) => verifyAccumulation(engine, model, data, { window: [3, 3], tolerance: 1e-3 }),
  "verification on the reference": (engine) =>
    verifyAccumulation(openReference(engine), model, data, { window: [3, 3], tolerance: 1e-9 }),
  "products of blocks": async (engine) => {
    const products = multiplyOnEngine(engine, 1);
    try {
      for (const block of [new Float64Array(12), new Float64Array(12)]) await products.multiply(block, 3, 4);
      await products.multiply(new Float64Array(6), 3, 2);
    } finally {
      products.release();
    }
  },
};

test.for(Object.keys(studies))("%s leaves no session open, whatever fails on its way", async (name) => {
  const whole = counting(native);
  await studies[name]!(whole);
  expect(whole.loads()).toBeGreaterThan(0);
  expect(whole.open()).toBe(0);
  // Near the beginning everything is compiled for the first time; later calls are alike.
  const failing = Array.from({ length: whole.calls() }, (_, i) => i + 1).filter(
    (call) => call <= 16 || call % 16 === 0,
  );
  for (const call of failing) {
    const engine = counting(native, call);
    await expect(studies[name]!(engine)).rejects.toThrow(`call ${call} fails`);
    expect([call, engine.open()]).toEqual([call, 0]);
  }
});

test("who stops listening to a training or an analysis leaves no session open", async () => {
  const engine = counting(native);
  for await (const event of train(engine, training)) if (event.kind === "step") break;
  const options = { model, data, checkpoints: [checkpoint], epochs: [], rows: 6, batchSize: 2, seed: 0, threads: 1 };
  for await (const _one of analyzeCheckpoints(engine, { ...options, memoryBudget: 2 ** 28 })) break;
  expect(engine.loads()).toBeGreaterThan(0);
  expect(engine.open()).toBe(0);
});

test("the question for the width of blocks leaves no session open", async () => {
  for (const call of [0, 1, 2, 3]) {
    const engine = counting(native, call);
    await findBlockSize((graph) => engine.load(graph));
    expect(engine.open()).toBe(0);
  }
});
