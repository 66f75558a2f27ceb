import { nextUpdate } from "../analysis/curvature/nextUpdate.ts";
import { type Objective, openObjective } from "../analysis/curvature/objective.ts";
import { type CriticalSharpness, criticalSharpness } from "../curvature/criticalSharpness.ts";
import { filterNormalizedDirection } from "../curvature/directions.ts";
import { pathPlane } from "../curvature/pathPlane.ts";
import { rescaledTwin } from "../curvature/rescaledTwin.ts";
import { type Sharpness, sharpness } from "../curvature/sharpness.ts";
import { evenly, type LossSlice, slice } from "../curvature/slice.ts";
import type { Loss } from "../model/loss.ts";
import type { Engine } from "../runtime/engine.ts";
import { type Checkpoint, readCheckpoint, selectCheckpoints } from "../store/checkpoints.ts";
import { metricRecords } from "../store/metricsReader.ts";
import type { Run } from "../store/runs.ts";
import { DataError, option, UsageError } from "../tensor/errors.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { restoreCheckpoint, restoreKept, restoreModel } from "../training/checkpoint.ts";
import { homogeneousPairs } from "../training/homogeneousPairs.ts";
import { openModel } from "../training/openModel.ts";
import { modelAt, newTrainingState, type TrainingState } from "../training/state.ts";
import { reopenData } from "./learned.ts";
import { resolveLoss } from "./options/loss.ts";
import { optimizerOf } from "./options/optimizer.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { locateFiles, readRunConfiguration, scalingOf } from "./runConfiguration.ts";
import { withConstants } from "./scaling.ts";

/** Examples of the training and of the validation data at most, where nothing is said. */
export const LANDSCAPE_EXAMPLES = 1000;
/** What a homogeneous pair is rescaled by in the twin. */
export const TWIN_FACTOR = 3;
/** A slice reaches so far: in lengths of the parameters' own filters, or of the line or path itself. */
const REACH = { line: 1, plane: 1, path: 0.3, between: 0.5 };

/** What the loss is drawn along. */
export type SliceKind = "line" | "plane" | "path" | "between";

export interface LandscapeQuestion {
  readonly run: Run;
  readonly checkpoint: Checkpoint;
  readonly slice: Exclude<SliceKind, "between">;
  /** Another run of the same model, at whose checkpoint the line ends. */
  readonly to?: { readonly run: Run; readonly checkpoint: Checkpoint } | undefined;
  readonly examples?: number | undefined;
  /** Along each axis. */
  readonly points: number;
  readonly seed: number;
  readonly threads: number;
  readonly memoryBudget: number;
}

/** A slice of the training loss and, on a line, of the loss on the data that was held back. */
export interface DrawnSlice {
  readonly kind: SliceKind;
  readonly training: LossSlice;
  readonly validation: LossSlice | null;
  /** Of a path: its points on the plane and the shares of variance that the two axes explain. */
  readonly path: {
    readonly points: readonly (readonly [number, number])[];
    readonly explained: readonly number[];
  } | null;
}

export interface Landscape {
  readonly epoch: number;
  readonly step: number;
  readonly examples: number;
  readonly validationExamples: number;
  readonly loss: number;
  readonly sharpness: Sharpness;
  /** The same function with its homogeneous pairs rescaled; null where the model has none. */
  readonly twin: { readonly pairs: number; readonly factor: number; readonly sharpness: Sharpness } | null;
  /** Along the next update of the run's optimizer; `learningRate` is its rate. */
  readonly critical: CriticalSharpness & { readonly learningRate: number };
  readonly slice: DrawnSlice;
}

/**
 * How flat the loss is at a checkpoint, and a slice of it. Throws `UsageError` for a run of another model in `to`, and
 * `DataError` for a checkpoint without the optimizer's state.
 */
export async function measureLandscape(
  question: LandscapeQuestion,
  { engine, signal, told = () => {} }: LandscapeMeans,
): Promise<Landscape> {
  const { run, checkpoint, threads, seed, memoryBudget } = question;
  const configuration = readRunConfiguration(run);
  const { train, validation } = await reopenData(locateFiles(run, configuration));
  const model = await openModel(locateFiles(run, configuration).model, train, configuration.seed, {
    output: configuration.output,
  });
  const optimizer = await optimizerOf(withConstants(configuration, scalingOf(run) ?? null), model);
  const state = newTrainingState(model, optimizer);
  const bytes = readCheckpoint(checkpoint);
  if (restoreKept(bytes, checkpoint.path, state) === null)
    throw new DataError(
      `${checkpoint.path}: expected a checkpoint that keeps ${optimizer.state.join(", ")} of its optimizer, got weights without; choose another with ${option("checkpoint")}`,
    );
  const { epoch, step, optimizerSteps = 0 } = restoreCheckpoint(bytes, checkpoint.path, state);
  const loss: Loss = resolveLoss(configuration, train);
  const common = { loss, seed, threads, memoryBudget, signal, model: modelAt(model, state) };
  const { examples = LANDSCAPE_EXAMPLES } = question;
  const open = (data: typeof train) =>
    openObjective(engine, { ...common, data, examples: Math.min(examples, data.size) });
  const [objective, held] = [await open(train), await open(validation)];
  try {
    told("sharpness");
    const here = await sharpness(objective.lossesAlong, objective.gradientAt, objective.start, { seed });
    const pairs = homogeneousPairs(model);
    told("twin");
    const twin = rescaledTwin(objective.start, objective.slices, pairs, TWIN_FACTOR);
    const there =
      pairs.length > 0 ? await sharpness(objective.lossesAlong, objective.gradientAt, twin, { seed }) : null;
    told("slice");
    const drawn = await drawSlice(question, { objective, held, state });
    told("critical");
    const learningRate = rateBefore(run, step) ?? configuration.learningRate;
    const { gradient } = await objective.gradientAt(objective.start);
    const next = { optimizer, state, gradient, slices: objective.slices, learningRate, threads };
    const clipNorm = configuration.clipNorm;
    const update = await nextUpdate(engine, { ...next, step: step + optimizerSteps + 1, clipNorm });
    const critical = await criticalSharpness(objective.lossesAlong, objective.start, update, learningRate);
    return {
      epoch,
      step,
      examples: objective.examples,
      validationExamples: held.examples,
      loss: here.loss,
      sharpness: here,
      twin: there && { pairs: pairs.length, factor: TWIN_FACTOR, sharpness: there },
      critical: { ...critical, learningRate },
      slice: drawn,
    };
  } finally {
    objective.release();
    held.release();
  }
}

