import type { Dataset } from "../../data/dataset.ts";
import type { Loss } from "../../model/loss.ts";
import type { Model } from "../../model/model.ts";
import type { Optimizer } from "../../optimizer/optimizer.ts";
import { type Checkpoint, readCheckpoint } from "../../store/checkpoints.ts";
import { metricRecords } from "../../store/metricsReader.ts";
import type { Run } from "../../store/runs.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { sizeOf, toNumbers } from "../../tensor/tensor.ts";
import { restoreKept, restoreModel } from "../../training/checkpoint.ts";
import { requireFit, requireWeights } from "../../training/fit.ts";
import { openModel, type Weights } from "../../training/openModel.ts";
import { modelAt, newTrainingState, type TrainingState } from "../../training/state.ts";
import { reopenData } from "../learned.ts";
import { resolveLoss } from "../options/loss.ts";
import { optimizerOf } from "../options/optimizer.ts";
import type { TrainConfiguration } from "../options/options.ts";
import { locateFiles, readRunConfiguration, scalingOf } from "../runConfiguration.ts";
import { withConstants } from "../scaling.ts";
import { readWeights } from "../weights.ts";

/** A network at the parameters that are looked at, with what its loss is a mean over. */
export interface Subject {
  readonly model: Model;
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly loss: Loss;
  /** The same network before training; null where its weights came from elsewhere. */
  readonly beginning: Model | null;
  /** Null without a run. */
  readonly trained: Trained | null;
}

/** What a run knows of its parameters. */
export interface Trained {
  readonly run: Run;
  readonly configuration: TrainConfiguration;
  /** Null where the parameters come from a file of their own. */
  readonly place: { readonly epoch: number; readonly step: number } | null;
  /** Of another checkpoint of the run. */
  modelOf(checkpoint: Checkpoint): Model;
  /** What decides the next update; null where nothing of the optimizer was kept. */
  readonly next: NextState | null;
}

/** An optimizer as a checkpoint has left it. */
export interface NextState {
  readonly optimizer: Optimizer;
  readonly state: TrainingState;
  /** Steps that it has made. */
  readonly steps: number;
  /** Of the last step. */
  readonly learningRate: number;
}

/**
 * A run's network at a checkpoint, or with the parameters of a file. Throws `DataError` for parameters that are not the
 * model's, and as the readers of the run's records do.
 */
export async function runSubject(run: Run, at: { readonly checkpoint: Checkpoint } | { readonly parameters: string }) {
  const configuration = readRunConfiguration(run);
  const located = locateFiles(run, configuration);
  const { train, validation } = await reopenData(located);
  const open = (weights?: Weights) =>
    openModel(located.model, train, configuration.seed, { weights, output: configuration.output });
  const given = "parameters" in at ? await readWeights(at.parameters) : undefined;
  const untrained = await open();
  const optimizer = await optimizerOf(withConstants(configuration, scalingOf(run) ?? null), untrained);
  const modelOf = (checkpoint: Checkpoint) => restored(untrained, optimizer, checkpoint).model;
  const common = { run, configuration, modelOf };
  const loss = resolveLoss(configuration, train);
  const beginning = configuration.initFrom === undefined ? untrained : null;
  const subject = { train, validation, loss, beginning };
  if (!("checkpoint" in at))
    return { ...subject, model: await open(given), trained: { ...common, place: null, next: null } };
  const { model, state, epoch, step, steps } = restored(untrained, optimizer, at.checkpoint);
  const learningRate = rateBefore(run, step) ?? configuration.learningRate;
  const next = steps === null ? null : { optimizer, state, steps, learningRate };
  return { ...subject, model, trained: { ...common, place: { epoch, step }, next } };
}

/** What a network without a run is opened from. */
export interface BareSubject {
  readonly model: string;
  readonly output?: string | undefined;
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly loss: Loss;
  readonly seed: number;
  readonly parameters?: string | undefined;
}

/** A network of the zoo or of a file, without a run. Throws as `openModel` and `requireFit`. */
export async function bareSubject({ train, validation, loss, parameters, ...given }: BareSubject): Promise<Subject> {
  const { model: name, output, seed } = given;
  const beginning = await openModel(name, train, seed, { output });
  const weights = parameters === undefined ? undefined : await readWeights(parameters);
  const model = weights === undefined ? beginning : await openModel(name, train, seed, { output, weights });
  requireWeights(model);
  await requireFit(model, [train, validation], loss);
  // A file has its own weights, which may be trained.
  const isDrawn = weights !== undefined && !name.endsWith(".onnx");
  return { model, train, validation, loss, beginning: isDrawn ? beginning : null, trained: null };
}

/** `steps`: that the optimizer has made; null where it keeps nothing that this one could go on from. */
function restored(untrained: Model, optimizer: Optimizer, checkpoint: Checkpoint) {
  const state = newTrainingState(untrained, optimizer);
  const bytes = readCheckpoint(checkpoint);
  const { epoch, step } = restoreModel(bytes, checkpoint.path, state);
  return { model: modelAt(untrained, state), state, epoch, step, steps: restoreKept(bytes, checkpoint.path, state) };
}

/** The learning rate of the last step that was recorded by then. */
function rateBefore(run: Run, step: number): number | undefined {
  let rate: number | undefined;
  for (const record of metricRecords(run))
    if (record.kind === "step" && record.step <= step) rate = record.learningRate;
  return rate;
}

/** θ of a model: its parameters one after the other. */
export function vectorOf({ parameters }: Model): Float64Array {
  const vector = new Float64Array(parameters.reduce((sum, { initial }) => sum + sizeOf(initial.shape), 0));
  let at = 0;
  for (const { initial } of parameters) {
    vector.set(toNumbers(initial), at);
    at += sizeOf(initial.shape);
  }
  return vector;
}

/** Throws `UsageError` unless both runs are of one model on the same data. */
export function requireSameModel(run: Run, to: Run): void {
  const [one, other] = [run, to].map(readRunConfiguration) as [TrainConfiguration, TrainConfiguration];
  for (const name of ["model", "data"] as const)
    if (one[name] !== other[name])
      throw new UsageError(
        `${option("to")}: expected a run of ${name} ${one[name]}, as ${run.record.id}, got ${to.record.id} of ${other[name]}; choose another run`,
      );
}
