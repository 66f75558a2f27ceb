import { z } from "zod";
import type { Statement } from "../statistics/statistic.ts";
import { type StatisticFinding, statistics } from "../statistics/table.ts";
import { shapeSchemas } from "./gradientStatistics.ts";
import { count, number, type Schema, text } from "./records.ts";
import { interval, noiseScale, pictureNoteRecord } from "./statisticRecords.ts";

/**
 * What an analysis says, as data: the kind of each finding and its evidence, from which `text/` makes a sentence. Noise
 * scales, batch sizes and examples are in examples; shares are 0–1; what has no other unit named is a pure number.
 */

/**
 * How sure a finding is. "clear": the interval or the test carries it; "limit": it holds at least so far, for only a
 * lower limit of the noise scale is known; "chance": noise explains what is seen; "unknown": the rows are too few to
 * say.
 */
export const strength = z.enum(["clear", "limit", "chance", "unknown"]);

/** What to try next. */
const attempt = z.union([
  /** More examples, and how many where that is known. */
  z.object({ kind: z.literal("measureMore"), examples: number.optional() }),
  z.object({
    kind: z.enum([
      "saveCheckpoints",
      "analyzeSeveral",
      "useDatasetNoiseScale",
      "enlargeBatch",
      "readWithLoss",
      "judgeAfterTraining",
      /** Whether batches hold the same examples: of gradients of others alone, as ours are drawn without repetition. */
      "checkSharedExamples",
      /** Whether all batches are drawn from one mix. */
      "checkMix",
      /** `analyze --by`. */
      "formGroups",
      /** `inspect-data`. */
      "checkLabels",
    ]),
  }),
]);

const judged = {
  strength: strength.optional(),
  /** Who gives the quantity or the rule. */
  source: text.optional(),
  tries: z.array(attempt).optional(),
};

function finding<const Kind extends string, Evidence extends z.ZodRawShape>(kind: Kind, evidence: Evidence) {
  return z.object({ kind: z.literal(kind), ...evidence, ...judged });
}

const batch = { batchSize: number, noiseScale };

/** Of one update: its share of the progress of a noise-free one, and what each update gains when B is doubled. */
const progress = { ...batch, progressShare: number, gainOfDoubling: number };

/** A threshold of a test and who uses it. */
const threshold = z.object({ value: number, source: text });

/** `step` only inside an epoch. */
const place = { epoch: count, step: count.optional() };
const moment = z.object({ ...place, noiseScale });
/** Of one checkpoint, or of a file of gradients, which knows of no epoch. */
const subject = { epoch: count.optional(), step: count.optional(), file: text.optional() };

/**
 * Between the first and the last checkpoint with a resolved noise scale; p of the pairing over mini-batches that all
 * share.
 */
const change = {
  first: moment,
  last: moment,
  signalFactor: number,
  noiseFactor: number,
  pairedP: number.optional(),
};

/**
 * The mean cosine beside what the noise scale predicts, with its range where the interval and chance are counted in.
 */
const cosines = { ...batch, meanCosine: number, expectedCosine: number, low: number, high: number };
const lengths = { longestToMedian: number };

const named = { name: text, noiseScale };

const readingFinding = z.discriminatedUnion("kind", [
  finding("noCheckpoint", {}),
  finding("noNoise", { ...place, rows: count }),
  finding("noiseScale", { ...subject, rows: count, ...batch, mode: text }),
  /** Of the optimizer's own update, beside that of a step along the gradient. */
  finding("optimizerNoise", {
    ...place,
    optimizer: text,
    way: z.enum(["scaled", "sign"]),
    own: noiseScale,
    noiseScale,
    unknown: count,
    frozen: count,
  }),
  /** Why there is none. */
  finding("optimizerNoiseUnknown", { ...place, optimizer: text, way: z.enum(["norms", "noState", "notBegun"]) }),
  /** Noise of rows that is so small beside their gradient that rounding has a part in it. */
  finding("rounding", { noiseToGradient: number, limit: number }),
  /** Kinds of examples below this share may be missing from these. */
  finding("unseenKinds", { examples: number, share: number }),
  finding("fewRows", { rows: count }),
  /** What bounds the noise scale from above, and what was seen; `datasetSize` where there are not so many. */
  finding("examplesToBound", { examples: number, seen: number, datasetSize: number.nullable() }),
  finding("examplesToResolve", { tolerance: number, examples: interval, batchSize: number, seen: number }),
  finding("coordinateSignal", {
    mean: number,
    plugIn: number,
    evidenceToStop: number,
    silent: number,
    coordinates: count,
    examples: number,
  }),
  finding("oneBatch", {
    examples: number,
    norm: number,
    innerProduct: number,
    orthogonality: number,
    threshold,
    examplesToThreshold: number,
  }),
  finding("batchFarBelow", progress),
  finding("batchBelow", progress),
  finding("batchInside", progress),
  finding("batchUnbounded", progress),
  finding("batchAbove", progress),
  /** The training data are learned: no gradient is left whose noise could guide a batch. */
  finding("batchLearned", { ...batch, trainLoss: number, trainAccuracy: number.optional() }),
  finding("datasetNoiseScale", { datasetSize: number, datasetNoiseScale: noiseScale, noiseScale }),
  finding("oneCheckpoint", {}),
  finding("fewResolved", { resolved: count, checkpoints: count }),
  finding("noiseRose", change),
  finding("noiseFell", change),
  finding("noTrend", change),
  finding("averages", { checkpoints: count, ratioOfMeans: number, meanOfRatios: number, ofRatios: count }),
  finding("plateau", {
    firstEpoch: count,
    lastEpoch: count,
    firstStep: count.optional(),
    lastStep: count.optional(),
    checkpoints: count,
    lower: number,
    upper: number,
  }),
  finding("noiseRatio", {
    ...batch,
    ratio: number,
    finitePopulation: number,
    plugIn: number,
    ratioAtTenfoldBatch: number,
    batchSizeForTenth: number,
    batchSizeForHundredth: number,
  }),
  finding("untrained", { noiseScale }),
  finding("cosineDwarfed", { ...cosines, ...lengths }),
  finding("cosineUnequal", { ...cosines, ...lengths, allowedCosine: number }),
  finding("cosineHigh", cosines),
  finding("cosineLow", cosines),
  finding("cosineUnknown", cosines),
  finding("cosineUsual", cosines),
  finding("negativeUnknown", { share: number, pairs: count }),
  finding("negativeBeyondChance", { share: number, pairs: count, batchSize: number, expected: number, limit: number }),
  finding("negativeByChance", { share: number, pairs: count, batchSize: number, expected: number, limit: number }),
  /** Of `batches` these oppose the rest as a block, some of them named. */
  finding("opposedRows", { rows: z.array(count), found: count, batches: count, cosine: number, p: number }),
  finding("opposedPair", { first: count, second: count, cosine: number, pairs: count, p: number }),
  /** `note`: in English, where the analysis is of an earlier version. */
  finding("noPicture", { notes: z.array(pictureNoteRecord).optional(), note: text.optional() }),
  finding("picture", { perplexity: number, neighborsKept: number, neighbors: number }),
]);

