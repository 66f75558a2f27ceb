import { type Dataset, select } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { errorNorms } from "../statistics/exampleScores.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { laterSeed } from "../tensor/random.ts";
import { restoreModel } from "../training/checkpoint.ts";
import { newTrainingState, type TrainingState } from "../training/state.ts";
import { train } from "../training/train.ts";
import { examplesOf } from "./folds.ts";
import type { Inputs } from "./inputs.ts";
import { type OutlierScores, scoreOutliers } from "./outliers.ts";
import { type BatchOutputs, type ExamplePass, examplePass } from "./pass.ts";

export interface FoldTraining {
  readonly data: Dataset;
  /** Of the examples of `data`, in their order. */
  readonly inputs: Inputs;
  readonly foldOf: Uint8Array;
  readonly folds: number;
  /** The model of a fold before training. */
  readonly modelOf: (fold: number) => Promise<Model>;
  readonly epochs: number;
  /** Epochs between two measurements; the last is always measured. */
  readonly measureEvery: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Is given the trained model of a fold, with what it held out. */
  readonly atEnd: (fold: number, trained: TrainedFold) => Promise<void>;
}

export interface TrainedFold {
  readonly model: Model;
  readonly state: TrainingState;
  /** Examples that the model has not seen. */
  readonly heldOut: Uint32Array;
}

/**
 * What the folds find out, a number for each example; every fold writes the examples that it held out, and its
 * neighbour's.
 */
export interface FoldScores {
  /** [N × C], ln p, mean over the measured epochs of the model that did not train on the example. */
  readonly logProbabilities: Float64Array;
  readonly errorNorm: Float64Array;
  readonly selfInfluence: Float64Array;
  readonly outliers: OutlierScores;
  /** Why there is no self-influence. */
  untraced: string | undefined;
}

export function newFoldScores({ size, classes }: Dataset): FoldScores {
  const numbers = () => new Float64Array(size);
  return {
    logProbabilities: new Float64Array(size * classes),
    errorNorm: numbers(),
    selfInfluence: numbers(),
    outliers: { features: numbers(), inputs: numbers() },
    untraced: undefined,
  };
}

/** Epochs after which examples are measured. */
export function measuredEpochs({ epochs, measureEvery }: Pick<FoldTraining, "epochs" | "measureEvery">): number[] {
  return Array.from({ length: epochs }, (_, i) => i + 1).filter((e) => e % measureEvery === 0 || e === epochs);
}

/**
 * Trains one model on all folds but `fold` and measures, after some epochs, the examples of `fold` (probabilities, and
 * at the end who lies apart in what the last layer reads) and those of the next fold, on which it trained (EL2N,
 * self-influence). Every example is so measured by one model that has not seen it and by one that has. `tell` is given
 * the share that is done. Gives false where `signal` ended it before its time.
 */
export async function trainFold(
  engine: Engine,
  options: FoldTraining,
  fold: number,
  scores: FoldScores,
  tell: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { data, foldOf, folds, epochs, measureEvery, batchSize, learningRate, seed } = options;
  const model = await options.modelOf(fold);
  const heldOut = examplesOf(foldOf, (one) => one === fold);
  const seen = examplesOf(foldOf, (one) => one === (fold + 1) % folds);
  const state = newTrainingState(model, sgd());
  const measure = meters(engine, model, state, options, scores);
  const planned = measuredEpochs(options);
  const events = train(
    engine,
    {
      model,
      train: select(
        data,
        examplesOf(foldOf, (one) => one !== fold),
      ),
      validation: select(data, heldOut),
      optimizer: adamW(),
      learningRate,
      window: [batchSize],
      epochs,
      evaluateEvery: epochs,
      checkpointEvery: measureEvery,
      seed: laterSeed(seed, fold),
      threads: 1,
      logEvery: Number.MAX_SAFE_INTEGER,
    },
    signal,
  );
  try {
    for await (const event of events) {
      if (event.kind === "progress") tell((event.epoch - 1 + event.microBatch / event.microBatches) / epochs);
      if (event.kind !== "checkpoint" || event.passing || signal?.aborted) continue;
      restoreModel(event.bytes, "the model of a fold", state);
      await measure.heldOut(heldOut, planned.length, event.epoch === epochs);
      await measure.seen(seen, planned.length);
    }
    if (signal?.aborted) return false;
    await options.atEnd(fold, { model, state, heldOut });
  } finally {
    measure.release();
  }
  tell(1);
  return true;
}

function meters(engine: Engine, model: Model, state: TrainingState, options: FoldTraining, scores: FoldScores) {
  const { data, learningRate } = options;
  const outside = examplePass(engine, model, state, false);
  let inside: ExamplePass = examplePass(engine, model, state, true);
  const score = (measured: BatchOutputs, count: number) => {
    const { indices, logProbabilities } = measured;
    const labels = indices.map((example) => data.labels[example]!);
    const norms = errorNorms({ values: logProbabilities.map(Math.exp), classes: data.classes }, labels);
    indices.forEach((example, i) => {
      scores.errorNorm[example]! += norms[i]! / count;
    });
    measured.squaredNorms?.forEach((norm, i) => {
      scores.selfInfluence[measured.indices[i]!]! += learningRate * norm;
    });
  };
  return {
    async heldOut(indices: Uint32Array, count: number, isLast: boolean) {
      const apart: Float32Array[] = [];
      await outside.run(data, indices, (measured) => {
        addProbabilities(data, scores.logProbabilities, measured, count);
        if (isLast) apart.push(measured.features.slice());
      });
      if (isLast) scoreOutliers(indices, joined(apart), options.inputs, scores.outliers, options.seed);
    },
    async seen(indices: Uint32Array, count: number) {
      try {
        await inside.run(data, indices, (measured) => score(measured, count));
      } catch (error) {
        // Nothing was measured: a graph that cannot be built fails at the first batch.
        if (!(error instanceof UnsupportedError)) throw error;
        scores.untraced = error.message;
        inside = outside;
        await inside.run(data, indices, (measured) => score(measured, count));
      }
    },
    release() {
      outside.release();
      inside.release();
    },
  };
}

function joined(batches: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(batches.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const batch of batches) {
    all.set(batch, at);
    at += batch.length;
  }
  return all;
}

function addProbabilities({ classes }: Dataset, into: Float64Array, measured: BatchOutputs, count: number): void {
  measured.indices.forEach((example, i) => {
    for (let c = 0; c < classes; c++)
      into[example * classes + c]! += measured.logProbabilities[i * classes + c]! / count;
  });
}
