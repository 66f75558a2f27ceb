/**
 * What batch schedules come to beside the constant batch of their parent: the table of docs/batch-schedules.md. Every
 * task is trained with its best rate of a list, under a cosine, with a constant batch and with each schedule, on the
 * same seeds. Prints final validation losses, paired differences to the parent with their 95 % intervals, and the
 * updates saved. The critical batch sizes of cbs:FILE are measured by branches from the parent's run of another seed.
 *
 *     node bench/batchSchedules.ts [seeds = 8]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunOptions, trainToRun } from "../src/api/trainToRun.ts";
import { comparePaired } from "../src/statistics/comparison/pairedComparison.ts";
import { meanOf } from "../src/statistics/comparison/sample.ts";
import { table } from "./measure.ts";

const [seeds = 8] = process.argv.slice(2).map(Number);
/** Far from the seeds that are compared. */
const OTHER_SEED = 1_000_000;
const FACTORS = [1, 4, 16];
const BRANCH_SEEDS = 5;

interface Task {
  readonly name: string;
  readonly options: Omit<RunOptions, "dir"> & { readonly model: string; readonly data: string };
  readonly rates: readonly number[];
  /** Updates of the parent after which branches begin. */
  readonly branchAt: readonly number[];
}

const cosine = { schedule: "cosine", evaluateEvery: 1000, checkpointEvery: 1000, keepCheckpoints: 1 } as const;
const tasks: readonly Task[] = [
  {
    name: "LeNet, MNIST, AdamW, batch 16",
    options: { model: "lenet", data: "mnist", optimizer: "adamw", batchSize: 16, limitExamples: 3000, epochs: 4 },
    rates: [2e-3, 4e-3, 8e-3],
    branchAt: [100, 300],
  },
  {
    name: "perceptron, Fashion-MNIST, SGD, batch 16",
    options: {
      model: "mlp:64x1",
      data: "fashion-mnist",
      optimizer: "sgd",
      batchSize: 16,
      limitExamples: 3000,
      epochs: 6,
    },
    rates: [0.05, 0.1, 0.2],
    branchAt: [100, 600],
  },
  {
    name: "GPT-2 nano, Moby-Dick, AdamW, batch 8",
    options: {
      ...{ model: "gpt2:nano", data: "moby-dick", tokenizer: "bytes", sequenceLength: 32, optimizer: "adamw" },
      ...{ batchSize: 8, limitExamples: 4000, epochs: 1 },
    } as Task["options"],
    rates: [2e-3, 4e-3, 8e-3],
    branchAt: [100, 300],
  },
];

const dir = mkdtempSync(join(tmpdir(), "batch-schedules-"));

interface Outcome {
  readonly loss: number;
  readonly updates: number;
  readonly saved: number;
}

async function outcomeOf({ options }: Task, more: Partial<RunOptions>): Promise<Outcome> {
  const { summary } = await trainToRun({ ...cosine, noiseScale: "off", dir, ...options, ...more });
  const { constantBatchUpdates = summary.steps, steps, last } = summary;
  return { loss: last!.validationLoss, updates: steps, saved: 1 - steps / constantBatchUpdates };
}

async function bestRate(task: Task): Promise<number> {
  const losses: number[] = [];
  for (const learningRate of task.rates) {
    const own: number[] = [];
    for (const seed of [OTHER_SEED, OTHER_SEED + 1]) own.push((await outcomeOf(task, { learningRate, seed })).loss);
    losses.push(meanOf(own));
    console.log(`${task.name}: rate ${learningRate}, loss ${losses.at(-1)!.toFixed(4)}`);
  }
  return task.rates[losses.indexOf(Math.min(...losses))]!;
}

/** Branches from a run of the parent; gives the file of `critical-batch --json`. */
async function criticalBatches(task: Task, learningRate: number): Promise<string> {
  const checkpoints = { checkpointSteps: 50, checkpointEvery: undefined, keepCheckpoints: 1000 };
  const parent = { ...cosine, noiseScale: "off", dir, ...task.options, learningRate, seed: OTHER_SEED } as const;
  const { path } = await trainToRun({ ...parent, ...checkpoints });
  const bin = new URL("../bin/batchscope.js", import.meta.url).pathname;
  const which = task.branchAt.map((step) => `step:${step}`).join(",");
  const flags = [
    "--checkpoint",
    which,
    "--factors",
    FACTORS.join(","),
    "--seeds",
    `${BRANCH_SEEDS}`,
    "--json",
    "--dir",
    dir,
  ];
  const text = execFileSync(process.execPath, [bin, "critical-batch", path, ...flags], { encoding: "utf8" });
  const file = join(dir, `${task.options.model.replace(/\W/g, "")}.json`);
  writeFileSync(file, text);
  const { checkpoints: found } = JSON.parse(text) as {
    checkpoints: { step: number; criticalBatchSize: { lower: number | null; value: number | null } }[];
  };
  for (const { step, criticalBatchSize } of found)
    console.log(`${task.name}: critical batch at step ${step}: ${JSON.stringify(criticalBatchSize)}`);
  return file;
}

const common: Readonly<Record<string, Partial<RunOptions>>> = {
  parent: {},
  seesaw: { accumulationSchedule: "seesaw" },
  cbs: { accumulationSchedule: "cbs", noiseScale: "on" },
};

/** Outcomes by arm, of the same seeds in the same order. */
async function outcomesOf(task: Task, learningRate: number, arms: typeof common): Promise<Map<string, Outcome[]>> {
  const outcomes = new Map<string, Outcome[]>();
  for (let seed = 0; seed < seeds; seed++)
    for (const [name, options] of Object.entries(arms))
      outcomes.set(name, [...(outcomes.get(name) ?? []), await outcomeOf(task, { ...options, learningRate, seed })]);
  return outcomes;
}

function rowOf(task: Task, rate: number, name: string, outcomes: ReadonlyMap<string, readonly Outcome[]>): string[] {
  const lossesOf = (arm: string) => outcomes.get(arm)!.map(({ loss }) => loss);
  const own = outcomes.get(name)!;
  const { difference } = comparePaired(lossesOf(name), lossesOf("parent"));
  const [value, lower, upper] = [difference.value, difference.lower, difference.upper].map((x) => x?.toFixed(4) ?? "–");
  return [
    ...[task.name, `${rate}`, name, meanOf(lossesOf(name)).toFixed(4)],
    ...[name === "parent" ? "" : `${value} [${lower}, ${upper}]`, meanOf(own.map(({ updates }) => updates)).toFixed(0)],
    `${(100 * meanOf(own.map(({ saved }) => saved))).toFixed(1)} %`,
  ];
}

const head = ["task", "rate", "schedule", "final loss", "difference to parent", "updates", "saved"];
const rows: string[][] = [];
const known: { readonly task: Task; readonly learningRate: number; readonly outcomes: Map<string, Outcome[]> }[] = [];
for (const task of tasks) {
  const learningRate = await bestRate(task);
  const outcomes = await outcomesOf(task, learningRate, common);
  known.push({ task, learningRate, outcomes });
  rows.push(...Object.keys(common).map((name) => rowOf(task, learningRate, name, outcomes)));
  console.log(table([head, ...rows]));
}
for (const { task, learningRate, outcomes } of known) {
  const accumulationSchedule = `cbs:${await criticalBatches(task, learningRate)}`;
  for (const [name, own] of await outcomesOf(task, learningRate, { "cbs:FILE": { accumulationSchedule } }))
    rows.push(rowOf(task, learningRate, name, outcomes.set(name, own)));
  console.log(table([head, ...rows]));
}
rmSync(dir, { recursive: true });
