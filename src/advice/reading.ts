import { normalTail } from "../statistics/normal.ts";
import type { GradientStatistics } from "../statistics/table.ts";
import type { NoiseScale } from "../statistics/types.ts";
import type { ReadingFinding } from "../store/analysisFindings.ts";
import { placeOf, subjectOf } from "../store/place.ts";
import type { AnalysisFile, CheckpointAnalysis } from "../store/schema.ts";
import { expectedRange } from "./expectedRange.ts";
import { isLearned } from "./learned.ts";
import { rounding, unseenKinds } from "./limits.ts";
import { meanCosine } from "./meanCosine.ts";
import { MATERIAL_COSINE } from "./opposition.ts";
import { averages, plateau, trend } from "./overCheckpoints.ts";
import { statements } from "./statements.ts";
import { examplesToBound } from "./unresolved.ts";

/**
 * What an analysis says that a practitioner can act on; every finding carries its numbers. Sources: the noise
 * scale and its use are McCandlish et al. 2018 (arXiv:1812.06162) eq. 2.4–2.9 and App. A.1; what a claim would need is
 * checked against the intervals, so that noise is not read as a trend. Unresolved values are said to be unresolved.
 * The last checkpoint is read in detail, because advice is for the training that goes on from there.
 */
export function reading(analysis: Pick<AnalysisFile, "mode" | "checkpoints">): ReadingFinding[] {
  const last = analysis.checkpoints.at(-1);
  if (!last) return [{ kind: "noCheckpoint", tries: [{ kind: "saveCheckpoints" }] }];
  const { statistics, file } = last;
  // Gradients alone have no course of a training.
  const checkpoints = file === undefined ? analysis.checkpoints : [];
  if (statistics.traceCovariance === 0)
    return [{ kind: "noNoise", ...placeOf(last), rows: statistics.rows, tries: [{ kind: "checkLabels" }] }];
  return [
    meaning(analysis, last),
    ofUpdate(last),
    rounding(statistics),
    unseenKinds(statistics),
    unresolvedNeed(statistics),
    precision(statistics),
    ...statements(statistics),
    coordinateSignal(last),
    oneBatch(statistics),
    batchAdvice(last),
    datasetForm(statistics),
    file === undefined ? trend(checkpoints) : null,
    averages(checkpoints),
    plateau(checkpoints),
    noiseRatio(statistics),
    untrained(checkpoints),
    meanCosine(statistics, file === undefined),
    ...opposition(statistics),
    picture(statistics),
  ].filter((found) => found !== null);
}

const NOISE_SCALE = "McCandlish et al. 2018";

/** What is said of a noise scale is a limit where only one is known. */
const sureAs = ({ resolved }: NoiseScale) => (resolved ? "clear" : "limit");

/** The noise scale, or the least that it can be. */
const knownScale = ({ resolved, value, lower }: NoiseScale) => (resolved ? value : lower);

function meaning({ mode }: Pick<AnalysisFile, "mode">, checkpoint: CheckpointAnalysis): ReadingFinding {
  const { noiseScale, rows, batchSize } = checkpoint.statistics;
  const strength = sureAs(noiseScale);
  return {
    kind: "noiseScale",
    ...subjectOf(checkpoint),
    noiseScale,
    rows,
    batchSize,
    mode,
    strength,
    source: NOISE_SCALE,
  };
}

/** Of plain steps there is nothing to add. */
function ofUpdate({ optimizerNoise, statistics, ...checkpoint }: CheckpointAnalysis): ReadingFinding | null {
  if (!optimizerNoise || optimizerNoise.kind === "plain") return null;
  const { optimizer, kind, noiseScale: own, unknown, frozen } = optimizerNoise;
  const about = { ...placeOf(checkpoint), optimizer };
  if (kind !== "scaled" && kind !== "sign") return { kind: "optimizerNoiseUnknown", ...about, way: kind };
  if (own === null) return null;
  const numbers = { own, noiseScale: statistics.noiseScale, unknown, frozen };
  return { kind: "optimizerNoise", ...about, way: kind, ...numbers, strength: sureAs(own) };
}

