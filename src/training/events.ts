import type { NoiseScale } from "../statistics/types.ts";
import type { AccumulationRecord, EpochRecord, EvaluationRecord, StepRecord } from "../store/schema.ts";
import type { TrainingFinding } from "../store/trainingFindings.ts";
import type { PredictionScores } from "./validationScores.ts";

/** What `train` yields, told apart by `kind`, in the order in which it happens. */
export type TrainingEvent =
  | (ProgressEvent | CheckpointEvent | ScoresEvent | MetricEvent | AveragedEvent | EndEvent)
  | FindingEvent;

/** What metrics.jsonl keeps. A run that goes on from a checkpoint gives the same ones, but for their seconds. */
export type MetricEvent = StepRecord | EvaluationRecord | EpochRecord | AccumulationRecord;

/**
 * As an epoch begins or is gone on with, then at most every 50 ms: how far it is. Loss and accuracy are means over the
 * epoch so far.
 */
export interface ProgressEvent {
  readonly kind: "progress";
  readonly epoch: number;
  readonly microBatch: number;
  /** Of the epoch, or until the run's last step where that comes first. */
  readonly microBatches: number;
  /** Micro-batches accumulated in the current window, and those of a full window. */
  readonly accumulated: number;
  readonly accumulationSteps: number;
  readonly loss: number;
  /** Undefined where the loss is none of classes. */
  readonly accuracy: number | undefined;
  /** Of the last optimizer step; NaN before the first. */
  readonly learningRate: number;
  /** Smoothed; undefined where it is not measured. */
  readonly noiseScale: NoiseScale | undefined;
}

/** A promise of the step that is broken, or a sign of ill health; of each kind the first. */
export interface FindingEvent {
  readonly kind: "finding";
  readonly finding: TrainingFinding;
}

/** What an evaluation found out about the predictions, in full; its record follows. */
export interface ScoresEvent {
  readonly kind: "scores";
  readonly epoch: number;
  readonly step: number;
  /** The end of an epoch, or a step inside one. */
  readonly at: "epoch" | "step";
  readonly scores: PredictionScores;
}

export interface CheckpointEvent {
  readonly kind: "checkpoint";
  /** Epochs and optimizer steps completed. */
  readonly epoch: number;
  readonly step: number;
  /** The evaluation of this very step is the best so far. */
  readonly best: boolean;
  /**
   * Neither the end nor `checkpointEvery` asks for it: it is here as the best, or to go on from, and a later one takes
   * its place.
   */
  readonly passing: boolean;
  readonly bytes: Uint8Array;
}

/** A model whose weights are a mean of several, with what it does on the validation data. */
export interface AveragedModel {
  /** Models in the mean. */
  readonly count: number;
  /** Means over the validation data; no accuracy where the loss is none of classes. */
  readonly validationLoss: number;
  readonly validationAccuracy: number | undefined;
  /** A .safetensors file of parameters and running statistics under their own names. */
  readonly bytes: Uint8Array;
}

/** The mean of the weights that were averaged, as a model of its own; comes before the end. */
export type AveragedEvent = { readonly kind: "averaged" } & AveragedModel;

export interface EndEvent {
  readonly kind: "end";
  /**
   * "stopped": the monitor's patience was at its end; "accurate": an epoch had the training accuracy that was asked
   * for; "reached": an evaluation had the validation loss that was asked for; "timedOut": the seconds were over.
   */
  readonly reason: "finished" | "stopped" | "accurate" | "reached" | "timedOut" | "interrupted";
  /** Optimizer steps and examples in all, recorded or not. */
  readonly step: number;
  readonly examples: number;
  readonly microBatches: number;
  /** Spent in training alone, without evaluation, since `train` was called. */
  readonly trainingSeconds: number;
  /** Micro-batches in that time: fewer than `microBatches` where training went on from a checkpoint. */
  readonly timedMicroBatches: number;
  /**
   * Updates that windows as large as the first would have made of the same examples; only where a plan changes them.
   */
  readonly constantBatchUpdates?: number;
  /** In float16: windows whose gradients overflowed, so that no step was made of them. */
  readonly skippedSteps?: number;
  /** The smoothed noise scale of the last steps, where it was measured. */
  readonly noiseScale?: NoiseScale;
  /** Why the noise scale was asked for and not measured. */
  readonly unwatched?: string;
}
