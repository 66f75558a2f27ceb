/**
 * Whether the noise scale while training is that of `analyze` at the same weights: five models, windows of one and of
 * four micro-batches, ten checkpoints each. The moving average that a checkpoint carries is put beside the Gram of
 * mini-batches drawn at that checkpoint's weights. They agree where their 95 % intervals have something in common; the
 * last columns count how many have an upper end, and how far below the analyzed value the lower ends lie.
 *
 *   node bench/noiseWhileTraining.ts
 */
import { gramMeter } from "../src/analysis/gram.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { openData } from "../src/data/registry.ts";
import { buildModel } from "../src/model/zoo.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { smoothNoiseScale } from "../src/statistics/noiseOverTime.ts";
import { noiseScale } from "../src/statistics/noiseScale.ts";
import type { NoiseScale } from "../src/statistics/types.ts";
import { random } from "../src/tensor/random.ts";
import { restoreCheckpoint } from "../src/training/checkpoint.ts";
import { newTrainingState } from "../src/training/state.ts";
import { train } from "../src/training/train.ts";
import { quantile, table } from "./measure.ts";

const CHECKPOINTS = 10;
/** Examples that a checkpoint is analyzed with. */
const ANALYZED = 1024;
const EXAMPLES = 6000;

const cases = [
  { model: "mlp", data: "mnist", learningRate: 1e-3, steps: 1000 },
  { model: "lenet", data: "fashion-mnist", learningRate: 1e-3, steps: 1000 },
  { model: "lstm", data: "mnist", learningRate: 1e-3, steps: 400 },
  { model: "dualgafnet", data: "DualGAF", learningRate: 1e-3, steps: 400 },
  { model: "mlp", data: "iris", learningRate: 1e-2, steps: 800 },
];
const windows = [
  { name: "1 × 16", window: [16] },
  { name: "4 × 4", window: [4, 4, 4, 4] },
];

interface Pair {
  readonly training: NoiseScale;
  readonly analyzed: NoiseScale;
}

const engine = nativeEngine();
const optimizer = adamW();

async function pairs(of: (typeof cases)[number], window: readonly number[]): Promise<Pair[]> {
  const data = await firstExamples(of.data);
  const model = buildModel(of.model, { shape: data.inputs[0]!.shape, classes: data.classes! }, random(1));
  const [batchSize] = window as [number];
  const groups = Math.floor(Math.min(data.size, ANALYZED) / batchSize);
  const indices = random(9, 2)
    .permutation(data.size)
    .subarray(0, groups * batchSize);
  const state = newTrainingState(model, optimizer);
  const budget = { threads: 1, memoryBudget: 2 ** 30 };
  const plan = { groups, batchSize, indices, mode: "evaluation", ...budget } as const;
  const meter = await gramMeter(engine, model, state, data, plan);
  const every = of.steps / CHECKPOINTS;
  const found: Pair[] = [];
  const options = { model, optimizer, window, train: data, validation: { ...data, size: window.length } };
  const length = { epochs: Number.POSITIVE_INFINITY, steps: of.steps, checkpointEvery: { steps: every } };
  const fixed = { seed: 3, threads: 1, logEvery: of.steps, noiseScale: true, evaluateEvery: of.steps };
  for await (const event of train(engine, { ...options, ...length, ...fixed, learningRate: of.learningRate })) {
    if (event.kind !== "checkpoint" || event.step % every !== 0 || event.step / every <= found.length) continue;
    const { noise } = restoreCheckpoint(event.bytes, "checkpoint", state);
    found.push({ training: smoothNoiseScale(noise!).noiseScale, analyzed: noiseScale(await meter.measure()) });
  }
  meter.release();
  return found;
}

async function firstExamples(name: string): Promise<Dataset> {
  const { train: whole } = await openData(name, name === "DualGAF" ? { subset: "1-to-4" } : {});
  const size = Math.min(whole.size, EXAMPLES);
  return { ...whole, size, labels: whole.labels!.subarray(0, size) };
}

const meet = ({ training, analyzed }: Pair) => training.lower <= analyzed.upper && training.upper >= analyzed.lower;

const rows = [
  ["", "window", "agree", "bounded", "within 4", "holds the value", "lower end / analyzed", "value / analyzed"],
];
const all: Pair[] = [];
for (const one of cases)
  for (const { name, window } of windows) {
    const found = await pairs(one, window);
    all.push(...found);
    rows.push([`${one.model}, ${one.data}`, name, ...told(found)]);
    console.error(rows.at(-1)!.join("  "));
  }
rows.push(["all", "", ...told(all)]);

function told(found: readonly Pair[]): string[] {
  const known = found.filter(({ analyzed }) => analyzed.value > 0);
  const bounded = known.filter(({ training }) => training.resolved);
  const median = (values: readonly number[]) => (values.length === 0 ? "–" : quantile(values, 0.5).toFixed(2));
  return [
    `${found.filter(meet).length} of ${found.length}`,
    String(found.filter(({ training }) => training.resolved).length),
    String(found.filter(({ training }) => training.resolved && training.upper <= 4 * training.lower).length),
    `${known.filter(({ training, analyzed }) => training.lower <= analyzed.value && analyzed.value <= training.upper).length} of ${known.length}`,
    median(known.map(({ training, analyzed }) => training.lower / analyzed.value)),
    median(bounded.map(({ training, analyzed }) => training.value / analyzed.value)),
  ];
}

console.log(table(rows));
