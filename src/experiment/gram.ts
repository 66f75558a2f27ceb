import type { Dataset } from "../data/dataset.ts";
import type { Mode, Model } from "../model/model.ts";
import type { Engine, Session } from "../runtime/engine.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import type { Gram } from "../statistics/types.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { scalar, type Tensor, zeros } from "../tensor/tensor.ts";
import { viewsOf } from "../training/flat.ts";
import { gradientGraph, gradientName, gramGraph, gramName, newStateName } from "../training/graphs.ts";
import { modelTensors, type TrainingState } from "../training/state.ts";

export interface GramOptions {
  /** K, the number of mini-batches. */
  readonly groups: number;
  /** Examples of each. */
  readonly batchSize: number;
  /** K · batchSize examples; mini-batch k is the k-th block. */
  readonly indices: Uint32Array;
  readonly mode: Mode;
  readonly threads: number;
}

/** Measures the same mini-batches again and again, at whatever parameters `state` holds. */
export interface GramMeter {
  /** "one pass" of rows, or "batch by batch" where the model's groups cannot be followed (gradient/rows.ts). */
  readonly way: "one pass" | "batch by batch";
  measure(): Promise<Gram>;
  release(): void;
}

/** Compiles the pass that gives the Gram of K mini-batch gradients: each the mean over its own examples. */
export async function gramMeter(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: GramOptions,
): Promise<GramMeter> {
  try {
    return await onePass(engine, model, state, data, options);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return batchByBatch(engine, model, state, data, options);
  }
}

async function onePass(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: GramOptions,
): Promise<GramMeter> {
  const { groups, indices, mode, threads } = options;
  const graph = gramGraph(model, indices.length, groups, mode);
  const { x, y } = readAll(data, indices);
  const weights = zeros("float32", [groups]);
  const products = model.parameters.map(({ name }) => [gramName(name), zeros("float32", [groups, groups])] as const);
  const session = await engine.load(graph, { threads });
  const bound = session.bind({ ...modelTensors(state), x, y, weights, ...Object.fromEntries(products) });
  return {
    way: "one pass",
    async measure() {
      await bound.run();
      const counts = Array.from(weights.data as Float32Array);
      return {
        products: totalProducts(
          products.map(([, product]) => product),
          counts,
        ),
        counts,
      };
    },
    release: session.release,
  };
}

/** Adds the parameters' Grams in float64 and divides each row's sum by its weight. */
function totalProducts(products: readonly Tensor[], counts: readonly number[]): Float64Array {
  const groups = counts.length;
  const total = new Float64Array(groups * groups);
  for (const { data } of products) for (let i = 0; i < total.length; i++) total[i]! += Number(data[i]);
  return total.map((sum, i) => sum / (counts[Math.floor(i / groups)]! * counts[i % groups]!));
}

async function batchByBatch(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: GramOptions,
): Promise<GramMeter> {
  const { groups, batchSize, indices, mode, threads } = options;
  const session: Session = await engine.load(gradientGraph(model, batchSize, { accumulate: false, mode }), { threads });
  const x = zeros("float32", [batchSize, ...data.input.shape]);
  const y = zeros("int64", [batchSize]);
  const weight = scalar("float32", 0);
  const sum = new Float32Array(state.layout.length);
  const unused = { loss: scalar("float32", 0), correct: scalar("float32", 0) };
  const running = Object.fromEntries(
    Object.entries(state.running).map(([name, { shape }]) => [newStateName(name), zeros("float32", shape)]),
  );
  const outputs = {
    ...viewsOf(sum, state.layout, gradientName("")),
    ...(mode === "training" ? running : {}),
    ...unused,
    weight,
  };
  const bound = session.bind({ ...modelTensors(state), x, y, ...outputs });
  return {
    way: "batch by batch",
    async measure() {
      const rows: Float32Array[] = [];
      const counts: number[] = [];
      for (let k = 0; k < groups; k++) {
        data.read(
          indices.subarray(k * batchSize, (k + 1) * batchSize),
          x.data as Float32Array,
          y.data as BigInt64Array,
        );
        await bound.run();
        counts.push(Number(weight.data[0]));
        rows.push(sum.map((value) => value / counts[k]!));
      }
      return gramOfRows(rows, counts);
    },
    release: session.release,
  };
}

function readAll(data: Dataset, indices: Uint32Array): { x: Tensor; y: Tensor } {
  const x = zeros("float32", [indices.length, ...data.input.shape]);
  const y = zeros("int64", [indices.length]);
  data.read(indices, x.data as Float32Array, y.data as BigInt64Array);
  return { x, y };
}
