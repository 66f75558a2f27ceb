/**
 * DualGAFNet against logistic regression on an anomaly that neither has seen, of motes that neither has seen:
 * docs/dualgafnet.md. Every method has the same training windows, copies, loss, optimizer and number of candidates. A
 * candidate is chosen on the training motes alone: trained on each of the two and judged on the other. Then five seeds
 * are trained on both training motes and judged, once, on the others.
 *
 *   node bench/sensors.ts [methods, comma separated] [direction]
 */

import { withPlantedAnomalies } from "../src/data/anomalyCopies.ts";
import { type Dataset, newBatch } from "../src/data/dataset.ts";
import { decodeSafetensors } from "../src/data/safetensors.ts";
import { fieldDefaults, readSensors, sensorClasses, sensorSubsets, seriesDefaults } from "../src/data/sensors.ts";
import { type SeriesOptions, seriesDatasets } from "../src/data/series.ts";
import type { StatisticSet } from "../src/data/statisticalFeatures.ts";
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
  readonly epochs: number;
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
const BATCH = 64;
const LEARNING_RATES = [0.003, 0.01];
const common = { stride: 2, fieldSize: 16, fieldRange: "centred" } as const;
/** As many examples each: 16 epochs of the series, or 4 of the series and three copies. */
const plantings = [
  { copies: 0, anomalies: 8, epochs: 16 },
  { copies: 3, anomalies: 2, epochs: 4 },
  { copies: 3, anomalies: 0, epochs: 4 },
] as const;
/** For choosing: anomalies planted into the training mote that has none. */
const CHOOSING = { anomalies: 3, seed: 77 } as const;
const engine = nativeEngine();

/** Two lengths of windows, two learning rates and three plantings: twelve candidates for each method. */
function candidates(series: SeriesOptions): Candidate[] {
  return [16, 32].flatMap((length) =>
    plantings.flatMap(({ copies, anomalies, epochs }) =>
      LEARNING_RATES.map((learningRate) => ({
        series: { ...series, ...common, length, copies, anomalies },
        learningRate,
        epochs,
      })),
    ),
  );
}

const onReadings = (data: Dataset, seed: number) => logistic(data.inputs[0]!, data.classes, seed);
const onStatistics = (data: Dataset, seed: number) => logistic(data.inputs[1]!, data.classes, seed);

function linearOn(statistics: StatisticSet): Method {
  return { candidates: candidates({ ...seriesDefaults, statistics }), model: onStatistics };
}

const methods: Readonly<Record<string, Method>> = {
  "linear on readings": { candidates: candidates(seriesDefaults), model: onReadings },
  "linear on basic statistics": linearOn("basic"),
  "linear on comprehensive statistics": linearOn("comprehensive"),
  "linear on statistics of variation": linearOn("variation"),
  DualGAFNet: { candidates: candidates(fieldDefaults), model: network },
  "DualGAFNet with statistics of variation": {
    candidates: candidates({ ...fieldDefaults, statistics: "variation" }),
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
async function judge(method: Method, candidate: Candidate, sides: Sides, seed: number): Promise<Judged> {
  const { series, learningRate, epochs } = candidate;
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
    epochs,
    evaluateEvery: epochs,
    checkpointEvery: epochs,
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

/** Each training mote once to train on and once to judge; the one without an anomaly has the other's, changed. */
function folds(series: readonly Series[]): Sides[] {
  const planted = withPlantedAnomalies(series, CHOOSING.anomalies, CHOOSING.seed);
  const [first, second] = series.map((one, i) => (one.classes.includes(1) ? one : planted[i]!));
  return [
    { train: [first!], validation: [second!] },
    { train: [second!], validation: [first!] },
  ];
}

/** The candidate, and the threshold, with the largest F1 over the windows of both folds together. */
async function choose(method: Method, series: readonly Series[]) {
  const choices = [];
  for (const candidate of method.candidates) {
    const [first, second] = folds(series);
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

/** The mean of the seeds' probabilities, as scores. */
function together(found: readonly Judged[]): Judged {
  const [first] = found;
  const scores = first!.scores.map((_, i) => {
    const probability = average(found.map((one) => 1 / (1 + Math.exp(-one.scores[i]!))));
    return Math.log(probability / (1 - probability));
  });
  return { scores, positive: first!.positive };
}

const wanted = process.argv[2]?.split(",");
const directions = sensorSubsets.filter((one) => process.argv[3] === undefined || one === process.argv[3]);
const measured = ["F1 on folds", "F1", "F1 at ½", "average precision", "F1 of five"];
const rows = [["method", "direction", "window", "rate", "planted", ...measured]];
for (const direction of directions) {
  const sides = await readSensors(direction);
  for (const [name, method] of Object.entries(methods)) {
    if (wanted && !wanted.includes(name)) continue;
    const chosen = await choose(method, sides.train);
    const found: Judged[] = [];
    for (const seed of SEEDS) found.push(await judge(method, chosen.candidate, sides, seed));
    const { series, learningRate } = chosen.candidate;
    rows.push([
      name,
      direction,
      String(series.length),
      String(learningRate),
      String(series.anomalies),
      chosen.f1.toFixed(3),
      withDeviation(found.map((one) => f1(one, chosen.threshold))),
      withDeviation(found.map((one) => f1(one, 0))),
      withDeviation(found.map(({ scores, positive }) => rankingScores(scores, positive).averagePrecision)),
      f1(together(found), chosen.threshold).toFixed(3),
    ]);
    process.stderr.write(`${rows.at(-1)!.join("  ")}\n`);
  }
}
process.stdout.write(`${table(rows)}\n`);
