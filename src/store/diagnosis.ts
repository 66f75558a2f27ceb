import { type Evidence, type EvidenceUnit, type FindingStrength, trainingFindingKinds } from "./trainingFindings.ts";

/**
 * What a diagnosis says, as data: a way through the tree of a failed training, and findings with remedies. Losses are
 * in
 * the unit of the loss, shares and accuracies 0–1.
 */

/** A number that an answer rests on; of a finding made while training the name is the finding's own. */
export interface DiagnosisEvidence extends Omit<Evidence, "unit"> {
  readonly name: EvidenceName | (string & Record<never, never>);
  /** "loss": in the unit of the loss. */
  readonly unit: EvidenceUnit | "loss";
  /** Of a layer, a class or a model: its name. */
  readonly of?: string | undefined;
}

export const evidenceNames = [
  ...(["firstLoss", "lastLoss", "lastFiniteLoss", "constantLoss", "lossRatio", "trainingLoss", "testLoss"] as const),
  ...(["trainingAccuracy", "testAccuracy", "accuracyGap", "lossGap", "lossRise", "testLossRatio"] as const),
  ...(["failedStep", "learningRate", "risingEpochs", "finalAboveBest", "rateTimesSharpness", "gradientRatio"] as const),
  ...([
    "gradientPeak",
    "gradientGrowth",
    "layerGradientRatio",
    "deadShare",
    "saturatedShare",
    "unmoved",
    "moved",
  ] as const),
  ...(["fallShare", "lateFall", "doubtedShare", "majorityShare", "rareRecall", "initialLossRatio"] as const),
  ...(["epochJump", "spikes", "baselineLoss", "ownProbeLoss", "heartLoss", "heartAccuracy"] as const),
  ...(["trainDevLoss", "trainDevAccuracy", "driftAuc", "validationFromTraining", "noisePerBatch"] as const),
  ...(["boundedOutput", "inputRms", "targetRms", "decayPerUpdate", "dropped", "smoothed", "updates"] as const),
  ...(["rateShare", "initialGain", "deadAtStart", "narrowest", "linearLayers", "neighbourAgreement"] as const),
  ...(["trainTestRatio", "oneWayShare"] as const),
] as const;
export type EvidenceName = (typeof evidenceNames)[number];

/** Where a threshold comes from, told in words by the reports. */
export type ThresholdSource =
  | "chosen"
  | "definition"
  | "report"
  | "cockpit"
  | "stability"
  | "goyal"
  | "guide"
  | "chance";

/** The questions of the tree, in the order in which they can be asked. */
export const diagnosisNodes = [
  "numbers-finite",
  "training-loss-small",
  "optimisation-failed",
  "test-loss-small",
  "same-distribution",
] as const;
export type DiagnosisNode = (typeof diagnosisNodes)[number];

export type Answer = "yes" | "no" | "undecided";

export interface NodeAnswer {
  readonly node: DiagnosisNode;
  readonly answer: Answer;
  readonly evidence: readonly DiagnosisEvidence[];
}

/** Where the way through the tree ends; two causes where the evidence does not tell them apart. */
export const diagnosisVerdicts = [
  "broken",
  "model-bias",
  "optimisation",
  "bias-or-optimisation",
  "fine",
  "overfitting",
  "mismatch",
  "overfitting-or-mismatch",
  "training-small",
  "nothing-recorded",
] as const;
export type DiagnosisVerdict = (typeof diagnosisVerdicts)[number];

/** What a diagnosis finds beside what can be found while training. */
export const diagnosisKinds = [
  ...trainingFindingKinds,
  ...(["too-few-updates", "not-learning", "loss-spikes"] as const),
  ...(["unscaled-inputs", "unscaled-targets", "regularisation-too-strong"] as const),
] as const;
export type DiagnosisKind = (typeof diagnosisKinds)[number];

export const remedyKinds = [
  ...([
    "lower-rate",
    "higher-rate",
    "warm-up",
    "decay",
    "momentum",
    "adam",
    "clip-norm",
    "smaller-batch",
    "larger-batch",
  ] as const),
  ...(["longer", "larger-model", "smaller-model", "less-regularisation", "more-data", "augmentation"] as const),
  ...(["early-stopping", "weight-decay", "dropout", "label-smoothing", "class-weights", "inspect-data"] as const),
  ...(["train-all", "decay-weights-only", "other-seed", "find-rate", "landscape", "check-input"] as const),
] as const;
export type RemedyKind = (typeof remedyKinds)[number];

/** Options of `train` with the values that a remedy gives them. */
export type OptionChanges = Readonly<Record<string, string | number | boolean>>;

/** What was gained by a remedy that was tried, in the unit of the loss that it is to lower; above 0 is better. */
export interface Gain {
  readonly metric: "validationLoss" | "trainingLoss";
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly seeds: number;
  readonly verdict: "proved" | "no-gain" | "undecided";
}

export interface Remedy {
  readonly kind: RemedyKind;
  /** Null of what is no other training. */
  readonly changes: OptionChanges | null;
  /** The command line that tries it; null of foreign runs, of which no configuration is known. */
  readonly command: string | null;
  readonly gain?: Gain;
}

export interface DiagnosisFinding {
  readonly kind: DiagnosisKind;
  readonly strength: FindingStrength;
  readonly evidence: readonly DiagnosisEvidence[];
  readonly remedies: readonly Remedy[];
}

/** What could not be looked at, and so what would tell more. */
export const diagnosisLimits = [
  ...(["no-steps", "no-gradient-norm", "no-rate", "no-validation", "no-training-loss", "no-checkpoint"] as const),
  ...(["no-data", "one-class", "few-evaluations", "gaps", "no-settings", "no-probes"] as const),
] as const;
export type DiagnosisLimit = (typeof diagnosisLimits)[number];

export interface Diagnosis {
  readonly verdict: DiagnosisVerdict;
  readonly path: readonly NodeAnswer[];
  /** The likeliest cause first. */
  readonly findings: readonly DiagnosisFinding[];
  readonly limits: readonly DiagnosisLimit[];
}
