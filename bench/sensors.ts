/**
 * DualGAFNet against logistic regression on an anomaly that neither has seen, of motes that neither has seen:
 * docs/dualgafnet.md. Every method has the same training windows, copies, loss, optimizer and number of candidates. A
 * candidate is chosen on the training motes alone: cut in the middle of their anomaly, trained on each half and judged
 * on the other. Then five seeds are trained on all of the training motes and judged, once, on the others.
 *
 *   node bench/sensors.ts [methods, comma separated]
 */

import { type Dataset, newBatch } from "../src/data/dataset.ts";
import { fieldDefaults, readSensors, sensorClasses, sensorSubsets, seriesDefaults } from "../src/data/sensors.ts";
import { type SeriesOptions, seriesDatasets } from "../src/data/series.ts";
import type { Series } from "../src/data/windows.ts";
import { flatten, linear, sequential } from "../src/model/layers.ts";
import { createLoss } from "../src/model/loss.ts";
import type { Model, ModelInput } from "../src/model/model.ts";
import { buildModel } from "../src/model/zoo.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { cosineSchedule } from "../src/optimizer/cycleSchedules.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { random } from "../src/tensor/random.ts";
import { sizeOf } from "../src/tensor/tensor.ts";
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

interface Scores {
  readonly f1: number;
  readonly averagePrecision: number;
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

/** Balanced cross-entropy, AdamW, a cosine to 0; what the last epoch says of the validation side. */
async function judge(
  { model }: Method,
  { series, learningRate }: Candidate,
  sides: Sides,
  seed: number,
): Promise<Scores> {
  const opened = seriesDatasets("sensors", sides, sensorClasses, series);
  const [data, validation] = [await inMemory(opened.train), await inMemory(opened.validation)];
  const counts = sensorClasses.map((_, label) => data.labels.filter((one) => one === label).length);
  const classWeights = counts.map((count) => data.size / (sensorClasses.length * count));
  let scores: Scores | undefined;
  for await (const event of train(engine, {
    model: model(data, seed),
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
  }))
    if (event.kind === "scores") {
      const { classification, ranking } = event.scores;
      scores = { f1: classification!.classes[1]!.f1, averagePrecision: ranking!.averagePrecision };
    }
  return scores!;
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

async function choose(method: Method, series: readonly Series[]): Promise<{ candidate: Candidate; f1: number }> {
  let best = { candidate: method.candidates[0]!, f1: Number.NEGATIVE_INFINITY };
  for (const candidate of method.candidates) {
    const found = [];
    for (const half of halves(series)) found.push((await judge(method, candidate, half, 0)).f1);
    const f1 = average(found);
    if (f1 > best.f1) best = { candidate, f1 };
  }
  return best;
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
const rows = [["method", "direction", "window", "rate", "F1 on halves", "F1", "average precision"]];
for (const direction of sensorSubsets) {
  const sides = await readSensors(direction);
  for (const [name, method] of Object.entries(methods)) {
    if (wanted && !wanted.includes(name)) continue;
    const { candidate, f1 } = await choose(method, sides.train);
    const found = [];
    for (const seed of SEEDS) found.push(await judge(method, candidate, sides, seed));
    rows.push([
      name,
      direction,
      String(candidate.series.length),
      String(candidate.learningRate),
      f1.toFixed(3),
      withDeviation(found.map((one) => one.f1)),
      withDeviation(found.map((one) => one.averagePrecision)),
    ]);
    process.stderr.write(`${rows.at(-1)!.join("  ")}\n`);
  }
}
process.stdout.write(`${table(rows)}\n`);
