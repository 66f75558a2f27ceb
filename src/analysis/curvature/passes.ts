import { type Batch, type Dataset, newBatch } from "../../data/dataset.ts";
import { divisor, type Loss } from "../../model/loss.ts";
import type { Mode, Model, Parameter } from "../../model/model.ts";
import type { Bound, Engine } from "../../runtime/engine.ts";
import { UnsupportedError } from "../../tensor/errors.ts";
import { type Tensor, zeros } from "../../tensor/tensor.ts";
import { letOthersRun } from "../../training/clock.ts";
import { masksOf } from "../../training/dropoutMasks.ts";
import { gradientGraph, gradientName, totals } from "../../training/graphs.ts";
import type { DropoutRates } from "../../training/masks.ts";
import { examplesFor } from "../../training/microBatch.ts";
import { hessianName, productGraph, vectorName } from "../../training/productGraph.ts";
import { peakBytes, withOutputs } from "../../training/rowGraphs.ts";
import { type ParameterSlice, slicesOf } from "./layout.ts";
import { add, type Memory, memoryOf, put, views } from "./passMemory.ts";

/** What passes over the examples are made from. */
export interface PassSettings {
  readonly model: Model;
  readonly data: Dataset;
  readonly loss: Loss;
  readonly mode: Mode;
  readonly dropout: DropoutRates;
  /** The variables. */
  readonly trained: readonly Parameter[];
  /** Examples in the order of the sums. */
  readonly indices: Uint32Array;
  readonly batchSize?: number | undefined;
  readonly threads: number;
  readonly memoryBudget: number;
  readonly progress?: ((examples: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

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
  gradient(
    parameters: Float64Array,
    order?: Uint32Array,
  ): Promise<{ readonly loss: number; readonly gradient: Float64Array }>;
  /** Throws `missing` where there is one. */
  product(parameters: Float64Array, vector: Float64Array): Promise<Float64Array>;
}

type Kind = "loss" | "gradient" | "product";

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
  const { batchSize, lanes } = runSize(engine, settings, missing === null);
  const memory = memoryOf(settings, engine, lanes);
  const threads = lanes > 1 ? 1 : settings.threads;
  const runs = new Map<string, Promise<Run[]>>();
  const open = (kind: Kind, count: number) => {
    const key = `${kind} ${count}`;
    const run = runs.get(key) ?? compile(engine, { ...settings, threads }, memory, kind, count);
    runs.set(key, run);
    return run;
  };
  const read = reader(settings);
  let drawn = 0;
  let weightOfAll: number | undefined;
  async function addUp(kind: Kind, parameters: Float64Array, order: Uint32Array): Promise<Sums> {
    put(memory.parameters, memory.layout, parameters, slices);
    const sums = { loss: 0, weight: 0, vector: new Float64Array(kind === "loss" ? 0 : size) };
    for (let start = 0; start < order.length; ) {
      settings.signal?.throwIfAborted();
      const together: Run[] = [];
      for (; together.length < lanes && start < order.length; start += batchSize) {
        const some = order.subarray(start, start + batchSize);
        const run = (await open(kind, some.length))[together.length]!;
        await read(some, run.batch);
        run.fill(drawn++);
        together.push(run);
      }
      await Promise.all(together.map((run) => run.bound.run()));
      // In the order of the examples, whichever was done first.
      for (const run of together) {
        sums.loss += Number(run.totals[totals.loss]?.data[0] ?? 0);
        sums.weight += Number(run.totals[totals.weight]?.data[0] ?? 0);
        if (kind !== "loss") add(sums.vector, run.result, memory.layout, slices);
        settings.progress?.(run.count);
      }
      await letOthersRun();
    }
    if (kind !== "product") weightOfAll = divisor(loss, sums.weight);
    return sums;
  }
  const mean = (vector: Float64Array) => vector.map((x) => x / weightOfAll!);
  return {
    slices,
    size,
    precision: memory.precision,
    batchSize,
    missing,
    loss: async (parameters) => (await addUp("loss", parameters, indices)).loss / weightOfAll!,
    async gradient(parameters, order = indices) {
      const sums = await addUp("gradient", parameters, order);
      return { loss: sums.loss / weightOfAll!, gradient: mean(sums.vector) };
    },
    async product(parameters, vector) {
      if (missing) throw missing;
      if (weightOfAll === undefined) await addUp("loss", parameters, indices);
      put(memory.vector, memory.layout, vector, slices);
      return mean((await addUp("product", parameters, indices)).vector);
    },
  };
}

interface Sums {
  readonly loss: number;
  readonly weight: number;
  readonly vector: Float64Array;
}

interface Run {
  readonly count: number;
  readonly bound: Bound;
  readonly result: Memory["results"][number];
  readonly batch: Batch;
  readonly totals: Readonly<Record<string, Tensor>>;
  fill(microBatch: number): void;
}

/** One session, bound once for each run at a time. */
async function compile(
  engine: Engine,
  settings: PassSettings,
  memory: Memory,
  kind: Kind,
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

function graphOf({ model, mode, loss, dropout, trained }: PassSettings, kind: Kind, count: number) {
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
function runSize(engine: Engine, settings: PassSettings, twice: boolean): { batchSize: number; lanes: number } {
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
