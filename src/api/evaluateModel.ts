import { isDataset, type NewExamples } from "../data/newExamples.ts";
import type { Engine } from "../runtime/engine.ts";
import { openChosenEngine } from "../session/engine.ts";
import { type Evaluation, evaluateTrained } from "../session/evaluateTrained.ts";
import type { TrainField } from "../session/options/options.ts";
import { type Predictions, predictTrained } from "../session/predictTrained.ts";
import { openTrainedFile, openTrainedRun, type TrainedModel } from "../session/trainedModel.ts";
import { trainedRun } from "../session/trainedReference.ts";
import { type ReadingField, readingFields, trainedRequest } from "../session/trainedRequest.ts";
import { namingLatest } from "../store/namingLatest.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { requireKnown } from "../tensor/knownOptions.ts";
import { shown } from "../tensor/shown.ts";
import type { RunOptions } from "./trainToRun.ts";

/** What a trained model is asked about, and how that is read: as `batchscope evaluate` takes it, without hyphens. */
export type TrainedOptions = Pick<RunOptions, ReadingField & TrainField> & {
  /**
   * A file, a folder, a name, a data set in memory, or rows of a table as objects by their columns; `predict` takes
   * bare rows of numbers too. Default, of a run: what it validated on.
   */
  readonly data?: NewExamples | undefined;
  readonly subset?: string | undefined;
  /** "best", "last", "averaged" or an epoch. Default "best". */
  readonly checkpoint?: string | number | undefined;
  /** Of an `.onnx` file with several outputs: the one meant. */
  readonly output?: string | undefined;
  /** Where runs are kept. Default `batchscope`. */
  readonly dir?: string | undefined;
  /** Default: one on the processor. */
  readonly engine?: Engine | undefined;
};

const own = ["data", "subset", "checkpoint", "output", "dir", "engine"];
const known = Object.fromEntries([...readingFields, ...own].map((key) => [key, true as const]));

const rulesOfOwn = {
  subset: is.optional(is.text),
  checkpoint: is.optional(is.checkpoint),
  output: is.optional(is.text),
  dir: is.optional(is.text),
  engine: is.optional(is.engine),
};

/**
 * How a trained model fares on data with their right answers: a run (an id, the beginning of one, a path or "latest")
 * or an `.onnx` file, as `batchscope evaluate` has it. Classes are told by their names. Throws `UsageError` for unknown
 * options, `NotFoundError` for what is not there, and `DataError` or `ShapeError` for data that the model cannot read
 * and for classes that it does not know.
 */
export function evaluate(reference: string, options: TrainedOptions = {}): Promise<Evaluation> {
  return using("evaluate", reference, options, evaluateTrained);
}

/** What a trained model says of each example, as `batchscope predict` has it. Throws as `evaluate`. */
export function predict(reference: string, options: TrainedOptions = {}): Promise<Predictions> {
  return using("predict", reference, options, predictTrained);
}

async function using<T>(
  place: "evaluate" | "predict",
  reference: string,
  options: TrainedOptions,
  use: (engine: Engine, trained: TrainedModel) => Promise<T>,
): Promise<T> {
  if (typeof reference !== "string")
    throw new UsageError(`${place}: expected a run or an .onnx file first, got ${shown(reference)}; name it`);
  requireKnown(place, options, known);
  const { data, subset, output, checkpoint, dir } = options;
  requireArguments(place, { ...options }, rulesOfOwn);
  requireExamples(place, data);
  const run = await trainedRun(storeDirectory(dir), reference);
  const engine = options.engine ?? (await openChosenEngine({}));
  const request = trainedRequest(reference, {
    ...{ data, subset, output, fields: options, withTarget: place === "evaluate" },
    checkpoint: checkpoint === undefined ? undefined : String(checkpoint),
  });
  const finish = async (opening: Promise<TrainedModel>) => {
    const trained = await opening;
    try {
      return await use(engine, trained);
    } finally {
      trained.close();
    }
  };
  if (run === null) return finish(openTrainedFile(reference, request));
  return namingLatest(reference, run, () => finish(openTrainedRun(run, request)));
}

function requireExamples(place: string, data: unknown): void {
  if (data === undefined || typeof data === "string" || isDataset(data) || Array.isArray(data)) return;
  throw new UsageError(
    `${place}: expected data as a path, a name, a data set or rows, got ${shown(data)}; pass one, or leave it out`,
  );
}
