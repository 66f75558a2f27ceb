import { decodeSafetensors, encodeSafetensors } from "../data/files/safetensors.ts";
import type { SamplerState } from "../data/sampler.ts";
import type { WeightAverage } from "../optimizer/averageWeights.ts";
import type { LossScale } from "../optimizer/lossScale.ts";
import type { ScheduleState } from "../optimizer/schedule.ts";
import type { NoiseOverTime } from "../statistics/noiseOverTime.ts";
import { DataError, option } from "../tensor/errors.ts";
import { sizeOf, type Tensor, tensor } from "../tensor/tensor.ts";
import type { Stamp } from "./contract/stamp.ts";
import { viewsOf } from "./flat.ts";
import type { Totals } from "./microBatch.ts";
import type { MonitorState } from "./monitor.ts";
import type { CheckpointFile } from "./options.ts";
import { modelTensors, type TrainingState } from "./state.ts";

/** Version of `CheckpointPosition`. Version 1 had no number, and less than resuming needs. */
const POSITION_VERSION = 2;

/** Where a run stood when the checkpoint was written: with the tensors, all that resuming needs. */
export interface CheckpointPosition extends Progress {
  readonly version: typeof POSITION_VERSION;
  readonly sampler: SamplerState;
  /** Only of training in float16. */
  readonly lossScale?: LossScale | undefined;
  /** To check what goes on from it; absent in checkpoints of earlier versions. */
  readonly stamp?: Stamp | undefined;
  /** What training has taken so far; only where seconds end it. */
  readonly trainedSeconds?: number | undefined;
}

/** What a run counts and remembers between two windows, beside its tensors and random numbers. Survives JSON. */
export interface Progress {
  /** Epochs completed. */
  readonly epoch: number;
  /** Optimizer steps completed. */
  readonly step: number;
  /** Steps that the optimizer had taken before the first, where it began with the state of another training. */
  readonly optimizerSteps?: number | undefined;
  /** Examples and micro-batches seen, repetitions included. */
  readonly examples: number;
  readonly microBatches: number;
  /** What dropout masks follow. Absent where nothing is dropped, and in runs of an earlier version: the micro-batch. */
  readonly masks?: "example" | undefined;
  /** Windows without a step, as their float16 gradients overflowed. */
  readonly skippedSteps: number;
  /** Of the epoch so far: sums over its examples, and micro-batches. */
  readonly totals: Totals;
  readonly epochMicroBatches: number;
  /** Micro-batches of a full window. */
  readonly accumulationSteps: number;
  readonly schedule: ScheduleState;
  readonly monitor: MonitorState;
  /** An epoch had the training accuracy that ends training; absent where none is asked for. */
  readonly accurate?: boolean | undefined;
  /** An evaluation had the validation loss that ends training; absent where none is asked for. */
  readonly reached?: boolean | undefined;
  /** Optimizer steps at the last evaluation; 0 before the first. */
  readonly evaluatedStep: number;
  /** Examples seen at the last evaluation; only where examples say when to evaluate. */
  readonly evaluatedExamples?: number | undefined;
  /** Only where it is measured, with the optimizer steps since the window last changed. */
  readonly noise?: NoiseOverTime | undefined;
  readonly settledSteps: number;
  /** Sets of weights in the average, whose mean is `averaged.<parameter>` in float64. */
  readonly averaged?: number | undefined;
}

/**
 * A checkpoint as .safetensors bytes: parameters and running statistics under their own names, so that
 * `safetensors.torch.load_file` gives a state dict, and the optimizer's arrays as `optimizer.<state>.<parameter>`.
 */
export function encodeCheckpoint(
  state: TrainingState,
  position: Omit<CheckpointPosition, "version">,
  mean?: Float64Array,
): Uint8Array {
  const moments = Object.entries(state.moments).flatMap(([name, flat]) =>
    Object.entries(viewsOf(flat, state.layout, `optimizer.${name}.`)),
  );
  const tensors = new Map([...Object.entries(modelTensors(state)), ...moments, ...averagedTensors(state, mean)]);
  return encodeSafetensors(tensors, {
    format: "pt",
    batchscope: JSON.stringify({ version: POSITION_VERSION, ...position }, keepNonFinite),
  });
}

/**
 * Reads a checkpoint into `state`, which must be of the same model and optimizer, so that training can go on. Throws
 * `DataError` naming what does not fit, and for a checkpoint of another version.
 */
export function restoreCheckpoint(bytes: Uint8Array, file: string, state: TrainingState): CheckpointPosition {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const moments = Object.entries(state.moments).flatMap(([name, flat]) =>
    Object.entries(viewsOf(flat, state.layout, `optimizer.${name}.`)),
  );
  for (const [name, target] of [...Object.entries(modelTensors(state)), ...moments])
    copyInto(target, tensors.get(name), name, file);
  const position = positionOf(metadata, file);
  if (position.version !== POSITION_VERSION)
    throw new DataError(
      `${file}: expected a checkpoint of version ${POSITION_VERSION}, got ${position.version ?? 1}; it can be analysed, not gone on from`,
    );
  return position as CheckpointPosition;
}

/**
 * The optimizer's arrays alone, to begin another training with; gives how many steps it had taken. Throws `DataError`
 * for a checkpoint of another optimizer, and for weights alone.
 */
