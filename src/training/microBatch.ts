import type { Dataset } from "../data/dataset.ts";
import type { Graph } from "../graph/graph.ts";
import type { Model } from "../model/model.ts";
import type { Bound, Engine, LoadOptions, Session } from "../runtime/engine.ts";
import { assertInPlaceSafe } from "../runtime/inPlace.ts";
import { scalar, type Tensor, zeros } from "../tensor/tensor.ts";
import { viewsOf } from "./flat.ts";
import { evaluationGraph, gradientGraph, gradientName, newStateName, sumName, totals } from "./graphs.ts";
import { modelTensors, type TrainingState } from "./state.ts";

/** Sums over examples, never means: they add up exactly over micro-batches of any sizes. */
export interface Totals {
  /** Σ w·ℓ, in nats. */
  readonly loss: number;
  /** Σ w. */
  readonly weight: number;
  /** Labels that the model predicts. */
  readonly correct: number;
}

export function addTotals(a: Totals, b: Totals): Totals {
  return { loss: a.loss + b.loss, weight: a.weight + b.weight, correct: a.correct + b.correct };
}

export const noTotals: Totals = { loss: 0, weight: 0, correct: 0 };

/** A compiled pass over micro-batches of any sizes: one session per size, compiled when first met. */
export interface Pass {
  /** Runs the examples at `indices`; `first` starts a new sum of gradients where the pass forms one. */
  run(data: Dataset, indices: Uint32Array, first: boolean): Promise<Totals>;
  release(): void;
}

interface Compiled {
  readonly session: Session;
  readonly bound: Bound;
  readonly x: Float32Array;
  readonly y: BigInt64Array;
  readonly loss: Tensor;
  readonly weight: Tensor;
  readonly correct: Tensor;
}

export interface GradientPassOptions extends LoadOptions {
  /** As in `GradientGraphOptions`. Default false. */
  readonly gradientCheckpointing?: boolean;
  /** [] the loss scale as it is at each run; with it, products are float16. */
  readonly lossScale?: Tensor | undefined;
}

/**
 * Gradient sums of micro-batches: each run adds Σ w·∇ℓ into `state.sums`, in place; the first of a window writes them instead, so
 * that nothing needs to be zeroed. In training mode; running statistics are updated in place.
 */
export function gradientPass(engine: Engine, model: Model, state: TrainingState, options: GradientPassOptions): Pass {
  const { gradientCheckpointing = false, lossScale, ...loading } = options;
  const precision = lossScale ? "float16" : "float32";
  const sums = viewsOf(state.sums, state.layout, gradientName(""));
  return pass(async (batch, first) => {
    const graph = gradientGraph(model, batch, { accumulate: !first, gradientCheckpointing, precision });
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
    return compile(engine, graph, loading, { ...modelTensors(state), ...scale, ...sums, ...old, ...running });
  });
}

/** Loss and accuracy in evaluation mode; forms no gradient. */
export function evaluationPass(engine: Engine, model: Model, state: TrainingState, options: LoadOptions): Pass {
  return pass(async (batch) => compile(engine, evaluationGraph(model, batch), options, modelTensors(state)));
}

async function compile(
  engine: Engine,
  graph: Graph,
  options: LoadOptions,
  memory: Record<string, Tensor>,
): Promise<Compiled> {
  const input = (name: string) => graph.inputs.find((value) => value.name === name)!;
  const [x, y] = [zeros("float32", input("x").shape), zeros("int64", input("y").shape)];
  const [loss, weight, correct] = [scalar("float32", 0), scalar("float32", 0), scalar("float32", 0)];
  const session = await engine.load(graph, options);
  const bound = session.bind({
    ...memory,
    x,
    y,
    [totals.loss]: loss,
    [totals.weight]: weight,
    [totals.correct]: correct,
  });
  return { session, bound, x: x.data as Float32Array, y: y.data as BigInt64Array, loss, weight, correct };
}

function pass(make: (batch: number, first: boolean) => Promise<Compiled>): Pass {
  const cache = new Map<string, Compiled>();
  return {
    async run(data, indices, first) {
      const key = `${indices.length} ${first}`;
      const compiled = cache.get(key) ?? (await make(indices.length, first));
      cache.set(key, compiled);
      data.read(indices, compiled.x, compiled.y);
      await compiled.bound.run();
      const number = (value: Tensor) => Number(value.data[0]);
      return { loss: number(compiled.loss), weight: number(compiled.weight), correct: number(compiled.correct) };
    },
    release() {
      for (const { session } of cache.values()) session.release();
      cache.clear();
    },
  };
}