function unresolvedNeed(statistics: GradientStatistics): ReadingFinding | null {
  const { noiseScale, rows, batchSize, datasetSize } = statistics;
  if (noiseScale.resolved) return null;
  const examples = examplesToBound(statistics);
  const seen = rows * batchSize;
  const strength = "unknown";
  if (!Number.isFinite(examples)) return { kind: "fewRows", rows, strength, tries: [{ kind: "measureMore" }] };
  const tooFew = datasetSize !== null && examples > datasetSize;
  const tries = [tooFew ? ({ kind: "useDatasetNoiseScale" } as const) : ({ kind: "measureMore", examples } as const)];
  return { kind: "examplesToBound", examples, seen, datasetSize: tooFew ? datasetSize : null, strength, tries };
}

function precision({
  noiseScale,
  examplesToResolve: examples,
  rows,
  batchSize,
}: GradientStatistics): ReadingFinding | null {
  if (!noiseScale.resolved || !examples || !(examples.value > 0)) return null;
  return { kind: "examplesToResolve", tolerance: 0.2, examples, batchSize, seen: rows * batchSize };
}

function coordinateSignal({ signalToNoise, statistics }: CheckpointAnalysis): ReadingFinding | null {
  if (!signalToNoise || Number.isNaN(signalToNoise.mean)) return null;
  const { mean, plugIn, evidenceToStop, silent, coordinates } = signalToNoise;
  const examples = statistics.rows * statistics.batchSize;
  const source = "Liu et al. 2020; Mahsereci et al. 2017";
  return { kind: "coordinateSignal", mean, plugIn, evidenceToStop, silent, coordinates, examples, source };
}

/** A usual threshold of the norm test; Byrd et al. 2012 use values from 0.1 to 0.9. */
const THRESHOLD = { value: 0.5, source: "Byrd et al. 2012" };

function oneBatch({ noiseScale, batchTests }: GradientStatistics): ReadingFinding | null {
  if (!noiseScale.resolved || !batchTests || !(batchTests.norm > 0)) return null;
  const { examples, norm, innerProduct, orthogonality } = batchTests;
  const examplesToThreshold = examples * (norm / THRESHOLD.value) ** 2;
  const source = "Byrd et al. 2012; Bollapragada et al. 2018";
  const tests = { examples, norm, innerProduct, orthogonality };
  return { kind: "oneBatch", ...tests, threshold: THRESHOLD, examplesToThreshold, source };
}

/** One step gains ΔL_max / (1 + noiseScale/B) (eq. 2.7), so doubling B gains (1 + s/B) / (1 + s/2B) per step. */
function batchAdvice({ statistics, metrics }: CheckpointAnalysis): ReadingFinding {
  const { noiseScale, batchSize: B } = statistics;
  const { resolved, lower, upper } = noiseScale;
  if (metrics && isLearned(metrics)) {
    const { trainLoss, trainAccuracy } = metrics;
    const accuracy = trainAccuracy === undefined ? {} : { trainAccuracy };
    return { kind: "batchLearned", batchSize: B, noiseScale, trainLoss, ...accuracy, strength: sureAs(noiseScale) };
  }
  const scale = knownScale(noiseScale);
  const evidence = {
    batchSize: B,
    noiseScale,
    progressShare: 1 / (1 + scale / B),
    gainOfDoubling: (1 + scale / B) / (1 + scale / (2 * B)),
    strength: sureAs(noiseScale),
    source: `${NOISE_SCALE}, eq. 2.7`,
  } as const;
  if (B < lower / 4) return { kind: "batchFarBelow", ...evidence, tries: [{ kind: "enlargeBatch" }] };
  if (B < lower) return { kind: "batchBelow", ...evidence, tries: [{ kind: "enlargeBatch" }] };
  if (!(B <= upper)) return { kind: "batchAbove", ...evidence };
  if (resolved) return { kind: "batchInside", ...evidence };
  return { kind: "batchUnbounded", ...evidence, strength: "unknown", tries: [{ kind: "measureMore" }] };
}

function datasetForm(statistics: GradientStatistics): ReadingFinding | null {
  const { datasetNoiseScale, noiseScale, datasetSize } = statistics;
  if (datasetNoiseScale === null || datasetSize === null) return null;
  return { kind: "datasetNoiseScale", datasetSize, datasetNoiseScale, noiseScale };
}

