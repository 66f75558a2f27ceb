/**
 * What batch schedules come to beside the constant batch of their parent: the table of docs/batch-schedules.md. Every
 * task is trained under a cosine at its best rate of a list, with a constant batch and with each schedule, on the same
 * seeds. Prints final validation losses, paired differences to the parent with their 95 % intervals, and the updates
 * saved, after every seed. The critical batch sizes of cbs:FILE are measured by branches from a parent of another seed,
 * as `critical-batch` measures them.
 *
 *     node bench/batchSchedules.ts [seeds = 6] [length = 1]
 */

import { type Dataset, limit } from "../src/data/dataset.ts";
import { decodeSafetensors } from "../src/data/files/safetensors.ts";
import { openData } from "../src/data/registry.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { schedules } from "../src/optimizer/schedules.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { comparePaired } from "../src/statistics/comparison/pairedComparison.ts";
import { meanOf } from "../src/statistics/comparison/sample.ts";
import { criticalBatch } from "../src/statistics/criticalBatch.ts";
import type { AccumulationPlan } from "../src/training/accumulation.ts";
import type { TrainingEvent } from "../src/training/events.ts";
import { openModel } from "../src/training/openModel.ts";
import { train } from "../src/training/train.ts";
import type { TrainOptions } from "../src/training/trainOptions.ts";
import { table } from "./measure.ts";

/** `length`: how many times as many examples as the shortest runs. */
const [seeds = 6, length = 1] = process.argv.slice(2).map(Number);
/** Far from the seeds that are compared. */
const OTHER_SEED = 1_000_000;
const FACTORS = [1, 4, 16];
const BRANCH_SEEDS = 5;
/** Updates of the largest batch that a branch makes. */
const BRANCH_UPDATES = 4;
const MAXIMUM = 64;

const engine = nativeEngine();
const optimizers = {
  adamw: { of: adamW, rule: "sqrt", exponent: 0.5 },
  sgd: { of: sgd, rule: "linear", exponent: 1 },
} as const;

interface Task {
  readonly name: string;
  readonly model: string;
  readonly optimizer: keyof typeof optimizers;
  readonly batch: number;
  readonly epochs: number;
  readonly rates: readonly number[];
  readonly train: Dataset;
  readonly validation: Dataset;
}

async function dataOf(name: string, examples: number, validation: number) {
  const options = name === "moby-dick" ? { text: { tokenizer: "bytes", sequenceLength: 32 } } : {};
  const opened = await openData(name, options as never);
  return { train: limit(opened.train, length * examples), validation: limit(opened.validation, validation) };
}

const tasks: readonly Task[] = [
  {
    name: "LeNet, MNIST, AdamW",
    ...{ model: "lenet", optimizer: "adamw", batch: 16, epochs: 3, rates: [2e-3, 4e-3, 8e-3] },
    ...(await dataOf("mnist", 1200, 1000)),
  },
  {
    name: "perceptron, Fashion-MNIST, SGD",
    ...{ model: "mlp:64x1", optimizer: "sgd", batch: 16, epochs: 6, rates: [0.05, 0.1, 0.2] },
    ...(await dataOf("fashion-mnist", 1200, 1000)),
  },
  {
    name: "GPT-2 nano, Moby-Dick, AdamW",
    // The best of 0.001, 0.002 and 0.004 with 1,200 sequences.
    ...{ model: "gpt2:nano", optimizer: "adamw", batch: 8, epochs: 1, rates: [2e-3] },
    ...(await dataOf("moby-dick", 480, 100)),
  },
];

async function run(task: Task, learningRate: number, seed: number, more: Partial<TrainOptions>) {
  const { of, rule } = optimizers[task.optimizer];
  const events: TrainingEvent[] = [];
  const options: TrainOptions = {
    ...{ model: await openModel(task.model, task.train, seed), train: task.train, validation: task.validation },
    ...{ optimizer: of(), learningRate, seed, window: [task.batch], epochs: task.epochs },
    schedule: schedules.cosine({ learningRate }),
    learningRateScaling: { rule, baseBatchSize: task.batch },
    ...{ evaluateEvery: 1000, checkpointEvery: 1000, logEvery: Number.MAX_SAFE_INTEGER },
    ...more,
  };
  for await (const event of train(engine, options)) if (event.kind !== "progress") events.push(event);
  return events;
}

interface Outcome {
  readonly loss: number;
  readonly updates: number;
  readonly saved: number;
}

const lossesIn = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) =>
    (event.kind === "epoch" || event.kind === "evaluation") && Number.isFinite(event.validationLoss)
      ? [event.validationLoss]
      : [],
  );

async function outcomeOf(
  task: Task,
  learningRate: number,
  seed: number,
  more: Partial<TrainOptions>,
): Promise<Outcome> {
  const events = await run(task, learningRate, seed, more);
  const end = events.at(-1)!;
  if (end.kind !== "end") throw new Error("no end");
  const { step: updates, constantBatchUpdates = updates } = end;
  return { loss: lossesIn(events).at(-1)!, updates, saved: 1 - updates / constantBatchUpdates };
}

async function bestRate(task: Task): Promise<number> {
  if (task.rates.length === 1) return task.rates[0]!;
  const losses: number[] = [];
  for (const rate of task.rates) losses.push((await outcomeOf(task, rate, OTHER_SEED, {})).loss);
  console.log(`${task.name}: rates ${task.rates.join(", ")}, losses ${losses.map((x) => x.toFixed(4)).join(", ")}`);
  return task.rates[losses.indexOf(Math.min(...losses))]!;
}

