import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oracle } from "../../test/oracle.ts";
import { slowBatch } from "../../test/slowRegression.ts";
import { clouds, eventsOf, positionAt, regression } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
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
import { type AnalyzeWatch, analyzeCheckpoints } from "./analyze.ts";
import type { AnalyzeOptions } from "./analyzeOptions.ts";
import { gramMeter } from "./gram.ts";
import { openUnfinished, type Unfinished } from "./resumableParts.ts";

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
    "analyze: expected at most the 60 examples of clouds, got 11 rows of 6 = 66; lower `rows` or `batchSize`",
  );
});

test("a batch of which the data have not two is refused by its size", async () => {
  await expect(analyzed({ rows: 2, batchSize: 31 })).rejects.toThrow(
    "analyze: expected mini-batches of at most 30 examples, two being the fewest that clouds with its 60 must give, got 31; lower `batchSize`",
  );
});

test("layers, groups, the whole data set and other pictures come where they are asked for", async () => {
  const [plain] = await analyzed({ checkpoints: checkpoints.slice(0, 1) });
  expect(Object.keys(plain!)).toEqual(["epoch", "step", "metrics", "statistics", "measurement", "signalToNoise"]);
  expect(plain!.measurement).toEqual({ way: "one pass", passes: 1, sketch: null });
  const asked = { byLayer: true, by: "class", fullPass: true, batchSize: 3, pictures: { methods: ["pca"] as const } };
  const [result] = await analyzed({ checkpoints: checkpoints.slice(0, 1), ...asked });
  const { layers, groups, fullPass, statistics } = result!;
  expect(layers!.reduce((sum, { traceCovariance }) => sum + traceCovariance, 0)).toBeCloseTo(
    statistics.traceCovariance,
    5,
  );
  expect(layers!.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(18);
  expect(layers!.map(({ signalToNoise }) => signalToNoise!.coordinates)).toEqual([18]);
  expect(result!.signalToNoise).toEqual(layers![0]!.signalToNoise);
  expect(groups).toMatchObject({ by: "class", names: ["0", "1", "2"], rowsPerGroup: 3, batchSize: 3, leftOut: [] });
  expect(groups!.conflicts.pairs).toHaveLength(3);
  // Classes that a linear model tells apart agree within, and not with each other.
  expect(groups!.conflicts.within).toBeGreaterThan(groups!.conflicts.between);
  expect(fullPass!.examples).toBe(60);
  const { lower, upper } = statistics.datasetNoiseScale!;
  expect(lower).toBeLessThan(fullPass!.noiseScale);
  expect(upper).toBeGreaterThan(fullPass!.noiseScale);
  expect(statistics.embeddings!.map(({ method }) => method)).toEqual(["PCA"]);
});

test("a group whose labels are wrong is found by its column, and no other", async () => {
  // Of two classes, so that wrong labels pull the other way and not only elsewhere.
  const plain = clouds(180, [5], 2);
  const binary = regression(plain);
  const sites = Array.from({ length: 180 }, (_, i) => ["north", "south", "wild"][Math.floor(i / 3) % 3]!);
  const mislabelled: Dataset = {
    ...plain,
    columns: { site: sites },
    async read(indices, batch) {
      await plain.read(indices, batch);
      const labels = batch.y!.data as BigInt64Array;
      indices.forEach((index, i) => {
        if (sites[index] === "wild") labels[i] = 1n - labels[i]!;
      });
    },
  };
  const state = newTrainingState(binary, sgd());
  const position = positionAt({ epoch: 0, step: 0, examples: 0, sampler: { random: [1, 2, 3, 4], position: 0 } });
  const untrained = saveCheckpoint(
    { path: join(run.path, "sites") },
    { epoch: 0, step: 0, bytes: encodeCheckpoint(state, position), metrics: 0 },
  );
  const change = { model: binary, data: mislabelled, checkpoints: [untrained], rows: 24, batchSize: 6, by: "site" };
  const [result] = await analyzed(change);
  const { names, rowsPerGroup, conflicts } = result!.groups!;
  expect([names, rowsPerGroup]).toEqual([["north", "south", "wild"], 8]);
  const found = conflicts.pairs
    .filter(({ conflict }) => conflict)
    .map(({ first, second }) => [names[first], names[second]]);
  expect(found.sort()).toEqual([
    ["north", "wild"],
    ["south", "wild"],
  ]);
});

describe("an analysis that was stopped", () => {
  const wanted = { byLayer: true, by: "class", fullPass: true, batchSize: 3 };
  const settings = { model, data, epochs, rows: 10, seed: 1, threads: 1, memoryBudget: 2 ** 28, ...wanted };

  async function collect(unfinished: Unfinished, change: Partial<AnalyzeOptions>, watch: AnalyzeWatch) {
    const results: CheckpointAnalysis[] = [];
    const options = { ...settings, checkpoints, ...change };
    for await (const result of analyzeCheckpoints(engine, options, { ...watch, unfinished })) results.push(result);
    return results;
  }

  test("goes on without measuring again, to the same end, and leaves nothing behind", async () => {
    const reads: number[] = [];
    const counted: Dataset = {
      ...data,
      read: (indices, batch) => {
        reads.push(indices.length);
        return data.read(indices, batch);
      },
    };
    const change = { data: counted };
    const unfinished = await openUnfinished(run, { ...settings, checkpoints, ...change });
    const controller = new AbortController();
    let [done, total] = [0, 0];
    const watch: AnalyzeWatch = {
      signal: controller.signal,
      begin: (examples) => {
        total = examples;
      },
      progress: (examples) => {
        done += examples;
        // Rows and groups of the first of three checkpoints, and some of its whole data set.
        if (done > 60) controller.abort(new Error("stopped"));
      },
    };
    await expect(collect(unfinished, change, watch)).rejects.toThrow("stopped");
    const [kept] = readdirSync(join(run.path, "analysis"));
    expect(kept).toMatch(/^unfinished-[0-9a-f]{16}$/);
    expect(readdirSync(join(run.path, "analysis", kept!)).length).toBeGreaterThanOrEqual(2);
    const whole = await collect(unfinished, change, {});
    reads.length = 0;
    // Another process finds the same parts.
    const again = await openUnfinished(run, { ...settings, checkpoints, ...change });
    reads.length = 0;
    let seen = 0;
    const resumed = await collect(again, change, { progress: (examples) => (seen += examples) });
    // What is compiled at once reads its examples when it is opened; nothing is measured.
    expect(reads.reduce((sum, count) => sum + count, 0)).toBe(30 + 27);
    expect(seen).toBe(total);
    expect(resumed).toEqual(whole);
    again.remove();
    expect(readdirSync(join(run.path, "analysis"))).toEqual([]);
  });

  test("does not take the parts of another one, nor damaged ones", async () => {
    const first = await openUnfinished(run, { ...settings, checkpoints });
    const results = await collect(first, {}, {});
    const [folder] = readdirSync(join(run.path, "analysis"));
    for (const change of [{ seed: 2 }, { rows: 9 }, { by: undefined }, { data: clouds(60, [5], 4) }]) {
      const other = await openUnfinished(run, { ...settings, checkpoints, ...change });
      expect(other.of("x").read("y")).toBeNull();
      other.of("x").write("y", new Map([["z", Float64Array.of(1)]]));
      expect(readdirSync(join(run.path, "analysis")).length).toBe(2);
      other.remove();
    }
    for (const name of readdirSync(join(run.path, "analysis", folder!)))
      writeFileSync(join(run.path, "analysis", folder!, name), "cut");
    expect(await collect(first, {}, {})).toEqual(results);
    first.remove();
  });
});
