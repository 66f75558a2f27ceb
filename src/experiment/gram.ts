import { type Batch, type Dataset, newBatch } from "../data/dataset.ts";
import { defaultLoss, divisor, type Loss } from "../model/loss.ts";
import type { Mode, Model } from "../model/model.ts";
import type { Bound, Engine, Session } from "../runtime/engine.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import type { Gram } from "../statistics/types.ts";
import { UnsupportedError, UsageError } from "../tensor/errors.ts";
import { type Shape, scalar, sizeOf, type Tensor, tensor, zeros } from "../tensor/tensor.ts";
import { viewsOf } from "../training/flat.ts";
import {
  gradientGraph,
  gradientName,
  gramGraph,
  gramName,
  newStateName,
  productsGraph,
  rowsGraph,
  totals,
} from "../training/graphs.ts";
import { examplesFor } from "../training/microBatch.ts";
import { modelTensors, type TrainingState } from "../training/state.ts";

export interface GramOptions {
  /** K, the number of mini-batches. */
  readonly groups: number;
  /** Examples of each. */
  readonly batchSize: number;
  /** K · batchSize examples; mini-batch k is the k-th block. */
  readonly indices: Uint32Array;
  readonly mode: Mode;
  /** Default cross-entropy. */
  readonly loss?: Loss;
  readonly threads: number;
  /** Bytes that the results of one pass over a block may take, all layers together; the engine frees many before the end. */
  readonly memoryBudget: number;
}

/** Measures the same mini-batches again and again, at whatever parameters `state` holds. */
export interface GramMeter {
  /** "one pass" or "blocks of rows", or "batch by batch" where the model's groups cannot be followed (gradient/rows.ts). */
  readonly way: "one pass" | "blocks of rows" | "batch by batch";
  measure(): Promise<Gram>;
  release(): void;
}

/**
 * Compiles the measurement of the Gram of K mini-batch gradients, each the mean over its own examples. Where all examples fit one
 * block the rows live layer by layer only; else blocks of rows fill a K × P matrix first.
 */
export async function gramMeter(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: GramOptions,
): Promise<GramMeter> {
  try {
    const perExample = bytesPerExample(model, options);
    const fits = options.indices.length * perExample <= options.memoryBudget;
    const perBlock = Math.max(1, Math.floor(options.memoryBudget / (perExample * options.batchSize)));
    if (fits) return await onePass(engine, model, state, data, options);
    return await inBlocks(engine, model, state, data, options, perBlock);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return batchByBatch(engine, model, state, data, options);
  }
}

