/**
 * What the norm of every example's gradient costs beside the gradient of their micro-batch. Plain and watched runs take
 * turns, block by block, on one thread; seconds are the processor's. The gradients of both must agree bit for bit, and
 * the norms with those of gradients taken one example at a time to 1e-4, before anything is printed. Cockpit's norm
 * test costs 12.7 times the plain step of this MLP.
 *
 *   node bench/exampleNorms.ts
 */
import { newBatch } from "../src/data/dataset.ts";
import { flatten, linear, relu, sequential } from "../src/model/layers.ts";
import type { Model } from "../src/model/model.ts";
import { buildModel } from "../src/model/zoo.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { random } from "../src/tensor/random.ts";
import { sizeOf, type Tensor, zeros } from "../src/tensor/tensor.ts";
import { gradientGraph, gradientName, totals } from "../src/training/graphs.ts";
import { table, withSpread } from "./measure.ts";
import { randomImages } from "./step.ts";

const BLOCKS = 30;
const engine = nativeEngine();

/** The network of Cockpit's benchmark of its own overhead (Schneider et al. 2021, arXiv:2102.06604). */
function cockpitMlp(): Model {
  const draw = random(0);
  const widths = [784, 1000, 500, 100, 10];
  const layers = widths.slice(1).flatMap((width, i) => [linear(`linear${i}`, widths[i]!, width, draw), relu]);
  const input = { name: "x", type: "float32", shape: [1, 28, 28] } as const;
  return sequential("mlp 784-1000-500-100-10", input, [flatten, ...layers.slice(0, -1)]);
}

async function load(model: Model, batch: number, feeds: Record<string, Tensor>, squaredNorms?: number) {
  const graph = gradientGraph(model, batch, { accumulate: false, squaredNorms });
  const results = Object.fromEntries(
    [...graph.outputs].map(([name, { type, shape }]) => [name, zeros(type, shape)] as const),
  );
  const bound = (await engine.load(graph, { threads: 1 })).bind({ ...feeds, ...results });
  return { results, run: () => bound.run() };
}

async function seconds(count: number, run: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6 / count;
}

function sumOfSquares(model: Model, results: Record<string, Tensor>): number {
  let sum = 0;
  for (const { name } of model.parameters)
    for (const value of results[gradientName(name)]!.data as Float32Array) sum += value * value;
  return sum;
}

/** Throws unless watching changed no bit and the first norms are those of single examples. */
async function assertRight(model: Model, feeds: Record<string, Tensor>, plain: Results, watched: Results) {
  for (const { name } of model.parameters) {
    const [a, b] = [plain, watched].map((results) => Buffer.from(results[gradientName(name)]!.data.buffer));
    if (!a!.equals(b!)) throw new Error(`${model.name}: expected the same gradient of ${name} watched or not`);
  }
  const { x, y, ...fixed } = feeds;
  const width = sizeOf(x!.shape) / x!.shape[0]!;
  for (let i = 0; i < 4; i++) {
    const one = {
      x: { ...x!, shape: [1, ...x!.shape.slice(1)], data: (x!.data as Float32Array).slice(i * width, (i + 1) * width) },
      y: { ...y!, shape: [1], data: (y!.data as BigInt64Array).slice(i, i + 1) },
    };
    const single = await load(model, 1, { ...fixed, ...one });
    await single.run();
    const ratio = Number(watched[totals.squaredNorms]!.data[i]) / sumOfSquares(model, single.results);
    if (!(Math.abs(ratio - 1) < 1e-4)) throw new Error(`${model.name}: norm of example ${i} is off by ${ratio - 1}`);
  }
}

type Results = Record<string, Tensor>;

async function row(model: Model, batch: number, count: number): Promise<string[]> {
  const data = randomImages([1, 28, 28]);
  const feeds: Record<string, Tensor> = { ...newBatch(data, batch) };
  data.read(
    Uint32Array.from({ length: batch }, (_, i) => i),
    feeds,
  );
  for (const { name, initial } of model.parameters) feeds[name] = initial;
  const plain = await load(model, batch, feeds);
  const watched = await load(model, batch, feeds, batch);
  await plain.run();
  await watched.run();
  await assertRight(model, feeds, plain.results, watched.results);
  const ratios: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const without = await seconds(count, plain.run);
    ratios.push((await seconds(count, watched.run)) / without);
  }
  return [model.name, String(batch), withSpread(ratios)];
}

const rows = [
  ["model", "batch", "watched ÷ plain: median (p10–p90)"],
  await row(cockpitMlp(), 128, 10),
  await row(buildModel("mlp", { shape: [1, 28, 28], classes: 10 }, random(0)), 64, 30),
  await row(buildModel("lenet", { shape: [1, 28, 28], classes: 10 }, random(0)), 16, 20),
];
console.log(table(rows));
