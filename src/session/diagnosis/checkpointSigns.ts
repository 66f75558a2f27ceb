import { type Dataset, newBatch } from "../../data/dataset.ts";
import { sgd } from "../../optimizer/sgd.ts";
import type { Engine } from "../../runtime/engine.ts";
import { twoSampleAuc } from "../../statistics/twoSample.ts";
import type { Interval } from "../../statistics/types.ts";
import { type Checkpoint, readCheckpoint } from "../../store/checkpoints.ts";
import type { CheckpointSigns } from "../../store/diagnosisFacts.ts";
import type { Run } from "../../store/runs.ts";
import { sizeOf, type Tensor, toNumbers } from "../../tensor/tensor.ts";
import { restoreModel } from "../../training/checkpoint.ts";
import { viewsOf } from "../../training/flat.ts";
import { batchGradients } from "../../training/gradients.ts";
import { type NetworkSigns, networkSigns } from "../../training/networkSigns.ts";
import { openModel } from "../../training/openModel.ts";
import { modelAt, newTrainingState } from "../../training/state.ts";
import { unitActivity } from "../../training/unitActivity.ts";
import { resolveLoss } from "../options/loss.ts";
import type { TrainConfiguration } from "../options/options.ts";
import { trainingSeedOf } from "../runConfiguration.ts";
import { dataSigns } from "./dataSigns.ts";
import { inputRows, numbersOf, projectionOf } from "./inputRows.ts";
import { type Scores, sampleOf, scoredPart, type Trained } from "./scoredPart.ts";

/** Examples whose gradients and units are looked at: of a text each has hundreds of labels. */
const GRADIENT_EXAMPLES = 64;
const TEXT_EXAMPLES = 4;
/** Rows of a side of which two samples are compared. */
const DRIFT_ROWS = 600;

/** What is looked at. */
export interface Looked {
  readonly run: Run;
  /** Its files where they are. */
  readonly configuration: TrainConfiguration;
  readonly train: Dataset;
  readonly validation: Dataset;
}

export interface CheckpointReading {
  readonly signs: CheckpointSigns;
  readonly training: Scores;
  readonly canDrop: boolean;
}

/**
 * What a checkpoint says of its run: losses in evaluation mode, gradients layer by layer, silent units, parameters that
 * never moved, doubted labels, and how well training and validation inputs are told apart. Throws `DataError` for a
 * damaged checkpoint, and as the engine does.
 */
export async function readCheckpointSigns(
  engine: Engine,
  { run, configuration, train, validation }: Looked,
  checkpoint: Checkpoint,
): Promise<CheckpointReading> {
  const seed = trainingSeedOf(run, configuration);
  const model = await openModel(configuration.model, train, seed, { output: configuration.output });
  const state = newTrainingState(model, sgd());
  const first = state.parameters.slice();
  const { step } = restoreModel(readCheckpoint(checkpoint), checkpoint.path, state);
  const trained: Trained = { model, state, loss: resolveLoss(configuration, train) };
  const hasOwnTest = validation !== train && validation.size > 0;
  const training = await scoredPart(engine, trained, train);
  const few = sampleOf(train, train.target.shape.length > 0 ? TEXT_EXAMPLES : GRADIENT_EXAMPLES);
  const indices = Uint32Array.from({ length: few.size }, (_, i) => i);
  const network = networkSigns(model);
  const begun: Trained = { ...trained, state: { ...state, parameters: first } };
  // Of weights that came from elsewhere nobody knows how they began; a model's file holds them.
  const isComparable = configuration.initFrom === undefined && step > 0;
  return {
    canDrop: (model.dropout ?? []).length > 0,
    training,
    signs: {
      training: plain(training),
      validation: hasOwnTest ? plain(await scoredPart(engine, trained, validation)) : null,
      layers: await layersOf(engine, trained, few),
      unmoved: isComparable ? unmovedSince(first, trained) : [],
      parameters: model.parameters.length,
      moved: isComparable ? distance(first, state.parameters) : null,
      units: await unitActivity(engine, trained, few, indices),
      doubted: training.doubted,
      driftAuc: hasOwnTest ? await driftBetween(train, validation) : null,
      network: { outputActivation: network.outputActivation, isLinear: network.isLinear, narrowest: network.narrowest },
      ...(isComparable && {
        start: {
          gains: gainsOf(network, viewsOf(first, state.layout)),
          layers: await layersOf(engine, begun, few),
          units: await unitActivity(engine, begun, few, indices),
        },
      }),
      data: await dataSigns(train, training.targets),
    },
  };
}

const plain = ({ examples, loss, accuracy }: Scores) => ({ examples, loss, accuracy });

function unmovedSince(first: Float32Array, { state }: Trained): string[] {
  const still = state.layout.entries.filter(({ offset, shape }) => {
    const length = sizeOf(shape);
    for (let i = offset; i < offset + length; i++) if (first[i] !== state.parameters[i]) return false;
    return true;
  });
  return still.map(({ name }) => name);
}

function gainsOf({ weights }: NetworkSigns, first: Readonly<Record<string, Tensor>>) {
  return weights.map(({ name, inputs }) => ({
    name,
    gain: norm(first[name]!) * Math.sqrt(inputs / sizeOf(first[name]!.shape)),
  }));
}

/** ‖now − first‖ / ‖first‖. */
function distance(first: Float32Array, now: Float32Array): number {
  const length = (of: (i: number) => number) => Math.sqrt(first.reduce((sum, _, i) => sum + of(i) ** 2, 0));
  return length((i) => now[i]! - first[i]!) / length((i) => first[i]!);
}

/** Matrices and kernels, from the input on; what is normalised or added has gradients of another size. */
async function layersOf(
  engine: Engine,
  { model, state, loss }: Trained,
  data: Dataset,
): Promise<CheckpointSigns["layers"]> {
  const batch = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    batch,
  );
  const { gradients } = await batchGradients(engine, modelAt(model, state), loss, new Map(Object.entries(batch)));
  const weights = viewsOf(state.parameters, state.layout);
  return model.parameters
    .filter(({ initial }) => initial.shape.length >= 2)
    .map(({ name }) => ({ name, relativeGradient: norm(gradients.get(name)!) / norm(weights[name]!) }));
}

const norm = (one: Tensor) => Math.sqrt(toNumbers(one).reduce((sum, x) => sum + x * x, 0));

/**
 * How well the inputs of two parts are told apart by a classifier that has not seen them. Wide inputs are projected on
 * random directions. Null of texts, whose tokens are no numbers.
 */
export async function driftBetween(train: Dataset, validation: Dataset): Promise<Interval | null> {
  const input = numbersOf(train);
  if (!input) return null;
  const rows = [
    await inputRows(sampleOf(train, DRIFT_ROWS), input.name),
    await inputRows(sampleOf(validation, DRIFT_ROWS), input.name),
  ];
  const project = projectionOf(rows[0]![0]?.length ?? 0);
  return twoSampleAuc(rows[0]!.map(project), rows[1]!.map(project));
}