/** What a pass of rows computes for one example, in bytes. Blocks in cache are faster too, so that a small budget costs no time. */
function bytesPerExample(model: Model, { batchSize, mode, loss }: GramOptions): number {
  const { nodes } = rowsGraph(model, batchSize, 1, mode, loss);
  const elements = nodes.flatMap((node) => node.outputs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return (elements * Float32Array.BYTES_PER_ELEMENT) / batchSize;
}

async function onePass(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  { groups, batchSize, indices, mode, threads, loss = defaultLoss }: GramOptions,
): Promise<GramMeter> {
  const batch = await readAll(data, indices);
  const weights = zeros("float32", [groups]);
  const products = squares(model, groups);
  const graph = gramGraph(model, indices.length, groups, mode, loss);
  const examples = examplesFor(graph, batch);
  const session = await engine.load(graph, { threads });
  const bound = session.bind({ ...modelTensors(state), ...examples, [totals.weights]: weights, ...products });
  return {
    way: "one pass",
    async measure() {
      await bound.run();
      return gramOf(Object.values(products), divisors(loss, weights), batchSize);
    },
    release: session.release,
  };
}

async function inBlocks(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  { groups, batchSize, indices, mode, threads, loss = defaultLoss }: GramOptions,
  perBlock: number,
): Promise<GramMeter> {
  const weights = zeros("float32", [groups]);
  const rows = Object.fromEntries(
    model.parameters.map(({ name, initial }) => [
      gradientName(name),
      zeros("float32", [groups, sizeOf(initial.shape)]),
    ]),
  );
  const sessions = new Map<number, Session>();
  const blocks: { batch: Batch; taken: Uint32Array; bound: Bound }[] = [];
  for (let first = 0; first < groups; first += perBlock) {
    const count = Math.min(perBlock, groups - first);
    const taken = indices.subarray(first * batchSize, (first + count) * batchSize);
    const graph = rowsGraph(model, taken.length, count, mode, loss);
    const session = sessions.get(count) ?? (await engine.load(graph, { threads }));
    sessions.set(count, session);
    const batch = blocks.find((block) => block.taken.length === taken.length)?.batch ?? newBatch(data, taken.length);
    const examples = examplesFor(graph, batch);
    const part = Object.fromEntries(
      model.parameters.map(({ name, initial }) => [
        gradientName(name),
        rowsFrom(rows[gradientName(name)]!, first, count, initial.shape),
      ]),
    );
    const own = tensor("float32", [count], (weights.data as Float32Array).subarray(first, first + count));
    const bound = session.bind({ ...modelTensors(state), ...examples, [totals.weights]: own, ...part });
    blocks.push({ batch, taken, bound });
  }
  const products = squares(model, groups);
  const multiply = await engine.load(productsGraph(model, groups), { threads });
  const multiplied = multiply.bind({ ...rows, ...products });
  return {
    way: "blocks of rows",
    async measure() {
      for (const { batch, taken, bound } of blocks) {
        await data.read(taken, batch);
        await bound.run();
      }
      await multiplied.run();
      return gramOf(Object.values(products), divisors(loss, weights), batchSize);
    },
    release: () => {
      for (const session of [...sessions.values(), multiply]) session.release();
    },
  };
}

/** Memory for the K × K products of each parameter, under the names of `gramGraph`. */
function squares(model: Model, groups: number): Record<string, Tensor> {
  return Object.fromEntries(model.parameters.map(({ name }) => [gramName(name), zeros("float32", [groups, groups])]));
}

/** Rows first … first + count − 1 of a [K, P] matrix as [count, ...shape], over the same memory. */
function rowsFrom(matrix: Tensor, first: number, count: number, shape: Shape): Tensor {
  const width = matrix.shape[1]!;
  return tensor(
    "float32",
    [count, ...shape],
    (matrix.data as Float32Array).subarray(first * width, (first + count) * width),
  );
}

/** Adds the parameters' Grams in float64 and divides each row's sum by its own divisor. */
function gramOf(products: readonly Tensor[], divisors: readonly number[], batchSize: number): Gram {
  const groups = divisors.length;
  const total = new Float64Array(groups * groups);
  for (const { data } of products) for (let i = 0; i < total.length; i++) total[i]! += Number(data[i]);
  return {
    products: total.map((sum, i) => sum / (divisors[Math.floor(i / groups)]! * divisors[i % groups]!)),
    counts: Array<number>(groups).fill(batchSize),
  };
}

/** What the sums of the mini-batches are divided by. Throws `UsageError` for one in which nothing weighs anything. */
function divisors(loss: Loss, weights: Tensor): number[] {
  const all = Array.from(weights.data as Float32Array, (weight) => divisor(loss, weight));
  const empty = all.indexOf(0);
  if (empty === -1) return all;
  throw new UsageError(
    `gram: expected labels that count in every mini-batch, got none in number ${empty + 1} of ${all.length}; use larger batches`,
  );
}

async function batchByBatch(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: GramOptions,
): Promise<GramMeter> {
  const { groups, batchSize, indices, mode, threads, loss = defaultLoss } = options;
  const graph = gradientGraph(model, batchSize, { accumulate: false, mode, loss });
  const session: Session = await engine.load(graph, { threads });
  const batch = newBatch(data, batchSize);
  const weight = scalar("float32", 0);
  const sum = new Float32Array(state.layout.length);
  const others = [totals.loss, totals.labels, totals.correct].filter((name) => graph.outputs.has(name));
  const unused = Object.fromEntries(others.map((name) => [name, scalar("float32", 0)]));
  const running = Object.fromEntries(
    Object.entries(state.running).map(([name, { shape }]) => [newStateName(name), zeros("float32", shape)]),
  );
  const outputs = {
    ...viewsOf(sum, state.layout, gradientName("")),
    ...(mode === "training" ? running : {}),
    ...unused,
    [totals.weight]: weight,
  };
  const bound = session.bind({ ...modelTensors(state), ...examplesFor(graph, batch), ...outputs });
  return {
    way: "batch by batch",
    async measure() {
      const rows: Float32Array[] = [];
      for (let k = 0; k < groups; k++) {
        await data.read(indices.subarray(k * batchSize, (k + 1) * batchSize), batch);
        await bound.run();
        const [own] = divisors(loss, weight) as [number];
        rows.push(sum.map((value) => value / own));
      }
      return gramOfRows(rows, Array<number>(groups).fill(batchSize));
    },
    release: session.release,
  };
}

async function readAll(data: Dataset, indices: Uint32Array): Promise<Batch> {
  const batch = newBatch(data, indices.length);
  await data.read(indices, batch);
  return batch;
}
