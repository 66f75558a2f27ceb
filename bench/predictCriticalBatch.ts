/**
 * Which noise scale predicts the critical batch size that branches measure? Small parents on four tasks, each with SGD,
 * AdamW and Lion, are branched from two checkpoints, as `critical-batch` does but in this process: with the optimizer's
 * state, batches 4 to 256, the rate by the usual rule, equal examples, five orders of the data. At the same weights
 * the plain noise scale and that of the optimizer's own update are measured on mini-batches of the training data.
 * Ratios are to the batch that needs twice the examples, which is what a noise scale stands for.
 *
 *   node bench/predictCriticalBatch.ts [steps before each checkpoint, 30,300] [a part of "task optimizer"]
 */
import { gramMeter } from "../src/analysis/gram.ts";
import { optimizerMeter } from "../src/analysis/optimizerNoise.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { openData } from "../src/data/registry.ts";
import type { Model } from "../src/model/model.ts";
import { buildModel } from "../src/model/zoo.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { lion } from "../src/optimizer/lion.ts";
import type { Optimizer } from "../src/optimizer/optimizer.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { type BranchProgress, type CriticalBatch, criticalBatch } from "../src/statistics/criticalBatch.ts";
import { describeGradients } from "../src/statistics/describe.ts";
import type { NoiseScale } from "../src/statistics/types.ts";
import { DivergedError } from "../src/tensor/errors.ts";
import { random } from "../src/tensor/random.ts";
import { restoreKept, restoreModel } from "../src/training/checkpoint.ts";
import { modelAt, newTrainingState, type TrainingState } from "../src/training/state.ts";
import { train } from "../src/training/train.ts";

const BATCH = 4;
const FACTORS = [1, 2, 4, 16, 64];
const SEEDS = [11, 12, 13, 14, 15];
/** Of each branch: eight updates of the largest batch. */
const EXAMPLES = 8 * BATCH * FACTORS.at(-1)!;
const CHECKPOINTS = process.argv[2]?.split(",").map(Number) ?? [30, 300];
const ROWS = 96;

const tasks = [
  { model: "mlp", data: "iris", rates: { sgd: 0.02, adamw: 2e-3, lion: 2e-4 } },
  { model: "mlp", data: "mnist", rates: { sgd: 0.02, adamw: 5e-4, lion: 5e-5 } },
  { model: "lenet", data: "fashion-mnist", rates: { sgd: 0.05, adamw: 5e-4, lion: 5e-5 } },
  { model: "tcn", data: "sensors", rates: { sgd: 0.02, adamw: 1e-3, lion: 1e-4 } },
];
const optimizers = { sgd: sgd(), adamw: adamW(), lion: lion() };
type Name = keyof typeof optimizers;

const engine = nativeEngine();

interface Task {
  readonly name: string;
  readonly model: Model;
  readonly data: Dataset;
  readonly validation: Dataset;
}

async function open({ model, data }: (typeof tasks)[number]): Promise<Task> {
  const opened = await openData(data, {});
  const [first, validation] = [firstExamples(opened.train, 6000), firstExamples(opened.validation, 1000)];
  const network = buildModel(model, { shape: first.inputs[0]!.shape, classes: first.classes! }, random(1));
  return { name: `${model}, ${data}`, model: network, data: first, validation };
}

function firstExamples(whole: Dataset, most: number): Dataset {
  const size = Math.min(whole.size, most);
  return { ...whole, size, labels: whole.labels!.subarray(0, size) };
}

interface Course {
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly seed: number;
  readonly from?: Uint8Array;
}

