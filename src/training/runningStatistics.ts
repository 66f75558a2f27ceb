import { type Dataset, newBatch } from "../data/dataset.ts";
import { createSampler } from "../data/sampler.ts";
import { addInput, addOutput, type Graph, newGraph, prune, type Value } from "../graph/graph.ts";
import type { Model, Parameter } from "../model/model.ts";
import { builder } from "../ops/builder.ts";
import type { Engine } from "../runtime/engine.ts";
import { withSessions } from "../runtime/scope.ts";
import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { zeros } from "../tensor/tensor.ts";
import { letOthersRun } from "./clock.ts";
import { newStateName } from "./graphs.ts";
import { examplesFor } from "./microBatch.ts";
import { modelTensors, type TrainingState } from "./state.ts";

export interface RunningStatisticsOptions {
  /** Examples of a mini-batch; as in training, so that statistics are of the same kind. */
  readonly batchSize: number;
  /** Times that each example is seen, in another order each time. Default 1. */
  readonly passes?: number | undefined;
  /** Of the order. */
  readonly seed: number;
  /** Default 1. */
  readonly threads?: number | undefined;
  /** Looked at between two mini-batches. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Forgets the running statistics of `state` and replaces them by the means over mini-batches of what the model in
 * training mode adds to them, each mini-batch counting alike, as `torch.optim.swa_utils.update_bn`. Needed after
 * weights were averaged: the statistics of the mean are not the mean of the statistics (Izmailov et al. 2018,
 * arXiv:1803.05407, §3.2). Parameters stay as they are. Unlike there, nothing is dropped out: the statistics serve
 * evaluation, which drops nothing. Examples are read without augmentation.
 *
 * Throws `UnsupportedError` for a statistic that training does not change as a moving average, and the reason of
 * `signal` where it aborts, with the statistics as they were.
 */
export async function recomputeRunningStatistics(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  options: RunningStatisticsOptions,
): Promise<void> {
  requireArguments(
    "recomputeRunningStatistics",
    { engine, model, state, data },
    { engine: is.engine, model: is.model, state: is.object, data: is.data },
  );
  requireOptions("recomputeRunningStatistics", options, {
    batchSize: is.whole(1),
    passes: is.optional(is.whole(1)),
    seed: is.seed,
    threads: is.optional(is.whole(1)),
    signal: is.optional(is.object),
  });
  const { batchSize, passes = 1, seed, threads = 1, signal } = options;
  if (model.state.length === 0) return;
  const sampler = createSampler({ size: data.size, window: [batchSize], random: random(seed) });
  const means = new Map(model.state.map(({ name, initial }) => [name, new Float64Array(initial.data.length)]));
  await withSessions(engine, async (sessions) => {
    const sizes = new Map<number, Measurement>();
    let count = 0;
    for (let pass = 0; pass < passes; pass++)
      for (const [indices] of sampler.epoch()) {
        const size = indices!.length;
        const measure = sizes.get(size) ?? (await measurement(sessions, model, state, data, { size, threads }));
        sizes.set(size, measure);
        const statistics = await measure(indices!);
        await letOthersRun();
        signal?.throwIfAborted();
        count++;
        for (const [name, mean] of means)
          statistics.get(name)!.forEach((value, i) => {
            mean[i]! += (value - mean[i]!) / count;
          });
      }
  });
  for (const [name, mean] of means) (state.running[name]!.data as Float32Array).set(mean);
}

/** A mini-batch's own statistics, by name. */
type Measurement = (indices: Uint32Array) => Promise<Map<string, Float64Array>>;

/** So much more than any statistic that a moving average of it shows the share of the old value alone. */
const FAR = 2 ** 40;
/** Of the old value: where more is kept, float32 does not tell what is added. */
const LARGEST_SHARE = 1 - 2 ** -20;

/**
 * A moving average is new = k·old + (1 − k)·statistic. From old = 0 and old = `FAR` follow first k, whatever the
 * model's momentum, then the statistic.
 */
async function measurement(
  engine: Engine,
  model: Model,
  state: TrainingState,
  data: Dataset,
  { size, threads }: { readonly size: number; readonly threads: number },
): Promise<Measurement> {
  const graph = statisticsGraph(model, size);
  const batch = newBatch(data, size);
  const like = () =>
    Object.fromEntries(model.state.map(({ name, initial }) => [name, zeros("float32", initial.shape)]));
  const [old, now] = [like(), like()];
  const outputs = Object.fromEntries(Object.entries(now).map(([name, tensor]) => [newStateName(name), tensor]));
  const session = await engine.load(graph, { threads });
  const bound = session.bind({ ...modelTensors(state), ...old, ...outputs, ...examplesFor(graph, batch) });
  const from = async (value: number) => {
    for (const { data } of Object.values(old)) (data as Float32Array).fill(value);
    await bound.run();
    return new Map(Object.entries(now).map(([name, { data }]) => [name, Float64Array.from(data as Float32Array)]));
  };
  let kept: Map<string, Float64Array> | undefined;
  return async (indices) => {
    await data.read(indices, batch);
    const fresh = await from(0);
    kept ??= sharesOf(model, fresh, await from(FAR));
    for (const [name, values] of fresh)
      fresh.set(
        name,
        values.map((value, i) => value / (1 - kept!.get(name)![i]!)),
      );
    return fresh;
  };
}

/** k of each element. */
function sharesOf({ name: model, state }: Model, zero: Map<string, Float64Array>, far: Map<string, Float64Array>) {
  const shares = new Map(
    state.map(({ name }) => [name, far.get(name)!.map((value, i) => (value - zero.get(name)![i]!) / FAR)]),
  );
  const odd = [...shares].find(([, values]) => !values.every((share) => share >= 0 && share < LARGEST_SHARE));
  if (odd)
    throw new UnsupportedError(
      `${model}: expected running statistics that are moving averages, got "${odd[0]}" that keeps its old value; leave them as they are`,
    );
  return shares;
}

/** The forward pass in training mode, of which only the running statistics are wanted. */
function statisticsGraph(model: Model, batch: number): Graph {
  const graph = newGraph(`${model.name}_statistics`);
  const declare = (arrays: readonly Parameter[]): Record<string, Value> =>
    Object.fromEntries(arrays.map(({ name, initial }) => [name, addInput(graph, name, initial.type, initial.shape)]));
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [batch, ...shape])]),
  );
  const [parameters, running] = [declare(model.parameters), declare(model.state)];
  const { state } = model.forward(builder(graph), { inputs, parameters, state: running, mode: "training" });
  for (const { name } of model.state)
    addOutput(graph, newStateName(name), Object.hasOwn(state, name) ? state[name]! : running[name]!);
  return prune(graph);
}
