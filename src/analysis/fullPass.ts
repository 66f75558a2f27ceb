import { type Dataset, newBatch } from "../data/dataset.ts";
import { defaultLoss, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Engine } from "../runtime/engine.ts";
import { withSessions } from "../runtime/scope.ts";
import type { FullPass } from "../store/schema.ts";
import { option, UnsupportedError } from "../tensor/errors.ts";
import { zeros } from "../tensor/tensor.ts";
import { viewsOf } from "../training/flat.ts";
import { gradientGraph, gradientName, totals } from "../training/graphs.ts";
import { examplesFor } from "../training/microBatch.ts";
import { peakBytes, withOutputs } from "../training/rowGraphs.ts";
import { modelTensors, type TrainingState } from "../training/state.ts";
import type { ResumableRows } from "./resumableRows.ts";
import type { Watch } from "./rowMakers.ts";

export interface FullPassOptions {
  /** Default cross-entropy. */
  readonly loss?: Loss | undefined;
  readonly threads: number;
  /** Bytes, of which a run over some examples may hold a quarter. */
  readonly memoryBudget: number;
}

export interface FullPassWatch extends Watch {
  /** Takes the sums so far when the signal ends the pass, and gives them to the next. */
  readonly resumable?: ResumableRows | undefined;
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
 * The lengths come beside the sums (`gradientGraph`), which are added up in float64. NaN for one example. Throws
 * `UnsupportedError` where examples weigh differently (class weights, padded texts), of which S² would not be this, and
 * for a model whose examples cannot be told apart.
 */
export async function fullPass(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: FullPassOptions,
  watch: FullPassWatch = {},
): Promise<FullPass> {
  const sums = {
    gradient: new Float64Array(state.layout.length),
    squares: Float64Array.of(0),
    weight: Float64Array.of(0),
  };
  const size = runSize(model, data, options);
  await withSessions(engine, (sessions) => {
    const runs = new Map<number, Run>();
    const open = async (count: number) => {
      const run = runs.get(count) ?? (await compile(sessions, model, state, data, options, count));
      runs.set(count, run);
      return run;
    };
    return addUp(data, size, open, sums, watch);
  });
  return ofSums(sums, data.size);
}

/** Σ w·∇ℓ of all examples [P], Σ‖w·∇ℓ‖² of each [1], and the w that is the same for all [1]. */
type Sums = Readonly<Record<"gradient" | "squares" | "weight", Float64Array>>;

type Run = Awaited<ReturnType<typeof compile>>;

/** Adds all examples to the sums, `size` at a time. */
async function addUp(
  data: Dataset,
  size: number,
  open: (count: number) => Promise<Run>,
  sums: Sums,
  { progress, signal, resumable }: FullPassWatch,
): Promise<void> {
  const { gradient, squares, weight } = sums;
  const arrays = () => new Map(Object.entries(sums));
  let first = resumable?.read(arrays) ?? 0;
  progress?.(first);
  try {
    while (first < data.size) {
      signal?.throwIfAborted();
      const indices = Uint32Array.from({ length: Math.min(size, data.size - first) }, (_, i) => first + i);
      const run = await open(indices.length);
      await data.read(indices, run.batch);
      await run.bound.run();
      if (first === 0) weight[0] = Number(run.weights.data[0]);
      requireEqual(run.weights.data as Float32Array, weight[0]!);
      for (const square of run.squares.data as Float32Array) squares[0]! += square;
      for (let i = 0; i < gradient.length; i++) gradient[i]! += run.gradient[i]!;
      first += indices.length;
      progress?.(indices.length);
    }
  } catch (error) {
    if (signal?.aborted && first > 0) resumable?.write(first, arrays);
    throw error;
  }
}

function ofSums({ gradient, squares, weight: [weight = Number.NaN] }: Sums, N: number): FullPass {
  const squaredGradientNorm = gradient.reduce((total, x) => total + x * x, 0) / (weight * N) ** 2;
  const traceCovariance = (squares[0]! / weight ** 2 - N * squaredGradientNorm) / (N - 1);
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
  return { bound, batch, gradient, squares, weights };
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
    `${option("fullPass")}: expected examples that weigh the same, got weights of ${first} and ${other ?? first}; leave ${option("fullPass")} out`,
  );
}