/** What a measurement runs on, and who is told what it does. */
export interface LandscapeMeans {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  readonly told?: ((part: "sharpness" | "twin" | "critical" | "slice") => void) | undefined;
}

/** The learning rate of the last step that was recorded by then. */
function rateBefore(run: Run, step: number): number | undefined {
  let rate: number | undefined;
  for (const record of metricRecords(run))
    if (record.kind === "step" && record.step <= step) rate = record.learningRate;
  return rate;
}

interface Opened {
  readonly objective: Objective;
  readonly held: Objective;
  /** Of the checkpoint; its layout is every other checkpoint's. */
  readonly state: TrainingState;
}

async function drawSlice(question: LandscapeQuestion, { objective, held, state }: Opened): Promise<DrawnSlice> {
  const { points, seed, to, run, checkpoint } = question;
  const along = (one: Objective) => one.lossesByBatchStatistics ?? one.lossesAlong;
  const kind: SliceKind = to ? "between" : question.slice;
  const { start, slices } = objective;
  if (kind === "line" || kind === "between") {
    const reach = REACH[kind];
    const direction = to
      ? parametersOf(to.checkpoint, state, objective).map((x, i) => x - start[i]!)
      : filterNormalizedDirection(start, slices, seed);
    const x = to ? evenly(-reach, 1 + reach, points) : evenly(-reach, reach, points);
    const training = await slice(along(objective), start, [direction], { x });
    return { kind, training, validation: await slice(along(held), start, [direction], { x }), path: null };
  }
  if (kind === "plane") {
    const directions = [seed, seed + 1].map((one) => filterNormalizedDirection(start, slices, one));
    const axis = evenly(-REACH.plane, REACH.plane, points);
    const plane = { x: axis, y: axis };
    const training = await slice(along(objective), start, directions as [Float64Array, Float64Array], plane);
    return { kind, training, validation: null, path: null };
  }
  const before = selectCheckpoints(run, "all").filter(({ step }) => step <= checkpoint.step);
  if (before.length < 3)
    throw new UsageError(
      `${option("slice")}: expected at least 3 checkpoints for path, got ${before.length} of ${run.record.id}; train with a lower ${option("checkpointEvery")}, or draw a line`,
    );
  const plane = pathPlane(before.map((one) => parametersOf(one, state, objective)));
  const [x, y] = ([0, 1] as const).map((axis) => {
    const places = plane.points.map((point) => point[axis]);
    const [low, high] = [Math.min(...places), Math.max(...places)];
    const room = REACH.path * Math.max(high - low, 1e-3);
    return evenly(low - room, high + room, points);
  });
  const training = await slice(along(objective), start, plane.directions, { x: x!, y: y! });
  return { kind, training, validation: null, path: { points: plane.points, explained: plane.explained } };
}

/** θ of a checkpoint. Throws `DataError` where it is of another model. */
function parametersOf({ path, ...checkpoint }: Checkpoint, state: TrainingState, { slices, size }: Objective) {
  const other: TrainingState = {
    ...state,
    parameters: new Float32Array(state.parameters.length),
    running: copied(state),
  };
  restoreModel(readCheckpoint({ path, ...checkpoint }), path, other);
  const vector = new Float64Array(size);
  const offsets = new Map(state.layout.entries.map(({ name, offset }) => [name, offset]));
  for (const { name, offset, length } of slices) {
    const from = offsets.get(name)!;
    vector.set(other.parameters.subarray(from, from + length), offset);
  }
  return vector;
}

const copied = ({ running }: TrainingState) =>
  Object.fromEntries(
    Object.entries(running).map(([name, one]) => [name, { ...one, data: Float32Array.from(toNumbers(one)) }]),
  );

/** Throws `UsageError` unless both runs are of one model on the same data. */
export function requireSameModel(run: Run, to: Run): void {
  const [one, other] = [run, to].map(readRunConfiguration) as [TrainConfiguration, TrainConfiguration];
  for (const name of ["model", "data"] as const)
    if (one[name] !== other[name])
      throw new UsageError(
        `${option("to")}: expected a run of ${name} ${one[name]}, as ${run.record.id}, got ${to.record.id} of ${other[name]}; choose another run`,
      );
}
