import type { StudyBudget } from "./study.ts";
import type { SweepMetric } from "./sweep.ts";

/** What a sweep says before all else, as data. Values are in the unit of the loss, or accuracies of 0–1. */
export type SweepAnswer =
  /** `value` is the mean over seeds, corrected for having been picked, with its 95 % interval. */
  | {
      readonly kind: "sweepBest";
      readonly metric: SweepMetric;
      readonly setting: string;
      readonly value: number;
      readonly lower: number;
      readonly upper: number;
      readonly seeds: number;
      /** Among which it was picked. */
      readonly settings: number;
      /** Others that cannot be told from the best. */
      readonly alike: number;
    }
  /** One seed gives no interval, and says nothing of the others. */
  | {
      readonly kind: "sweepUntested";
      readonly metric: SweepMetric;
      readonly setting: string;
      readonly value: number;
      readonly settings: number;
    }
  /** No setting was trained to its end. */
  | {
      readonly kind: "sweepWithoutBest";
      readonly settings: number;
      readonly diverged: number;
      readonly failed: number;
    };

/** What a reader must know to judge a sweep, as data. */
export type SweepFinding =
  | { readonly kind: "unfinished"; readonly ended: number; readonly settings: number }
  | { readonly kind: "budget"; readonly budget: StudyBudget }
  /** The mean of the best setting, and how much of it is luck of having been picked. */
  | {
      readonly kind: "corrected";
      readonly metric: SweepMetric;
      readonly mean: number;
      readonly bias: number;
      readonly settings: number;
      readonly seeds: number;
    }
  /** With halving or median stopping: the settings that were not trained to the end count as not measured. */
  | {
      readonly kind: "stoppedEarly";
      readonly way: "halving" | "median";
      readonly stopped: number;
      readonly settings: number;
    }
  | { readonly kind: "settingsDiverged"; readonly diverged: number; readonly settings: number }
  | { readonly kind: "settingsFailed"; readonly failed: number; readonly reason: string }
  /** The best value of an option is the first or last of its list or range. */
  | {
      readonly kind: "bestAtEdge";
      readonly option: string;
      readonly value: number;
      readonly edge: "smallest" | "largest";
    }
  /** What so many settings, half of all, are expected to find. */
  | {
      readonly kind: "halfOfThem";
      readonly metric: SweepMetric;
      readonly settings: number;
      readonly expected: number;
      readonly lower: number | null;
      readonly upper: number | null;
      /** Where settings were stopped early: at the first rung. */
      readonly examples: number | null;
    }
  /** More seeds tell more settings apart. */
  | { readonly kind: "moreSeeds"; readonly alike: number; readonly seeds: number };
