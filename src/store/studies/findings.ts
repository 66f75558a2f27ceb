import type { StudyBudget } from "./study.ts";

/** What a reader must know to judge a comparison, as data. */
export type ComparisonFinding =
  /** So few seeds that no two-sided test of so many comparisons at 5 % is possible: the smallest p is 2/2ⁿ. */
  | {
      readonly kind: "fewSeeds";
      readonly seeds: number;
      readonly smallestP: number;
      readonly comparisons: number;
      readonly enough: number;
    }
  /** The arms of different batches all train with one learning rate. */
  | { readonly kind: "oneRate"; readonly learningRate: number }
  /** Each arm trains with the best of these rates for it, chosen on seeds that are not compared. */
  | {
      readonly kind: "rateTuned";
      readonly option: string;
      readonly values: readonly number[];
      readonly seeds: readonly number[];
    }
  /** The best rate of this arm is the first or last of those that were tried. */
  | {
      readonly kind: "rateAtEdge";
      readonly arm: string;
      readonly option: string;
      readonly value: number;
      readonly edge: "smallest" | "largest";
    }
  /** The arms are compared as a lecture does it, by so many updates with one rate, and usually one seed. */
  | { readonly kind: "sourceProtocol"; readonly updates: number; readonly seeds: number }
  /** With equal updates, one arm sees so many examples and another so many. */
  | { readonly kind: "unequalExamples"; readonly least: number; readonly most: number }
  /** The data are seen so often. */
  | { readonly kind: "dataRepeat"; readonly epochs: number }
  | { readonly kind: "unpaired"; readonly arm: string; readonly baseline: string; readonly by: "model" | "data" }
  | { readonly kind: "trialsDiverged"; readonly arm: string; readonly diverged: number; readonly trials: number }
  | { readonly kind: "trialsFailed"; readonly arm: string; readonly failed: number; readonly reason: string }
  /** The arms did not all reach the loss that ends them. */
  | { readonly kind: "targetMissed"; readonly arm: string; readonly missed: number; readonly trials: number }
  /** The accuracy is the same with every seed; on so many validation examples it has this Wilson interval. */
  | {
      readonly kind: "accuracyAlike";
      readonly arm: string;
      readonly accuracy: number;
      readonly examples: number;
      readonly lower: number;
      readonly upper: number;
    }
  /** Of these arms much of the time passed in updates that something else slowed down: such shares of it. */
  | {
      readonly kind: "disturbed";
      readonly arms: readonly string[];
      readonly least: number;
      readonly most: number;
    }
  /** Results over fewer seeds were looked at before. */
  | { readonly kind: "lookedBefore"; readonly looks: readonly number[]; readonly seeds: number }
  /** So many comparisons with one baseline; Holm's correction leaves so many of those that are shown. */
  | { readonly kind: "severalArms"; readonly comparisons: number; readonly shown: number; readonly left: number }
  /** Pairs that would show the difference seen, in four of five studies: of the arm that needs fewest. */
  | { readonly kind: "seedsNeeded"; readonly arm: string; readonly seeds: number; readonly have: number }
  /** What the gradient norms of arms of different batches say: E‖g_B‖² = |G|² + tr Σ/B, in examples. */
  | {
      readonly kind: "noiseScaleFitted";
      readonly value: number | null;
      readonly lower: number;
      readonly upper: number | null;
    }
  /** The interval and the test do not say the same; `interval` is true where the interval alone leaves 0 out. */
  | { readonly kind: "testDisagrees"; readonly arm: string; readonly p: number; readonly interval: boolean }
  | { readonly kind: "budget"; readonly budget: StudyBudget; readonly evaluateExamples: number | null };
