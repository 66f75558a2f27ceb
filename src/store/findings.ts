import type { BatchRegime, Measured } from "../statistics/batchRegime.ts";
import type { ScaledUpdates } from "./scaledUpdates.ts";

/** What programs find and decide and a reader is told: each is data, whose words stand in `text/`, by language. */

/** What a search of micro-batches says of itself. */
export type SearchNote =
  /** It fitted once and then did not. */
  | { readonly kind: "unsteady"; readonly microBatch: number }
  | { readonly kind: "failed"; readonly microBatch: number; readonly end: TrialEnd }
  /** It fits, and larger ones were not tried. */
  | { readonly kind: "maximum"; readonly maximum: number };

/** How the process of a trial ended. */
export type TrialEnd =
  /** By this program, when it passed the limit. */
  | { readonly kind: "stopped" }
  /** By itself, having taken more than the limit. */
  | { readonly kind: "overLimit" }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "noTrial"; readonly output: string }
  /** With words of an engine or of the system. */
  | { readonly kind: "said"; readonly words: string };

/** Where a limit of memory comes from: asked for, or a share of what there is. */
export type MemorySource =
  | { readonly kind: "asked"; readonly text: string }
  | { readonly kind: "machine" | "controlGroup" | "free"; readonly share: number };

/** What a reader must know to judge an inspection. */
export type InspectionRemark =
  /** Examples are windows that may overlap, so that a model may have trained on the neighbours of what it judges. */
  | { readonly kind: "overlappingWindows" }
  /** Every fold starts from the weights of this model. */
  | { readonly kind: "trainedBefore"; readonly model: string }
  /** Self-influence was not measured. */
  | { readonly kind: "untraced"; readonly why: string }
  | { readonly kind: "absentClasses"; readonly absent: number; readonly classes: number }
  /** Labels whose models saw fewer than `leastSeen` other examples of the class. */
  | { readonly kind: "unjudged"; readonly labels: number; readonly leastSeen: number }
  /** The models contradict this share of the labels that they have not seen, more than seem to be wrong. */
  | { readonly kind: "weakModels"; readonly contradicted: number };

/** What a reader of a run's log should know of it. */
export type RunRemark =
  /** With its options. */
  | { readonly kind: "loss"; readonly loss: string }
  | { readonly kind: "emulatedFloat16" }
  | { readonly kind: "overfit"; readonly microBatches: number; readonly examples: number }
  | { readonly kind: "oneClass"; readonly name: string }
  /** Of a file with several outputs; `untrained`: weights that only the others read, a few of them. */
  | {
      readonly kind: "outputs";
      readonly model: string;
      readonly trained: string;
      readonly others: readonly string[];
      readonly untrained: readonly string[];
    }
  | { readonly kind: "moreOutputs"; readonly model: string; readonly outputs: number; readonly classes: number }
  /** Convolutions into which an export for inference has folded the batch normalisation behind them. */
  | { readonly kind: "foldedNormalisation"; readonly layers: number }
  /** Weights that are all zero, `zero` of `of`; the first are named. */
  | { readonly kind: "zeroWeights"; readonly weights: readonly string[]; readonly zero: number; readonly of: number }
  /**
   * Layers of batch normalisation that see one example of a micro-batch, `single` of them one value of each channel;
   * in every micro-batch, or in the last of an epoch.
   */
  | { readonly kind: "loneExamples"; readonly layers: number; readonly single: number; readonly always: boolean }
  /** What running statistics of an imported file take of a mini-batch's variance. */
  | { readonly kind: "runningVariance"; readonly rule: "population" | "unbiased" }
  /** `moved`: the name of what takes the part of a momentum. */
  | { readonly kind: "movedMomentum"; readonly schedule: string; readonly moved: string; readonly optimizer: string }
  /** What a rule makes of the constants of an update. */
  | ({ readonly kind: "scaledUpdates" } & ScaledUpdates)
  /** What the rule takes for granted is not what the optimizer does. */
  | {
      readonly kind: "missedPremise";
      readonly rule: string;
      readonly premise: "proportional" | "squares" | "adamw";
      readonly optimizer: string;
    }
  /**
   * Whether noise makes up most of the gradient of the larger batch; null where no noise scale is known. `assumed`:
   * the rule takes it for granted. `ratio`: batch over noise scale. `watched`: the run measures one while it trains.
   * `plainOf`: the optimizer whose update is no step along the gradient, where the noise scale is that of such a step.
   */
  | {
      readonly kind: "batchRegime";
      readonly rule: string;
      readonly assumed: boolean;
      readonly batchSize: number;
      readonly source: "given" | "training";
      readonly watched: boolean;
      readonly plainOf: string | null;
      readonly regime: BatchRegime | null;
      readonly ratio: Measured | null;
    }
  /** Batches that are known beforehand: [examples seen, examples of an update], rising. */
  | {
      readonly kind: "plannedBatches";
      readonly first: number;
      readonly from: readonly (readonly [examples: number, batchSize: number])[];
    }
  /** The batch grows where the schedule cuts the rate. `exponent`: ε of rate ∝ batch^ε; `largest`: in examples. */
  | { readonly kind: "seesaw"; readonly exponent: number; readonly first: number; readonly largest: number }
  /** Updates that were made, and those that batches of `batchSize` would have made of the same examples. */
  | {
      readonly kind: "updatesSaved";
      readonly updates: number;
      readonly constantBatchUpdates: number;
      readonly batchSize: number;
    }
  /** Layers that mix the examples of a micro-batch, so that accumulation is not one batch. */
  | { readonly kind: "mixingLayers"; readonly examples: number; readonly layers: readonly string[] }
  | {
      readonly kind: "copies";
      readonly workers: number;
      readonly epochs: number;
      readonly batchSize: number;
      readonly learningRate: number;
    }
  | { readonly kind: "firstExamples"; readonly used: number; readonly of: number }
  /** The store's file system has no locks. */
  | { readonly kind: "unlocked" }
  | { readonly kind: "lost"; readonly run: string; readonly loss: RunLoss }
  /** In the words of the error that names the file. */
  | { readonly kind: "damaged"; readonly message: string }
  | {
      readonly kind: "goingOn";
      readonly run: string;
      readonly from: { readonly step: number; readonly epoch: number } | null;
    }
  /** The run that is gone on with has diverged. */
  | { readonly kind: "divergedBefore"; readonly run: string; readonly rate: number }
  /** Warm-up that is not over when the run is. */
  | { readonly kind: "longWarmup"; readonly warmup: number; readonly updates: number; readonly rate: number }
  | { readonly kind: "raised"; readonly option: string; readonly from: string; readonly to: string }
  | { readonly kind: "threadsChanged"; readonly from: number; readonly to: number }
  | { readonly kind: "scheduleFollows"; readonly schedule: string }
  /** `now`: null where it is missing. */
  | { readonly kind: "versionChanged"; readonly of: string; readonly before: string; readonly now: string | null }
  | { readonly kind: "noEnvironment"; readonly path: string };

/** What can be known of the end of a run that ended without a record of it. */
export type RunLoss =
  | { readonly kind: "died" }
  | { readonly kind: "silent"; readonly host: string; readonly since: string };
