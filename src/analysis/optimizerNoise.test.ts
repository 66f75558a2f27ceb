import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { slowBatch } from "../../test/slowRegression.ts";
import { clouds, eventsOf, regression } from "../../test/training.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { lenet } from "../model/lenet.ts";
import type { Model } from "../model/model.ts";
import { adamW } from "../optimizer/adam.ts";
import { withGroups } from "../optimizer/groups.ts";
import { lars } from "../optimizer/layerWise.ts";
import { lion } from "../optimizer/lion.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import { datasetNoiseScale, noiseScale } from "../statistics/noiseScale.ts";
import { signNoiseScale } from "../statistics/signNoiseScale.ts";
import { type Checkpoint, listCheckpoints, readCheckpoint, saveCheckpoint } from "../store/checkpoints.ts";
import type { CheckpointAnalysis } from "../store/schema.ts";
import { random } from "../tensor/random.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { analyzeCheckpoints } from "./analyze.ts";
import type { AnalyzeOptions } from "./analyzeOptions.ts";

const engine = nativeEngine();
const folder = mkdtempSync(join(tmpdir(), "batchscope-optimizer-noise-"));
afterAll(() => rmSync(folder, { recursive: true }));

const data = clouds(60);
const model = regression(data);

async function trained(name: string, optimizer: Optimizer, own: Model = model, examples = data): Promise<Checkpoint> {
  const run = { path: join(folder, name) };
  const options = { model: own, train: examples, validation: examples, optimizer, learningRate: 0.01, window: [4, 4] };
  await eventsOf(engine, { ...options, epochs: 1, checkpointEvery: 1, seed: 0, threads: 1, logEvery: 100 }, (event) => {
    if (event.kind === "checkpoint") saveCheckpoint(run, { ...event, metrics: 0 });
  });
  return listCheckpoints(run).at(-1)!;
}

async function analyzed(change: Partial<AnalyzeOptions> & Pick<AnalyzeOptions, "checkpoints">) {
  const common = { model, data, epochs: [], rows: 10, batchSize: 4, seed: 1, threads: 1, memoryBudget: 2 ** 28 };
  const results: CheckpointAnalysis[] = [];
  for await (const result of analyzeCheckpoints(engine, { ...common, ...change })) results.push(result);
  return results[0]!;
}

/** Rows in float64, and what the checkpoint keeps under this name of the optimizer's state. */
function slowly(checkpoint: Checkpoint, state: string | null) {
  const { tensors } = decodeSafetensors(readCheckpoint(checkpoint), "checkpoint");
  const all = (prefix: string) => model.parameters.flatMap(({ name }) => toNumbers(tensors.get(prefix + name)!));
  const drawn = [...random(1, 2).permutation(60)];
  const weights = Float64Array.from(all(""));
  const rows = Array.from({ length: 10 }, (_, k) => slowBatch(weights, data, drawn.slice(4 * k, 4 * k + 4)).gradient);
  return { rows, kept: state === null ? [] : all(`optimizer.${state}.`) };
}

test("of AdamW it is that of rows times √D, with β₂, ε and steps as they were", async () => {
  const optimizer = adamW({ beta2: 0.9, epsilon: 0.01 });
  const checkpoint = await trained("adamw", optimizer);
  const { rows, kept } = slowly(checkpoint, "square");
  const steps = checkpoint.step;
  expect(steps).toBe(8);
  const roots = kept.map((v) => Math.sqrt(1 / (Math.sqrt(v / (1 - 0.9 ** steps)) + 0.01)));
  const scaled = rows.map((row) => row.map((x, j) => x * roots[j]!));
  const gram = gramOfRows(scaled, Array<number>(10).fill(4));
  const plain = await analyzed({ checkpoints: [checkpoint] });
  const { optimizerNoise, statistics } = await analyzed({ checkpoints: [checkpoint], optimizer });
  expect(optimizerNoise).toMatchObject({ optimizer: "adamw", kind: "scaled", frozen: 0, unknown: 0 });
  const [own, dataset] = [noiseScale(gram), datasetNoiseScale(gram, 60)];
  for (const key of ["lower", "upper"] as const) {
    expect(1 / optimizerNoise!.noiseScale![key]).toBeCloseTo(1 / own[key], 4);
    expect(1 / optimizerNoise!.datasetNoiseScale![key]).toBeCloseTo(1 / dataset[key], 4);
  }
  expect(own.lower / statistics.noiseScale.lower).not.toBeCloseTo(1, 1);
  // What is measured beside it stays.
  expect(statistics).toEqual(plain.statistics);
  expect(plain.optimizerNoise).toBeUndefined();
});

