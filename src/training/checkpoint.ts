import { decodeSafetensors, encodeSafetensors } from "../data/safetensors.ts";
import type { SamplerState } from "../data/sampler.ts";
import type { LossScale } from "../optimizer/lossScale.ts";
import { DataError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { viewsOf } from "./flat.ts";
import { modelTensors, type TrainingState } from "./state.ts";

/** Where a run stood when the checkpoint was written: with the tensors, all that resuming needs. */
export interface CheckpointPosition {
  /** Epochs completed. */
  readonly epoch: number;
  /** Optimizer steps completed. */
  readonly step: number;
  /** Examples seen, repetitions included. */
  readonly examples: number;
  readonly sampler: SamplerState;
  /** Only of training in float16. */
  readonly lossScale?: LossScale;
}

/**
 * A checkpoint as .safetensors bytes: parameters and running statistics under their own names, so that
 * `safetensors.torch.load_file` gives a state dict, and the optimizer's arrays as `optimizer.<state>.<parameter>`.
 */
export function encodeCheckpoint(state: TrainingState, position: CheckpointPosition): Uint8Array {
  const moments = Object.entries(state.moments).flatMap(([name, flat]) =>
    Object.entries(viewsOf(flat, state.layout, `optimizer.${name}.`)),
  );
  const tensors = new Map([...Object.entries(modelTensors(state)), ...moments]);
  return encodeSafetensors(tensors, { format: "pt", batchscope: JSON.stringify(position) });
}

/** Reads a checkpoint into `state`, which must be of the same model and optimizer. Throws `DataError` naming what does not fit. */
export function restoreCheckpoint(bytes: Uint8Array, file: string, state: TrainingState): CheckpointPosition {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const moments = Object.entries(state.moments).flatMap(([name, flat]) =>
    Object.entries(viewsOf(flat, state.layout, `optimizer.${name}.`)),
  );
  for (const [name, target] of [...Object.entries(modelTensors(state)), ...moments])
    copyInto(target, tensors.get(name), name, file);
  return positionOf(metadata, file);
}

/** The model's tensors alone, for analysis: what an optimizer kept is not looked at. */
export function restoreModel(bytes: Uint8Array, file: string, state: TrainingState): CheckpointPosition {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  for (const [name, target] of Object.entries(modelTensors(state))) copyInto(target, tensors.get(name), name, file);
  return positionOf(metadata, file);
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

function positionOf(metadata: Readonly<Record<string, string>>, file: string): CheckpointPosition {
  if (metadata.batchscope === undefined)
    throw new DataError(
      `${file}: expected a checkpoint written by batchscope, got none of its metadata; choose another file`,
    );
  return JSON.parse(metadata.batchscope) as CheckpointPosition;
}
