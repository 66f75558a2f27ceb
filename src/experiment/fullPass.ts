import { type Dataset, newBatch } from "../data/dataset.ts";
import { defaultLoss, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Engine } from "../runtime/engine.ts";
import type { FullPass } from "../store/schema.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { zeros } from "../tensor/tensor.ts";
import { viewsOf } from "../training/flat.ts";
import { gradientGraph, gradientName, totals } from "../training/graphs.ts";
import { examplesFor } from "../training/microBatch.ts";
import { peakBytes, withOutputs } from "../training/rowGraphs.ts";
import { modelTensors, type TrainingState } from "../training/state.ts";
import type { Watch } from "./rowMakers.ts";

export interface FullPassOptions {
  /** Default cross-entropy. */
  readonly loss?: Loss | undefined;
  readonly threads: number;
  /** Bytes, of which a run over some examples may hold a quarter. */
  readonly memoryBudget: number;
}

/** Examples that are run at once, unless that holds more than a quarter of the budget. */
const AT_ONCE = 64;

/** Two weights that differ by less are the same to rounding. */
const SAME_WEIGHT = 1e-5;

/**
 * S² and ‖G_D‖² of all N examples, in evaluation mode and one pass: with s_i = ∇ℓ_i,
 *
 *   G_D = Σ s_i / N        S² = (Σ‖s_i‖² − N‖G_D‖²) / (N − 1)
 *
 * The lengths come beside the sums (`gradientGraph`), which are added up in float64. NaN for one example. Throws `UnsupportedError`
 * where examples weigh differently (class weights, padded texts), of which S² would not be this, and for a model whose examples cannot
 * be told apart.
 */
export async function fullPass(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: FullPassOptions,
  { progress, signal }: Watch = {},
): Promise<FullPass> {
  const sum = new Float64Array(state.layout.length);
  let squares = 0;
  let weight = Number.NaN;
  const runs = new Map<number, Awaited<ReturnType<typeof compile>>>();
  const size = runSize(model, data, options);
  try {
    for (let first = 0; first < data.size; first += size) {
      signal?.throwIfAborted();
      const count = Math.min(size, data.size - first);
      const run = runs.get(count) ?? (await compile(engine, model, state, data, options, count));
      runs.set(count, run);
      await data.read(
        Uint32Array.from({ length: count }, (_, i) => first + i),
        run.batch,
      );
      await run.bound.run();
      if (first === 0) weight = Number(run.weights.data[0]);
      requireEqual(run.weights.data as Float32Array, weight);
      for (const square of run.squares.data as Float32Array) squares += square;
      for (let i = 0; i < sum.length; i++) sum[i]! += run.gradient[i]!;
      progress?.(count);
    }
  } finally {
    for (const { session } of runs.values()) session.release();
  }
  const N = data.size;
  const squaredGradientNorm = sum.reduce((total, x) => total + x * x, 0) / (weight * N) ** 2;
  const traceCovariance = (squares / weight ** 2 - N * squaredGradientNorm) / (N - 1);
  return { examples: N, squaredGradientNorm, traceCovariance, noiseScale: traceCovariance / squaredGradientNorm };
}

async function compile(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  { loss = defaultLoss, threads }: FullPassOptions,
  count: number,
) {
  const graph = graphOf(model, loss, count);
  const batch = newBatch(data, count);
  const gradient = new Float32Array(state.layout.length);
  const [squares, weights] = [zeros("float32", [count]), zeros("float32", [count])];
  const session = await engine.load(graph, { threads });
  const results = { [totals.squaredNorms]: squares, [totals.weights]: weights };
  const gradients = viewsOf(gradient, state.layout, gradientName(""));
  const bound = session.bind({ ...modelTensors(state), ...examplesFor(graph, batch), ...gradients, ...results });
  return { session, bound, batch, gradient, squares, weights };
}

function graphOf(model: Model, loss: Loss, count: number) {
  const graph = gradientGraph(model, count, { accumulate: false, mode: "evaluation", loss, squaredNorms: count });
  const gradients = model.parameters.map(({ name }) => gradientName(name));
  const { inputs } = graph;
  return { ...withOutputs(graph, new Set([...gradients, totals.squaredNorms, totals.weights])), inputs };
}

function runSize(model: Model, data: Dataset, { loss = defaultLoss, memoryBudget }: FullPassOptions): number {
  let size = Math.min(AT_ONCE, data.size);
  while (size > 1 && peakBytes(graphOf(model, loss, size)) > memoryBudget / 4) size = Math.ceil(size / 2);
  return size;
}

function requireEqual(weights: Float32Array, first: number): void {
  const other = weights.find((weight) => !(Math.abs(weight - first) <= SAME_WEIGHT * Math.abs(first)));
  if (other === undefined && first > 0) return;
  throw new UnsupportedError(
    `--full-pass: expected examples that weigh the same, got weights of ${first} and ${other ?? first}; leave --full-pass out`,
  );
}
