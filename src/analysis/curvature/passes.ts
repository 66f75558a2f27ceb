import { type Batch, type Dataset, newBatch } from "../../data/dataset.ts";
import { divisor, type Loss } from "../../model/loss.ts";
import type { Mode, Model, Parameter } from "../../model/model.ts";
import type { Bound, Engine } from "../../runtime/engine.ts";
import { UnsupportedError } from "../../tensor/errors.ts";
import { convert, type Tensor, tensor, zeros } from "../../tensor/tensor.ts";
import { letOthersRun } from "../../training/clock.ts";
import { masksOf } from "../../training/dropoutMasks.ts";
import { type FlatLayout, flatLayout } from "../../training/flat.ts";
import { gradientGraph, gradientName, totals } from "../../training/graphs.ts";
import type { DropoutRates } from "../../training/masks.ts";
import { examplesFor } from "../../training/microBatch.ts";
import { hessianName, productGraph, vectorName } from "../../training/productGraph.ts";
import { peakBytes, withOutputs } from "../../training/rowGraphs.ts";
import { type ParameterSlice, slicesOf } from "./layout.ts";

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

/** Examples that are run at once at most. */
const AT_ONCE = 256;

/** Opens the passes; sessions are compiled when first needed and belong to `engine`. */
export function openPasses(engine: Engine, settings: PassSettings): Passes {
  const { indices, loss, trained } = settings;
  const slices = slicesOf(trained);
  const size = slices.reduce((sum, { length }) => sum + length, 0);
  const memory = memoryOf(settings, engine);
  const missing = missingSecondDerivative(settings);
  const batchSize = Math.min(indices.length, settings.batchSize ?? runSize(settings, missing === null));
  const runs = new Map<string, Promise<Run>>();
  const open = (kind: Kind, count: number) => {
    const key = `${kind} ${count}`;
    const run = runs.get(key) ?? compile(engine, settings, memory, kind, count);
    runs.set(key, run);
    return run;
  };
  const read = reader(settings);
  let drawn = 0;
  let weightOfAll: number | undefined;
  async function addUp(kind: Kind, parameters: Float64Array, order: Uint32Array): Promise<Sums> {
    put(memory.parameters, memory.layout, parameters, slices);
    const sums = { loss: 0, weight: 0, vector: new Float64Array(kind === "loss" ? 0 : size) };
    for (let start = 0; start < order.length; start += batchSize) {
      settings.signal?.throwIfAborted();
      const some = order.subarray(start, start + batchSize);
      const run = await open(kind, some.length);
      await read(some, run.batch);
      run.fill(drawn++);
      await run.bound.run();
      sums.loss += Number(run.totals[totals.loss]?.data[0] ?? 0);
      sums.weight += Number(run.totals[totals.weight]?.data[0] ?? 0);
      if (kind !== "loss") add(sums.vector, memory, slices);
      settings.progress?.(some.length);
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

type Numbers = Float32Array | Float64Array;

/** The arrays that every session is bound to. Tensors start on boundaries that kernels like. */
interface Memory {
  readonly precision: "float32" | "float64";
  readonly layout: FlatLayout;
  readonly parameters: Numbers;
  readonly vector: Numbers;
  readonly result: Numbers;
  /** What does not change: running statistics, and parameters that are no variables. */
  readonly constants: Readonly<Record<string, Tensor>>;
}

function memoryOf({ model, trained }: PassSettings, engine: Engine): Memory {
  const precision = engine.name === "reference" ? "float64" : "float32";
  const layout = flatLayout(trained);
  const flat = () => (precision === "float64" ? new Float64Array(layout.length) : new Float32Array(layout.length));
  const variables = new Set(trained.map(({ name }) => name));
  const fixed = [...model.state, ...model.parameters.filter(({ name }) => !variables.has(name))];
  const constants = Object.fromEntries(fixed.map(({ name, initial }) => [name, convert(initial, precision)]));
  return { precision, layout, parameters: flat(), vector: flat(), result: flat(), constants };
}

function views({ layout, precision }: Memory, flat: Numbers, nameOf: (parameter: string) => string) {
  return Object.fromEntries(
    layout.entries.map(({ name, shape, offset }) => {
      const length = shape.reduce((product, axis) => product * axis, 1);
      return [nameOf(name), tensor(precision, shape, flat.subarray(offset, offset + length))];
    }),
  );
}

function put(flat: Numbers, { entries }: FlatLayout, vector: Float64Array, slices: readonly ParameterSlice[]): void {
  slices.forEach(({ offset, length }, i) => {
    flat.set(vector.subarray(offset, offset + length), entries[i]!.offset);
  });
}

function add(sum: Float64Array, { result, layout }: Memory, slices: readonly ParameterSlice[]): void {
  slices.forEach(({ offset, length }, i) => {
    const from = layout.entries[i]!.offset;
    for (let at = 0; at < length; at++) sum[offset + at]! += result[from + at]!;
  });
}

interface Run {
  readonly bound: Bound;
  readonly batch: Batch;
  readonly totals: Readonly<Record<string, Tensor>>;
  fill(microBatch: number): void;
}

async function compile(
  engine: Engine,
  settings: PassSettings,
  memory: Memory,
  kind: Kind,
  count: number,
): Promise<Run> {
  const graph = graphOf(settings, kind, count);
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
  const made = kind === "loss" ? {} : views(memory, memory.result, kind === "gradient" ? gradientName : hessianName);
  const session = await engine.load(graph, { threads: settings.threads });
  const bound = session.bind({ ...read, ...made, ...results });
  return { bound, batch, totals: results, fill: (microBatch) => masks.fill({ microBatch }) };
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

function runSize(settings: PassSettings, twice: boolean): number {
  let size = Math.min(AT_ONCE, settings.indices.length);
  const kind = twice ? "product" : "gradient";
  while (size > 1 && peakBytes(graphOf(settings, kind, size)) > settings.memoryBudget / 4) size = Math.ceil(size / 2);
  return size;
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