/** The plan of `cbs:FILE`, from branches after an eighth and after half of the parent. */
async function planByCriticalBatches(task: Task, learningRate: number): Promise<AccumulationPlan> {
  const updates = task.epochs * Math.ceil(task.train.size / task.batch);
  const eighth = Math.round(updates / 8);
  const often = { checkpointEvery: { steps: eighth }, evaluateEvery: { steps: eighth }, logEvery: 1 };
  const parent = await run(task, learningRate, OTHER_SEED, often);
  const from: [examples: number, steps: number][] = [];
  for (const step of [eighth, 4 * eighth]) {
    const { value, lower, upper } = await criticalBatchAt(task, parent, step);
    console.log(`${task.name}: critical batch size at step ${step}: ${value} [${lower}, ${upper}]`);
    if (lower !== null) from.push([step * task.batch, Math.max(from.at(-1)?.[1] ?? 1, Math.floor(lower / task.batch))]);
  }
  return { kind: "examples", from, maximum: MAXIMUM };
}

async function criticalBatchAt(task: Task, parent: readonly TrainingEvent[], step: number) {
  const saved = parent.find((event) => event.kind === "checkpoint" && event.step === step);
  const before =
    parent.find((event) => event.kind === "evaluation" && event.step === step) ??
    parent.find((event) => event.kind === "epoch" && event.step === step);
  const last = parent.find((event) => event.kind === "step" && event.step === step);
  if (saved?.kind !== "checkpoint" || last?.kind !== "step" || before === undefined) throw new Error(`no step ${step}`);
  const start = lossesIn([before])[0]!;
  const file = { bytes: saved.bytes, file: "the parent" };
  const { tensors } = decodeSafetensors(saved.bytes, file.file);
  const examples = BRANCH_UPDATES * task.batch * FACTORS.at(-1)!;
  const branches: { batchSize: number; progress: number[] }[] = [];
  for (const factor of FACTORS) {
    const progress: number[] = [];
    for (let seed = 1; seed <= BRANCH_SEEDS; seed++) {
      const weights = { file: file.file, tensors };
      const branch = {
        ...{ model: await openModel(task.model, task.train, 0, { weights }), optimizerFrom: file },
        ...{ window: Array<number>(factor).fill(task.batch), epochs: Number.POSITIVE_INFINITY, schedule: undefined },
        steps: examples / (task.batch * factor),
      };
      progress.push(start - lossesIn(await run(task, last.learningRate, OTHER_SEED + seed, branch)).at(-1)!);
    }
    branches.push({ batchSize: task.batch * factor, progress });
  }
  return criticalBatch(branches);
}

type Arms = ReadonlyMap<string, readonly Outcome[]>;

function rowOf(task: Task, rate: number, name: string, arms: Arms): string[] {
  const lossesOf = (arm: string) => arms.get(arm)!.map(({ loss }) => loss);
  const own = arms.get(name)!;
  const { difference } = comparePaired(lossesOf(name), lossesOf("parent").slice(0, own.length));
  const [value, lower, upper] = [difference.value, difference.lower, difference.upper].map((x) => x?.toFixed(4) ?? "–");
  return [
    ...[task.name, `${rate}`, name, `${own.length}`, meanOf(lossesOf(name)).toFixed(4)],
    ...[name === "parent" ? "" : `${value} [${lower}, ${upper}]`, meanOf(own.map(({ updates }) => updates)).toFixed(0)],
    `${(100 * meanOf(own.map(({ saved }) => saved))).toFixed(1)} %`,
  ];
}

const head = ["task", "rate", "schedule", "seeds", "final loss", "difference to parent", "updates", "saved"];
const known: { readonly task: Task; readonly rate: number; readonly arms: Map<string, Outcome[]> }[] = [];
for (const task of tasks) known.push({ task, rate: await bestRate(task), arms: new Map() });

function show(): void {
  const rows = known.flatMap(({ task, rate, arms }) => [...arms.keys()].map((name) => rowOf(task, rate, name, arms)));
  console.log(`${table([head, ...rows])}\n`);
}

/** Of all tasks seed by seed, so that a part of it is a smaller table. */
async function trainAll(armsOf: ReadonlyMap<Task, Readonly<Record<string, Partial<TrainOptions>>>>): Promise<void> {
  for (let seed = 0; seed < seeds; seed++) {
    for (const { task, rate, arms } of known)
      for (const [name, options] of Object.entries(armsOf.get(task)!))
        arms.set(name, [...(arms.get(name) ?? []), await outcomeOf(task, rate, seed, options)]);
    show();
  }
}

const armsOfAll = (arms: Readonly<Record<string, Partial<TrainOptions>>>) => new Map(tasks.map((task) => [task, arms]));
const seesaw = (maximum: number) => ({ accumulation: { kind: "seesaw", maximum } as const });
await trainAll(armsOfAll({ parent: {}, seesaw: seesaw(MAXIMUM), "seesaw, at most 4 ×": seesaw(4) }));
const noise = { kind: "noise-scale", maximum: MAXIMUM, aim: "lower" } as const;
await trainAll(armsOfAll({ cbs: { accumulation: noise, noiseScale: true } }));
const measured = new Map<Task, Readonly<Record<string, Partial<TrainOptions>>>>();
for (const { task, rate } of known)
  measured.set(task, { "cbs:FILE": { accumulation: await planByCriticalBatches(task, rate) } });
await trainAll(measured);
