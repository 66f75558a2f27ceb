import type { InspectionRemark } from "./findings.ts";

/**
 * What `inspect-data` found, as `--json` prints it, with the words of `findings` as `remarks`, and the report draws it.
 * `index` is the row in the file or part that was read, counted from 0; a reader is told the line of the file, where it
 * has lines.
 */
export interface Inspection {
  readonly data: string;
  readonly model: string;
  /** Where `index` counts: "all rows" of data in one part, or "training part". */
  readonly inspected: "all rows" | "training part";
  readonly classNames: readonly string[];
  readonly settings: InspectionSettings;
  readonly summary: InspectionSummary;
  readonly classes: readonly ClassFinding[];
  /** The most suspect first. */
  readonly labelIssues: readonly LabelFinding[];
  /** The farthest from all others first. */
  readonly outliers: readonly OutlierFinding[];
  /** Exact ones first, then the largest groups. */
  readonly nearDuplicates: readonly DuplicateFinding[];
  /** Shares of doubted labels by the values of the data's columns. */
  readonly groups: readonly GroupFinding[];
  /** Values of one column whose gradients pull against each other beyond chance. */
  readonly conflicts: readonly ConflictFinding[];
  /** All scores of all examples that were inspected. */
  readonly examples: ExampleScores;
  /** What a reader must know to judge the findings. */
  readonly findings: readonly InspectionRemark[];
}

export interface InspectionSettings {
  readonly folds: number;
  readonly epochs: number;
  /** Examples of one update. */
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Epochs after which every example was measured. */
  readonly measuredAfter: readonly number[];
  /** Cosine of centred inputs from which two examples are near duplicates; null where only equal ones are sought. */
  readonly duplicateCosine: number | null;
}

/** What is said of all labels together. */
export interface LabelSummary {
  /** Labels that could be judged; those of a class with hardly any examples cannot. */
  readonly judged: number;
  /**
   * Whether there is evidence of wrong labels, else none is doubted: that of `labelNoise` must exceed 3 nats, and it or
   * the number of labels with a score below one half must exceed all that labels without errors gave.
   */
  readonly evident: boolean;
  readonly evidence: number;
  /** Labels that are doubted, and their share of all. */
  readonly labelIssues: number;
  readonly labelIssueShare: number;
  /** How many of the doubted are expected to be right all the same: the sum of their scores. */
  readonly doubtedThoughRight: number;
  /**
   * How many labels would score below one half if none were wrong, and the largest evidence then: labels are drawn from
   * the models' calibrated probabilities and judged as the given ones were, `draws` times.
   */
  readonly withoutErrors: {
    readonly mean: number;
    readonly least: number;
    readonly most: number;
    readonly evidence: number;
    readonly draws: number;
  };
  /** Expected share of wrong labels among the judged; NaN where none is. */
  readonly estimatedNoise: number;
  /**
   * 95 %, of which examples were drawn: see `noiseShareInterval`. What the models mistake for errors, or learnt, is not
   * in it.
   */
  readonly estimatedNoiseInterval: { readonly lower: number; readonly upper: number };
  /** Where none is evident: random errors that would have been with 95 %, see `noticeableErrors`; null of no number. */
  readonly noticeableErrors: number | null;
}

export interface InspectionSummary extends LabelSummary {
  readonly examples: number;
  readonly classes: number;
  /** Share of examples whose given label a model that had not seen them finds the most probable. */
  readonly heldOutAccuracy: number;
  readonly outliers: number;
  readonly exactDuplicateGroups: number;
  readonly nearDuplicateGroups: number;
  /** Groups with examples in both the training and the validation part. */
  readonly acrossSplit: number;
  /** Groups whose examples have different labels. */
  readonly conflictingLabels: number;
  /** Largest class over smallest one that has examples. */
  readonly imbalance: number;
  readonly seconds: number;
}

