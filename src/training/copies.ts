import { averageWeights, type WeightAverage } from "../optimizer/averageWeights.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { averagedModel } from "./averagedModel.ts";
import { restoreModel } from "./checkpoint.ts";
import type { AveragedModel } from "./events.ts";
import type { CheckpointFile, EvaluationPeriod, Period, TrainingOptions } from "./options.ts";
import { modelAt, newTrainingState } from "./state.ts";
import { unlessAborted } from "./unlessAborted.ts";

/** What a copy of SWAP is, and what the mean of the copies is, be they trained in this process or in their own. */

/** What `swap` trains: one large-batch phase, then copies of small batches. */
export interface SwapOptions {
  /**
   * Phase 1: large batches and a learning rate for them, with its own schedule; `stopAccuracy` ends it before all its
   * epochs are run.
   */
  readonly large: TrainingOptions;
  /**
   * Phase 2: what differs from phase 1, whose schedule, bounds, changing windows, scaling and averaging end with it.
   */
  readonly small: Pick<TrainingOptions, "window" | "epochs" | "learningRate"> &
    Partial<Pick<TrainingOptions, "optimizer" | "schedule" | "clipNorm" | "checkpointEvery">>;
  /** W, independent models of phase 2. */
  readonly copies: number;
}

/**
 * The options of copy `copy`, counted from 1: those of phase 1 that `isTaken` does not end with it, its own in place of
 * them, and a seed of its own.
 */
export function copyOf<Options extends { readonly seed: number }, Own extends object>(
  large: Options,
  own: Own,
  copy: number,
  isTaken: (name: keyof Options) => boolean,
): Partial<Options> & Own & { readonly seed: number } {
  const taken = Object.entries(large).filter(([name, value]) => value !== undefined && isTaken(name as keyof Options));
  return { ...(Object.fromEntries(taken) as Partial<Options>), ...own, seed: seedOfCopy(large.seed, copy) };
}

/** Far from the seeds that people choose one after the other. */
export function seedOfCopy(seed: number, copy: number): number {
  return (seed + copy * 0x9e3779b1) >>> 0;
}

/** Of each training option of phase 1, what a copy takes over: all of it, nothing, or a part. */
const takenOver: { readonly [Name in keyof TrainingOptions]-?: boolean | Part<TrainingOptions[Name]> } = {
  ...{ model: true, train: true, validation: true, loss: true, dropout: true, shuffle: true, augmentation: true },
  ...{ optimizer: true, learningRate: true, clipNorm: true, schedule: false, learningRateScaling: false },
  ...{
    window: true,
    accumulation: false,
    epochs: true,
    steps: false,
    stopAccuracy: false,
    stopLoss: false,
    stopSeconds: false,
    averaging: false,
  },
  ...{ checkpointEvery: inEpochs, evaluateEvery: inEpochs, checkpointIsDue: true, monitor: withoutPatience },
  ...{
    gradientCheckpointing: true,
    precision: true,
    noiseScale: true,
    criticalSharpnessEvery: false,
    seed: true,
    threads: true,
    checks: true,
    logEvery: true,
  },
  optimizerFrom: false,
  from: false,
};

type Part<Value> = (value: NonNullable<Value>) => Value;

/** Optimizer steps of phase 1 say nothing of steps of another size. */
function inEpochs(interval: EvaluationPeriod): Period {
  return typeof interval === "number" ? interval : 1;
}

function withoutPatience({ patience: _, ...monitor }: NonNullable<TrainingOptions["monitor"]>) {
  return monitor;
}

/** All that `train` needs for a copy that starts from the checkpoint `start`. */
export function trainingOfCopy(
  { large, small }: Pick<SwapOptions, "large" | "small">,
  copy: number,
  start: CheckpointFile,
): TrainingOptions {
  const parts = Object.entries(takenOver).map(([name, rule]) => {
    const value = large[name as keyof TrainingOptions];
    const part = rule as Part<unknown> | boolean;
    return [name, typeof part === "function" && value !== undefined ? part(value) : value];
  });
  const state = newTrainingState(large.model, sgd());
  restoreModel(start.bytes, start.file, state);
  const own = { ...small, model: modelAt(large.model, state) };
  const all = Object.fromEntries(parts) as unknown as TrainingOptions;
  return copyOf(all, own, copy, (name) => takenOver[name] !== false) as TrainingOptions;
}

/**
 * The mean of the weights that the copies of `large` end with, in their order, with running statistics of its own in
 * mini-batches of `window`. Undefined where the signal aborts.
 */
export async function averageOfCopies(
  engine: Engine,
  large: TrainingOptions,
  { window }: Pick<TrainingOptions, "window">,
  average: WeightAverage,
  signal: AbortSignal | undefined,
): Promise<AveragedModel | undefined> {
  return unlessAborted(signal, averagedModel(engine, { ...large, window }, average, signal));
}

/** One more copy in the mean, by the checkpoint that it ended with. */
export function addCopy(
  average: WeightAverage | undefined,
  { model }: Pick<TrainingOptions, "model">,
  { bytes, file }: CheckpointFile,
): WeightAverage {
  const state = newTrainingState(model, sgd());
  restoreModel(bytes, file, state);
  return averageWeights(average, state.parameters);
}
