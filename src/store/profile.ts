import type { Interval } from "../statistics/types.ts";
import type { MemorySource, TrialEnd } from "./findings.ts";

/** An update of `batchSize` examples in micro-batches of `microBatch`, and what it takes. */
export interface TimedWindow {
  readonly batchSize: number;
  readonly microBatch: number;
  /** Median, and the lowest and highest round. */
  readonly secondsPerUpdate: Interval;
  /** The same for all examples once, without validation and checkpoints. */
  readonly secondsPerEpoch: Interval;
  readonly examplesPerSecond: number;
}

/** A batch size, in one micro-batch. */
export interface ProfiledSize extends TimedWindow {
  /** The most memory that the process of a training held; NaN where the system does not tell. */
  readonly peakMemoryBytes: number;
}

/**
 * Seconds of an update of B examples in micro-batches of m: perUpdate + perMicroBatch·⌈B/m⌉ + perExample·B, each with
 * its 95 % interval (`fitStepCost`).
 */
export interface CostModel {
  readonly perUpdate: Interval;
  readonly perMicroBatch: Interval;
  readonly perExample: Interval;
  readonly residuals: readonly CostResidual[];
}

/** How far the model is from a window. */
export interface CostResidual {
  readonly batchSize: number;
  readonly microBatch: number;
  readonly measured: number;
  readonly fitted: number;
  /** (fitted − measured) / measured. */
  readonly relative: number;
}

/** What a reader of a profile should know. */
export type ProfileNote =
  /** Sizes that no epoch has. */
  | { readonly kind: "beyondData"; readonly batchSizes: readonly number[]; readonly examples: number }
  /** Not tried, as `peakBytes` were to be expected. */
  | {
      readonly kind: "predictedPeak";
      readonly batchSizes: readonly number[];
      readonly peakBytes: number;
      readonly limitBytes: number;
    }
  /** The first of these was tried, and the process did not end well; the others are larger. */
  | { readonly kind: "tooLarge"; readonly batchSizes: readonly number[]; readonly end: TrialEnd }
  | { readonly kind: "failed"; readonly batchSizes: readonly number[]; readonly end: TrialEnd }
  /** A share of the stretches was disturbed and left out. */
  | { readonly kind: "disturbed"; readonly share: number }
  /** So many were that the times are the processor's own. */
  | { readonly kind: "processorTime"; readonly share: number }
  /** So many were that nothing could be left out. */
  | { readonly kind: "allDisturbed"; readonly share: number }
  | { readonly kind: "noCostModel"; readonly windows: number }
  | { readonly kind: "roughModel"; readonly batchSize: number; readonly relative: number };

/** Time and memory against batch size. */
export interface Profile {
  readonly model: string;
  readonly data: string;
  /** Of an epoch. */
  readonly examples: number;
  readonly threads: number;
  readonly device: string;
  readonly rounds: number;
  readonly clock: "wall" | "processor";
  /** The share of the stretches that were left out. */
  readonly disturbedShare: number;
  readonly memoryLimit: { readonly bytes: number; readonly source: MemorySource };
  /** Ascending; those that were measured. */
  readonly batchSizes: readonly ProfiledSize[];
  /** Windows of several micro-batches. */
  readonly accumulation: readonly TimedWindow[];
  readonly costModel: CostModel | null;
  readonly notes: readonly ProfileNote[];
}
