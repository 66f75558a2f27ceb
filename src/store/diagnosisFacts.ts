import type { Interval } from "../statistics/types.ts";

/**
 * What is known of a training that is diagnosed, whoever recorded it: a run of the store, or the log of another
 * program.
 * What nobody recorded is null, empty or NaN.
 */
export interface DiagnosisFacts {
  /** Whether it ended because of a loss that was no number. */
  readonly diverged: boolean;
  /** In order of steps. */
  readonly steps: readonly RecordedStep[];
  /** In order of steps. */
  readonly evaluations: readonly RecordedEvaluation[];
  /** The loss of one answer for all examples; null where only the first loss can stand for it. */
  readonly constantLoss: number | null;
  /** Whether the first loss was that of a model that knows nothing. */
  readonly beganUntrained: boolean;
  readonly classes: {
    readonly majorityShare: number;
    /** Of the rarest class that occurs. */
    readonly rarest: { readonly name: string; readonly share: number; readonly recall: number };
    /** The class whose examples are most often called by the name of another that is not called by theirs. */
    readonly oneWay?: { readonly from: string; readonly to: string; readonly there: Interval; readonly back: number };
  } | null;
  readonly settings: TrainedWith | null;
  /** How the test data came about: drawn from the same pool at random, or as they were given. */
  readonly split: "random" | "given" | "other" | null;
  /** In examples; that of the batch that was trained with beside it. */
  readonly noise: (Interval & { readonly batchSize: number }) | null;
  readonly checkpoint: CheckpointSigns | null;
  readonly probes: ProbeSigns | null;
  /** Whether steps lack in the log. */
  readonly hasGaps: boolean;
  /** Whether the data of the run could be opened again. */
  readonly dataFound: boolean;
  /** Whether another program recorded it. */
  readonly isForeign: boolean;
}

export interface RecordedStep {
  readonly step: number;
  readonly epoch?: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly criticalSharpness?: number;
}

export interface RecordedEvaluation {
  readonly step: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

/** The settings that remedies change, as `train` takes them. */
export interface TrainedWith {
  readonly learningRate: number;
  readonly optimizer: string;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly schedule: string;
  readonly warmupSteps: number;
  readonly clipNorm: number | null;
  readonly dropout: number;
  readonly canDrop: boolean;
  readonly augment: boolean;
  readonly canAugment: boolean;
  readonly labelSmoothing: number;
  readonly classWeights: boolean;
  readonly limitExamples: number | null;
  readonly patience: number | null;
  readonly batchSize: number;
  readonly epochs: number;
  readonly steps: number | null;
  readonly seed: number;
  /** Names of parameters that are not to move. */
  readonly isFrozen: boolean;
  /** Of the next size up and down; null where there is none that has a name. */
  readonly largerModel: string | null;
  readonly smallerModel: string | null;
  /** Whether the loss is one of classes. */
  readonly isOfClasses: boolean;
}

/** Losses on a sample of examples, in evaluation mode. */
export interface ScoredPart {
  readonly examples: number;
  readonly loss: Interval;
  readonly accuracy: Interval | null;
}

/** What a checkpoint says, looked at with the data of its run. */
export interface CheckpointSigns {
  readonly training: ScoredPart;
  readonly validation: ScoredPart | null;
  /** Parameters of two axes or more, from the input on: rms of the gradient over rms of the weights. */
  readonly layers: readonly { readonly name: string; readonly relativeGradient: number }[];
  /** Names of parameters that are bit for bit what they were in the beginning. */
  readonly unmoved: readonly string[];
  readonly parameters: number;
  /**
   * Length of the way of all parameters from where they began, over their length then; null where that is not known.
   */
  readonly moved: number | null;
  readonly units: readonly UnitSigns[];
  /** Share of the training examples whose label the model doubts; it has seen them, so that there may be more. */
  readonly doubted: Interval | null;
  /** How well training and validation inputs are told apart, 0.5 for not at all. */
  readonly driftAuc: Interval | null;
  readonly network?: NetworkFacts | undefined;
  /** Absent where nobody knows how the weights began. */
  readonly start?: StartSigns | undefined;
  readonly data?: DataSigns | undefined;
}

/** What the graph of a network says. */
export interface NetworkFacts {
  /** The operator after the last layer where it bounds the outputs: Relu, Sigmoid, Tanh or Softmax. */
  readonly outputActivation: string | null;
  /** Whether nothing but linear operators lies between input and output. */
  readonly isLinear: boolean;
  /** Numbers of the narrowest hidden layer of a chain; null of other networks. */
  readonly narrowest: number | null;
}

/** What the initial weights say. */
export interface StartSigns {
  /** rms·√inputs of each layer's weights, from the input on: 0.58 as PyTorch draws them, 1.41 by He et al. 2015. */
  readonly gains: readonly { readonly name: string; readonly gain: number }[];
  /** As `CheckpointSigns.layers`, before training. */
  readonly layers: CheckpointSigns["layers"];
  /** Units before training, as `CheckpointSigns.units` after it. */
  readonly units: readonly UnitSigns[];
}

/** What the training data say, of a sample. */
export interface DataSigns {
  /** Root mean square of the numbers that the model reads; null of tokens. */
  readonly inputRms: number | null;
  /** Of targets that are numbers. */
  readonly targets: { readonly rms: number; readonly lowest: number; readonly highest: number } | null;
  /** Of one label an example: the share of the commonest class. */
  readonly majorityShare: number | null;
  /** How often the nearest other example has the same label, and how often chance would have it. */
  readonly neighbours: { readonly agreement: Interval; readonly chance: number } | null;
}

/** Of one layer of units that may be silent or at their limit. */
export interface UnitSigns {
  readonly name: string;
  readonly kind: "relu" | "saturating";
  readonly units: number;
  /** Share of units that were 0 for every example, or of values within 1 % of a limit. */
  readonly share: number;
}

/** What trainings for the diagnosis alone came to. */
export interface ProbeSigns {
  /** Simpler models at the best of their rates, and the run's own model at the best of its: training losses. */
  readonly baselines: readonly { readonly model: string; readonly loss: Interval }[];
  readonly own: Interval | null;
  /** A few micro-batches, trained on for long. */
  readonly byHeart: { readonly loss: number; readonly accuracy: number; readonly learned: boolean } | null;
  /** Held-out examples of the training data. */
  readonly trainDev: ScoredPart | null;
  readonly driftAuc: Interval | null;
}
