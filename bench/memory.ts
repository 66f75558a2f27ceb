/**
 * Whether ten thousand small updates leak: one run of the real loop with everything that allocates switched on (dropout, evaluations,
 * checkpoints, the noise scale, cut windows), its resident memory taken every two thousand steps after a forced collection.
 *
 *   node --expose-gc bench/memory.ts
 */

import { limit } from "../src/data/dataset.ts";
import { buildModel } from "../src/model/zoo.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { random } from "../src/tensor/random.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { train } from "../src/training/train.ts";
import { table } from "./measure.ts";
import { randomImages } from "./step.ts";

/** Until every path was optimised and every cache is full: resident memory still steps up once by some 15 MiB, at step 5000 to 15,000. */
const WARM_UP = 20_000;
const STEPS = WARM_UP + 10_000;
const EVERY = 2000;
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
  rows.push([event.step, rss, heapUsed, arrayBuffers]);
}

const shown = rows.map(([step, ...bytes]) => [String(step), ...bytes.map((n) => (n / MEBIBYTE).toFixed(1))]);
console.log(table([["steps", "resident MiB", "heap MiB", "arrays MiB"], ...shown]));
const [before, after] = [WARM_UP, STEPS].map((at) => rows.find(([step]) => step === at)![1]!);
const growth = after! / before! - 1;
console.log(`resident memory from step ${WARM_UP} to ${STEPS}: ${(100 * growth).toFixed(2)} %`);
process.exitCode = Math.abs(growth) <= 0.02 ? 0 : 1;
