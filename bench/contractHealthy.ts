/**
 * Whether the contract of a step alarms anybody in trainings where nothing is wrong: every model of the zoo, every
 * optimizer and schedule, float16, growing batches, averages of weights, SWAP, frozen parameters, resumed runs. Long
 * ones pass update 256, so that updates are looked at four times. Prints every finding, and exits with 1 at a fault.
 *
 *   node bench/contractHealthy.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunOptions, trainToRun } from "../src/api/trainToRun.ts";
import { optimizers } from "../src/optimizer/optimizers.ts";
import { schedules } from "../src/optimizer/schedules.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import type { TrainingFinding } from "../src/store/trainingFindings.ts";

type Case = RunOptions & { readonly name: string };

const LONG = 260;
const digits = { data: "mnist", limitExamples: 2000, batchSize: 8, steps: LONG } as const;
const irises = { data: "iris", batchSize: 5, steps: LONG } as const;
const lenet = { ...digits, model: "lenet" };
const mlp = { ...irises, model: "mlp:16x1" };

const models = [
  ...["lenet", "linear", "mlp", "mlp:64x4"].map((model) => ({ ...digits, model })),
  ...["lstm", "resnet:20", "vit:nano", "mobilenet:0.25", "tcn"].map((model) => ({ ...digits, model, steps: 130 })),
  { model: "dualgafnet", data: "DualGAF", batchSize: 8, steps: 130 },
  { ...irises, model: "linear" },
].map((one) => ({ ...one, name: `${one.model} on ${one.data}` }));

const steppers = (Object.keys(optimizers) as (keyof typeof optimizers)[]).flatMap((optimizer) => [
  { ...lenet, optimizer, name: `lenet by ${optimizer}` },
  { ...mlp, optimizer, gradientAccumulationSteps: "3", name: `mlp by ${optimizer} in windows of 3` },
  { ...mlp, optimizer, weightDecay: 0.05, clipNorm: 0.5, name: `mlp by ${optimizer}, decayed and clipped` },
]);

const needs: Readonly<Record<string, object>> = {
  step: { stepSize: 3 },
  "multi-step": { milestones: "3,6" },
  cyclic: { cycleSteps: 20, maximumLearningRate: 0.05 },
  "cosine-warm-restarts": { cycleSteps: 50 },
};
const scheduled = Object.keys(schedules).flatMap((schedule) => [
  { ...mlp, schedule, ...needs[schedule], warmupSteps: 5, name: `mlp, ${schedule}` },
  { ...lenet, schedule, ...needs[schedule], optimizer: "sgd", momentum: 0.9, name: `lenet, ${schedule}` },
]) as readonly Case[];

const variants: readonly (readonly [string, object])[] = [
  ["float16", { precision: "float16" }],
  ["gradient checkpointing", { gradientCheckpointing: true }],
  ["label smoothing", { labelSmoothing: 0.1 }],
  ["focal loss", { loss: "focal" }],
  ["class weights", { classWeights: "balanced" }],
  ["a frozen layer", { parameterRates: ["*.bias=0"] }],
  ["decay of weights alone", { decayWeightsOnly: true, weightDecay: 0.1 }],
  ["an average of weights", { steps: undefined, epochs: 6, swaStart: 3 }],
  ["SWAP", { steps: undefined, epochs: 4, swapWorkers: 2, swapEpochs: 2 }],
  ["a batch that follows the noise", { batchSchedule: "noise-scale" }],
  ["windows that change", { steps: undefined, epochs: 6, batchSchedule: "0:1,2:3" }],
  ["a ramp", { batchSchedule: "ramp:40@200,80@800" }],
  ["windows of 5", { gradientAccumulationSteps: "5" }],
  ["noise scale off", { noiseScale: "off" }],
  ["a high rate", { optimizer: "sgd", learningRate: 0.5 }],
  ["a low rate", { learningRate: 1e-7 }],
  ["evaluations in between", { evaluateSteps: 7, checkpointSteps: 11 }],
  ["warm-up in examples", { warmupExamples: 100 }],
  ["two threads", { threads: 2 }],
  ["critical sharpness", { criticalSharpnessEvery: 50 }],
];
const varied = variants.flatMap(([what, options]) => [
  { ...mlp, ...options, name: `mlp, ${what}` },
  { ...lenet, ...options, name: `lenet, ${what}` },
]) as readonly Case[];

const cases: readonly Case[] = [...models, ...steppers, ...scheduled, ...varied] as readonly Case[];
const directory = mkdtempSync(join(tmpdir(), "batchscope-healthy-"));
const engine = nativeEngine();
let [alarms, refused] = [0, 0];
try {
  for (const options of cases) {
    const found: TrainingFinding[] = [];
    try {
      await trainToRun({ ...options, dir: directory }, { engine, watch: (finding) => found.push(finding) });
    } catch (error) {
      refused++;
      console.log(`${options.name}: ${error instanceof Error ? error.message : error}`);
    }
    if (found.some(({ strength }) => strength === "fault")) alarms++;
    for (const { kind, step, strength, parameters } of found)
      console.log(`${options.name}: ${strength} ${kind} at update ${step} ${parameters?.join(", ") ?? ""}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
console.log(`${cases.length - refused} trainings, ${alarms} with an alarm; ${refused} did not end`);
process.exitCode = alarms > 0 ? 1 : 0;