test("of Lion it is that of signs", async () => {
  const checkpoint = await trained("lion", lion());
  const { rows } = slowly(checkpoint, "mean");
  const found = await analyzed({ checkpoints: [checkpoint], optimizer: lion() });
  const flat = Float64Array.from(rows.flatMap((row) => [...row]));
  const own = signNoiseScale({ groups: 10, batchSize: 4, parts: [{ rows: flat, size: rows[0]!.length }] });
  expect(found.optimizerNoise).toMatchObject({ kind: "sign", datasetNoiseScale: null });
  expect(found.optimizerNoise!.noiseScale!.lower / own.lower).toBeCloseTo(1, 4);
  expect(found.optimizerNoise!.noiseScale!.upper / own.upper).toBeCloseTo(1, 4);
});

test("however the rows are formed it is the same", async () => {
  const pictures = clouds(60, [1, 12, 12], 3);
  const network = lenet({ shape: [1, 12, 12], classes: 3 }, random(2));
  for (const optimizer of [adamW(), lion()]) {
    const checkpoints = [await trained(`lenet ${optimizer.name}`, optimizer, network, pictures)];
    const about = { model: network, data: pictures, checkpoints, optimizer };
    const found = await Promise.all([2 ** 28, 2 ** 19].map((memoryBudget) => analyzed({ ...about, memoryBudget })));
    const ways = found.map(({ measurement }) => `${measurement!.way} ${measurement!.passes > 1}`);
    expect(new Set(ways).size).toBeGreaterThan(1);
    for (const { optimizerNoise } of found.slice(1))
      expect(optimizerNoise!.noiseScale!.lower / found[0]!.optimizerNoise!.noiseScale!.lower).toBeCloseTo(1, 2);
  }
});

test("of sketches of the rows it is that of all their numbers, as near as a sketch comes", async () => {
  const pictures = clouds(60, [1, 12, 12], 3);
  const network = lenet({ shape: [1, 12, 12], classes: 3 }, random(2));
  const checkpoints = [await trained("sketched", adamW(), network, pictures)];
  const about = { model: network, data: pictures, checkpoints, optimizer: adamW() };
  const exact = await analyzed(about);
  const found = await analyzed({ ...about, memoryBudget: 2 ** 19, products: "sketch" });
  expect(found.measurement!.sketch).not.toBeNull();
  const ratio = found.optimizerNoise!.noiseScale!.lower / exact.optimizerNoise!.noiseScale!.lower;
  expect(Math.abs(Math.log(ratio))).toBeLessThan(Math.log(2));
});

test("SGD has the plain one, factors of the rate weigh it, and what is frozen takes no part", async () => {
  const checkpoint = await trained("sgd", sgd());
  const plain = await analyzed({ checkpoints: [checkpoint], optimizer: sgd() });
  expect(plain.optimizerNoise).toMatchObject({ kind: "plain", noiseScale: plain.statistics.noiseScale });
  const groups = withGroups(sgd(), model.parameters, { parameterRates: { "*": 0.25, [model.parameters[0]!.name]: 0 } });
  const { optimizerNoise } = await analyzed({ checkpoints: [checkpoint], optimizer: groups });
  const { rows } = slowly(checkpoint, null);
  const frozen = model.parameters[0]!.initial.data.length;
  const kept = rows.map((row) => row.slice(frozen));
  expect(optimizerNoise).toMatchObject({ kind: "scaled", frozen, unknown: 0 });
  const own = noiseScale(gramOfRows(kept, Array<number>(10).fill(4)));
  expect(optimizerNoise!.noiseScale!.lower / own.lower).toBeCloseTo(1, 4);
});

test("what no noise scale is known of says why", async () => {
  const checkpoint = await trained("without", sgd());
  const of = async (optimizer: Optimizer) => (await analyzed({ checkpoints: [checkpoint], optimizer })).optimizerNoise;
  expect(await of(adamW())).toMatchObject({ kind: "noState", noiseScale: null, datasetNoiseScale: null });
  expect(await of(lars())).toMatchObject({ kind: "norms", noiseScale: null });
});
