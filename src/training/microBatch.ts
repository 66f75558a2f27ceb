import { type Batch, type Dataset, newBatch } from "../data/dataset.ts";
import type { Graph } from "../graph/graph.ts";
import { defaultLoss, divisor, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Bound, Engine, LoadOptions, Session } from "../runtime/engine.ts";
import { assertInPlaceSafe } from "../runtime/inPlace.ts";
import { UsageError } from "../tensor/errors.ts";
import { show, type Tensor, zeros } from "../tensor/tensor.ts";
import { type Dropping, type MaskedPlace, type Masks, masksOf, noMasks } from "./dropoutMasks.ts";
import { viewsOf } from "./flat.ts";
import { evaluationGraph, gradientGraph, gradientName, newStateName, sumName, totals } from "./graphs.ts";
import { modelTensors, type TrainingState } from "./state.ts";

/** Sums over examples, never means: they add up exactly over micro-batches of any sizes. */
export interface Totals {
  readonly examples: number;
  /** Σ w·ℓ, for losses of classes in nats. */
  readonly loss: number;
  /** Σ w. */
  readonly weight: number;
  /** Labels that count, and those of them that the model predicts; 0 where the loss is none of classes. */
  readonly labels: number;
  readonly correct: number;
}

export function addTotals(a: Totals, b: Totals): Totals {
  return {
    examples: a.examples + b.examples,
    loss: a.loss + b.loss,
    weight: a.weight + b.weight,
    labels: a.labels + b.labels,
    correct: a.correct + b.correct,
  };
}

export const noTotals: Totals = { examples: 0, loss: 0, weight: 0, labels: 0, correct: 0 };

/** The share of labels that is predicted; undefined where there is no such thing, as for losses of numbers. */
export function accuracyOf({ labels, correct }: Totals): number | undefined {
  return labels > 0 ? correct / labels : undefined;
}

/** Σ w·ℓ divided once, at the end; NaN where nothing weighs anything. */
export function meanLoss(loss: Loss, totals: Totals): number {
  return totals.loss / divisor(loss, totals.weight);
}

/** What one run of a pass gives. Its tensors are overwritten by the next run. */
export interface PassResult extends Totals {
  /** The examples as they were read. */
  readonly batch: Batch;
  /** In evaluation, [M] each as in `WeightedLoss`. */
  readonly predictions?: Tensor | undefined;
  readonly scores?: Tensor | undefined;
  /** In evaluation, [N, …], where the pass was asked for them and the loss is one of probabilities. */
  readonly probabilities?: Tensor | undefined;
  /** ‖w·∇ℓ‖² and w of each example, [N], where the pass was asked for them. */
  readonly squaredNorms?: Tensor | undefined;
  readonly weights?: Tensor | undefined;
}

/**
 * Which random numbers a micro-batch gets: the same place, the same numbers, in whatever order micro-batches are run.
 */
export interface RandomPlace extends MaskedPlace {
  /** As `Dataset.read` takes it; without it examples come as they are. */
  readonly draw?: number | undefined;
}

const nowhere: RandomPlace = { microBatch: 0 };

/** A compiled pass over micro-batches of any sizes: one session per size, compiled when first met. */
export interface Pass {
  /** Runs the examples at `indices`; `first` starts a new sum of gradients where the pass forms one. */
  run(data: Dataset, indices: Uint32Array, first: boolean, place?: RandomPlace): Promise<PassResult>;
  release(): void;
}

interface Compiled {
  readonly session: Session;
  readonly bound: Bound;
  readonly batch: Batch;
  readonly masks: Masks;
  /** Outputs of the graph under their names, those that it has. */
  readonly results: Readonly<Record<string, Tensor>>;
}

export interface PassOptions extends LoadOptions {
  /** Default cross-entropy. */
  readonly loss?: Loss;
}

export interface GradientPassOptions extends PassOptions {
  /** As in `GradientGraphOptions`. Default false. */
  readonly gradientCheckpointing?: boolean;
  /** [] the loss scale as it is at each run; with it, products are float16. */
  readonly lossScale?: Tensor | undefined;
  /** Also gives the norm of every example's gradient. Default false. */
  readonly squaredNorms?: boolean;
  /** Default nothing. */
  readonly dropout?: Dropping | undefined;
}

/**
 * Gradient sums of micro-batches: each run adds Σ w·∇ℓ into `state.sums`, in place; the first of a window writes them
 * instead, so that nothing needs to be zeroed. In training mode; running statistics are updated in place.
 */
