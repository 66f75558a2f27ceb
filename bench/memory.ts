/**
 * Whether ten thousand small updates leak: one run of the real loop with everything that allocates switched on
 * (dropout, evaluations, checkpoints, the noise scale, cut windows), its resident memory taken every thousand steps
 * after a forced collection.
 *
 * V8 doubles its young generation, where new objects lie until they are collected, once as many bytes as it holds have
 * outlived a collection since it last grew. Loading the program leaves that account nearly full, so that a few
 * kilobytes of each collection fill it at some time in the first 20,000 steps: resident memory then steps up once, by
 * what the young generation may hold more, and by what dead objects hold outside of it until the rarer collections.
 * Fixing its size shows that nothing else grows; without the flag, the column "young" shows the step.
 *
 *   node --expose-gc --max-semi-space-size=8 bench/memory.ts
 */

import { getHeapSpaceStatistics } from "node:v8";

import { limit } from "../src/data/dataset.ts";
import { buildModel } from "../src/model/zoo.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { random } from "../src/tensor/random.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { train } from "../src/training/train.ts";
import { table } from "./measure.ts";
import { randomImages } from "./step.ts";

const WARM_UP = 1000;
const STEPS = WARM_UP + 10_000;
const EVERY = 1000;
const MEBIBYTE = 2 ** 20;

if (!globalThis.gc) throw new Error("memory: expected node --expose-gc, got node without; add the flag");

const data = limit(randomImages([1, 28, 28]), 1003);
const options: TrainingOptions = {
  model: buildModel("mlp", { shape: [1, 28, 28], classes: 10 }, random(2)),
  train: data,
  validation: data,
  optimizer: adamW(),
  learningRate: 1e-5,
  window: [2, 2],
  epochs: Number.POSITIVE_INFINITY,
  steps: STEPS,
  checkpointEvery: { steps: 100 },
  evaluateEvery: { steps: 250 },
  dropout: 0.1,
  noiseScale: true,
  seed: 0,
  threads: 1,
  logEvery: 1,
};

const rows: number[][] = [];
for await (const event of train(nativeEngine(), options)) {
  if (event.kind !== "step" || event.step % EVERY !== 0) continue;
  globalThis.gc();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const young = getHeapSpaceStatistics().find((space) => space.space_name === "new_space")!.physical_space_size;
  rows.push([event.step, rss, young, heapUsed, arrayBuffers]);
}

const shown = rows.map(([step, ...bytes]) => [String(step), ...bytes.map((n) => (n / MEBIBYTE).toFixed(1))]);
console.log(table([["steps", "resident MiB", "young", "heap in use", "arrays"], ...shown]));
const [before, after] = [WARM_UP, STEPS].map((at) => rows.find(([step]) => step === at)![1]!);
const growth = after! / before! - 1;
console.log(`resident memory from step ${WARM_UP} to ${STEPS}: ${(100 * growth).toFixed(2)} %`);
process.exitCode = Math.abs(growth) <= 0.02 ? 0 : 1;
