/**
 * DualGAFNet against logistic regression on an anomaly that neither has seen, of motes that neither has seen:
 * docs/dualgafnet.md. Every method has the same training windows, copies, loss, optimizer and number of candidates. A
 * candidate is chosen on the training motes alone: cut in the middle of their anomaly, trained on each half and judged
 * on the other. Then five seeds are trained on all of the training motes and judged, once, on the others.
 *
 *   node bench/sensors.ts [methods, comma separated]
 */

import { type Dataset, newBatch } from "../src/data/dataset.ts";
import { decodeSafetensors } from "../src/data/safetensors.ts";
import { fieldDefaults, readSensors, sensorClasses, sensorSubsets, seriesDefaults } from "../src/data/sensors.ts";
import { type SeriesOptions, seriesDatasets } from "../src/data/series.ts";
import type { Series } from "../src/data/windows.ts";
import { addInput, addOutput, newGraph } from "../src/graph/graph.ts";
import { flatten, linear, sequential } from "../src/model/layers.ts";
import { createLoss } from "../src/model/loss.ts";
import type { Model, ModelInput, Parameter } from "../src/model/model.ts";
import { buildModel } from "../src/model/zoo.ts";
import { builder } from "../src/ops/builder.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { cosineSchedule } from "../src/optimizer/cycleSchedules.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { rankingScores } from "../src/statistics/ranking.ts";
import { random } from "../src/tensor/random.ts";
import { sizeOf, type Tensor, toNumbers, zeros } from "../src/tensor/tensor.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { train } from "../src/training/train.ts";
import { table } from "./measure.ts";

interface Candidate {
  readonly series: SeriesOptions;
  readonly learningRate: number;
}

interface Method {
  readonly candidates: readonly Candidate[];
  readonly model: (data: Dataset, seed: number) => Model;
}

interface Sides {
  readonly train: readonly Series[];
  readonly validation: readonly Series[];
}

const SEEDS = [0, 1, 2, 3, 4];
const EPOCHS = 4;
const BATCH = 64;
const common = { stride: 2, fieldSize: 16, fieldRange: "centred", copies: 3 } as const;
const engine = nativeEngine();

/** Two lengths of windows and three learning rates, six candidates for each method. */
function candidates(series: SeriesOptions, learningRates: readonly number[]): Candidate[] {
  return [16, 32].flatMap((length) =>
    learningRates.map((learningRate) => ({ series: { ...series, ...common, length }, learningRate })),
  );
}

const linearRates = [0.003, 0.01, 0.03];
const networkRates = [0.001, 0.003, 0.01];

const onReadings = (data: Dataset, seed: number) => logistic(data.inputs[0]!, data.classes, seed);
const onStatistics = (data: Dataset, seed: number) => logistic(data.inputs[1]!, data.classes, seed);

const methods: Readonly<Record<string, Method>> = {
  "linear on readings": { candidates: candidates(seriesDefaults, linearRates), model: onReadings },
  "linear on basic statistics": {
    candidates: candidates({ ...seriesDefaults, statistics: "basic" }, linearRates),
    model: onStatistics,
  },
  "linear on comprehensive statistics": {
    candidates: candidates({ ...seriesDefaults, statistics: "comprehensive" }, linearRates),
    model: onStatistics,
  },
  DualGAFNet: { candidates: candidates(fieldDefaults, networkRates), model: network },
  "DualGAFNet with basic statistics": {
    candidates: candidates({ ...fieldDefaults, statistics: "basic" }, networkRates),
    model: network,
  },
  "DualGAFNet with comprehensive statistics": {
    candidates: candidates({ ...fieldDefaults, statistics: "comprehensive" }, networkRates),
    model: network,
  },
};

function network({ inputs: [x, features], classes }: Dataset, seed: number): Model {
  return buildModel("dualgafnet", { shape: x!.shape, classes, features: features?.shape[0] }, random(seed));
}

function logistic(input: ModelInput, classes: number, seed: number): Model {
  return sequential("linear", input, [flatten, linear("output", sizeOf(input.shape), classes, random(seed))]);
}

/** Everything read once, as the same windows are read in every epoch. */
async function inMemory(data: Dataset): Promise<Dataset> {
  const all = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    all,
  );
  return {
    ...data,
    read(indices, batch) {
      for (const [name, { data: target }] of Object.entries(batch)) {
        const source = all[name]!.data as Float32Array;
        const length = source.length / data.size;
        for (const [i, index] of indices.entries())
          (target as Float32Array).set(source.subarray(index * length, (index + 1) * length), i * length);
      }
    },
  };
}

/** How much each validation window looks like an anomaly, logit₁ − logit₀, and whether it is one. */
interface Judged {
  readonly scores: number[];
  readonly positive: boolean[];
}

