/** The tasks of bench/recommend.ts: their trainings, which are kept, and what their updates cost. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, limit, select } from "../src/data/dataset.ts";
import { openData } from "../src/data/registry.ts";
import { updatesTo } from "../src/experiment/recommend/pilots.ts";
import { timeUpdates } from "../src/experiment/updateTimes.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import type { Machine } from "../src/statistics/recommend/machine.ts";
import { keyOf, type Pilot, type PilotSetting } from "../src/statistics/recommend/pilotTable.ts";
import type { PilotRequest } from "../src/statistics/recommend/searchPilots.ts";
import { fitStepCost } from "../src/statistics/stepCost.ts";
import { DivergedError } from "../src/tensor/errors.ts";
import { random } from "../src/tensor/random.ts";
import { openModel } from "../src/training/openModel.ts";
import { train } from "../src/training/train.ts";
import { trainingOptions } from "../src/training/trainOptions.ts";

export interface Pair {
  readonly model: string;
  readonly data: string;
  readonly examples: number;
  readonly validation: number;
  /** Updates of the present setting. */
  readonly updates: number;
}

export const pairs: readonly Pair[] = [
  { model: "mlp", data: "iris", examples: 120, validation: 30, updates: 150 },
  { model: "linear", data: "mnist", examples: 1000, validation: 300, updates: 200 },
  { model: "mlp:64x1", data: "fashion-mnist", examples: 1000, validation: 150, updates: 150 },
  { model: "lenet", data: "mnist", examples: 800, validation: 100, updates: 100 },
  { model: "mlp:32x2", data: "mnist", examples: 1000, validation: 150, updates: 150 },
  { model: "linear", data: "fashion-mnist", examples: 1000, validation: 150, updates: 150 },
  // Looked at for the first time when the search was as it is.
  { model: "lenet", data: "fashion-mnist", examples: 800, validation: 100, updates: 100 },
  { model: "mlp:128x1", data: "mnist", examples: 800, validation: 150, updates: 120 },
  { model: "mlp:24x2", data: "fashion-mnist", examples: 800, validation: 150, updates: 150 },
  { model: "linear", data: "iris", examples: 120, validation: 30, updates: 150 },
  { model: "mlp:48x3", data: "mnist", examples: 800, validation: 150, updates: 150 },
  { model: "mlp:200x1", data: "fashion-mnist", examples: 800, validation: 150, updates: 120 },
];
export const optimizers = {
  "sgd, momentum 0.9": { of: () => sgd({ momentum: 0.9 }), rate: 0.01, beta2: null, exponent: 1 },
  adamw: { of: (beta2: number | null) => adamW({ beta2: beta2 ?? 0.999 }), rate: 1e-3, beta2: 0.999, exponent: 0.5 },
} as const;
export type OptimizerName = keyof typeof optimizers;

/** Examples of an update of the present setting. */
export const PRESENT = 16;

/** A task: a model, data and an optimizer, with all of its trainings. */
export interface Task extends Pair {
  readonly folder: string;
  /** Whether no further training may begin. */
  readonly isOver: () => boolean;
  readonly name: string;
  readonly optimizer: OptimizerName;
  readonly train: Dataset;
  readonly validate: Dataset;
  readonly curves: Map<string, Curve>;
}

interface Curve {
  readonly evaluations: readonly { readonly step: number; readonly validationLoss: number }[];
  /** Updates after which it was to end, or Infinity where it ended by itself. */
  readonly most: number;
}

const engine = nativeEngine();

export async function openTask(
  pair: Pair,
  optimizer: OptimizerName,
  { folder, isOver }: Pick<Task, "folder" | "isOver">,
): Promise<Task> {
  const { train: all, validation } = await openData(pair.data);
  const name = `${pair.model} on ${pair.data}, ${optimizer}`;
  const path = join(folder, "trainings.jsonl");
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  const kept = lines.map((line) => JSON.parse(line) as Curve & { task: string; key: string; most: number | null });
  const own = kept.filter(({ task }) => task === name);
  const curves = own.map((one) => [one.key, { ...one, most: one.most ?? Number.POSITIVE_INFINITY }] as const);
  return {
    ...{ ...pair, folder, isOver, name, optimizer, curves: new Map(curves) },
    train: limit(all, pair.examples),
    validate: sampled(validation, pair.validation),
  };
}

