import { type Batch, type Dataset, newBatch } from "../data/dataset.ts";
import { defaultLoss, type Loss } from "../model/loss.ts";
import type { Mode, Model } from "../model/model.ts";
import type { Bound, Engine, Session } from "../runtime/engine.ts";
import { assertInPlaceSafe } from "../runtime/inPlace.ts";
import { scalar, type Tensor, zeros } from "../tensor/tensor.ts";
import { gradientGraph, gradientName, rowsGraph, sumName, totals } from "../training/graphs.ts";
import { examplesFor } from "../training/microBatch.ts";
import { withOutputs } from "../training/rowGraphs.ts";
import { modelTensors, type TrainingState } from "../training/state.ts";

/** Looks on, and may stop, a measurement that takes long. */
export interface Watch {
  /** Examples that went through the network since the last call. */
  readonly progress?: ((examples: number) => void) | undefined;
  /** Looked at between runs; the measurement then ends with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What the rows are of. */
export interface RowSource {
  readonly engine: Engine;
  readonly model: Model;
  readonly state: TrainingState;
  readonly data: Dataset;
  /** K mini-batches of `batchSize` examples; mini-batch k is the k-th block of `indices`. */
  readonly groups: number;
  readonly batchSize: number;
  readonly indices: Uint32Array;
  readonly mode: Mode;
  readonly loss?: Loss | undefined;
  readonly threads: number;
  /** Whether some coordinates are looked at too. Default false. */
  readonly coordinates?: boolean;
  /** Also the products of rows times these numbers, in the layout of `state`. */
  readonly scale?: Float32Array | undefined;
  /** Also keeps what the rows have at some coordinates. Default false. */
  readonly signs?: boolean;
}

/** Is given row k of a parameter, which holds until it returns. */
export type TakeRow = (k: number, parameter: number, row: Float32Array) => void;

/** Forms the rows of some parameters, Σ w·∇ℓ of each mini-batch. */
export interface RowMaker {
  /**
   * Hands over row k of each parameter; k rises. Σ w of each mini-batch is in `weights` [K] before its rows come.
   * Begins with the row `formed.rows` and counts it up, which so tells how many are whole when the signal ends it.
   */
  form(take: TakeRow, weights: Float64Array, formed: { rows: number }, watch: Watch): Promise<void>;
  release(): void;
}

/**
 * `perBlock` mini-batches at once. Throws `UnsupportedError` where the model's groups cannot be followed
 * (gradient/rows.ts).
 */
export function rowsInBlocks(source: RowSource, parameters: readonly number[], perBlock: number): RowMaker {
  const { engine, model, state, data, groups, batchSize, indices, mode, threads, loss = defaultLoss } = source;
  const wanted = namesOf(model, parameters);
  const compile = cached(async (count: number) => {
    const graph = withOutputs(rowsGraph(model, count * batchSize, count, mode, loss), wanted(totals.weights));
    const batch = newBatch(data, count * batchSize);
    const weights = zeros("float32", [count]);
    const rows = parameters.map((p) => {
      const { name, initial } = model.parameters[p]!;
      return [gradientName(name), zeros("float32", [count, ...initial.shape])] as const;
    });
    const session = await engine.load(graph, { threads });
    const results = { ...Object.fromEntries(rows), [totals.weights]: weights };
    const bound = session.bind({ ...read(state, graph, batch), ...results });
    return { session, batch, bound, weights, rows: rows.map(([, { data }]) => data as Float32Array) };
  });
  return {
    async form(take, weights, formed, { progress, signal }) {
      while (formed.rows < groups) {
        signal?.throwIfAborted();
        const first = formed.rows;
        const count = Math.min(perBlock, groups - first);
        const block = await compile.get(count);
        await data.read(indices.subarray(first * batchSize, (first + count) * batchSize), block.batch);
        await block.bound.run();
        weights.set(block.weights.data as Float32Array, first);
        block.rows.forEach((rows, i) => {
          const size = rows.length / count;
          for (let k = 0; k < count; k++) take(first + k, parameters[i]!, rows.subarray(k * size, (k + 1) * size));
        });
        formed.rows += count;
        progress?.(count * batchSize);
      }
    },
    release: compile.release,
  };
}

/** One mini-batch at a time, of any model, as sums over micro-batches of at most `microBatch` examples. */
export function rowsOneByOne(source: RowSource, parameters: readonly number[], microBatch: number): RowMaker {
  const { engine, model, state, data, groups, batchSize, indices, mode, threads, loss = defaultLoss } = source;
  const wanted = namesOf(model, parameters);
  const own = parameters.map((p) => model.parameters[p]!);
  const sums = own.map(({ initial }) => zeros("float32", initial.shape));
  const weight = scalar("float32", 0);
  const named = (name: (parameter: string) => string): Record<string, Tensor> =>
    Object.fromEntries(own.map((parameter, i) => [name(parameter.name), sums[i]!]));
  const compile = async (size: number, first: boolean) => {
    const graph = withOutputs(gradientGraph(model, size, { accumulate: !first, mode, loss }), wanted(totals.weight));
    const inPlace = first ? {} : Object.fromEntries(own.map(({ name }) => [gradientName(name), sumName(name)]));
    assertInPlaceSafe(graph, inPlace);
    const batch = newBatch(data, size);
    const session = await engine.load(graph, { threads, inPlace });
    const sumsSoFar = first ? {} : named(sumName);
    const results = { ...named(gradientName), ...sumsSoFar, [totals.weight]: weight };
    return { session, batch, bound: session.bind({ ...read(state, graph, batch), ...results }) };
  };
  const begin = cached((size) => compile(size, true));
  const goOn = cached((size) => compile(size, false));
  return {
    async form(take, weights, formed, { progress, signal }) {
      for (; formed.rows < groups; formed.rows++) {
        const k = formed.rows;
        weights[k] = 0;
        for (let at = 0; at < batchSize; at += microBatch) {
          signal?.throwIfAborted();
          const size = Math.min(microBatch, batchSize - at);
          // A sum that begins and one that goes on are two graphs.
          const { batch, bound } = await (at === 0 ? begin : goOn).get(size);
          await data.read(indices.subarray(k * batchSize + at, k * batchSize + at + size), batch);
          await bound.run();
          weights[k]! += Number(weight.data[0]);
          progress?.(size);
        }
        parameters.forEach((parameter, i) => {
          take(k, parameter, sums[i]!.data as Float32Array);
        });
      }
    },
    release() {
      begin.release();
      goOn.release();
    },
  };
}

function namesOf(model: Model, parameters: readonly number[]) {
  const gradients = parameters.map((p) => gradientName(model.parameters[p]!.name));
  return (weights: string) => new Set([...gradients, weights]);
}

/** What of the model and the examples the graph reads. */
function read(state: TrainingState, graph: Parameters<typeof examplesFor>[0], batch: Batch): Record<string, Tensor> {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const own = Object.entries(modelTensors(state)).filter(([name]) => inputs.has(name));
  return { ...Object.fromEntries(own), ...examplesFor(graph, batch) };
}

interface Compiled {
  readonly session: Session;
  readonly bound: Bound;
}

/** Compiles for each size once. */
function cached<T extends Compiled>(make: (size: number) => Promise<T>) {
  const known = new Map<number, T>();
  return {
    async get(size: number): Promise<T> {
      const compiled = known.get(size) ?? (await make(size));
      known.set(size, compiled);
      return compiled;
    },
    release() {
      for (const { session } of known.values()) session.release();
      known.clear();
    },
  };
}