const groupPair = z.object({
  first: text,
  second: text,
  meanCosine: number,
  cosineOfMeans: number,
  benjaminiHochberg: number,
  holm: number,
  /** Absent where an analysis of version 0.1.0 is read. */
  opposition: number.optional(),
});

/** Of the parts that were asked for. */
const partFinding = z.discriminatedUnion("kind", [
  /** `level`: the probability that a cosine is off by `cosineError` at most. */
  finding("sketch", { dimensions: count, seed: number, cosineError: number, level: number }),
  finding("fullPass", {
    ...place,
    examples: number,
    traceCovariance: number,
    squaredGradientNorm: number,
    noiseScale: number,
    estimate: z.object({ rows: count, noiseScale, holds: z.boolean() }).nullable(),
  }),
  finding("fewLayers", { noisiest: text, share: number }),
  finding("layers", { noisiest: text, share: number, low: z.object(named), high: z.object(named) }),
  finding("groupCosines", {
    by: text,
    rowsPerGroup: count,
    batchSize: number,
    groups: count,
    within: number,
    between: number,
  }),
  /** No pair is opposed beyond chance by this cosine or more; earlier versions had no such limit. */
  finding("noConflict", { pairs: count, limit: number.optional() }),
  /** The worst are named; `usual` is the cosine between groups near a minimum. */
  finding("conflicts", { found: count, pairs: count, worst: z.array(groupPair), usual: number }),
  /**
   * Classes, which oppose each other by construction: `usual` is the cosine between them that a softmax begins with.
   * "clear" where the worst pair is far beyond it.
   */
  finding("opposedClasses", { found: count, pairs: count, worst: z.array(groupPair), usual: number, classes: count }),
  finding("leftOut", { found: count, groups: z.array(z.object({ name: text, examples: number })) }),
]);

/** Those that state one statistic, as its row says. */
const statements = Object.values(statistics)
  .flatMap((statistic): Statement[] => ("statement" in statistic ? [statistic.statement] : []))
  .map(({ kind, evidence }) => finding(kind, evidenceOf(evidence)));

function evidenceOf(names: Statement["evidence"]): z.ZodRawShape {
  return Object.fromEntries(Object.entries(names).map(([name, shape]) => [name, shapeSchemas[shape]]));
}

type Judged = z.infer<z.ZodObject<typeof judged>>;

export type ReadingFinding = z.infer<typeof readingFinding> | (StatisticFinding & Judged);
export type PartFinding = z.infer<typeof partFinding>;
export type AnalysisFinding = ReadingFinding | PartFinding;
export type Strength = z.infer<typeof strength>;

const analysisFinding = z.discriminatedUnion("kind", [
  ...readingFinding.options,
  ...statements,
  ...partFinding.options,
]);
const kinds = new Set<unknown>(analysisFinding.options.map((option) => option.shape.kind.value));

/**
 * Findings of a later version may be of kinds that have no words here: then they are worked out again, as where there
 * are none.
 */
export const analysisFindings = z.preprocess(
  (found) => (Array.isArray(found) && found.some(isLater) ? undefined : found),
  z.array(analysisFinding).optional(),
) as unknown as z.ZodOptional<Schema<readonly AnalysisFinding[]>>;

function isLater(found: unknown): boolean {
  const kind = typeof found === "object" && found !== null && "kind" in found ? found.kind : undefined;
  return typeof kind === "string" && !kinds.has(kind);
}
