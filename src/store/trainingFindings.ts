/**
 * What is found of a training, while it runs or afterwards, as data: `text/` makes sentences of it. One list of kinds,
 * so that what a step's contract finds and what a diagnosis concludes are told apart by the same names.
 */

export const trainingFindingKinds = [
  "not-finite",
  "exploding-gradients",
  "vanishing-gradients",
  "dead-units",
  "saturated-outputs",
  "learning-rate-too-high",
  "learning-rate-too-low",
  "oscillation",
  "plateau",
  "saddle",
  "noise-dominated",
  "model-too-small",
  "overfitting",
  "mismatch",
  "label-noise",
  "class-imbalance",
  "unshuffled-data",
  "wrong-loss",
  "batch-normalisation",
  "weight-decay-on-norms",
  /** Of the contract of the step: parameters with a gradient that did not move. */
  "frozen-parameters",
  /** Parameters that moved without a gradient, or although they are frozen. */
  "moved-without-gradient",
  /** The sums of a window were not divided by its weight, once. */
  "accumulation-divided-twice",
  /** Sums of a window began with what was left of the one before. */
  "gradients-carried-over",
  "update-inside-window",
  /** The factor of float16 was not taken out of the gradients once. */
  "loss-scale",
  /** Parameters moved by another step than the optimizer's. */
  "update-mismatch",
  "initial-loss",
  "zero-input-gradient",
  /** Not finite, or not stepped once per update. */
  "optimizer-state",
  "schedule-step",
  /** Of an epoch some examples were left out or taken twice. */
  "epoch-order",
  /** Parameters after going on are not those of the checkpoint. */
  "resume-mismatch",
] as const;

export type TrainingFindingKind = (typeof trainingFindingKinds)[number];

/** "note": worth knowing; "warning": it probably harms; "fault": it is wrong for certain. */
export const findingStrengths = ["note", "warning", "fault"] as const;

export type FindingStrength = (typeof findingStrengths)[number];

/** What a number of evidence counts; "" is a pure number. */
export const evidenceUnits = ["", "share", "examples", "updates", "epochs", "nats", "squares", "parameters"] as const;

export type EvidenceUnit = (typeof evidenceUnits)[number];

/** A number on which a finding rests. */
export interface Evidence {
  /** As in "gradientNorm": what it is of. */
  readonly name: string;
  readonly value: number;
  readonly unit: EvidenceUnit;
  /** Its interval of 95 %, where it has one. */
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
  /** Beyond which it counts as found. */
  readonly threshold?: number | undefined;
  /** Who gives the threshold or the quantity. */
  readonly source?: string | undefined;
}

export interface TrainingFinding {
  readonly kind: TrainingFindingKind;
  /** Optimizer steps made when it was found. */
  readonly step: number;
  readonly strength: FindingStrength;
  readonly evidence: readonly Evidence[];
  /** Names of the parameters that it is about. */
  readonly parameters?: readonly string[] | undefined;
}
