import type { ClassificationScores } from "../statistics/classification.ts";
import type { GroupConflicts } from "../statistics/groups.ts";
import type { LayerNoise } from "../statistics/layers.ts";
import type { NoiseScaleAverages } from "../statistics/noiseOverTime.ts";
import type { PrecisionRecall } from "../statistics/precisionRecall.ts";
import type { RankingScores } from "../statistics/ranking.ts";
import type { RegressionScores } from "../statistics/regression.ts";
import type { SignalToNoise } from "../statistics/signalToNoise.ts";
import type { GradientStatistics } from "../statistics/table.ts";
import type { NoiseScale } from "../statistics/types.ts";
import type { AnalysisFinding } from "./analysisFindings.ts";
import type { OptimizerNoise } from "./optimizerNoise.ts";
import type { RowsChosen } from "./rowsChosen.ts";
import type { ScaledUpdates } from "./scaledUpdates.ts";

/** Version of every file format below; readers refuse a newer one. */
export const SCHEMA_VERSION = 1;

export type RunStatus = "running" | "finished" | "interrupted" | "diverged" | "failed";

/**
 * `run.json`. Times are ISO 8601 in UTC. A "running" run whose heartbeat is stale and whose process is gone is shown as
 * "lost".
 */
export interface RunRecord {
  readonly schemaVersion: number;
  readonly id: string;
  /** `{data}` or `{data}_{subset}`: what the run is about, used in the names of its plots. */
  readonly name: string;
  readonly description: string;
  readonly status: RunStatus;
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
  readonly heartbeatAt: string;
  readonly finishedAt: string | null;
  readonly exitReason: string | null;
  /** Each time that the run was gone on with: when, and from the checkpoint of which optimizer step. */
  readonly resumes?: readonly { readonly at: string; readonly step: number }[];
}

/** `environment.json`: what else decided the numbers of a run. */
export interface Environment {
  readonly schemaVersion: number;
  /** Of Batchscope, Node and the packages that compute. A package that is not installed is left out. */
  readonly versions: Readonly<Record<string, string>>;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** In which the run was started: where relative paths of its configuration begin. Absent in runs of version 0.1.0. */
  readonly directory?: string;
  /**
   * Of the repository in which the run was started; null outside one. `dirty`: tracked files were changed; null where
   * reading does not tell.
   */
  readonly git: { readonly sha: string; readonly dirty: boolean | null } | null;
  readonly seeds: Readonly<Record<string, number>>;
  /** Of what was read, by name: "train" and "validation" data, and the file of an imported "model". */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Absent where no constant of the updates follows the batch. */
  readonly scaling?: ScaledUpdates | undefined;
}

/** `checkpoints/best.json` and `checkpoints/last.json`. */
export interface CheckpointPointer {
  readonly schemaVersion: number;
  /** Name of the file beside the pointer. */
  readonly file: string;
  readonly epoch: number;
  readonly step: number;
  readonly sha256: string;
}

/** What a reader is told of a run: its status as judged, and why it ended as far as that can be known. */
export type JudgedRecord = Omit<RunRecord, "status"> & { readonly status: RunStatus | "lost" };

/** A line of `metrics.jsonl`. Non-finite numbers are written as "NaN", "Infinity", "-Infinity". */
export type MetricRecord = StepRecord | EvaluationRecord | EpochRecord | AccumulationRecord;

/** One optimizer step. `loss` is the weighted mean over the window's examples. */
export interface StepRecord {
  readonly kind: "step";
  readonly step: number;
  readonly epoch: number;
  readonly examples: number;
  readonly loss: number;
  /** L2 norm of the window's mean gradient before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Momentum, or β₁, where a schedule moves it. */
  readonly momentum?: number;
  /** Micro-batches of the window. */
  readonly microBatches?: number;
  /**
   * The smoothed noise scale up to this step, where it is measured: tr Σ and |G|² of the mean gradient, their ratio in
   * examples (NaN where |G|² ≤ 0) and its 95 % interval, whose upper end may be Infinity.
   */
  readonly traceCovariance?: number;
  readonly squaredGradientNorm?: number;
  readonly noiseScale?: number;
  readonly noiseScaleLow?: number;
  readonly noiseScaleHigh?: number;
  /** λ_c of the update that was made, 1/rate; where it is measured and found. Above 2/learningRate the loss rose. */
  readonly criticalSharpness?: number;
  readonly seconds: number;
}

