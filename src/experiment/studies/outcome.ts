import { existsSync } from "node:fs";
import { join } from "node:path";
import { readMetrics } from "../../store/metricsReader.ts";
import type { EpochRecord, EvaluationRecord, MetricRecord } from "../../store/schema.ts";
import type { TrialOutcome } from "../../store/studies/trials.ts";
import { updateTimes } from "./updateTimes.ts";

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);

/** What an evaluation of a run that trains says; the time is not known yet. */
export function outcomeOf(evaluation: EpochRecord | EvaluationRecord): TrialOutcome {
  const { validationLoss, validationAccuracy, examples } = evaluation;
  return { loss: finite(validationLoss), accuracy: finite(validationAccuracy), examples, seconds: null };
}

/**
 * What a run measured after so many examples: by the first evaluation from there on, by default the last one. Null
 * where there is none. Throws `DataError` for a damaged run.
 */
export function readOutcome(directory: string, run: string, examples?: number): TrialOutcome | null {
  const path = join(directory, "runs", run);
  if (!existsSync(join(path, "metrics.jsonl"))) return null;
  const metrics = readMetrics({ path });
  const all = metrics.filter(isEvaluation);
  const found = examples === undefined ? all.at(-1) : all.find((one) => one.examples >= examples);
  if (!found) return null;
  const until = metrics.slice(0, metrics.indexOf(found) + 1);
  return { ...outcomeOf(found), seconds: finite(updateTimes(until).seconds) };
}

/** The evaluations of a run in the order of examples. Throws `DataError` for a damaged one. */
export function readOutcomes(directory: string, run: string): TrialOutcome[] {
  const path = join(directory, "runs", run);
  return existsSync(join(path, "metrics.jsonl")) ? readMetrics({ path }).filter(isEvaluation).map(outcomeOf) : [];
}

function isEvaluation(record: MetricRecord): record is EpochRecord | EvaluationRecord {
  return record.kind === "evaluation" || (record.kind === "epoch" && !Number.isNaN(record.validationLoss));
}