export interface ClassFinding {
  readonly class: number;
  readonly name: string;
  readonly examples: number;
  readonly share: number;
  /** Share of its examples that a model that had not seen them puts here; NaN without examples. */
  readonly recall: number;
  /** Labels of this class that are doubted, and doubted labels of others that may be this class. */
  readonly doubted: number;
  readonly suggested: number;
}

export interface LabelFinding {
  readonly index: number;
  readonly given: number;
  readonly suggested: number;
  /** The probability that the given label is right, 0 to 0.5: the smaller, the more suspect. See `labelNoise`. */
  readonly score: number;
  readonly givenName: string;
  readonly suggestedName: string;
  /** What a model that had not seen the example gives the two classes, calibrated, before the label is looked at. */
  readonly givenProbability: number;
  readonly suggestedProbability: number;
  /** Of data with files for examples. */
  readonly file?: string | undefined;
}

export interface OutlierFinding {
  readonly index: number;
  readonly label: number;
  /** The larger of the two, which are mean distances to the nearest others in robust standard deviations. */
  readonly robustZ: number;
  /** In what the last layer of a model that had not seen the example reads, at unit length. */
  readonly ofFeatures: number;
  readonly ofInputs: number;
  readonly file?: string | undefined;
}

export interface DuplicateFinding {
  readonly examples: readonly {
    readonly part: "train" | "validation";
    readonly index: number;
    readonly label: number;
  }[];
  readonly exact: boolean;
  /** The smallest cosine that was needed to join them. */
  readonly leastCosine: number;
  readonly acrossSplit: boolean;
  readonly conflictingLabels: boolean;
}

export interface GroupFinding {
  readonly column: string;
  readonly value: string;
  readonly examples: number;
  readonly doubted: number;
}

export interface ConflictFinding {
  readonly column: string;
  readonly values: readonly [string, string];
  /** Mean cosine between gradients of the two, and cosine of their means. */
  readonly stiffness: number;
  readonly cosineOfMeans: number;
  /** After Benjamini and Hochberg. */
  readonly p: number;
}

/** A number for each example that was inspected, whether or not something is doubted. */
export interface ExampleScores {
  readonly index: readonly number[];
  /** The probability that the given label is right; NaN of a label that could not be judged. */
  readonly score: readonly number[];
  /**
   * −ln p of the given label, mean over the measured epochs of the model that did NOT train on the example, in nats.
   */
  readonly loss: readonly number[];
  /** EL2N: ‖p − y‖₂, mean over the measured epochs of a model that trained on the example. */
  readonly errorNorm: readonly number[];
  /** As `robustZ` of `OutlierFinding`. */
  readonly outlier: readonly number[];
  /**
   * TracIn of the example on itself over the same checkpoints, Σ η‖∇ℓ‖²; null where the model's single gradients cannot
   * be followed.
   */
  readonly selfInfluence: readonly number[] | null;
}

/** What a report shows of an example. */
export type ExamplePicture =
  | {
      readonly kind: "image";
      readonly width: number;
      /** 1 grey, 3 red, green and blue. */
      readonly channels: 1 | 3;
      /** [height × width × channels] bytes. */
      readonly pixels: Uint8Array;
    }
  | {
      readonly kind: "series";
      /** One list of values for each channel, all of one length. */
      readonly channels: readonly (readonly number[])[];
    }
  | {
      readonly kind: "values";
      /** Of an unusual value also its robust standard deviations from the column's median; these first. */
      readonly values: readonly (readonly [name: string, value: string, deviations?: number])[];
    };

/** What a reader knows an example by, its file or `file:line`; null where there is but its number. */
export type ExampleName = (found: { readonly part?: "train" | "validation"; readonly index: number }) => string | null;

/** Pictures by `pictureKey`. */
export type ExamplePictures = ReadonlyMap<string, ExamplePicture>;

/** Where data come in one part an index says it all. */
export function pictureKey(
  { inspected }: Pick<Inspection, "inspected">,
  { part = "train", index }: { readonly part?: "train" | "validation"; readonly index: number },
): string {
  return inspected === "all rows" ? String(index) : `${part} ${index}`;
}
