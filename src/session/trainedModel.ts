import type { Dataset } from "../data/dataset.ts";
import { listFolder } from "../data/files/files.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { isDataset, type NewExamples, openNewExamples } from "../data/newExamples.ts";
import { splitOptions } from "../data/openOptions.ts";
import type { Learned, NewDataOptions } from "../data/preparation.ts";
import { knownName, openData } from "../data/registry.ts";
import type { TextOptions } from "../data/texts/text.ts";
import { isText, isTextFolder, openWholeText } from "../data/texts/textFiles.ts";
import type { Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import { sgd } from "../optimizer/sgd.ts";
import { readAverage } from "../store/average.ts";
import { type Checkpoint, readCheckpoint, readPointer, selectCheckpoints } from "../store/checkpoints.ts";
import type { Run } from "../store/runs.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { restoreModel, restoreTensors } from "../training/checkpoint.ts";
import { requireFit, requireLabels } from "../training/fit.ts";
import { openModel } from "../training/openModel.ts";
import { newTrainingState, type TrainingState } from "../training/state.ts";
import { numberByOutputs } from "./foreignClasses.ts";
import { exportedModel, learnedOfRun, reopenData } from "./learned.ts";
import { newDataOptions, refuseRecorded } from "./newDataReading.ts";
import { type LossFlags, namedLoss, resolveLoss } from "./options/loss.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { dataOptionsOf } from "./options/sequenceOptions.ts";
import { targetRuleOf } from "./options/targetRule.ts";
import { locateFiles, readRunConfiguration } from "./runConfiguration.ts";

/** A model after training, and the examples that it is to judge. */
export interface TrainedModel {
  readonly model: Model;
  readonly state: TrainingState;
  readonly loss: Loss;
  readonly data: Dataset;
  /** Whether these are only the part of the data that training left to validate on. */
  readonly validationOnly: boolean;
  /** Of a run: where in it the weights come from. */
  readonly checkpoint: { readonly epoch: number; readonly step: number } | "averaged" | null;
  close(): void;
}

/** What is asked of a trained model. */
export interface TrainedRequest {
  /** A path, a name or examples in memory. Default, of a run: the part of its own data that it was validated on. */
  readonly data?: NewExamples | undefined;
  readonly subset?: string | undefined;
  /** Of a run's own data: what it validated on, or what it was told to set aside. */
  readonly part?: "kept" | "aside" | undefined;
  readonly withTarget: boolean;
  readonly checkpoint?: string | undefined;
  /** How the data are read, as `train` takes it, and the loss of a file. */
  readonly reading: TrainConfiguration;
}

function isNamed(data: NewExamples): data is string {
  return typeof data === "string" && knownName(data) !== undefined;
}

/**
 * The model of a run, and new examples prepared as those that it was trained on. Throws `NotFoundError` for a
 * checkpoint that is not there, `UsageError` for options that the run's record answers, and as `openNewData` and
 * `requireFit` do.
 */
export async function openTrainedRun(run: Run, request: TrainedRequest): Promise<TrainedModel> {
  const { data, subset, withTarget, reading } = request;
  const configuration = readRunConfiguration(run);
  const restore = readWeights(run, request.checkpoint);
  const own = data === undefined || (isNamed(data) && data.toLowerCase() === configuration.data.toLowerCase());
  if (!own && isNamed(data))
    throw new UsageError(
      `${option("data")}: expected ${configuration.data}, which the run was trained on, or a file or folder, got ${data}; its own preparation is not the run's`,
    );
  if (subset !== undefined)
    throw new UsageError(
      `${option("subset")}: expected the data of the run or one file, got "${subset}"; leave it out`,
    );
  refuseRecorded(reading, own);
  // The weights that the run began with are not asked for.
  const begun = { ...configuration, initFrom: undefined };
  const located = locateFiles(run, begun, own ? undefined : typeof data === "string" ? data : "");
  const options = newDataOptions(request, configuration);
  const opened = own
    ? { ...(await reopenData(located, request.part)), close: undefined }
    : ((typeof data === "string" ? await newText(data, configuration, options) : null) ??
      (await openNewExamples(data, await learnedOfRun(run, configuration, () => locateFiles(run, begun)), options)));
  const examples = "validation" in opened ? opened.validation : opened.data;
  const validationOnly = "validationOnly" in opened && opened.validationOnly;
  const model = await openModel(located.model, examples, configuration.seed, { output: configuration.output });
  const loss = withTarget
    ? await lossOfRun(configuration, examples, () => locateFiles(run, begun))
    : resolveLoss({ loss: namedLoss(configuration) }, examples);
  // Errors name what was asked about, not what was learned from.
  const asked = own || typeof data !== "string" ? examples : { ...examples, name: data };
  if (withTarget) requireLabels([asked]);
  await requireFit(model, [asked], loss);
  const state = newTrainingState(model, sgd());
  const checkpoint = restore(state);
  return {
    model,
    state,
    loss,
    data: examples,
    validationOnly: own || validationOnly,
    checkpoint,
    close: opened.close ?? (() => {}),
  };
}

/** A text learns nothing of its preparation from other texts; null of other data. */
async function newText(data: string, configuration: TrainConfiguration, { series }: NewDataOptions) {
  const { text } = dataOptionsOf(configuration);
  return series === undefined ? wholeText(data, { ...text, padding: configuration.ignoreIndex }) : null;
}

async function wholeText(data: string, options: TextOptions) {
  if (!isText(data) && !isTextFolder(await listFolder(data))) return null;
  const name = data.split(/[/\\]/).findLast((part) => part !== "") ?? data;
  return openWholeText(data, name, options);
}

/** Balanced weights are those of the training labels. */
async function lossOfRun(configuration: TrainConfiguration, examples: Dataset, locate: () => TrainConfiguration) {
  const { classWeights, focalAlpha, lossPreset } = configuration;
  const counted = lossPreset !== undefined || [classWeights, focalAlpha].includes("balanced");
  return resolveLoss(configuration, counted ? (await reopenData(locate())).train : examples);
}

/**
 * The model of an `.onnx` file and examples for it: prepared as its metadata say where `export` wrote it, and else as
 * `train` would take them. Throws `UsageError` for a file with several outputs of which none is named, and as
 * `openNewData` and `requireFit` do.
 */
export async function openTrainedFile(file: string, request: TrainedRequest): Promise<TrainedModel> {
  const { data, reading, withTarget } = request;
  if (request.checkpoint !== undefined)
    throw new UsageError(
      `${option("checkpoint")}: expected a run, got ${file}, which has one set of weights; leave it out`,
    );
  if (data === undefined)
    throw new UsageError(`${option("data")}: expected data for ${file}, got none; pass a file, a folder or a name`);
  const exported = await exportedModel(file, reading.output);
  const opened = await (exported && !isNamed(data)
    ? newFor(data, exported.learned, request)
    : foreignExamples(file, data, request));
  const flags: LossFlags = exported && namedLoss(reading) === undefined ? { ...reading, loss: exported.loss } : reading;
  const model = await openModel(file, opened.data, 0, { output: reading.output });
  if (model.outputs && model.outputs.others.length > 0 && reading.output === undefined)
    throw new UsageError(
      `${option("output")}: expected which output of ${file} is meant, got none for ${[model.outputs.trained, ...model.outputs.others].join(", ")}; name one of them`,
    );
  const loss = resolveLoss(withTarget ? flags : { loss: namedLoss(flags) }, opened.data);
  if (withTarget) requireLabels([opened.data]);
  await requireFit(model, [opened.data], loss);
  const state = newTrainingState(model, sgd());
  return { model, state, loss, ...opened, checkpoint: null };
}

async function newFor(data: NewExamples, learned: Learned, request: TrainedRequest) {
  refuseRecorded(request.reading, false);
  const { close = () => {}, ...opened } = await openNewExamples(data, learned, newDataOptions(request));
  return { ...opened, close };
}

/** Numbered as the model's outputs, which the order of their names need not be. */
async function foreignExamples(file: string, asked: NewExamples, request: TrainedRequest) {
  const { reading, withTarget } = request;
  const { data, ...opened } = await foreignData(asked, { ...request, reading: { ...reading, model: file } });
  return { ...opened, data: await numberByOutputs(data, { file, output: reading.output }, withTarget) };
}

/** All examples, whatever could be split; of data that come in two parts and of named sets those to validate on. */
async function foreignData(data: NewExamples, { subset, reading, withTarget }: TrainedRequest) {
  if (isDataset(data)) return { data, validationOnly: false, close: () => {} };
  if (typeof data !== "string")
    throw new UsageError(
      `${option("data")}: expected a data set for a model whose file does not say what it predicts, got rows; pass datasetFromArrays(rows, targets)`,
    );
  const options = { subset, ...dataOptionsOf(reading), targets: targetRuleOf(reading) };
  if (isNamed(data)) {
    const opened = await openData(data, options);
    return { data: opened.validation, validationOnly: true, close: () => opened[Symbol.dispose]() };
  }
  const text = await wholeText(data, { ...options.text, padding: reading.ignoreIndex });
  if (text) return { ...text, close: () => {} };
  const stray = [...splitOptions, "splitBy" as const].find((name) => reading[name] !== undefined);
  if (stray !== undefined)
    throw new UsageError(
      `${option(stray)}: expected data to train on, got some for a model that is trained, of which all are used; leave it out`,
    );
  const opened = await openData(data, { ...options, reading: { ...options.reading, whole: { withTarget } } });
  // Data in two parts stay so.
  const { train, validation } = opened;
  const isOne = train === validation || (train.selected && train.selected.from === validation.selected?.from);
  return { data: validation, validationOnly: !isOne, close: () => opened[Symbol.dispose]() };
}

/** The weights that are asked for, whose file is read at once; what is given puts them into a state. */
function readWeights(run: Run, selection: string | undefined): (state: TrainingState) => TrainedModel["checkpoint"] {
  if (selection === "averaged") {
    const { bytes, path } = readAverage(run);
    return (state) => {
      restoreTensors(decodeSafetensors(bytes, path).tensors, path, state);
      return "averaged";
    };
  }
  const checkpoint = chooseCheckpoint(run, selection);
  const bytes = readCheckpoint(checkpoint);
  return (state) => {
    const { epoch, step } = restoreModel(bytes, checkpoint.path, state);
    return { epoch, step };
  };
}

/**
 * The best where nothing is said, or the last where no evaluation told. Throws `UsageError` for all of them, and as
 * `selectCheckpoints`.
 */
export function chooseCheckpoint(run: Run, selection: string | undefined): Checkpoint {
  const best = selection === undefined ? readPointer(run, "best") : null;
  if (best !== null) return best;
  const [checkpoint, second] = selectCheckpoints(run, selection ?? "last");
  if (checkpoint !== undefined && second === undefined) return checkpoint;
  throw new UsageError(
    `${option("checkpoint")}: expected one checkpoint, got "all"; choose "best", "last", an epoch or "averaged"`,
  );
}
