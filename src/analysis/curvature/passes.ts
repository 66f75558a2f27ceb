import { type Batch, newBatch } from "../../data/dataset.ts";
import { divisor } from "../../model/loss.ts";
import type { Engine } from "../../runtime/engine.ts";
import { UnsupportedError } from "../../tensor/errors.ts";
import { type Tensor, zeros } from "../../tensor/tensor.ts";
import { letOthersRun } from "../../training/clock.ts";
import { masksOf } from "../../training/dropoutMasks.ts";
import { gradientGraph, gradientName, totals } from "../../training/graphs.ts";
import { examplesFor } from "../../training/microBatch.ts";
import { hessianName, productGraph, vectorName } from "../../training/productGraph.ts";
import { peakBytes, withOutputs } from "../../training/rowGraphs.ts";
import { keptProducts } from "./keptProducts.ts";
import { type ParameterSlice, slicesOf } from "./layout.ts";
import { add, type Memory, memoryOf, type Numbers, put, putInitial, views } from "./passMemory.ts";
import type { PassSettings, Run } from "./passSettings.ts";

/** Means over all examples, in vectors without gaps. */
export interface Passes {
  readonly slices: readonly ParameterSlice[];
  readonly size: number;
  readonly precision: "float32" | "float64";
  /** Examples of one run. */
  readonly batchSize: number;
  /** What says that an operator has no second derivative; null where each has one. */
  readonly missing: UnsupportedError | null;
  loss(parameters: Float64Array): Promise<number>;
  /** Null stands for the model's own parameters, everywhere. */
  gradient(
    parameters: Float64Array | null,
    order?: Uint32Array,
  ): Promise<{ readonly loss: number; readonly gradient: Float64Array }>;
  /** Throws `missing` where there is one. */
  product(parameters: Float64Array | null, vector: Float64Array): Promise<Float64Array>;
  /** into += H·v at the model's own parameters. Beside the engine's it takes no memory. */
  addProduct(vector: Float32Array, into: Float32Array): Promise<void>;
}

type GraphKind = "loss" | "gradient" | "product";
/** "again": a product at a place where there are others, what they share kept. */
type Kind = GraphKind | "again";

/** Examples of one run at most. */
const AT_ONCE = 256;

/** Runs of fewer examples are not made side by side. */
const LEAST = 16;

/** Opens the passes; sessions are compiled when first needed and belong to `engine`. */
export function openPasses(engine: Engine, settings: PassSettings): Passes {
  const { indices, loss, trained } = settings;
  const slices = slicesOf(trained);
  const size = slices.reduce((sum, { length }) => sum + length, 0);
  const missing = missingSecondDerivative(settings);
  const sizes = runSize(engine, settings, missing === null);
  const memory = memoryOf(settings, engine, sizes.lanes);
  const sumUp = summing(engine, settings, memory, sizes);
  let weightOfAll: number | undefined;
  async function pass(kind: Kind, parameters: Float64Array | null, order: Uint32Array, into?: Numbers, share = 1) {
    if (parameters) put(memory.parameters, memory.layout, parameters, slices);
    else putInitial(memory, trained);
    const sums = await sumUp(kind, order, (result) => into && add(into, result, memory.layout, slices, share));
    if (kind === "loss" || kind === "gradient") weightOfAll = divisor(loss, sums.weight);
    return sums;
  }
  async function mean(kind: Kind, parameters: Float64Array | null, order: Uint32Array) {
    const vector = new Float64Array(size);
    const sums = await pass(kind, parameters, order, vector);
    for (let i = 0; i < size; i++) vector[i]! /= weightOfAll!;
    return { loss: sums.loss / weightOfAll!, vector };
  }
  async function requireWeight(parameters: Float64Array | null) {
    if (missing) throw missing;
    if (weightOfAll === undefined) await pass("loss", parameters, indices);
  }
  return {
    slices,
    size,
    precision: memory.precision,
    batchSize: sizes.batchSize,
    missing,
    loss: async (parameters) => (await pass("loss", parameters, indices)).loss / weightOfAll!,
    async gradient(parameters, order = indices) {
      const { loss, vector } = await mean("gradient", parameters, order);
      return { loss, gradient: vector };
    },
    async product(parameters, vector) {
      await requireWeight(parameters);
      put(memory.vector, memory.layout, vector, slices);
      return (await mean("again", parameters, indices)).vector;
    },
    async addProduct(vector, into) {
      await requireWeight(null);
      put(memory.vector, memory.layout, vector, slices);
      await pass("product", null, indices, into, 1 / weightOfAll!);
    },
  };
}

/** Runs the examples in order, `lanes` micro-batches at a time; hands on the result of each, in that order. */
function summing(engine: Engine, settings: PassSettings, memory: Memory, { batchSize, lanes }: Sizes) {
  const threads = lanes > 1 ? 1 : settings.threads;
  const runs = new Map<string, Promise<Run[]>>();
  const open = (kind: GraphKind, count: number) => {
    const key = `${kind} ${count}`;
    const run = runs.get(key) ?? compile(engine, { ...settings, threads }, memory, kind, count);
    runs.set(key, run);
    return run;
  };
  const kept = keptProducts(engine, { ...settings, threads }, memory, batchSize);
  const runOf = async (kind: Kind, start: number, count: number, lane: number) => {
    const again = kind === "again" ? kept.open(start / batchSize, count, memory.results[lane]!) : null;
    return again ?? (await open(kind === "again" ? "product" : kind, count))[lane]!;
  };
  const read = reader(settings);
  let drawn = 0;
  return async (kind: Kind, order: Uint32Array, receive: (result: Numbers) => void): Promise<Sums> => {
    const sums = { loss: 0, weight: 0 };
    if (kind === "again") kept.moveTo(memory.parameters);
    for (let start = 0; start < order.length; ) {
      settings.signal?.throwIfAborted();
      const together: Run[] = [];
      for (; together.length < lanes && start < order.length; start += batchSize) {
        const some = order.subarray(start, start + batchSize);
        const run = await runOf(kind, start, some.length, together.length);
        await read(some, run.batch);
        run.fill(drawn++);
        together.push(run);
      }
      await Promise.all(together.map((run) => run.bound.run()));
      // In the order of the examples, whichever was done first.
      for (const run of together) {
        sums.loss += Number(run.totals[totals.loss]?.data[0] ?? 0);
        sums.weight += Number(run.totals[totals.weight]?.data[0] ?? 0);
        receive(run.result);
        settings.progress?.(run.count);
      }
      await letOthersRun();
    }
    return sums;
  };
}