/** Drawn at random: the first ones may be all of one class, as a validation split is in the order of its data. */
const sampled = (data: Dataset, count: number) => select(data, random(0).permutation(data.size).slice(0, count));

export const presentOf = ({ optimizer }: Pick<Task, "optimizer">): PilotSetting => {
  const { rate, beta2 } = optimizers[optimizer];
  return { effectiveBatchSize: PRESENT, learningRate: rate, beta2 };
};

function requireTime({ isOver }: Task): void {
  if (isOver()) throw new Error("time is up; the same command goes on");
}

/** A training, until the target or so many updates; of one seed only once. */
export async function curveOf(
  task: Task,
  { setting, seed, mostUpdates }: PilotRequest,
  target: number,
): Promise<Curve> {
  const key = `${keyOf(setting)} seed ${seed}`;
  const known = task.curves.get(key);
  if (known && (known.most >= mostUpdates || updatesTo(known as never, target).reached)) return known;
  requireTime(task);
  const { effectiveBatchSize, learningRate, beta2 } = setting;
  const evaluations: { step: number; validationLoss: number }[] = [];
  let most = mostUpdates;
  try {
    for await (const event of train(engine, {
      ...{ model: await openModel(task.model, task.train, seed), train: task.train, validation: task.validate },
      ...{ optimizer: optimizers[task.optimizer].of(beta2), learningRate, window: [effectiveBatchSize], seed },
      ...{ epochs: Number.POSITIVE_INFINITY, steps: mostUpdates, stopLoss: target, threads: 1 },
      evaluateEvery: { examples: Math.max(1, Math.round((task.updates * PRESENT) / 40)) },
      ...{ checkpointEvery: 2 ** 31 - 1, logEvery: Number.MAX_SAFE_INTEGER },
    } as never))
      if ((event.kind === "evaluation" || event.kind === "epoch") && Number.isFinite(event.validationLoss))
        evaluations.push({ step: event.step, validationLoss: event.validationLoss });
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    most = Number.POSITIVE_INFINITY;
  }
  const curve = { evaluations, most };
  task.curves.set(key, curve);
  appendFileSync(join(task.folder, "trainings.jsonl"), `${JSON.stringify({ task: task.name, key, ...curve })}\n`);
  return curve;
}

export async function pilotOf(task: Task, request: PilotRequest, target: number): Promise<Pilot> {
  const { setting, seed, mostUpdates } = request;
  const found = updatesTo((await curveOf(task, request, target)) as never, target);
  const isWithin = found.reached && found.updates <= mostUpdates;
  return { setting, seed, updates: isWithin ? found.updates : mostUpdates, reached: isWithin };
}

/** Processor seconds of updates in several windows, the least of several times, and what the model makes of them. */
export async function costOf(task: Task): Promise<Machine["cost"]> {
  const path = join(task.folder, "costs.json");
  const known = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  if (known[task.name] !== undefined) return known[task.name];
  requireTime(task);
  const windows = [[1], [4], [16], [64], [16, 16, 16, 16], [4, 4, 4, 4]];
  const times: number[][] = windows.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, window] of windows.entries()) times[i]!.push(await secondsOf(task, window));
  const { perUpdate, perMicroBatch, perExample, deviation } = fitStepCost(
    windows.map((window, i) => ({
      ...{ batchSize: window.reduce((a, b) => a + b), microBatch: window[0]! },
      seconds: [Math.min(...times[i]!)],
    })),
  );
  const cost = {
    ...{ perUpdate: perUpdate.value, perMicroBatch: perMicroBatch!.value, perExample: perExample.value, deviation },
  };
  writeFileSync(path, JSON.stringify({ ...known, [task.name]: cost }, null, 2));
  return cost;
}

const ROUNDS = 2;

/** The least of the stretches, as what else the machine does can only make them longer. */
async function secondsOf(task: Task, window: readonly number[]): Promise<number> {
  const { train: data, validate: validation } = task;
  const options = trainingOptions(engine, {
    ...{ model: await openModel(task.model, data, 0), train: data, validation, window, seed: 0, threads: 1 },
    ...{ optimizer: optimizers[task.optimizer].of(0.999), learningRate: 0 },
  });
  const stretches = await timeUpdates(engine, options);
  return Math.min(...stretches.map(({ processor, updates }) => processor / updates));
}
