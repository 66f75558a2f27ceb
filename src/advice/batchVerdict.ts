import type { GradientStatistics } from "../statistics/table.ts";
import type { NoiseScale } from "../statistics/types.ts";
import type { BatchVerdict } from "../store/batchVerdicts.ts";
import type { CheckpointAnalysis, EpochRecord, EvaluationRecord } from "../store/schema.ts";
import { batchPrice, LEAST_UPDATES, type RunLength } from "./batchPrice.ts";
import { isLearned } from "./learned.ts";
import { examplesToBound } from "./unresolved.ts";

/** What a verdict on the batch is made from. */
export interface BatchFacts {
  readonly run: string;
  /** Checkpoints were saved. */
  readonly analyzable: boolean;
  /** Examples of a micro-batch, and of an update. */
  readonly microBatch: number;
  readonly effectiveBatchSize: number;
  /** Examples to train on; null where nobody counted them. */
  readonly trainExamples: number | null;
  /** In order of epoch; none where the run was not analyzed. */
  readonly checkpoints: readonly CheckpointAnalysis[];
  /** Smoothed over the last steps, where it was measured while training. */
  readonly whileTraining: NoiseScale | null;
  readonly last: EpochRecord | EvaluationRecord | null;
  /** The steps follow a plan or the noise scale already. */
  readonly plannedSteps: boolean;
  /** The learning rate goes with the batch already. */
  readonly scaledRate: boolean;
  /** Whether steps are divided by the size of the gradient, as Adam's are. */
  readonly adaptive: boolean;
  readonly length: RunLength;
}

/**
 * Whether a larger batch pays, by the noise scale (McCandlish et al. 2018): below it an update gains nearly in
 * proportion to the batch, above it hardly. Of checkpoints the last counts, or the last before the training data were
 * learned.
 */
export function batchVerdict(facts: BatchFacts): BatchVerdict {
  const { run, checkpoints, whileTraining, last, analyzable } = facts;
  const analyzed = checkpoints.at(-1);
  if (!analyzed) {
    if (!whileTraining || !tells(whileTraining)) return { kind: "noiseUnmeasured", run, analyzable };
    const scale = { noiseScale: whileTraining, measured: "training" } as const;
    const measured = { ...scale, epoch: null, earlier: false, analyzable };
    if (isLearned(last)) return learnedVerdict(facts, measured, last!);
    return judged(facts, measured, null);
  }
  const open = lastOpen(checkpoints);
  const { epoch, statistics, metrics } = open ?? analyzed;
  if (statistics.traceCovariance === 0) return { kind: "noNoise", run, epoch, rows: statistics.rows };
  const { noiseScale } = statistics;
  if (noiseScale.lower === Number.POSITIVE_INFINITY) return { kind: "noSignal", run, epoch, rows: statistics.rows };
  const measured = {
    noiseScale,
    measured: "analysis",
    epoch,
    earlier: open !== undefined && open !== analyzed,
    analyzable,
  } as const;
  if (!open) return learnedVerdict(facts, measured, metrics!);
  return judged(facts, measured, statistics);
}

/** The checkpoint whose noise scale tells a batch: the last, or the last before the training data were learned. */
export function decisiveCheckpoint<One extends { readonly epoch: number; readonly step: number }>(
  checkpoints: readonly One[],
  epochs: readonly EpochRecord[],
): One | undefined {
  const learned = (at: One | undefined) => isLearned(epochs.find(({ step }) => step === at?.step));
  if (!learned(checkpoints.at(-1))) return checkpoints.at(-1);
  return checkpoints[checkpoints.findIndex(learned) - 1] ?? checkpoints.at(-1);
}

function lastOpen(checkpoints: readonly CheckpointAnalysis[]): CheckpointAnalysis | undefined {
  const last = checkpoints.at(-1);
  if (!isLearned(last?.metrics)) return last;
  return checkpoints[checkpoints.findIndex(({ metrics }) => isLearned(metrics)) - 1];
}

/** At least nothing, or at least infinity, says nothing. */
const tells = ({ resolved, lower }: NoiseScale) => resolved || (lower > 0 && Number.isFinite(lower));