/** The window has another number of micro-batches from the next optimizer step on. */
export interface AccumulationRecord {
  readonly kind: "accumulation";
  readonly step: number;
  readonly epoch: number;
  readonly examples: number;
  readonly accumulationSteps: number;
  readonly effectiveBatchSize: number;
  /** That it follows, in examples; NaN where a schedule changed the window. */
  readonly noiseScale: number;
  readonly seconds: number;
}

/** An evaluation inside an epoch; training loss and accuracy are means over the epoch so far. */
export type EvaluationRecord = Omit<EpochRecord, "kind"> & { readonly kind: "evaluation" };

/** The end of an epoch. Validation numbers are NaN where it was not evaluated. */

export interface EpochRecord {
  readonly kind: "epoch";
  readonly epoch: number;
  readonly step: number;
  readonly examples: number;
  readonly trainLoss: number;
  /** Of losses of classes alone. */
  readonly trainAccuracy?: number;
  readonly validationLoss: number;
  readonly validationAccuracy?: number;
  readonly validationScores?: ValidationScores;
  readonly seconds: number;
}

/** Those that the task has; NaN where one is not defined. */
export interface ValidationScores {
  /** Where each example has one class. */
  readonly macroF1?: number;
  readonly balancedAccuracy?: number;
  /** Of class 1 before class 0, where there are two. */
  readonly rocAuc?: number;
  readonly averagePrecision?: number;
  /** Where numbers are predicted. */
  readonly rSquared?: number;
  readonly rmse?: number;
  readonly mae?: number;
  /** exp(loss) of texts. */
  readonly perplexity?: number;
}

/** `evaluation/epoch_<epoch>.json`, or `evaluation/step_<step>.json` inside an epoch: what one found, in full. */
export interface EvaluationFile {
  readonly schemaVersion: number;
  readonly epoch: number;
  readonly step: number;
  /** Of the validation data; indices where classes have no names. */
  readonly classNames: readonly string[];
  readonly classification?: ClassificationScores;
  readonly ranking?: RankingScores;
  /** Absent in evaluations of version 0.1.0. */
  readonly precisionRecall?: PrecisionRecall;
  readonly regression?: RegressionScores;
}

/** `summary.json`: last and best values. */
export interface RunSummary {
  readonly epochs: number;
  readonly steps: number;
  readonly examples: number;
  /** Evaluations inside an epoch too; `last` may be an epoch that was not evaluated. */
  readonly last: EpochRecord | EvaluationRecord | null;
  readonly best: EpochRecord | EvaluationRecord | null;
  /** The last evaluation in full, where it found more than a loss and an accuracy. */
  readonly evaluation?: EvaluationFile;
  /** Of `averaged.safetensors`, which is the mean of so many sets of weights. */
  readonly averaged?: {
    readonly count: number;
    readonly validationLoss: number;
    readonly validationAccuracy?: number | undefined;
    /** That the file has in its header. Absent where it was written before there was one. */
    readonly sha256?: string;
  };
  /** Smoothed over the last steps, where it was measured while training. */
  readonly noiseScale?: NoiseScale;
  /** Updates that batches as large as the first would have made; only where the batch changes. */
  readonly constantBatchUpdates?: number;
  readonly seconds: number;
  /** Micro-batches per second while training; NaN where none was trained since the run was gone on with. */
  readonly microBatchesPerSecond: number;
  readonly peakMemoryBytes: number;
}

