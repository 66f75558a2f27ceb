import { join } from "node:path";
import { readMetrics } from "../../store/metricsReader.ts";
import { readSummary } from "../../store/runs.ts";
import type { EpochRecord, EvaluationRecord, MetricRecord, StepRecord } from "../../store/schema.ts";
import { type UpdateTimes, updateTimes } from "./updateTimes.ts";

/** What the run of a trial recorded. */
export interface TrialResult {
  readonly seed: number;
  readonly run: string;
  /** False where it diverged. */
  readonly whole: boolean;
  readonly steps: readonly StepRecord[];
  /** In the order of examples. */
  readonly evaluations: readonly (EpochRecord | EvaluationRecord)[];
  /** Of training: each update's loss counts as often as it had examples. */
  readonly meanLoss: number;
  /** On the validation data, where training ended; NaN where it diverged. */
  readonly finalLoss: number;
  readonly finalAccuracy: number | null;
  /** Of the last epoch on the training data. */
  readonly trainAccuracy: number | null;
  readonly examples: number;
  readonly times: UpdateTimes;
  readonly peakMemoryBytes: number;
}

/** Reads what a trial's run recorded. Throws `DataError` for a damaged one. */
export function readTrial(directory: string, run: string, seed: number, whole: boolean): TrialResult {
  const path = join(directory, "runs", run);
  const metrics = readMetrics({ path });
  const summary = readSummary({ path });
  const steps = metrics.filter((one) => one.kind === "step");
  const evaluations = metrics.filter(isEvaluation);
  const last = evaluations.at(-1);
  const epoch = metrics.findLast((one) => one.kind === "epoch" || one.kind === "evaluation");
  return {
    seed,
    run,
    whole,
    steps,
    evaluations,
    meanLoss: meanLoss(steps),
    finalLoss: whole ? (last?.validationLoss ?? Number.NaN) : Number.NaN,
    finalAccuracy: (whole && last?.validationAccuracy) || null,
    trainAccuracy: (whole && epoch?.trainAccuracy) || null,
    examples: summary?.examples ?? steps.at(-1)?.examples ?? 0,
    times: updateTimes(metrics),
    peakMemoryBytes: summary?.peakMemoryBytes ?? Number.NaN,
  };
}

function isEvaluation(record: MetricRecord): record is EpochRecord | EvaluationRecord {
  return (record.kind === "epoch" || record.kind === "evaluation") && Number.isFinite(record.validationLoss);
}

function meanLoss(steps: readonly StepRecord[]): number {
  let [sum, weight] = [0, 0];
  for (const [i, { loss, examples }] of steps.entries()) {
    const own = examples - (steps[i - 1]?.examples ?? 0);
    sum += own * loss;
    weight += own;
  }
  return sum / weight;
}