function noiseRatio({ noiseRatio: ratio, noiseScale }: GradientStatistics): ReadingFinding {
  const { batchSize, finitePopulation, plugIn } = ratio;
  const scale = knownScale(noiseScale);
  return {
    kind: "noiseRatio",
    batchSize,
    noiseScale,
    ratio: scale / batchSize,
    finitePopulation,
    plugIn,
    ratioAtTenfoldBatch: scale / batchSize / 10,
    batchSizeForTenth: scale / 0.1,
    batchSizeForHundredth: scale / 0.01,
    strength: sureAs(noiseScale),
  };
}

function untrained(checkpoints: readonly CheckpointAnalysis[]): ReadingFinding | null {
  const start = checkpoints.find(({ step }) => step === 0);
  if (!start) return null;
  return { kind: "untrained", noiseScale: start.statistics.noiseScale, tries: [{ kind: "judgeAfterTraining" }] };
}

const LEVEL = 0.05;
/** Batches that are named; of more the file has all. */
const MOST_NAMED = 12;

/**
 * A block of opposed rows carries the noise that pairs are compared with, so that they say nothing where there is one
 * that a cosine shows.
 */
function opposition(statistics: GradientStatistics): readonly (ReadingFinding | null)[] {
  const { opposedRows, rows: batches } = statistics;
  if (!opposedRows || !(opposedRows.p <= LEVEL && opposedRows.cosine <= MATERIAL_COSINE))
    return [negativePairs(statistics), opposedPair(statistics)];
  const { rows, cosine, p } = opposedRows;
  const named = { rows: rows.slice(0, MOST_NAMED), found: rows.length, batches };
  return [{ kind: "opposedRows", ...named, cosine, p, strength: "clear", tries: [{ kind: "formGroups" }] }];
}

/** Compared with the share that a normal spread about the lowest expected cosine gives, and three standard errors. */
function negativePairs(statistics: GradientStatistics): ReadingFinding | null {
  const { cosine, expectedCosine, nullCosineDeviation: deviation, batchSize } = statistics;
  const all = cosine.flatMap((row, i) => row.slice(i + 1)).filter((value) => !Number.isNaN(value));
  const pairs = all.length;
  if (pairs === 0) return null;
  const share = all.filter((value) => value < 0).length / pairs;
  if (Number.isNaN(deviation)) return { kind: "negativeUnknown", share, pairs, strength: "unknown" };
  const highest = normalTail(expectedRange(statistics).low / deviation);
  const limit = highest + 3 * Math.sqrt((highest * (1 - highest)) / pairs);
  const evidence = { share, pairs, batchSize, expected: normalTail(expectedCosine / deviation), limit };
  if (!(share > limit)) return { kind: "negativeByChance", ...evidence, strength: "chance" };
  return { kind: "negativeBeyondChance", ...evidence, strength: "clear", tries: [{ kind: "formGroups" }] };
}

/** A pair is more opposed than chance explains where chance gives one such in a hundred analyses or fewer. */
const RARE = 0.01;

/** The probability that some pair is so opposed by chance, by Bonferroni over all pairs, cosines taken as normal. */
function opposedPair(statistics: GradientStatistics): ReadingFinding | null {
  const { cosine, mostOpposedPair, expectedCosine, nullCosineDeviation, rows, drawn } = statistics;
  const [i, j] = mostOpposedPair;
  const value = cosine[i]?.[j];
  if (value === undefined || Number.isNaN(value)) return null;
  const pairs = (rows * (rows - 1)) / 2;
  const p = Math.min(1, pairs * normalTail((expectedCosine - value) / nullCosineDeviation));
  return {
    kind: "opposedPair",
    first: drawn?.[i] ?? i,
    second: drawn?.[j] ?? j,
    cosine: value,
    pairs,
    p,
    strength: Number.isNaN(p) ? "unknown" : p < RARE ? "clear" : "chance",
    tries: [{ kind: "formGroups" }],
  };
}

function picture({ embedding }: GradientStatistics): ReadingFinding {
  const { perplexity, neighborsKept, neighbors, notes, note } = embedding;
  if (!Number.isNaN(perplexity)) return { kind: "picture", perplexity, neighborsKept, neighbors };
  return { kind: "noPicture", ...(notes && { notes: [...notes] }), ...(note !== undefined && { note }) };
}
