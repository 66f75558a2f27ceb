import { averageWeights, type WeightAverage } from "../optimizer/averageWeights.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { UsageError } from "../tensor/errors.ts";
import { averagedModel } from "./averagedModel.ts";
import { restoreModel } from "./checkpoint.ts";
import type { AveragedModel, TrainingEvent } from "./events.ts";
import type { TrainingOptions } from "./options.ts";
import { modelAt, newTrainingState, type TrainingState } from "./state.ts";
import { train } from "./train.ts";
import { unlessAborted } from "./unlessAborted.ts";

/** What `swap` trains: one large-batch phase, then copies of small batches. */
export interface SwapOptions {
  /**
   * Phase 1: large batches and a learning rate for them, with its own schedule; `stopAccuracy` ends it before all its
   * epochs are run.
   */
  readonly large: TrainingOptions;
  /** Phase 2: what differs from phase 1, whose schedule, bounds, changing windows and averaging end with it. */
  readonly small: Pick<TrainingOptions, "window" | "epochs" | "learningRate"> &
    Partial<Pick<TrainingOptions, "optimizer" | "schedule" | "clipNorm" | "checkpointEvery">>;
  /** W, independent models of phase 2. */
  readonly copies: number;
}

/** `copy` counts from 1. */
export type SwapEvent =
  | { readonly phase: 1; readonly event: TrainingEvent }
  | { readonly phase: 2; readonly copy: number; readonly event: TrainingEvent }
  | ({ readonly phase: 3; readonly kind: "averaged" } & AveragedModel);

/**
 * SWAP, stochastic weight averaging in parallel: Gupta, Serrano & DeCoste 2020, arXiv:2001.02312, Algorithm 1. Large
 * batches until a training accuracy is reached; from there W copies with small batches, each in an order of its own and
 * with a fresh optimizer; the mean of their weights, with running statistics recomputed. The copies know nothing of
 * each other, so they may as well run on W machines; here they run one after the other.
 *
 * When `signal` aborts, the phase that runs gives its checkpoint and end, and nothing follows. Throws what `train`
 * throws, and `UsageError` for fewer than 2 copies.
 */
export async function* swap(
  engine: Engine,
  { large, small, copies }: SwapOptions,
  signal?: AbortSignal,
): AsyncGenerator<SwapEvent> {
  if (!Number.isInteger(copies) || copies < 2)
    throw new UsageError(`swap: expected at least 2 copies to average, got ${copies}; raise copies`);
  const common = newTrainingState(large.model, sgd());
  for await (const event of train(engine, large, signal)) {
    keep(event, common);
    yield { phase: 1, event };
  }
  const fresh = {
    schedule: undefined,
    accumulation: undefined,
    averaging: undefined,
    steps: undefined,
    stopAccuracy: undefined,
    from: undefined,
  };
  const start = modelAt(large.model, common);
  let average: WeightAverage | undefined;
  for (let copy = 1; copy <= copies && !signal?.aborted; copy++) {
    const state = newTrainingState(large.model, sgd());
    const options = { ...large, ...fresh, ...small, model: start, seed: seedOfCopy(large.seed, copy) };
    for await (const event of train(engine, options, signal)) {
      keep(event, state);
      yield { phase: 2, copy, event };
    }
    average = averageWeights(average, state.parameters);
  }
  if (!average || signal?.aborted) return;
  const options = { ...large, window: small.window };
  const averaged = await unlessAborted(signal, averagedModel(engine, options, average, signal));
  if (averaged) yield { phase: 3, kind: "averaged", ...averaged };
}

/** Each checkpoint takes the place of the last; training always ends with one. */
function keep(event: TrainingEvent, state: TrainingState): void {
  if (event.kind === "checkpoint") restoreModel(event.bytes, "checkpoint", state);
}

/** The seed of a copy, counted from 1: far from the seeds that people choose one after the other. */
export function seedOfCopy(seed: number, copy: number): number {
  return (seed + copy * 0x9e3779b1) >>> 0;
}
