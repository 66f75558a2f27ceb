import { z } from "zod";
import type { GroupConflicts, GroupPair } from "../statistics/groups.ts";
import type { NoiseScaleAverages } from "../statistics/noiseOverTime.ts";
import { analysisFindings } from "./analysisFindings.ts";
import { gradientStatistics } from "./gradientStatistics.ts";
import { type OptimizerNoise, optimizerNoiseKinds } from "./optimizerNoise.ts";
import { count, isSquare, matrix, number, numbers, record, text, time } from "./records.ts";
import type { RowsChosen } from "./rowsChosen.ts";
import { epochRecord } from "./runRecords.ts";
import type {
  AnalysisFile,
  CheckpointAnalysis,
  CoordinateSignal,
  FullPass,
  GroupAnalysis,
  LayerAnalysis,
  Measurement,
  SketchBound,
} from "./schema.ts";
import { interval, noiseScale } from "./statisticRecords.ts";

/** The schema of `analysis.json`. */

const sketch = record<SketchBound>({ dimensions: count, seed: number, cosineError: number });
const coordinateSignal = record<CoordinateSignal>({
  mean: number,
  plugIn: number,
  evidenceToStop: number,
  silent: number,
  coordinates: count,
});

const layer = record<LayerAnalysis>({
  name: text,
  traceCovariance: number,
  squaredGradientNorm: number,
  noiseScale,
  parameters: count,
  signalToNoise: coordinateSignal.optional(),
});

const pair = record<GroupPair>({
  first: count,
  second: count,
  stiffness: number,
  cosineOfMeans: number,
  p: number,
  benjaminiHochberg: number,
  holm: number,
  product: interval.optional(),
  opposition: number.optional(),
  conflict: z.boolean(),
});

const conflicts = record<GroupConflicts>({
  groups: numbers,
  sizes: numbers,
  stiffness: matrix,
  signStiffness: matrix,
  cosineOfMeans: matrix,
  within: number,
  between: number,
  pairs: z.array(pair),
});

const groups = record<GroupAnalysis>({
  by: text,
  names: z.array(text),
  rowsPerGroup: count,
  batchSize: number,
  leftOut: z.array(record<{ name: string; examples: number }>({ name: text, examples: number })),
  conflicts,
}).superRefine(({ names, conflicts: found }, context) => {
  const size = names.length;
  const sizes: [string, boolean][] = [
    ["groups", found.groups.length === size],
    ["sizes", found.sizes.length === size],
    ["stiffness", isSquare(found.stiffness, size)],
    ["signStiffness", isSquare(found.signStiffness, size)],
    ["cosineOfMeans", isSquare(found.cosineOfMeans, size)],
    ["pairs", found.pairs.every(({ first, second }) => first < size && second < size)],
  ];
  for (const [field, fits] of sizes)
    if (!fits)
      context.addIssue({ code: "custom", message: `one for each of ${size} names`, path: ["conflicts", field] });
});

const checkpoint = record<CheckpointAnalysis>({
  epoch: count,
  insideEpoch: z.literal(true).optional(),
  step: count,
  file: text.optional(),
  metrics: epochRecord.nullable(),
  statistics: gradientStatistics,
  measurement: record<Measurement>({ way: text, passes: number, sketch: sketch.nullable() }).optional(),
  signalToNoise: coordinateSignal.optional(),
  optimizerNoise: record<OptimizerNoise>({
    optimizer: text,
    kind: z.enum(optimizerNoiseKinds),
    noiseScale: noiseScale.nullable(),
    datasetNoiseScale: noiseScale.nullable(),
    frozen: count,
    unknown: count,
  }).optional(),
  layers: z.array(layer).optional(),
  groups: groups.optional(),
  fullPass: record<FullPass>({
    examples: number,
    squaredGradientNorm: number,
    traceCovariance: number,
    noiseScale: number,
  }).optional(),
});

export const analysisFile = record<AnalysisFile>({
  schemaVersion: count,
  run: text,
  name: text,
  model: text,
  data: text,
  mode: text,
  seed: number,
  createdAt: time,
  command: text.optional(),
  checkpoints: z.array(checkpoint),
  rowsChosen: record<RowsChosen>({
    rows: count,
    stopped: z.enum(["resolved", "time", "data", "most", "memory"]),
  }).optional(),
  averages: record<NoiseScaleAverages>({ ratioOfMeans: number, meanOfRatios: number }).optional(),
  findings: analysisFindings,
});
