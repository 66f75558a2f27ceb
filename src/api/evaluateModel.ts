import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../runtime/engine.ts";
import { resolveConfiguration } from "../session/configuration.ts";
import { openChosenEngine } from "../session/engine.ts";
import { type Evaluation, evaluateTrained } from "../session/evaluateTrained.ts";
import { lossFields } from "../session/options/lossOptions.ts";
import type { TrainField } from "../session/options/options.ts";
import { readerFields } from "../session/options/readerOptions.ts";
import { sequenceFields } from "../session/options/sequenceOptions.ts";
import { type Predictions, predictTrained } from "../session/predictTrained.ts";
import { openTrainedFile, openTrainedRun, type TrainedModel } from "../session/trainedModel.ts";
import { openRun } from "../store/runs.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { UsageError } from "../tensor/errors.ts";
import { requireKnown } from "../tensor/knownOptions.ts";
import { shown } from "../tensor/shown.ts";
import { folderOfData, keepDataset } from "./keepDataset.ts";
import type { RunOptions } from "./trainToRun.ts";

type Reading = keyof typeof readerFields | keyof typeof sequenceFields | keyof typeof lossFields;

/** What a trained model is asked about, and how that is read: as `batchscope evaluate` takes it, without hyphens. */
export type TrainedOptions = Pick<RunOptions, Reading & TrainField> & {
  /** A file, a folder, a name or a data set in memory. Default, of a run: what it validated on. */
  readonly data?: string | Dataset | undefined;
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

const reading = Object.keys({ ...readerFields, ...sequenceFields, ...lossFields }) as Reading[];
const own = ["data", "subset", "checkpoint", "output", "dir", "engine"];
const known = Object.fromEntries([...reading, ...own].map((key) => [key, true as const]));

/**
 * How a trained model fares on data with their right answers: a run (an id, the beginning of one, a path or "latest")
 * or an `.onnx` file, as `batchscope evaluate` has it. Throws `UsageError` for unknown options, `NotFoundError` for
 * what is not there, and `DataError` for data that the model cannot read.
 */
export function evaluate(reference: string, options: TrainedOptions = {}): Promise<Evaluation> {
  return using("evaluate", reference, options, true, evaluateTrained);
}

/** What a trained model says of each example, as `batchscope predict` has it. Throws as `evaluate`. */
export function predict(reference: string, options: TrainedOptions = {}): Promise<Predictions> {
  return using("predict", reference, options, false, predictTrained);
}

async function using<T>(
  place: string,
  reference: string,
  options: TrainedOptions,
  withTarget: boolean,
  use: (engine: Engine, trained: TrainedModel) => Promise<T>,
): Promise<T> {
  requireKnown(place, options, known);
  if (typeof reference !== "string")
    throw new UsageError(`${place}: expected a run or an .onnx file first, got ${shown(reference)}; name it`);
  const { engine = await openChosenEngine({}) } = options;
  const trained = await open(reference, options, withTarget);
  try {
    return await use(engine, trained);
  } finally {
    trained.close();
  }
}

async function open(reference: string, options: TrainedOptions, withTarget: boolean): Promise<TrainedModel> {
  const { subset, output, checkpoint, dir } = options;
  const directory = storeDirectory(dir);
  const data =
    options.data === undefined || typeof options.data === "string"
      ? options.data
      : await keepDataset(options.data, folderOfData(directory));
  const isFile = reference.endsWith(".onnx");
  const given = Object.fromEntries(reading.map((field) => [field, options[field as never]]));
  const request = {
    data,
    subset,
    withTarget,
    checkpoint: checkpoint === undefined ? undefined : String(checkpoint),
    reading: resolveConfiguration({ ...given, output, model: isFile ? reference : "mlp", data: data ?? "iris" }, {}),
  };
  return isFile ? openTrainedFile(reference, request) : openTrainedRun(openRun(directory, reference), request);
}
