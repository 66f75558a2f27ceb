import { z } from "zod";
import type { Measured } from "../statistics/batchRegime.ts";
import type { ClassificationScores, ClassScores } from "../statistics/classification.ts";
import type { PrecisionRecall } from "../statistics/precisionRecall.ts";
import type { RankingScores } from "../statistics/ranking.ts";
import type { RegressionScores } from "../statistics/regression.ts";
import { count, isSquare, matrix, number, numbers, record, text, time } from "./records.ts";
import type { ScaledUpdates } from "./scaledUpdates.ts";
import type {
  Environment,
  EpochRecord,
  EvaluationFile,
  EvaluationRecord,
  RunRecord,
  RunStatus,
  RunSummary,
  ValidationScores,
} from "./schema.ts";
import { interval, noiseScale } from "./statisticRecords.ts";

/** The schemas of a run's own records, all but those of an analysis. */

export const runStatus = z.enum([
  "running",
  "finished",
  "interrupted",
  "diverged",
  "failed",
]) satisfies z.ZodType<RunStatus>;

export const runRecord = record<RunRecord>({
  schemaVersion: count,
  id: text,
  name: text,
  description: text,
  status: runStatus,
  // What the system takes for the number of one process.
  pid: z.int32().positive(),
  host: text,
  startedAt: time,
  heartbeatAt: time,
  finishedAt: time.nullable(),
  exitReason: text.nullable(),
  resumes: z.array(record<{ at: string; step: number }>({ at: time, step: count })).optional(),
});

/** What the store itself reads of `config.yaml`; the rest is for the command line to check. */
export interface StoredConfig {
  readonly model?: string | number;
  readonly data?: string | number;
  readonly keepCheckpoints?: number;
}

const name = z.union([z.string(), z.number()]).optional();
export const storedConfig = record<StoredConfig>({
  model: name,
  data: name,
  keepCheckpoints: z.int().positive().optional(),
});

export const environment = record<Environment>({
  schemaVersion: count,
  versions: z.record(z.string(), text),
  platform: text,
  cpu: text,
  cores: count,
  memoryBytes: count,
  directory: z.string().optional(),
  git: record<NonNullable<Environment["git"]>>({ sha: text, dirty: z.boolean().nullable() }).nullable(),
  seeds: z.record(z.string(), number),
  fingerprints: z.record(z.string(), text),
  scaling: record<ScaledUpdates>({
    rule: text,
    batchSize: count,
    baseBatchSize: count.nullable(),
    exponent: record<Measured>({ value: number, lower: number.nullable(), upper: number.nullable() }).nullable(),
    given: z.record(z.string(), number),
    values: z.record(z.string(), number),
  }).optional(),
});

const validationScores = record<ValidationScores>({
  macroF1: number.optional(),
  balancedAccuracy: number.optional(),
  rocAuc: number.optional(),
  averagePrecision: number.optional(),
  rSquared: number.optional(),
  rmse: number.optional(),
  mae: number.optional(),
  perplexity: number.optional(),
});

const evaluated = {
  epoch: count,
  step: count,
  examples: count,
  trainLoss: number,
  trainAccuracy: number.optional(),
  validationLoss: number,
  validationAccuracy: number.optional(),
  validationScores: validationScores.optional(),
  seconds: number,
};
export const epochRecord = record<EpochRecord>({ kind: z.literal("epoch"), ...evaluated });
const ofEither = z.looseObject({ kind: z.enum(["epoch", "evaluation"]), ...evaluated }) as unknown as z.ZodType<
  EpochRecord | EvaluationRecord
>;

const classScores = record<ClassScores>({
  support: number,
  predicted: number,
  precision: number,
  recall: interval,
  f1: number,
});

const classification = record<ClassificationScores>({
  confusion: matrix,
  labels: number,
  accuracy: interval,
  classes: z.array(classScores),
  macroPrecision: number,
  macroF1: number,
  balancedAccuracy: number,
  microF1: number,
  weightedF1: number,
  majorityShare: number,
}).refine(({ confusion, classes }) => isSquare(confusion, classes.length), {
  message: "a row and a column for each class",
  path: ["confusion"],
});

export const evaluationFile = record<EvaluationFile>({
  schemaVersion: count,
  epoch: count,
  step: count,
  classNames: z.array(text),
  classification: classification.optional(),
  ranking: record<RankingScores>({ rocAuc: number, averagePrecision: number }).optional(),
  precisionRecall: record<PrecisionRecall>({
    points: z.array(z.tuple([number, number])),
    positiveShare: number,
  }).optional(),
  regression: record<RegressionScores>({
    count: number,
    rmse: number,
    mae: number,
    rSquaredByOutput: numbers,
    rSquared: number,
  }).optional(),
});

export const runSummary = record<RunSummary>({
  epochs: count,
  steps: count,
  examples: count,
  last: ofEither.nullable(),
  best: ofEither.nullable(),
  evaluation: evaluationFile.optional(),
  averaged: record<NonNullable<RunSummary["averaged"]>>({
    count,
    validationLoss: number,
    validationAccuracy: number.optional(),
    sha256: z.string().optional(),
  }).optional(),
  noiseScale: noiseScale.optional(),
  constantBatchUpdates: count.optional(),
  seconds: number,
  microBatchesPerSecond: number,
  peakMemoryBytes: number,
});