/** `analysis.json`: gradient statistics of a run's checkpoints, in order of epoch. */
export interface AnalysisFile {
  readonly schemaVersion: number;
  readonly run: string;
  readonly name: string;
  readonly model: string;
  readonly data: string;
  /** Whether dropout was off and batch normalisation used running statistics, e.g. "evaluation mode". */
  readonly mode: string;
  readonly seed: number;
  readonly createdAt: string;
  /** The command that makes it again; absent in analyses of version 0.1.0. */
  readonly command?: string;
  readonly checkpoints: readonly CheckpointAnalysis[];
  /** Absent where the number of mini-batches was asked for, and in analyses of earlier versions. */
  readonly rowsChosen?: RowsChosen;
  /** Of the noise scale over two checkpoints or more, in examples. Absent in analyses of version 0.1.0. */
  readonly averages?: NoiseScaleAverages;
  /** What the analysis says, as data. Absent in analyses of earlier versions, of which it is worked out again. */
  readonly findings?: readonly AnalysisFinding[];
}

export interface CheckpointAnalysis {
  /** Epochs completed. */
  readonly epoch: number;
  readonly step: number;
  /** The epoch after them had begun. */
  readonly insideEpoch?: true | undefined;
  /** Of the epoch that ended at this checkpoint; null where the run did not record it. */
  readonly metrics: EpochRecord | null;
  readonly statistics: GradientStatistics;
  /** How the inner products were computed. Absent, as all that follows, in analyses of version 0.1.0. */
  readonly measurement?: Measurement;
  /** Of all parameters, coordinate by coordinate. */
  readonly signalToNoise?: CoordinateSignal;
  /** Of the run's own update. Absent in analyses of earlier versions and of gradients alone. */
  readonly optimizerNoise?: OptimizerNoise;
  /** With `--by-layer`: of each layer's parameters alone, from the input to the output. */
  readonly layers?: readonly LayerAnalysis[];
  /** With `--by`: how mini-batches drawn inside each group agree with those of other groups. */
  readonly groups?: GroupAnalysis;
  /** With `--full-pass`: the numbers that `statistics` estimates, of all examples. */
  readonly fullPass?: FullPass;
  readonly file?: string; // of gradients that another program saved, in the place of an epoch
}

export interface Measurement {
  /** "one pass", "blocks of rows" or "batch by batch": how the rows were formed. */
  readonly way: string;
  /** Times that the mini-batches went through the network. */
  readonly passes: number;
  /** Null where all inner products are exact to rounding. */
  readonly sketch: SketchBound | null;
}

/** Lengths of rows are exact; the products of two rows are those of random projections of them. */
export interface SketchBound {
  /** Numbers that stand for a row. */
  readonly dimensions: number;
  readonly seed: number;
  /** A cosine of two rows is off by at most this with 95 % probability (Chebyshev), whichever the pair. */
  readonly cosineError: number;
}

export interface LayerAnalysis extends LayerNoise {
  /** Numbers in its parameters. */
  readonly parameters: number;
  /** Absent where only inner products are known, and in analyses of version 0.1.0. */
  readonly signalToNoise?: CoordinateSignal;
}

/**
 * The coordinates that were looked at stand for all: those of small parameters, and about 4096 of each other one,
 * spread evenly.
 */
export interface CoordinateSignal extends SignalToNoise {
  readonly coordinates: number;
}

export interface GroupAnalysis {
  /** "class", or the name of a column of the data. */
  readonly by: string;
  /** Names of the groups in the order of `conflicts.groups`, which holds 0, 1, …; its pairs are positions here. */
  readonly names: readonly string[];
  /** Mini-batches of each group, and the examples of each. */
  readonly rowsPerGroup: number;
  readonly batchSize: number;
  /** Groups with too few examples for two mini-batches, or beyond the number of groups that the rows allow. */
  readonly leftOut: readonly { readonly name: string; readonly examples: number }[];
  readonly conflicts: GroupConflicts;
}

/** Of the whole data set of N examples, each seen once. */
export interface FullPass {
  readonly examples: number;
  /** ‖G_D‖² of the mean gradient over all examples, which has no error but rounding. */
  readonly squaredGradientNorm: number;
  /** S² = Σ‖g_i − G_D‖²/(N − 1). */
  readonly traceCovariance: number;
  /** S²/‖G_D‖², in examples: what `statistics.datasetNoiseScale` estimates. */
  readonly noiseScale: number;
}
