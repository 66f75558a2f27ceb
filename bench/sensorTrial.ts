import { type Dataset, newBatch } from "../src/data/dataset.ts";
import { decodeSafetensors } from "../src/data/files/safetensors.ts";
import { sensorClasses, sensorRoles } from "../src/data/named/sensors.ts";
import { type SeriesOptions, seriesDatasets } from "../src/data/series/series.ts";
import type { Series } from "../src/data/series/windows.ts";
import { addInput, addOutput, newGraph } from "../src/graph/graph.ts";
import { createLoss } from "../src/model/loss.ts";
import type { Model, Parameter } from "../src/model/model.ts";
import { builder } from "../src/ops/builder.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { cosineSchedule } from "../src/optimizer/cycleSchedules.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { type Tensor, toNumbers, zeros } from "../src/tensor/tensor.ts";
import { train } from "../src/training/train.ts";
import type { Candidate, Method } from "./sensorMethods.ts";

const BATCH = 64;
const engine = nativeEngine();

export interface Sides {
  readonly train: readonly Series[];
  readonly validation: readonly Series[];
}

/** What was found of each validation window. */
export interface Judged {
  /** How much it looks like an anomaly: logit₁ − logit₀. */
  readonly scores: readonly number[];
  readonly positive: readonly boolean[];
  /** Which piece of which series it begins in. */
  readonly places: readonly string[];
}

/** Readings of one place. */
const PLACE = 32;

/** Trains with balanced cross-entropy, AdamW and a cosine to 0, and looks at the validation side once. */
export async function judge(method: Method, candidate: Candidate, sides: Sides, seed: number): Promise<Judged> {
  const { series, learningRate, epochs } = candidate;
  const { train: data, validation } = await windowsOf(sides, series);
  const counts = sensorClasses.map((_, label) => data.labels.filter((one) => one === label).length);
  const classWeights = counts.map((count) => data.size / (sensorClasses.length * count));
  const model = method.model(data, seed);
  let tensors = new Map<string, Tensor>();
  for await (const event of train(engine, {
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
  }))
    if (event.kind === "checkpoint") tensors = decodeSafetensors(event.bytes, "checkpoint").tensors;
  const { series: names, start } = validation.columns as Record<string, readonly string[]>;
  return {
    scores: await scoresOf(model, tensors, validation),
    positive: Array.from(validation.labels, Boolean),
    places: names!.map((name, i) => `${name} ${Math.floor(Number(start![i]) / PLACE)}`),
  };
}

interface Windows {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/** By the options as JSON: statistics take longer than a linear model. */
const known = new WeakMap<Sides, Map<string, Promise<Windows>>>();

function windowsOf(sides: Sides, options: SeriesOptions): Promise<Windows> {
  const ofSides = known.get(sides) ?? new Map<string, Promise<Windows>>();
  known.set(sides, ofSides);
  const key = JSON.stringify(options);
  const found = ofSides.get(key) ?? openWindows(sides, options);
  ofSides.set(key, found);
  return found;
}

async function openWindows(sides: Sides, options: SeriesOptions): Promise<Windows> {
  const { train: training, validation } = seriesDatasets("sensors", sides, sensorClasses, options, sensorRoles);
  return { train: await inMemory(training), validation: await inMemory(validation) };
}

/** Everything read once, as the same windows are read in every epoch. */
async function inMemory(data: Dataset): Promise<Dataset> {
  const all = newBatch(data, data.size);
  await data.read(everything(data), all);
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

function everything({ size }: Dataset): Uint32Array {
  return Uint32Array.from({ length: size }, (_, i) => i);
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
  await data.read(everything(data), batch);
  const logits = zeros("float32", [data.size, 2]);
  const names = graph.inputs.map(({ name }) => name);
  const feeds = Object.fromEntries(names.map((name) => [name, batch[name] ?? tensors.get(name)!]));
  const session = await engine.load(graph);
  await session.bind({ ...feeds, logits }).run();
  session.release();
  const numbers = toNumbers(logits);
  return Array.from({ length: data.size }, (_, i) => numbers[2 * i + 1]! - numbers[2 * i]!);
}
