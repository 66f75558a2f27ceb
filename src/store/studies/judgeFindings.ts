import type { DifferenceInterval } from "../../statistics/comparison/comparison.ts";
import type { JudgeMetric } from "./study.ts";

/** What a reader must know to trust a judgement, as data. */
export type JudgeFinding =
  /** The verdict on examples that no look has seen; the same models. */
  | {
      readonly kind: "confirmed";
      readonly metric: JudgeMetric;
      readonly examples: number;
      readonly difference: DifferenceInterval;
      readonly p: number;
      readonly confirmed: boolean;
    }
  /** So many validation examples wait for a verdict. */
  | { readonly kind: "setAside"; readonly examples: number }
  /** No validation examples were set aside, as the metric is of none, or as none was wanted. */
  | { readonly kind: "noConfirmation"; readonly by: "metric" | "asked" }
  /** So many looks were taken, with so much error over all of them. */
  | { readonly kind: "looksTaken"; readonly looks: number; readonly alpha: number }
  | { readonly kind: "sidesUnpaired"; readonly by: "model" | "data" }
  | { readonly kind: "againstItself"; readonly alpha: number }
  | { readonly kind: "sideDiverged"; readonly arm: string; readonly diverged: number; readonly trials: number }
  | { readonly kind: "sideFailed"; readonly arm: string; readonly seed: number; readonly reason: string }
  /** The sides see so many examples. */
  | { readonly kind: "unequalLengths"; readonly arm: number; readonly baseline: number }
  /** Times are of one machine; several trainings at a time disturb them. */
  | { readonly kind: "timesOfMachine"; readonly disturbed: number };
