import { hostname } from "node:os";
import { basename, join } from "node:path";
import { externalReader } from "../../data/files/files.ts";
import { decodeSafetensors } from "../../data/files/safetensors.ts";
import { foreignInference } from "../../export/foreignInference.ts";
import { inferenceModel } from "../../export/inferenceModel.ts";
import { surveyMetrics } from "../../export/metricFields.ts";
import { encodeFiles, setMetadata } from "../../export/onnxFile.ts";
import { metricsParquet } from "../../export/parquetTable.ts";
import { metricsCsv } from "../../export/table.ts";
import { inTargetUnit } from "../../export/targetUnit.ts";
import { eventFile } from "../../export/tensorboard.ts";
import { defaultLoss } from "../../model/loss.ts";
import type { Model } from "../../model/model.ts";
import { sgd } from "../../optimizer/sgd.ts";
import { prepareTraining } from "../../session/prepare.ts";
import { locateFiles, readRunConfiguration } from "../../session/runConfiguration.ts";
import { chooseCheckpoint } from "../../session/trainedModel.ts";
import { readAverage } from "../../store/average.ts";
import { readCheckpoint } from "../../store/checkpoints.ts";
import { type Contents, writeAtomically } from "../../store/document.ts";
import { metricRecords } from "../../store/metricsReader.ts";
import type { Run } from "../../store/runs.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { textIn } from "../../text/text.ts";
import { restoreModel, restoreTensors } from "../../training/checkpoint.ts";
import { readModelFile } from "../../training/openModel.ts";
import { modelTensors, newTrainingState } from "../../training/state.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { requireNewFile, requireNewFolder, writeNewFile, writeNewFolder } from "../outputs.ts";
import { print, printJson } from "../terminal/print.ts";
import { whileReading } from "../whileReading.ts";

