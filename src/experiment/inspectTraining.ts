import { type Dataset, select } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { adamW } from "../optimizer/adam.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { errorNorms } from "../statistics/exampleScores.ts";
import { featureOutliers } from "../statistics/outliers.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { restoreModel } from "../training/checkpoint.ts";
import { newTrainingState, type TrainingState } from "../training/state.ts";
import { train } from "../training/train.ts";
import { examplesOf } from "./inspectFolds.ts";
import { type ExamplePass, examplePass, type Measured } from "./inspectPass.ts";

export interface FoldTraining {
  readonly data: Dataset;
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
  readonly held: Uint32Array;
}

/** What the folds find out, a number for each example; every fold writes the examples that it held out, and its neighbour's. */
export interface FoldScores {
  /** [N × C], mean over the measured epochs of the model that did not train on the example. */
  readonly probabilities: Float64Array;
  readonly loss: Float64Array;
  readonly errorNorm: Float64Array;
  readonly selfInfluence: Float64Array;
  readonly outlierDistance: Float64Array;
  readonly outlierZ: Float64Array;
  /** Why there is no self-influence. */
  untraced: string | undefined;
}

/** Neighbours of an example, and examples among which they are sought: exact search is quadratic. */
const NEIGHBORS = 10;
const MOST_NEIGHBORED = 3000;

export function newFoldScores({ size, classes }: Dataset): FoldScores {
  const [loss, errorNorm, selfInfluence, outlierDistance, outlierZ] = Array.from(
    { length: 5 },
    () => new Float64Array(size),
  );
  return {
    probabilities: new Float64Array(size * classes),
    loss: loss!,
    errorNorm: errorNorm!,
    selfInfluence: selfInfluence!,
    outlierDistance: outlierDistance!,
    outlierZ: outlierZ!,
    untraced: undefined,
  };
}

/** Epochs after which examples are measured. */
export function measuredEpochs({ epochs, measureEvery }: Pick<FoldTraining, "epochs" | "measureEvery">): number[] {
  return Array.from({ length: epochs }, (_, i) => i + 1).filter((e) => e % measureEvery === 0 || e === epochs);
}

/**
 * Trains one model on all folds but `fold` and measures, after some epochs, the examples of `fold` (loss, probabilities, and at the end
 * who lies apart in what the last layer reads) and those of the next fold, on which it trained (EL2N, self-influence). Every example is
 * so measured by one model that has not seen it and by one that has. `tell` is given the share that is done. Gives false where `signal`
 * ended it before its time.
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
  const held = examplesOf(foldOf, (one) => one === fold);
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
      validation: select(data, held),
      optimizer: adamW(),
      learningRate,
      window: [batchSize],
      epochs,
      evaluateEvery: epochs,
      checkpointEvery: measureEvery,
      seed: seed + fold,
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
      await measure.held(held, planned.length, event.epoch === epochs);
      await measure.seen(seen, planned.length);
    }
    if (signal?.aborted) return false;
    await options.atEnd(fold, { model, state, held });
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
  const score = (measured: Measured, count: number) => {
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
    async held(indices: Uint32Array, count: number, isLast: boolean) {
      const apart: Float32Array[] = [];
      await outside.run(data, indices, (measured) => {
        addLosses(data, scores.loss, measured, count);
        addProbabilities(data, scores.probabilities, measured, count);
        if (isLast) apart.push(measured.features.slice());
      });
      if (isLast) findOutliers(indices, apart, scores, options.seed);
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

function addLosses({ labels, classes }: Dataset, loss: Float64Array, measured: Measured, count: number): void {
  measured.indices.forEach((example, i) => {
    loss[example]! -= measured.logProbabilities[i * classes + labels[example]!]! / count;
  });
}

function addProbabilities({ classes }: Dataset, into: Float64Array, measured: Measured, count: number): void {
  measured.indices.forEach((example, i) => {
    for (let c = 0; c < classes; c++)
      into[example * classes + c]! += Math.exp(measured.logProbabilities[i * classes + c]!) / count;
  });
}

/** Among random parts of the fold that are small enough for an exact search. */
function findOutliers(indices: Uint32Array, batches: readonly Float32Array[], scores: FoldScores, seed: number): void {
  const width = batches.reduce((sum, { length }) => sum + length, 0) / indices.length;
  const all = new Float32Array(indices.length * width);
  let at = 0;
  for (const batch of batches) {
    all.set(batch, at);
    at += batch.length;
  }
  const order = random(seed, 5).permutation(indices.length);
  const parts = Math.ceil(order.length / MOST_NEIGHBORED);
  for (let part = 0; part < parts; part++) {
    const members = order.filter((_, i) => i % parts === part);
    if (members.length < 2) continue;
    const values = new Float32Array(members.length * width);
    members.forEach((member, i) => {
      values.set(all.subarray(member * width, (member + 1) * width), i * width);
    });
    for (const { index, distance, robustZ } of featureOutliers(
      { values, width },
      Math.min(NEIGHBORS, members.length - 1),
    )) {
      const example = indices[members[index]!]!;
      scores.outlierDistance[example] = distance;
      scores.outlierZ[example] = robustZ;
    }
  }
}
