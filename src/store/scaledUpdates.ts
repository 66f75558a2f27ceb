import type { Measured } from "../statistics/batchRegime.ts";

/** The constants of an update as they follow its batch. */
export interface ScaledUpdates {
  /** Of `--scale-rule`. */
  readonly rule: string;
  /** Examples of the first updates. */
  readonly batchSize: number;
  /** Examples for which the constants were meant; null where nothing is said of it. */
  readonly baseBatchSize: number | null;
  /** α of η ∝ B^α where it was measured. */
  readonly exponent: Measured | null;
  /** By the names of their options: as they were given, and as they are. */
  readonly given: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, number>>;
}