type MeasuredScale = Pick<
  Extract<BatchVerdict, { kind: "keepBatch" }>,
  "noiseScale" | "measured" | "epoch" | "earlier" | "analyzable"
>;

function learnedVerdict(
  { run, effectiveBatchSize }: BatchFacts,
  measured: MeasuredScale,
  { trainLoss, trainAccuracy }: EpochRecord | EvaluationRecord,
): BatchVerdict {
  const accuracy = trainAccuracy === undefined ? {} : { trainAccuracy };
  return { kind: "batchLearned", run, batchSize: effectiveBatchSize, ...measured, trainLoss, ...accuracy };
}

function judged(facts: BatchFacts, measured: MeasuredScale, statistics: GradientStatistics | null): BatchVerdict {
  const { run, effectiveBatchSize: batchSize } = facts;
  const { noiseScale } = measured;
  const { lower, upper, resolved } = noiseScale;
  const evidence = { run, batchSize, ...measured };
  const rows = resolved || !statistics ? null : rowsToGoOn(statistics);
  const further = {
    rows,
    ...(rows !== null && statistics!.batchSize !== batchSize && { rowExamples: statistics!.batchSize }),
  };
  if (batchSize < lower) return { kind: "enlargeBatch", ...evidence, ...further, ...enlarged(facts, noiseScale) };
  if (!(batchSize <= upper)) return { kind: "shrinkBatch", ...evidence, examples: smaller(facts, noiseScale) };
  if (!resolved) return { kind: "boundNoiseScale", ...evidence, ...further };
  return { kind: "keepBatch", ...evidence };
}

/** Mini-batches that may bound the noise scale, a power of two; null where the data have not so many. */
function rowsToGoOn(statistics: GradientStatistics): number | null {
  const { batchSize, datasetSize } = statistics;
  const examples = examplesToBound(statistics);
  if (!Number.isFinite(examples)) return null;
  const rows = 2 ** Math.ceil(Math.log2(examples / batchSize));
  const most = datasetSize === null ? rows : Math.floor(datasetSize / batchSize);
  if (rows <= most) return rows;
  return most > statistics.rows ? most : null;
}

function enlarged(facts: BatchFacts, noiseScale: NoiseScale) {
  const { microBatch, effectiveBatchSize: B, trainExamples, plannedSteps, scaledRate, adaptive } = facts;
  const scale = noiseScale.resolved ? noiseScale.value : noiseScale.lower;
  const wanted = Math.max(Math.floor(scale / microBatch), Math.ceil(noiseScale.lower / microBatch));
  const reached = Math.min(wanted, Math.floor((trainExamples ?? Number.POSITIVE_INFINITY) / microBatch));
  const steps = reached * microBatch > B ? reached : null;
  return {
    far: B < noiseScale.lower / 4,
    gainOfDoubling: (1 + scale / B) / (1 + scale / (2 * B)),
    accumulationSteps: plannedSteps ? null : steps,
    rateRule: scaledRate ? null : adaptive ? ("sqrt" as const) : ("linear" as const),
    accumulates: microBatch !== B,
    ...(steps !== null && !plannedSteps && pricedBatch(facts, steps, noiseScale)),
  };
}

/** The batch to try, of as many micro-batches as leave the run enough updates at equal examples; its price. */
function pricedBatch({ microBatch, effectiveBatchSize: B, length }: BatchFacts, steps: number, scale: NoiseScale) {
  const { updates } = length;
  const most = updates === null ? steps : Math.floor((updates * B) / LEAST_UPDATES / microBatch);
  const batchSize = microBatch * Math.min(steps, most);
  if (batchSize <= B) return { fewUpdates: updates! };
  return { price: batchPrice(B, batchSize, scale, length) };
}

/** Whole micro-batches where an update has several. */
function smaller({ microBatch }: BatchFacts, { value, upper, resolved }: NoiseScale): number {
  const scale = Math.max(1, Math.round(resolved ? value : upper));
  return scale >= microBatch ? microBatch * Math.floor(scale / microBatch) : scale;
}
