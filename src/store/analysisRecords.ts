import { z } from "zod";
import type { GroupConflicts, GroupPair } from "../statistics/groups.ts";
import type { NoiseScaleAverages } from "../statistics/noiseOverTime.ts";
import type { BatchAdequacy, Embedding, GradientStatistics, NoiseRatio } from "../statistics/types.ts";
import { analysisFindings } from "./analysisFindings.ts";
import { count, isSquare, matrix, number, numbers, record, text, time } from "./records.ts";
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
import { interval, noiseScale, pictureNote } from "./statisticRecords.ts";

/** The schema of `analysis.json`. */

const embedding = record<Embedding>({
  method: z.enum(["t-SNE", "PCA", "UMAP"]),
  points: z.array(z.tuple([number, number])),
  perplexity: number,
  seed: number,
  iterations: number,
  divergence: number,
  neighborsKept: number,
  neighbors: number,
  trustworthiness: number.optional(),
  explained: z.tuple([number, number]).optional(),
  notes: z.array(pictureNote).optional(),
  note: text.optional(),
});

const statistics = record<GradientStatistics>({
  rows: count,
  batchSize: number,
  datasetSize: number.nullable(),
  traceCovariance: number,
  squaredGradientNorm: number,
  squaredNormOfMean: number,
  noiseScale,
  datasetNoiseScale: noiseScale.nullable(),
  noiseRatio: record<NoiseRatio>({ batchSize: number, plugIn: number, population: number, finitePopulation: number }),
  batchSignalToNoise: interval.optional(),
  inverseWithoutRow: numbers.optional(),
  examplesToResolve: interval.optional(),
  batchTests: record<BatchAdequacy>({
    examples: number,
    norm: number,
    innerProduct: number,
    orthogonality: number,
  }).optional(),
  drawn: z.array(count).optional(),
  cosine: matrix,
  order: z.array(count).optional(),
  meanCosine: number,
  expectedCosine: number,
  nullCosineDeviation: number,
  effectiveDimension: number,
  opposedRows: record<NonNullable<GradientStatistics["opposedRows"]>>({
    rows: z.array(count),
    cosine: number,
    p: number,
  }).optional(),
  mostOpposedPair: z.tuple([number, number]),
  norms: numbers,
  embedding,
  embeddings: z.array(embedding).optional(),
}).superRefine((value, context) => {
  const { cosine, norms, drawn, order, embedding: main, embeddings = [] } = value;
  const size = cosine.length;
  const sizes: [string, boolean][] = [
    ["cosine", isSquare(cosine)],
    ["norms", norms.length === size],
    ["drawn", drawn === undefined || drawn.length === size],
    ["order", order === undefined || (order.length === size && order.every((row) => row < size))],
    ["embedding", main.points.length === size],
    ["embeddings", embeddings.every(({ points }) => points.length === size)],
  ];
  for (const [field, fits] of sizes)
    if (!fits) context.addIssue({ code: "custom", message: `one for each of ${size} rows`, path: [field] });
});

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
  step: count,
  metrics: epochRecord.nullable(),
  statistics,
  measurement: record<Measurement>({ way: text, passes: number, sketch: sketch.nullable() }).optional(),
  signalToNoise: coordinateSignal.optional(),
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
  averages: record<NoiseScaleAverages>({ ratioOfMeans: number, meanOfRatios: number }).optional(),
  findings: analysisFindings,
});