export const exportFormats = ["onnx", "tensorboard", "csv", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportFlags {
  readonly format: ExportFormat;
  readonly checkpoint?: string | undefined;
  readonly out?: string | undefined;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Files to write, the first of which is the one to be asked for, and what to say about them. */
interface Exported {
  readonly files: readonly (readonly [path: string, contents: Contents])[];
  /** Of what has been written. */
  readonly about: () => string;
  /** Whether `--out` names the folder of the files, and not a file. */
  readonly folder?: boolean;
}

const words = () => textIn(languageOf(process.env)).commands.export;

/** The command `export`, and `runs export`. */
export async function runExport(reference: string, flags: ExportFlags): Promise<void> {
  const run = openNamedRun(flags.dir, reference);
  return whileReading(run, reference, () => exportRun(run, flags));
}

async function exportRun(run: Run, flags: ExportFlags): Promise<void> {
  const { format, checkpoint, out } = flags;
  if (checkpoint !== undefined && format !== "onnx")
    throw new UsageError(
      `--checkpoint: expected --format onnx beside it, got ${format}, which has every step; leave it out`,
    );
  const ofPointer = checkpoint === undefined || checkpoint === "best" ? ["checkpoints/best.json" as const] : [];
  requireRecords(run, format === "onnx" ? ["config.yaml", "environment.json", ...ofPointer] : []);
  const exported = format === "onnx" ? await onnx(run, checkpoint, out) : metrics(run, format, out);
  const { files, about } = exported;
  write(exported, out);
  const paths = files.map(([path]) => path);
  if (flags.json) printJson({ run: run.record.id, format, files: paths });
  else print(`${paths.join(", ")}: ${about()}`);
}

function write({ files, folder }: Exported, out: string | undefined): void {
  if (out === undefined) for (const [path, contents] of files) writeAtomically(path, contents);
  else if (folder) writeNewFolder(out, new Map(files.map(([path, contents]) => [basename(path), contents])));
  else {
    for (const [path] of files) requireNewFile("--out", path);
    for (const [path, contents] of files) writeNewFile("--out", path, contents);
  }
}

function metrics(run: Run, format: Exclude<ExportFormat, "onnx">, out: string | undefined): Exported {
  // Before the metrics are read, which may take long.
  if (out !== undefined) (format === "tensorboard" ? requireNewFolder : requireNewFile)("--out", out);
  return format === "tensorboard" ? events(run, out) : table(run, format, out);
}

function table(run: Run, format: "csv" | "parquet", out = join(run.path, `metrics.${format}`)): Exported {
  const survey = surveyMetrics(metricRecords(run));
  const contents = (format === "csv" ? metricsCsv : metricsParquet)(survey, metricRecords(run));
  return { files: [[out, contents]], about: () => words().records(survey.count, run.record.id) };
}

function events(run: Run, out = join(run.path, "tensorboard")): Exported {
  let count = 0;
  function* counted() {
    for (const record of metricRecords(run)) {
      count++;
      yield record;
    }
  }
  const started = Math.floor(Date.parse(run.record.startedAt) / 1000);
  // TensorBoard takes a folder as one run and knows its files by this name.
  const path = join(out, `events.out.tfevents.${started}.${hostname()}`);
  const about = () => words().records(count, run.record.id);
  return { files: [[path, eventFile(counted(), started)]], about, folder: true };
}

async function onnx(run: Run, selection: string | undefined, named?: string): Promise<Exported> {
  const out = named ?? join(run.path, "model.onnx");
  const configuration = locateFiles(run, readRunConfiguration(run));
  // Before the data are read, which may take long; export's own place in the run may be written again.
  if (named !== undefined) requireNewFile("--out", named, [configuration.data, configuration.model]);
  const restore = readTrained(run, selection);
  const { options } = await prepareTraining({ ...configuration, threads: 1 });
  const { model, train } = options;
  const { tensors, from, place } = restore(model);
  const file = configuration.model;
  const proto = file.endsWith(".onnx")
    ? foreignInference(await readModelFile(file), tensors, externalReader(file))
    : inferenceModel(model, tensors);
  const { targetScale, preprocessing } = train;
  if (targetScale) inTargetUnit(proto, targetScale, configuration.output);
  // What the graph undoes by itself must not be undone again.
  const { y: _y, target, ...ofInputs } = preprocessing ?? {};
  const told = targetScale ? ofInputs : preprocessing;
  setMetadata(proto, {
    run: run.record.id,
    ...place,
    data: train.name,
    class_names: JSON.stringify(train.classNames),
    target: JSON.stringify({
      ...{ type: train.target.type, shape: train.target.shape, classes: train.classes, ignored: train.ignored },
      column: (target as { name?: string } | undefined)?.name,
    }),
    loss: (options.loss ?? defaultLoss).name,
    ...(told && { preprocessing: JSON.stringify(told) }),
    ...(targetScale && { output: "in the unit of the target" }),
  });
  const files = encodeFiles(proto, `${basename(out)}.data`);
  return {
    // What the model reads is there before the model.
    files: [...(files.external.length > 0 ? [[`${out}.data`, files.external] as const] : []), [out, files.model]],
    about: () => words().model(file, run.record.id, from),
  };
}

interface Trained {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly from: string;
  readonly place: Readonly<Record<string, string>>;
}

/**
 * What a checkpoint or the average of the weights holds of a model, in words too and for the metadata; the file is read
 * at once.
 */
function readTrained(run: Run, selection: string | undefined): (model: Model) => Trained {
  if (selection === "averaged") {
    const { bytes, path } = readAverage(run);
    return (model) => {
      const state = newTrainingState(model, sgd());
      restoreTensors(decodeSafetensors(bytes, path).tensors, path, state);
      return { tensors: modelTensors(state), from: words().averaged, place: { weights: "averaged" } };
    };
  }
  const checkpoint = chooseCheckpoint(run, selection);
  const bytes = readCheckpoint(checkpoint);
  return (model) => {
    const state = newTrainingState(model, sgd());
    const { epoch, step } = restoreModel(bytes, checkpoint.path, state);
    const from = words().after(step, epoch);
    return { tensors: modelTensors(state), from, place: { epoch: String(epoch), step: String(step) } };
  };
}