/** Examples of a run, and runs at a time. */
interface Sizes {
  readonly batchSize: number;
  readonly lanes: number;
}

interface Sums {
  readonly loss: number;
  readonly weight: number;
}

/** One session, bound once for each run at a time. */
async function compile(
  engine: Engine,
  settings: PassSettings,
  memory: Memory,
  kind: GraphKind,
  count: number,
): Promise<Run[]> {
  const graph = graphOf(settings, kind, count);
  const session = await engine.load(graph, { threads: settings.threads });
  return memory.results.map((result) => {
    const batch = newBatch(settings.data, count);
    const masks = masksOf(graph, settings.model, count, { rates: settings.dropout, seed: 0 });
    const results: Record<string, Tensor> = {};
    for (const name of [totals.loss, totals.weight]) {
      const output = graph.outputs.get(name);
      if (output) results[name] = zeros(memory.precision, output.shape);
    }
    const given: Readonly<Record<string, Tensor>> = {
      ...memory.constants,
      ...views(memory, memory.parameters, (name) => name),
      ...views(memory, memory.vector, vectorName),
      ...examplesFor(graph, batch),
      ...masks.tensors,
    };
    const read = Object.fromEntries(graph.inputs.map(({ name }) => [name, given[name]!]));
    const made = kind === "loss" ? {} : views(memory, result, kind === "gradient" ? gradientName : hessianName);
    const bound = session.bind({ ...read, ...made, ...results });
    return { count, bound, batch, result, totals: results, fill: (microBatch) => masks.fill({ microBatch }) };
  });
}

function graphOf({ model, mode, loss, dropout, trained }: PassSettings, kind: GraphKind, count: number) {
  const dropped = new Set(dropout.keys());
  const parameters = trained.map(({ name }) => name);
  if (kind === "product") return productGraph(model, count, { mode, loss, dropout: dropped, parameters });
  const graph = gradientGraph(model, count, { accumulate: false, mode, loss, dropout: dropped });
  const gradients = kind === "gradient" ? parameters.map(gradientName) : [];
  return withOutputs(graph, new Set([totals.loss, totals.weight, ...gradients]));
}

function missingSecondDerivative(settings: PassSettings): UnsupportedError | null {
  // Batch normalisation in training mode takes no single example.
  const few = Math.min(2, settings.indices.length);
  graphOf(settings, "gradient", few);
  try {
    graphOf(settings, "product", few);
    return null;
  } catch (error) {
    if (error instanceof UnsupportedError) return error;
    throw error;
  }
}

/**
 * Examples of a run, and runs at a time. Two runs on a core each are faster than one on two cores, which wait for one
 * another at every operator, where memory allows runs that are not too small.
 */
function runSize(engine: Engine, settings: PassSettings, twice: boolean): Sizes {
  const { indices, threads, memoryBudget } = settings;
  const kind = twice ? "product" : "gradient";
  const fitting = (lanes: number) => {
    let size = settings.batchSize ?? AT_ONCE;
    const isTooMuch = () => lanes * peakBytes(graphOf(settings, kind, size)) > memoryBudget / 4;
    while (settings.batchSize === undefined && size > 1 && isTooMuch()) size = Math.ceil(size / 2);
    return Math.min(size, indices.length);
  };
  const many = fitting(threads);
  // Elsewhere a run holds up the thread that starts it.
  const isWorthIt = engine.name === "native" && many >= Math.min(LEAST, indices.length) && many * 2 <= indices.length;
  return isWorthIt ? { batchSize: many, lanes: threads } : { batchSize: fitting(1), lanes: 1 };
}

/** Reads examples; those of the usual order only once, where all fit into a quarter of the memory. */
export function reader({ data, indices, memoryBudget }: PassSettings) {
  const bytes = Object.values(newBatch(data, 1)).reduce((sum, array) => sum + array.data.byteLength, 0);
  const keeps = bytes * indices.length <= memoryBudget / 4;
  const kept = new Map<number, Batch>();
  return async (some: Uint32Array, batch: Batch): Promise<void> => {
    const start = keeps && some.buffer === indices.buffer ? some.byteOffset : undefined;
    const found = start === undefined ? undefined : kept.get(start);
    if (!found) await data.read(some, batch);
    for (const [name, array] of Object.entries(found ?? {}))
      (batch[name]!.data as Float32Array).set(array.data as Float32Array);
    if (!found && start !== undefined)
      kept.set(
        start,
        Object.fromEntries(
          Object.entries(batch).map(([name, array]) => [name, { ...array, data: array.data.slice() } as Tensor]),
        ),
      );
  };
}
