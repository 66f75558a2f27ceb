import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Schedule } from "../optimizer/schedule.ts";
import type { AccumulationPlan } from "./accumulation.ts";
import type { Precision } from "./graphs.ts";
import type { LearningRateScaling } from "./learningRate.ts";
import type { Monitor } from "./monitor.ts";

/** All that `train` needs. */
export interface TrainingOptions {
  readonly model: Model;
  readonly train: Dataset;
  readonly validation: Dataset;
  /** What is minimised and evaluated. Default cross-entropy. */
  readonly loss?: Loss | undefined;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  /** Of the learning rate; asked before every optimizer step, told every evaluation. Default constant. */
  readonly schedule?: Schedule | undefined;
  readonly learningRateScaling?: LearningRateScaling | undefined;
  /** Micro-batch sizes of one full window (effective batch): [4, 4] is batch 4 with 2 accumulation steps. */
  readonly window: readonly number[];
  /** How windows change while training; all of their micro-batches have the size of the first. Default: they stay. */
  readonly accumulation?: AccumulationPlan | undefined;
  /** Infinity where `steps` alone ends training. */
  readonly epochs: number;
  /** Ends training after so many optimizer steps, be it inside an epoch. */
  readonly steps?: number | undefined;
  /**
   * Ends training after the first epoch whose training accuracy, the mean over the epoch, is at least this. Default:
   * nothing does.
   */
  readonly stopAccuracy?: number | undefined;
  /** Ends training after the first evaluation whose validation loss is at most this. Default: nothing does. */
  readonly stopLoss?: number | undefined;
  /**
   * Ends training after the update at which it has taken so long, evaluations and what is done with events left out;
   * with `from`, what it had taken before counts. Default: nothing does.
   */
  readonly stopSeconds?: number | undefined;
  /** The end always has a checkpoint. */
  readonly checkpointEvery: Period;
  /** Asked after every optimizer step inside an epoch: whether to give a checkpoint to go on from. Default: never. */
  readonly checkpointIsDue?: (() => boolean) | undefined;
  /** The end always has an evaluation. Default every epoch. */
  readonly evaluateEvery?: EvaluationPeriod | undefined;
  /** What tells the best evaluation from the others, and when to stop. Default: the loss tells, and nothing stops. */
  readonly monitor?: Monitor | undefined;
  readonly clipNorm?: number | undefined;
  /**
   * Epochs whose weights are averaged while training; the average comes at the end, as the event "averaged". Default
   * none.
   */
  readonly averaging?: Averaging | undefined;
  /** Less memory for more time, with the same gradients up to rounding: see `recompute`. Default false. */
  readonly gradientCheckpointing?: boolean;
  /** "float16" is emulated mixed precision (see `autocast`) with dynamic loss scaling. Default "float32". */
  readonly precision?: Precision;
  /** Measures the noise scale at every step; changes no bit of the training on the processor. Default false. */
  readonly noiseScale?: boolean | undefined;
  /**
   * Optimizer steps between two measurements of the critical sharpness (`criticalSharpness`) along the update that is
   * made, which change no bit of the training. Default: none.
   */
  readonly criticalSharpnessEvery?: number | undefined;
  /** false: the data's own order in every epoch. Default true. */
  readonly shuffle?: boolean | undefined;
  /** false: examples are read as they are, without random versions of them. Default true. */
  readonly augmentation?: boolean | undefined;
  /**
   * Probability of dropping in every dropout layer. Default: what an imported file says, and nothing in our own models.
   */
  readonly dropout?: number | undefined;
  readonly seed: number;
  readonly threads: number;
  /** Optimizer steps between two step records; the last steps before a divergence are recorded whatever it says. */
  readonly logEvery: number;
  /**
   * Begins with the optimizer's arrays and count of steps of this checkpoint, which must be of the same model and
   * optimizer, instead of a new one's: a branch, not a continuation. Default: it begins anew.
   */
  readonly optimizerFrom?: CheckpointFile | undefined;
  /**
   * Watches what a step promises, and for signs of ill health; what is found comes as events, and no bit of the
   * training changes. Default true.
   */
  readonly checks?: boolean | undefined;
  /** Goes on from a checkpoint of the same training instead of from the beginning. */
  readonly from?: CheckpointFile | undefined;
}

/** Which epochs enter the mean: after `start`, and every `period` (default 1) from there on. */
export interface Averaging {
  readonly start: number;
  readonly period?: number | undefined;
}

/** So many epochs, or so many optimizer steps. */
export type Period = number | { readonly steps: number };

/** Or after the update with which so many more examples were seen, whatever the size of an update. */
export type EvaluationPeriod = Period | { readonly examples: number };

export interface CheckpointFile {
  readonly bytes: Uint8Array;
  /** For messages. */
  readonly file: string;
}

/** Independent random streams of one seed. */
export const streams = { initialization: 0, sampling: 1 } as const;