export function restoreOptimizer({ bytes, file }: CheckpointFile, state: TrainingState): number {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const [wanted, got] = [Object.keys(state.moments), statesIn(tensors.keys())].map(
    (names) => names.join(", ") || "nothing",
  );
  if (wanted !== got || metadata.batchscope === undefined)
    throw new DataError(
      `${file}: expected a checkpoint that keeps ${wanted} of its optimizer, got one that keeps ${got}; ` +
        `choose one of a run with this optimizer, or leave out ${option("initOptimizer")}`,
    );
  for (const [name, flat] of Object.entries(state.moments))
    for (const [key, target] of Object.entries(viewsOf(flat, state.layout, `optimizer.${name}.`)))
      copyInto(target, tensors.get(key), key, file);
  const { step, optimizerSteps = 0 } = positionOf(metadata, file);
  return step + optimizerSteps;
}

function statesIn(names: Iterable<string>): string[] {
  const kept = [...names].filter((name) => name.startsWith("optimizer.")).map((name) => name.split(".")[1]!);
  return [...new Set(kept)];
}

/** The model's tensors alone, for analysis, of a checkpoint of any version: what an optimizer kept is not looked at. */
export function restoreModel(bytes: Uint8Array, file: string, state: TrainingState): ModelPosition {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  restoreTensors(tensors, file, state);
  return positionOf(metadata, file);
}

/**
 * The optimizer's arrays where the checkpoint keeps those of this optimizer; gives how many steps it had taken, null
 * where it keeps none or others.
 */
export function restoreKept(bytes: Uint8Array, file: string, state: TrainingState): number | null {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  for (const [name, flat] of Object.entries(state.moments))
    for (const [key, target] of Object.entries(viewsOf(flat, state.layout, `optimizer.${name}.`))) {
      if (tensors.get(key)?.shape.join() !== target.shape.join()) return null;
      copyInto(target, tensors.get(key), key, file);
    }
  const { step, optimizerSteps = 0 } = positionOf(metadata, file);
  return step + optimizerSteps;
}

/** The model's tensors by name, from wherever. Throws `DataError` naming one that is not there or does not fit. */
export function restoreTensors(tensors: ReadonlyMap<string, Tensor>, file: string, state: TrainingState): void {
  for (const [name, target] of Object.entries(modelTensors(state))) copyInto(target, tensors.get(name), name, file);
}

/**
 * The mean of weights that the checkpoint holds, undefined where it holds none. Throws `DataError` where it is not the
 * model's.
 */
export function restoreAverage(
  { bytes, file }: CheckpointFile,
  state: TrainingState,
  { averaged = 0 }: CheckpointPosition,
): WeightAverage | undefined {
  if (averaged === 0) return undefined;
  const { tensors } = decodeSafetensors(bytes, file);
  const mean = new Float64Array(state.layout.length);
  for (const [name, target] of averagedTensors(state, mean)) copyInto(target, tensors.get(name), name, file);
  return { count: averaged, mean };
}

function averagedTensors({ layout }: TrainingState, mean: Float64Array | undefined): (readonly [string, Tensor])[] {
  if (!mean) return [];
  return layout.entries.map(({ name, shape, offset }) => {
    const values = mean.subarray(offset, offset + sizeOf(shape));
    return [`averaged.${name}`, tensor("float64", shape, values)] as const;
  });
}

function copyInto(target: Tensor, source: Tensor | undefined, name: string, file: string): void {
  if (!source || source.type !== target.type || source.shape.join() !== target.shape.join()) {
    const got = source ? `${source.type}[${source.shape.join(", ")}]` : "nothing";
    throw new DataError(
      `${file}: expected "${name}" as ${target.type}[${target.shape.join(", ")}], got ${got}; use the run's own model`,
    );
  }
  (target.data as Float32Array).set(source.data as Float32Array);
}

/**
 * Micro-batches of a full window where the checkpoint was written, and what it keeps of the optimizer by name. Throws
 * `DataError` for one that does not say so: of another program, or of version 1.
 */
export function beginningAt(
  bytes: Uint8Array,
  file: string,
): { readonly accumulationSteps: number; readonly optimizerStates: readonly string[] } {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const { accumulationSteps } = positionOf(metadata, file);
  if (Number.isSafeInteger(accumulationSteps))
    return { accumulationSteps: accumulationSteps!, optimizerStates: statesIn(tensors.keys()) };
  throw new DataError(
    `${file}: expected a checkpoint that says how many micro-batches an update had, got one of an earlier version; train again`,
  );
}

/** What every version says. */
export type ModelPosition = Pick<Progress, "epoch" | "step" | "examples" | "optimizerSteps"> & {
  /** Absent in version 1. */
  readonly epochMicroBatches?: number;
  readonly accumulationSteps?: number;
};

function positionOf(
  metadata: Readonly<Record<string, string>>,
  file: string,
): ModelPosition & { readonly version?: number } {
  if (metadata.batchscope === undefined)
    throw new DataError(
      `${file}: expected a checkpoint written by batchscope, got none of its metadata; choose another file`,
    );
  const position = parsePosition(metadata.batchscope);
  if (["epoch", "step", "examples"].every((name) => Number.isSafeInteger(position?.[name])))
    return position as unknown as ModelPosition & { readonly version?: number };
  throw new DataError(`${file}: expected epoch, step and examples in its metadata, got others; choose another file`);
}

function parsePosition(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text, restoreNonFinite);
  } catch {
    return null;
  }
}

const nonFinite = ["NaN", "Infinity", "-Infinity"];

/** JSON knows no such numbers; a task without classes has a NaN of correct labels. */
function keepNonFinite(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function restoreNonFinite(_key: string, value: unknown): unknown {
  return typeof value === "string" && nonFinite.includes(value) ? Number(value) : value;
}
