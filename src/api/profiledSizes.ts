import type { CostModel, Profile, ProfileNote } from "../store/profile.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** What a profile came to, as `profile --json` prints it. Times are in seconds, memory in bytes. */
export interface ProfiledSizes extends Omit<Profile, "batchSizes" | "accumulation" | "notes" | "costModel"> {
  /** The smallest batch size that trains an epoch within 5 % of the fastest. */
  readonly answer: readonly StudyVerdict[];
  /** Ascending; those that were measured, each in one micro-batch. */
  readonly batchSizes: readonly TimedSize[];
  /** Some of the same windows in several micro-batches. */
  readonly accumulation: readonly AccumulatedSize[];
  /** Null where too few windows were measured. */
  readonly costModel: CostModel | null;
  /** `findings` in English sentences. */
  readonly notes: readonly string[];
  /** What a reader should know, as data. */
  readonly findings: readonly ProfileNote[];
}

/** A window of `batchSize` examples in micro-batches of `microBatch`: its median, and its lowest and highest round. */
export interface WindowTimes {
  readonly batchSize: number;
  readonly microBatch: number;
  readonly secondsPerUpdate: number;
  readonly secondsPerUpdateLower: number;
  readonly secondsPerUpdateUpper: number;
  /** Of all examples once, without validation and checkpoints. */
  readonly secondsPerEpoch: number;
  readonly secondsPerEpochLower: number;
  readonly secondsPerEpochUpper: number;
  readonly examplesPerSecond: number;
}

/** A batch size in one micro-batch. */
export interface TimedSize extends WindowTimes {
  /** The most that the process of a training held; NaN, in JSON null, where the system does not tell. */
  readonly peakMemoryBytes: number;
}

/** A batch size in several micro-batches. */
export interface AccumulatedSize extends WindowTimes {
  readonly gradientAccumulationSteps: number;
}
