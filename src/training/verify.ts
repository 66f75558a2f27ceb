import { type Dataset, newBatch } from "../data/dataset.ts";
import { defaultLoss, divisor, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import { isOpName, ops } from "../ops/table.ts";
import type { Engine } from "../runtime/engine.ts";
import { withSessions } from "../runtime/scope.ts";
import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { convert, type ElementType, scalar, type Tensor, toNumbers, zeros } from "../tensor/tensor.ts";
import { gradientGraph, gradientName, newStateName, sumName, totals } from "./graphs.ts";
import { examplesFor } from "./microBatch.ts";

/** How far an accumulated gradient is from the large batch's. */
export interface Comparison {
  /** Examples of the one large batch. */
  readonly examples: number;
  /** Examples of each micro-batch; the last is smaller in a ragged window. */
  readonly microBatches: readonly number[];
  /**
   * Largest over all parameters of ‖accumulated − large‖₂ / ‖large‖₂, both divided by their own Σ w. A gradient under a
   * tenth of the whole is measured against that tenth: one that is zero in exact arithmetic is nothing but rounding.
   */
  readonly maxRelativeDifference: number;
  /** The parameter where it is reached. */
  readonly parameter: string;
}

export interface EngineVerdict {
  readonly engine: Engine["name"];
  readonly tolerance: number;
  readonly equal: boolean;
  readonly maxRelativeDifference: number;
  readonly comparisons: readonly Comparison[];
}

/**
 * Forms one gradient, by parameter, from micro-batches of the given sizes: the first examples of the data, in order.
 */
export type AccumulationRule = (
  engine: Engine,
  model: Model,
  data: Dataset,
  microBatches: readonly number[],
  loss: Loss,
) => Promise<ReadonlyMap<string, readonly number[]>>;

export interface VerifyOptions {
  readonly window: readonly number[];
  readonly tolerance: number;
  /** Default cross-entropy. */
  readonly loss?: Loss;
  /** What is put to the test: training's own rule by default. */
  readonly rule?: AccumulationRule;
}

/**
 * Compares the gradient accumulated over micro-batches with that of all their examples at once, for a full window and
 * for one that the data end cuts short. In exact arithmetic they are equal, since both are the same sum of w·∇ℓ, unless
 * a layer mixes examples.
 */
export async function verifyAccumulation(
  engine: Engine,
  model: Model,
  data: Dataset,
  options: VerifyOptions,
): Promise<EngineVerdict> {
  requireArguments(
    "verifyAccumulation",
    { engine, model, data },
    { engine: is.engine, model: is.model, data: is.data },
  );
  requireOptions("verifyAccumulation", options, {
    window: is.listOf("sizes of micro-batches", is.whole(1)),
    tolerance: is.number,
    loss: is.optional(is.loss),
    rule: is.optional(is.function),
  });
  const { window, tolerance, loss = defaultLoss, rule = meanGradients } = options;
  const ragged = raggedWindow(window);
  const comparisons: Comparison[] = [];
  for (const sizes of ragged ? [window, ragged] : [window]) {
    const accumulated = await rule(engine, model, data, sizes, loss);
    const large = await meanGradients(engine, model, data, [sizes.reduce((sum, size) => sum + size, 0)], loss);
    comparisons.push(compare(accumulated, large, sizes));
  }
  const maxRelativeDifference = Math.max(...comparisons.map((comparison) => comparison.maxRelativeDifference));
  // Written so that NaN is not equal.
  return {
    engine: engine.name,
    tolerance,
    equal: maxRelativeDifference <= tolerance,
    maxRelativeDifference,
    comparisons,
  };
}

/** The same window cut in the middle of its last micro-batch, or before it where that holds one example. */
function raggedWindow(window: readonly number[]): number[] | undefined {
  const last = window.at(-1)!;
  const kept = window.slice(0, -1);
  if (last > 1) return [...kept, Math.floor(last / 2)];
  return kept.length > 1 ? kept : undefined;
}

type Gradients = ReadonlyMap<string, readonly number[]>;

function compare(accumulated: Gradients, large: Gradients, microBatches: readonly number[]): Comparison {
  const examples = microBatches.reduce((sum, size) => sum + size, 0);
  const least = Math.hypot(...[...large.values()].map(norm)) / 10;
  const differences = [...large].map(([parameter, whole]) => ({
    parameter,
    difference: relativeDifference(accumulated.get(parameter)!, whole, least),
  }));
  const worst = differences.reduce((a, b) => (b.difference > a.difference || Number.isNaN(b.difference) ? b : a));
  return { examples, microBatches, maxRelativeDifference: worst.difference, parameter: worst.parameter };
}

function relativeDifference(a: readonly number[], b: readonly number[], least: number): number {
  const difference = norm(a.map((x, i) => x - b[i]!));
  return difference === 0 ? 0 : difference / Math.max(norm(b), least);
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
}

/**
 * Mean gradient over the first examples of the data, accumulated over micro-batches of the given sizes, by parameter.
 * The sums are kept in the engine's own precision: float64 on the reference.
 */
export async function meanGradients(
  engine: Engine,
  model: Model,
  data: Dataset,
  microBatches: readonly number[],
  loss: Loss,
): Promise<Map<string, number[]>> {
  const precision: ElementType = engine.name === "reference" ? "float64" : "float32";
  const sums = Object.fromEntries(model.parameters.map(({ name, initial }) => [name, zeros(precision, initial.shape)]));
  const fixed = Object.fromEntries(
    [...model.parameters, ...model.state].map(({ name, initial }) => [name, convert(initial, precision)]),
  );
  let [start, weight] = [0, 0];
  for (const size of microBatches) {
    const indices = Uint32Array.from({ length: size }, (_, i) => start + i);
    weight += await addMicroBatch(engine, model, data, indices, { precision, sums, fixed, first: start === 0, loss });
    start += size;
  }
  const total = divisor(loss, weight);
  return new Map(Object.entries(sums).map(([name, sum]) => [name, toNumbers(sum).map((x) => x / total)]));
}

interface Accumulator {
  readonly precision: ElementType;
  readonly sums: Record<string, Tensor>;
  readonly fixed: Record<string, Tensor>;
  readonly first: boolean;
  readonly loss: Loss;
}

/** Adds Σ w·∇ℓ of one micro-batch into the sums and gives its Σ w. */
async function addMicroBatch(
  engine: Engine,
  model: Model,
  data: Dataset,
  indices: Uint32Array,
  { precision, sums, fixed, first, loss }: Accumulator,
): Promise<number> {
  const batch = newBatch(data, indices.length);
  await data.read(indices, batch);
  const renamed = (rename: (name: string) => string) =>
    Object.fromEntries(Object.entries(sums).map(([name, sum]) => [rename(name), sum]));
  const graph = gradientGraph(model, indices.length, { accumulate: !first, loss });
  const running = Object.fromEntries(
    model.state.map(({ name, initial }) => [newStateName(name), zeros(precision, initial.shape)]),
  );
  const sumsOfBatch = Object.fromEntries(
    [totals.loss, totals.weight, totals.labels, totals.correct]
      .filter((name) => graph.outputs.has(name))
      .map((name) => [name, scalar(precision, 0)]),
  );
  const memory = {
    ...examplesFor(graph, batch),
    ...fixed,
    ...running,
    ...sumsOfBatch,
    ...renamed(gradientName),
    ...(first ? {} : renamed(sumName)),
  };
  await withSessions(engine, async (sessions) => (await sessions.load(graph)).bind(memory).run());
  return Number(sumsOfBatch[totals.weight]!.data[0]);
}

/** Layers for which no accumulation can reproduce the large batch, because they mix the examples of a micro-batch. */
export function mixingLayers(model: Model, loss: Loss): string[] {
  return gradientGraph(model, 2, { accumulate: false, loss })
    .nodes.filter((node) => isOpName(node.op) && ops[node.op].rows.split)
    .filter((node) => node.attributes.training_mode?.value === 1)
    .map((node) => `${node.name} (${node.op})`);
}
