import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { oracle } from "../../test/oracle.ts";
import { slowBatch } from "../../test/slowRegression.ts";
import { clouds, eventsOf, positionAt, regression } from "../../test/training.ts";
import { decodeSafetensors } from "../data/safetensors.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { describeGradients } from "../statistics/describe.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import { type Checkpoint, listCheckpoints, readCheckpoint, saveCheckpoint } from "../store/checkpoints.ts";
import type { CheckpointAnalysis, EpochRecord } from "../store/schema.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { encodeCheckpoint } from "../training/checkpoint.ts";
import { newTrainingState } from "../training/state.ts";
import { type AnalyzeOptions, analyzeCheckpoints } from "./analyze.ts";
import { gramMeter } from "./gram.ts";

const engine = nativeEngine();
const data = clouds(60);
const model = regression(data);
const run = { path: "" };
const epochs: EpochRecord[] = [];
let checkpoints: Checkpoint[];

beforeAll(async () => {
  run.path = mkdtempSync(join(tmpdir(), "batchscope-analyze-"));
  const options = { model, train: data, validation: data, optimizer: adamW(), learningRate: 0.05, window: [4, 4] };
  await eventsOf(engine, { ...options, epochs: 3, checkpointEvery: 1, seed: 0, threads: 1, logEvery: 100 }, (event) => {
    if (event.kind === "checkpoint") saveCheckpoint(run, { ...event, metrics: 0 });
    if (event.kind === "epoch") epochs.push(event);
  });
  checkpoints = listCheckpoints(run);
});
afterAll(() => rmSync(run.path, { recursive: true }));

async function analyzed(change: Partial<AnalyzeOptions> = {}): Promise<CheckpointAnalysis[]> {
  const options = {
    model,
    data,
    checkpoints,
    epochs,
    rows: 10,
    batchSize: 6,
    seed: 1,
    threads: 1,
    memoryBudget: 2 ** 28,
    ...change,
  };
  const results: CheckpointAnalysis[] = [];
  for await (const result of analyzeCheckpoints(engine, options)) results.push(result);
  return results;
}

test("each checkpoint has the statistics of its own parameters, from the drawn examples", async () => {
  const drawn = [...random(1, 2).permutation(60)];
  const results = await analyzed();
  expect(results.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 8],
    [2, 16],
    [3, 24],
  ]);
  for (const [i, result] of results.entries()) {
    const { tensors } = decodeSafetensors(readCheckpoint(checkpoints[i]!), "checkpoint");
    const parameters = model.parameters.flatMap(({ name }) => toNumbers(tensors.get(name)!));
    const weights = Float64Array.from(parameters);
    const rows = Array.from({ length: 10 }, (_, k) => slowBatch(weights, data, drawn.slice(6 * k, 6 * k + 6)).gradient);
    const gram = gramOfRows(rows, Array<number>(10).fill(6));
    const slow = describeGradients(gram, { datasetSize: 60, seed: 1 });
    for (const key of ["traceCovariance", "squaredNormOfMean", "meanCosine", "effectiveDimension"] as const)
      expect(result.statistics[key] / slow[key]).toBeCloseTo(1, 4);
    expect(result.statistics).toMatchObject({ rows: 10, batchSize: 6, datasetSize: 60 });
    expect(result.metrics).toEqual(epochs[i]);
  }
});

test("the same seed gives the same JSON, another one another", async () => {
  const [first, again, other] = [await analyzed(), await analyzed(), await analyzed({ seed: 2, rows: 9 })];
  expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  expect(other[0]!.statistics.traceCovariance).not.toBe(first[0]!.statistics.traceCovariance);
});

test("batch normalisation uses the running statistics of the checkpoint", async () => {
  const { model: normalised } = oracle("bn_cnn");
  const pictures = clouds(48, [3, 20, 20], 5);
  const state = newTrainingState(normalised, sgd());
  for (const { data: values } of Object.values(state.running)) (values as Float32Array).fill(0.7);
  const position = positionAt({ epoch: 4, step: 9, examples: 1, sampler: { random: [1, 2, 3, 4], position: 0 } });
  const saved = saveCheckpoint(
    { path: join(run.path, "bn") },
    { epoch: 4, step: 9, bytes: encodeCheckpoint(state, position), metrics: 0 },
  );
  const change = { model: normalised, data: pictures, checkpoints: [saved], rows: 6, batchSize: 8 };
  const [{ statistics } = { statistics: undefined }] = await analyzed(change);
  const indices = random(1, 2).permutation(48);
  const options = { groups: 6, batchSize: 8, indices, threads: 1, memoryBudget: 2 ** 28 };
  const measure = async (mode: "evaluation" | "training") => {
    const meter = await gramMeter(engine, normalised, state, pictures, { ...options, mode });
    const gram = await meter.measure();
    meter.release();
    return describeGradients(gram, { datasetSize: 48, seed: 1 });
  };
  expect(statistics).toEqual(await measure("evaluation"));
  expect(statistics).not.toEqual(await measure("training"));
});

test("a checkpoint whose epoch was not recorded has no metrics", async () => {
  const [one] = await analyzed({ checkpoints: checkpoints.slice(1, 2), epochs: epochs.slice(0, 1) });
  expect(one).toMatchObject({ epoch: 2, metrics: null });
});

test("more examples than the data have are refused", async () => {
  const refused = analyzed({ rows: 11 });
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(
    "analyze: expected at most the 60 examples of clouds, got 11 rows of 6 = 66; lower --rows or --batch-size",
  );
});