/** Trains with balanced cross-entropy, AdamW and a cosine to 0, and looks at the validation side once. */
async function judge(method: Method, { series, learningRate }: Candidate, sides: Sides, seed: number): Promise<Judged> {
  const opened = seriesDatasets("sensors", sides, sensorClasses, series);
  const [data, validation] = [await inMemory(opened.train), await inMemory(opened.validation)];
  const counts = sensorClasses.map((_, label) => data.labels.filter((one) => one === label).length);
  const classWeights = counts.map((count) => data.size / (sensorClasses.length * count));
  const model = method.model(data, seed);
  const options: TrainingOptions = {
    model,
    train: data,
    validation,
    loss: createLoss("cross_entropy", { classWeights }),
    optimizer: adamW(),
    learningRate,
    schedule: cosineSchedule({ learningRate }),
    window: [BATCH],
    epochs: EPOCHS,
    evaluateEvery: EPOCHS,
    checkpointEvery: EPOCHS,
    seed,
    threads: 1,
    logEvery: Number.MAX_SAFE_INTEGER,
  };
  let tensors = new Map<string, Tensor>();
  for await (const event of train(engine, options))
    if (event.kind === "checkpoint") tensors = decodeSafetensors(event.bytes, "checkpoint").tensors;
  return { scores: await scoresOf(model, tensors, validation), positive: Array.from(validation.labels, Boolean) };
}

async function scoresOf(model: Model, tensors: ReadonlyMap<string, Tensor>, data: Dataset): Promise<number[]> {
  const graph = newGraph("scores");
  const g = builder(graph);
  const declare = (list: readonly Parameter[]) =>
    Object.fromEntries(list.map(({ name, initial }) => [name, addInput(graph, name, initial.type, initial.shape)]));
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [data.size, ...shape])]),
  );
  const io = { inputs, parameters: declare(model.parameters), state: declare(model.state) };
  addOutput(graph, "logits", model.forward(g, { ...io, mode: "evaluation" }).logits);
  const batch = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    batch,
  );
  const logits = zeros("float32", [data.size, 2]);
  const names = graph.inputs.map(({ name }) => name);
  const feeds = Object.fromEntries(names.map((name) => [name, batch[name] ?? tensors.get(name)!]));
  const session = await engine.load(graph);
  await session.bind({ ...feeds, logits }).run();
  session.release();
  const numbers = toNumbers(logits);
  return Array.from({ length: data.size }, (_, i) => numbers[2 * i + 1]! - numbers[2 * i]!);
}

function f1({ scores, positive }: Judged, threshold: number): number {
  const predicted = scores.map((score) => score > threshold);
  const hits = predicted.filter((one, i) => one && positive[i]).length;
  return (2 * hits) / (predicted.filter(Boolean).length + positive.filter(Boolean).length);
}

/** The threshold with the largest F1, half way to the next score below; of several the lowest. */
function bestThreshold(judged: Judged): number {
  const sorted = judged.scores.toSorted((a, b) => b - a);
  const middles = sorted.slice(1).map((score, i) => (score + sorted[i]!) / 2);
  const likely = middles.slice(0, 8 * judged.positive.filter(Boolean).length);
  return likely.reduce((best, one) => (f1(judged, one) >= f1(judged, best) ? one : best), 0);
}

/** The training motes cut in the middle of their anomaly: each half once to train on. */
function halves(series: readonly Series[]): Sides[] {
  const { classes } = series.find((one) => one.classes.includes(1))!;
  const middle = Math.floor((classes.indexOf(1) + classes.lastIndexOf(1) + 1) / 2);
  const part = (start: number, end?: number) =>
    series.map((one) => ({
      ...one,
      channels: one.channels.map((values) => values.subarray(start, end)),
      classes: one.classes.subarray(start, end),
    }));
  const [first, second] = [part(0, middle), part(middle)];
  return [
    { train: first, validation: second },
    { train: second, validation: first },
  ];
}

/** The candidate, and the threshold, with the largest F1 over the windows of both halves together. */
async function choose(method: Method, series: readonly Series[]) {
  const choices = [];
  for (const candidate of method.candidates) {
    const [first, second] = halves(series);
    const judged = [await judge(method, candidate, first!, 0), await judge(method, candidate, second!, 0)];
    const pooled = {
      scores: judged.flatMap(({ scores }) => scores),
      positive: judged.flatMap(({ positive }) => positive),
    };
    const threshold = bestThreshold(pooled);
    choices.push({ candidate, threshold, f1: f1(pooled, threshold) });
  }
  return choices.reduce((best, one) => (one.f1 > best.f1 ? one : best));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** "0.912 ± 0.031": mean and standard deviation over seeds. */
function withDeviation(values: readonly number[]): string {
  const mean = average(values);
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
  return `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

const wanted = process.argv[2]?.split(",");
const rows = [["method", "direction", "window", "rate", "F1 on halves", "F1", "F1 at ½", "average precision"]];
for (const direction of sensorSubsets) {
  const sides = await readSensors(direction);
  for (const [name, method] of Object.entries(methods)) {
    if (wanted && !wanted.includes(name)) continue;
    const chosen = await choose(method, sides.train);
    const found: Judged[] = [];
    for (const seed of SEEDS) found.push(await judge(method, chosen.candidate, sides, seed));
    rows.push([
      name,
      direction,
      String(chosen.candidate.series.length),
      String(chosen.candidate.learningRate),
      chosen.f1.toFixed(3),
      withDeviation(found.map((one) => f1(one, chosen.threshold))),
      withDeviation(found.map((one) => f1(one, 0))),
      withDeviation(found.map(({ scores, positive }) => rankingScores(scores, positive).averagePrecision)),
    ]);
    process.stderr.write(`${rows.at(-1)!.join("  ")}\n`);
  }
}
process.stdout.write(`${table(rows)}\n`);
