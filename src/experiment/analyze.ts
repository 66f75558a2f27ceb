import type { Dataset } from "../data/dataset.ts";
import { defaultLoss, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { describeGradients } from "../statistics/describe.ts";
import { type Checkpoint, readCheckpoint } from "../store/checkpoints.ts";
import type { CheckpointAnalysis, EpochRecord } from "../store/schema.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { restoreModel } from "../training/checkpoint.ts";
import { newTrainingState } from "../training/state.ts";
import { gramMeter } from "./gram.ts";

export interface AnalyzeOptions {
  readonly model: Model;
  readonly data: Dataset;
  /** What the run minimised; default cross-entropy. */
  readonly loss?: Loss;
  readonly checkpoints: readonly Checkpoint[];
  /** Epoch records of the run, to put accuracy beside each checkpoint. */
  readonly epochs: readonly EpochRecord[];
  /** K mini-batches of `batchSize` examples, drawn once without replacement and measured at every checkpoint. */
  readonly rows: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly threads: number;
  /** See `GramOptions`. */
  readonly memoryBudget: number;
}

/** Random stream of the drawn examples: not one of training's, so that the analysis never repeats its batches. */
const SAMPLING_STREAM = 2;

/** The mode of every measurement, as `analysis.json` says it: the theory of the noise scale needs independent examples. */
export const ANALYSIS_MODE = "evaluation mode (dropout off, batch normalisation by running statistics)";

/** Yields the gradient statistics of each checkpoint in turn. Throws `UsageError` for more examples than the data have. */
export async function* analyzeCheckpoints(engine: Engine, options: AnalyzeOptions): AsyncGenerator<CheckpointAnalysis> {
  const { model, data, loss = defaultLoss, rows, batchSize, seed, threads, memoryBudget } = options;
  requireEnough(options);
  const indices = random(seed, SAMPLING_STREAM)
    .permutation(data.size)
    .subarray(0, rows * batchSize);
  const state = newTrainingState(model, sgd());
  const meter = await gramMeter(engine, model, state, data, {
    groups: rows,
    batchSize,
    indices,
    mode: "evaluation",
    loss,
    threads,
    memoryBudget,
  });
  try {
    for (const checkpoint of options.checkpoints) {
      const { epoch, step } = restoreModel(readCheckpoint(checkpoint), checkpoint.path, state);
      const statistics = describeGradients(await meter.measure(), { datasetSize: data.size, seed });
      const metrics = options.epochs.find((record) => record.epoch === epoch && record.step === step) ?? null;
      yield { epoch, step, metrics, statistics };
    }
  } finally {
    meter.release();
  }
}

function requireEnough({ rows, batchSize, data }: AnalyzeOptions): void {
  if (rows * batchSize <= data.size) return;
  throw new UsageError(
    `analyze: expected at most the ${data.size} examples of ${data.name}, got ${rows} rows of ${batchSize} = ${rows * batchSize}; lower --rows or --batch-size`,
  );
}