/** Trains on from what the model holds; gives the held-out loss at the end, NaN where it diverged, and the weights. */
async function run({ data, validation }: Task, model: Model, { from, batchSize, steps, ...course }: Course) {
  let [loss, bytes] = [Number.NaN, new Uint8Array()];
  const window = [Math.min(batchSize, data.size)];
  const ends = { epochs: Number.POSITIVE_INFINITY, steps, checkpointEvery: { steps }, evaluateEvery: steps };
  const fixed = { threads: 1, logEvery: 2 ** 30, noiseScale: false, schedule: undefined };
  const optimizerFrom = from && { bytes: from, file: "checkpoint" };
  const options = { ...course, ...ends, ...fixed, model, train: data, validation, window, optimizerFrom };
  try {
    for await (const event of train(engine, options)) {
      if ("validationLoss" in event && event.validationLoss !== undefined) loss = event.validationLoss as number;
      if (event.kind === "checkpoint") bytes = event.bytes as typeof bytes;
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    loss = Number.NaN;
  }
  return { loss, bytes };
}

interface Cell {
  readonly task: string;
  readonly optimizer: Name;
  readonly step: number;
  readonly some: CriticalBatch;
  readonly doubled: CriticalBatch;
  readonly plain: NoiseScale;
  readonly own: NoiseScale;
}

async function cell(task: Task, name: Name, learningRate: number, steps: number): Promise<Cell> {
  const optimizer = optimizers[name];
  const parent = { optimizer, learningRate, batchSize: BATCH, steps, seed: 3 };
  const { loss: startLoss, bytes } = await run(task, task.model, parent);
  const state = newTrainingState(task.model, optimizer);
  restoreModel(bytes, "checkpoint", state);
  const taken = restoreKept(bytes, "checkpoint", state);
  const start = modelAt(task.model, state);
  const branches: BranchProgress[] = [];
  for (const factor of FACTORS.filter((one) => one * BATCH <= task.data.size)) {
    const batchSize = BATCH * factor;
    const rate = learningRate * (name === "sgd" ? factor : Math.sqrt(factor));
    const progress: (number | null)[] = [];
    for (const seed of SEEDS) {
      const branch = { optimizer, learningRate: rate, batchSize, steps: EXAMPLES / batchSize, seed, from: bytes };
      const { loss } = await run(task, start, branch);
      progress.push(Number.isFinite(loss) ? startLoss - loss : null);
    }
    branches.push({ batchSize, progress });
  }
  const scales = await noiseScales(task, optimizer, state, taken);
  const [some, doubled] = [0.2, 1].map((overhead) => criticalBatch(branches, { overhead })) as [
    CriticalBatch,
    CriticalBatch,
  ];
  return { task: task.name, optimizer: name, step: steps, some, doubled, ...scales };
}

async function noiseScales({ model, data }: Task, optimizer: Optimizer, state: TrainingState, taken: number | null) {
  const rows = Math.min(ROWS, Math.floor(data.size / 4));
  const batchSize = Math.floor(data.size / rows);
  const indices = random(9, 2)
    .permutation(data.size)
    .subarray(0, rows * batchSize);
  const own = optimizerMeter(optimizer, state, model, { rows, batchSize, size: data.size });
  own.begin(taken);
  const plan = { groups: rows, batchSize, indices, mode: "evaluation", threads: 1, memoryBudget: 2 ** 29 } as const;
  const meter = await gramMeter(engine, model, state, data, { ...plan, ...own.measured });
  const gram = await meter.measure();
  meter.release();
  const statistics = describeGradients(gram, { datasetSize: data.size, seed: 0 });
  return { plain: statistics.noiseScale, own: own.of(gram, statistics).noiseScale! };
}

const short = (x: number) => (x >= 1000 ? x.toFixed(0) : Number(x.toPrecision(2)).toString());

function ofBranches({ value, lower, upper }: CriticalBatch): string {
  if (value === null && lower === null && upper === null) return "–";
  if (value === null && upper === null) return `≥ ${short(lower!)}`;
  if (value === null) return `≤ ${short(upper!)}`;
  return `${short(value)} [${lower === null ? 0 : short(lower)}, ${upper === null ? "∞" : short(upper)}]`;
}

const ofNoise = ({ value, lower, upper, resolved }: NoiseScale) =>
  resolved ? `${short(value)} [${short(lower)}, ${short(upper)}]` : `≥ ${short(lower)}`;

/** Predicted over branched, as far as both are known. */
function ratio({ value, lower, resolved }: NoiseScale, { doubled }: Cell): string {
  if (doubled.value !== null) return resolved ? short(value / doubled.value) : `≥ ${short(lower / doubled.value)}`;
  if (doubled.lower !== null && resolved) return `≤ ${short(value / doubled.lower)}`;
  return "–";
}

/** Distance of the own scale from the branched batch, worst first; unresolved cells last. */
const off = ({ own, doubled }: Cell) =>
  doubled.value !== null && own.resolved ? Math.abs(Math.log(own.value / doubled.value)) : -1;

const header = ["task", "optimizer", "step", "20 % more", "twice", "plain", "own", "plain / twice", "own / twice"];
const line = (one: Cell) =>
  [one.task, one.optimizer, one.step, ofBranches(one.some), ofBranches(one.doubled), ofNoise(one.plain)]
    .concat([ofNoise(one.own), ratio(one.plain, one), ratio(one.own, one)])
    .join(" | ");

const cells: Cell[] = [];
for (const step of CHECKPOINTS)
  for (const about of tasks) {
    const task = await open(about);
    for (const name of Object.keys(optimizers) as Name[]) {
      if (!`${task.name} ${name}`.includes(process.argv[3] ?? "")) continue;
      cells.push(await cell(task, name, about.rates[name], step));
      console.error(`${(process.cpuUsage().user / 1e6).toFixed(0)} s  ${line(cells.at(-1)!)}`);
    }
  }
console.log(`| ${header.join(" | ")} |\n|${" --- |".repeat(header.length)}`);
for (const one of cells.toSorted((a, b) => off(b) - off(a))) console.log(`| ${line(one)} |`);
console.log(`${(process.cpuUsage().user / 1e6).toFixed(0)} seconds of processor`);