export function gradientPass(engine: Engine, model: Model, state: TrainingState, options: GradientPassOptions): Pass {
  const { gradientCheckpointing = false, lossScale, loss = defaultLoss, squaredNorms = false, ...rest } = options;
  const { dropout = noDropout, ...loading } = rest;
  const common = {
    gradientCheckpointing,
    precision: lossScale ? "float16" : "float32",
    loss,
    dropout: new Set(dropout.rates.keys()),
  } as const;
  const sums = viewsOf(state.sums, state.layout, gradientName(""));
  return pass(async (batch, size, first) => {
    const norms = squaredNorms ? { squaredNorms: size } : {};
    const graph = gradientGraph(model, size, { accumulate: !first, ...common, ...norms });
    const aliases = Object.fromEntries([
      ...model.state.map(({ name }) => [newStateName(name), name]),
      ...(first ? [] : model.parameters.map(({ name }) => [gradientName(name), sumName(name)])),
    ]);
    assertInPlaceSafe(graph, aliases);
    const old = first ? {} : viewsOf(state.sums, state.layout, sumName(""));
    const running = Object.fromEntries(
      Object.entries(state.running).map(([name, value]) => [newStateName(name), value]),
    );
    const scale: Record<string, Tensor> = lossScale ? { lossScale } : {};
    const masks = masksOf(graph, model, size, dropout);
    const memory = { ...modelTensors(state), ...scale, ...sums, ...old, ...running, ...masks.tensors };
    const inPlace = { ...loading, inPlace: aliases };
    return { ...(await compile(engine, graph, batch, inPlace, memory)), masks };
  });
}

/** Loss and predictions in evaluation mode, and probabilities where they are asked for; forms no gradient. */
export function evaluationPass(
  engine: Engine,
  model: Model,
  state: TrainingState,
  options: PassOptions & { readonly probabilities?: boolean | undefined },
): Pass {
  const { loss = defaultLoss, probabilities = false, ...loading } = options;
  return pass(async (batch, size) => {
    const graph = evaluationGraph(model, size, loss, probabilities);
    return { ...(await compile(engine, graph, batch, loading, modelTensors(state))), masks: noMasks };
  });
}

async function compile(
  engine: Engine,
  graph: Graph,
  batch: Batch,
  options: LoadOptions,
  memory: Record<string, Tensor>,
): Promise<Omit<Compiled, "masks">> {
  const results = Object.fromEntries(
    Object.values(totals).flatMap((name) => {
      const output = graph.outputs.get(name);
      return output ? [[name, zeros(output.type, output.shape)]] : [];
    }),
  );
  const session = await engine.load(graph, options);
  const bound = session.bind({ ...memory, ...examplesFor(graph, batch), ...results });
  return { session, bound, batch, results };
}

/**
 * The arrays of `batch` that the graph reads. Throws `UsageError` where one is of another type or shape than the
 * graph's input of the same name: the model or the loss is not for these data.
 */
export function examplesFor(graph: Graph, batch: Batch): Record<string, Tensor> {
  const read = graph.inputs.filter(({ name }) => Object.hasOwn(batch, name));
  for (const input of read) {
    const given = batch[input.name]!;
    if (given.type !== input.type || given.shape.join() !== input.shape.join())
      throw new UsageError(
        `${graph.name}: expected data with "${input.name}" as ${show(input)}, got ${show(given)}; choose a model and a loss for these data`,
      );
  }
  return Object.fromEntries(read.map(({ name }) => [name, batch[name]!]));
}

const noDropout: Dropping = { rates: new Map(), seed: 0 };

function pass(make: (batch: Batch, size: number, first: boolean) => Promise<Compiled>): Pass {
  const cache = new Map<string, Compiled>();
  return {
    async run(data, indices, first, place = nowhere) {
      const key = `${indices.length} ${first}`;
      const compiled = cache.get(key) ?? (await make(newBatch(data, indices.length), indices.length, first));
      cache.set(key, compiled);
      await data.read(indices, compiled.batch, place.draw);
      compiled.masks.fill(place);
      await compiled.bound.run();
      const { batch, results } = compiled;
      const number = (name: string) => Number(results[name]?.data[0] ?? 0);
      return {
        examples: indices.length,
        loss: number(totals.loss),
        weight: number(totals.weight),
        labels: number(totals.labels),
        correct: number(totals.correct),
        batch,
        predictions: results[totals.predictions],
        scores: results[totals.scores],
        probabilities: results[totals.probabilities],
        squaredNorms: results[totals.squaredNorms],
        weights: results[totals.weights],
      };
    },
    release() {
      for (const { session } of cache.values()) session.release();
      cache.clear();
    },
  };
}
