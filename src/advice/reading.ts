import { normalTail } from "../statistics/normal.ts";
import type { GradientStatistics } from "../statistics/types.ts";
import type { AnalysisFile, CheckpointAnalysis } from "../store/schema.ts";
import { type ReadingText, readingEnglish } from "../text/en/reading.ts";
import { expectedCosineOf, intervalText, percent, significant, whole } from "../text/format.ts";
import { averages, plateau, range, trend } from "./overCheckpoints.ts";

/**
 * What an analysis says, in sentences a practitioner can act on; every claim carries its numbers. Sources: the noise
 * scale and its use are McCandlish et al. 2018 (arXiv:1812.06162) eq. 2.4–2.9 and App. A.1; what a claim would need is
 * checked against the intervals, so that noise is not read as a trend. Unresolved values are said to be unresolved.
 * The last checkpoint is read in detail, because advice is for the training that goes on from there.
 * `text` holds the words of a language, `textIn(language).reading`.
 */
export function reading(analysis: AnalysisFile, text: ReadingText = readingEnglish): string[] {
  const last = analysis.checkpoints.at(-1);
  if (!last) return [text.noCheckpoint];
  const { statistics, epoch } = last;
  if (statistics.traceCovariance === 0) return [text.noNoise({ rows: statistics.rows, epoch })];
  return [
    meaning(analysis, last, text),
    unresolvedNeed(statistics, text),
    precision(statistics, text),
    batchSignal(statistics, text),
    coordinateSignal(last, text),
    oneBatch(statistics, text),
    batchAdvice(statistics, text),
    datasetForm(statistics, text),
    trend(analysis.checkpoints, text),
    averages(analysis.checkpoints, text),
    plateau(analysis.checkpoints, text),
    noiseRatio(statistics, text),
    untrained(analysis.checkpoints, text),
    meanCosine(statistics, text),
    negativePairs(statistics, text),
    opposedPair(statistics, text),
    picture(statistics, text),
  ].filter((sentence) => sentence !== null);
}

function meaning({ mode }: AnalysisFile, { epoch, statistics }: CheckpointAnalysis, text: ReadingText): string {
  const { noiseScale, rows, batchSize } = statistics;
  const { lower, upper } = noiseScale;
  const value = noiseScale.resolved
    ? text.known({ value: significant(noiseScale.value), range: range(lower, upper) })
    : text.unknown(significant(lower));
  return text.meaning({ epoch, value, rows, batchSize: whole(batchSize), mode: text.mode(mode) });
}

/**
 * The width of the interval of 1/noiseScale shrinks at best as 1/n in the number of examples n, so its lower end
 * leaves zero after about n · (value/lower − 1) examples; without a value, noise alone needs
 * n = 1.96 · scale · √(2/d_eff) (SD of |G|² over trΣ). Both say "at least": the true scale may be larger.
 */
function unresolvedNeed(statistics: GradientStatistics, text: ReadingText): string | null {
  const { noiseScale, rows, batchSize, datasetSize, effectiveDimension } = statistics;
  if (noiseScale.resolved) return null;
  const seen = rows * batchSize;
  const scale = noiseScale.value > 0 && Number.isFinite(noiseScale.value) ? noiseScale.value : noiseScale.lower;
  const byNoise = 1.96 * scale * Math.sqrt(2 / effectiveDimension);
  const needed = Math.max(2 * seen, seen * (scale / noiseScale.lower - 1), byNoise);
  if (!Number.isFinite(needed)) return text.tooFewToSay(rows);
  const tooFew = datasetSize !== null && needed > datasetSize;
  return (
    text.needed({ needed: significant(needed), seen: whole(seen) }) +
    (tooFew ? text.tooFewExist(whole(datasetSize)) : text.enoughExist)
  );
}

function precision({ noiseScale, examplesToResolve, rows, batchSize }: GradientStatistics, text: ReadingText) {
  if (!noiseScale.resolved || !examplesToResolve || !(examplesToResolve.value > 0)) return null;
  const { value, lower, upper } = examplesToResolve;
  return text.precision({
    needed: significant(value),
    range: range(lower, upper),
    batchSize: whole(batchSize),
    seen: whole(rows * batchSize),
  });
}

function batchSignal({ batchSignalToNoise: signal, batchSize }: GradientStatistics, text: ReadingText): string | null {
  if (!signal || !Number.isFinite(signal.lower)) return null;
  const { value, lower, upper } = signal;
  return text.batchSignal({ B: whole(batchSize), value: significant(value), range: range(lower, upper) });
}

function coordinateSignal({ signalToNoise, statistics }: CheckpointAnalysis, text: ReadingText): string | null {
  if (!signalToNoise || Number.isNaN(signalToNoise.mean)) return null;
  const { mean, plugIn, coordinates, silent, evidenceToStop } = signalToNoise;
  return text.coordinateSignal({
    mean: significant(mean),
    plugIn: significant(plugIn),
    examples: whole(statistics.rows * statistics.batchSize),
    coordinates: whole(coordinates),
    silent: percent(silent),
    stop: significant(evidenceToStop),
    stops: evidenceToStop > 0,
  });
}

/** A usual threshold of the norm test; Byrd et al. 2012 use values from 0.1 to 0.9. */
const THRESHOLD = 0.5;

function oneBatch({ noiseScale, batchTests }: GradientStatistics, text: ReadingText): string | null {
  if (!noiseScale.resolved || !batchTests || !(batchTests.norm > 0)) return null;
  const { examples, norm, innerProduct, orthogonality } = batchTests;
  return text.oneBatch({
    examples: whole(examples),
    norm: significant(norm),
    innerProduct: significant(innerProduct),
    orthogonality: significant(orthogonality),
    threshold: String(THRESHOLD),
    enough: significant(examples * (norm / THRESHOLD) ** 2),
  });
}

/** One step gains ΔL_max / (1 + noiseScale/B) (eq. 2.7), so doubling B gains (1 + s/B) / (1 + s/2B) per step. */
function batchAdvice({ noiseScale, batchSize: B }: GradientStatistics, text: ReadingText): string {
  const { resolved, lower, upper } = noiseScale;
  const scale = resolved ? noiseScale.value : lower;
  const gain = ((1 + scale / B) / (1 + scale / (2 * B))).toFixed(2);
  const progress = text.progress({ B: whole(B), share: percent(1 / (1 + scale / B)), gain, resolved });
  if (B < lower / 4) return text.farBelow(progress);
  if (B < lower) return text.below(progress);
  if (B <= upper) return resolved ? text.inside(progress) : text.unbounded(whole(B));
  return text.above(progress);
}

function datasetForm(statistics: GradientStatistics, text: ReadingText): string | null {
  const { datasetNoiseScale: scale, noiseScale, datasetSize } = statistics;
  if (scale === null || datasetSize === null) return null;
  return text.datasetForm({ size: whole(datasetSize), own: intervalText(scale), fresh: intervalText(noiseScale) });
}

function noiseRatio({ noiseRatio: ratio, noiseScale }: GradientStatistics, text: ReadingText): string {
  const B = ratio.batchSize;
  const { resolved } = noiseScale;
  const scale = resolved ? noiseScale.value : noiseScale.lower;
  return text.noiseRatio({
    resolved,
    ratio: significant(scale / B),
    B: whole(B),
    finite: Number.isNaN(ratio.finitePopulation) ? "" : text.againstDataset(significant(ratio.finitePopulation)),
    plugIn: significant(ratio.plugIn),
    largerB: whole(10 * B),
    largerRatio: significant(scale / B / 10),
    tenth: significant(scale / 0.1),
    hundredth: significant(scale / 0.01),
  });
}

function untrained(checkpoints: readonly CheckpointAnalysis[], text: ReadingText): string | null {
  const start = checkpoints.find(({ epoch }) => epoch === 0);
  return start ? text.untrained(intervalText(start.statistics.noiseScale)) : null;
}

/** Above this a handful of rows holds most of the squared length, and the prediction rests on them alone. */
const COMPARABLE_LENGTHS = 4;

/**
 * mean ‖g‖² / (mean ‖g‖)², 1 for gradients of one length. Where length and direction are independent, ⟨g_k, g_l⟩ has the mean
 * E[cos]·(E‖g‖)², so that the mean cosine is |G|²/(E‖g‖)²: the expected cosine |G|²/E‖g‖² times this.
 */
function inequalityOfLengths(norms: readonly number[]): number {
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
  return norms.reduce((sum, norm) => sum + norm * norm, 0) / norms.length / (mean * mean);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const last = sorted.length - 1;
  return (sorted[Math.floor(last / 2)]! + sorted[Math.ceil(last / 2)]!) / 2;
}

/**
 * The expected cosine 1/(1 + s/B) over the interval of s, widened by twice the standard error that pairs of pure noise
 * give their mean, is what needs no explanation.
 */
function meanCosine(statistics: GradientStatistics, text: ReadingText): string | null {
  const { meanCosine: mean, expectedCosine, noiseScale, batchSize, norms } = statistics;
  if (Number.isNaN(mean)) return null;
  const { low, high } = expectedRange(statistics);
  const numbers = text.meanCosine({
    mean: significant(mean),
    expected: expectedCosineOf(statistics).text,
    B: whole(batchSize),
    scale: intervalText(noiseScale),
  });
  const spread = text.spread({ low: significant(low), high: significant(high) });
  const inequality = inequalityOfLengths(norms);
  const longest = significant(Math.max(...norms) / median(norms));
  if (inequality > COMPARABLE_LENGTHS) return text.dwarfed({ numbers, longest });
  if (mean > high && mean <= high * inequality)
    return text.unequal({ numbers, spread, longest, allowed: significant(expectedCosine * inequality) });
  if (mean > high) return text.agreeMore({ numbers, spread });
  if (mean < low) return text.agreeLess({ numbers, spread });
  if (Number.isNaN(low)) return text.spreadUnknown(numbers);
  return text.usual({ numbers, spread });
}

function expectedRange({ nullCosineDeviation, noiseScale, batchSize, rows }: GradientStatistics): Range {
  const error = (2 * nullCosineDeviation) / Math.sqrt((rows * (rows - 1)) / 2);
  const at = (scale: number) => 1 / (1 + scale / batchSize);
  return { low: at(noiseScale.upper) - error, high: at(noiseScale.lower) + error };
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Compared with the share that a normal spread about the lowest expected cosine gives, and three standard errors. */
function negativePairs(statistics: GradientStatistics, text: ReadingText): string | null {
  const { cosine, expectedCosine, nullCosineDeviation: deviation, batchSize } = statistics;
  const pairs = cosine.flatMap((row, i) => row.slice(i + 1)).filter((value) => !Number.isNaN(value));
  if (pairs.length === 0) return null;
  const share = pairs.filter((value) => value < 0).length / pairs.length;
  const negative = text.negative({ share: percent(share), pairs: whole(pairs.length) });
  if (Number.isNaN(deviation)) return text.chanceUnknown(negative);
  const highest = normalTail(expectedRange(statistics).low / deviation);
  const limit = highest + 3 * Math.sqrt((highest * (1 - highest)) / pairs.length);
  const expected = percent(normalTail(expectedCosine / deviation));
  const chance = text.chance({ negative, share: expected, B: whole(batchSize) });
  return share > limit ? text.beyondChance({ chance, limit: percent(limit) }) : text.withinChance(chance);
}

/** The probability that some pair is so opposed by chance, by Bonferroni over all pairs, cosines taken as normal. */
function opposedPair(statistics: GradientStatistics, text: ReadingText): string | null {
  const { cosine, mostOpposedPair, expectedCosine, nullCosineDeviation, rows, drawn } = statistics;
  const [i, j] = mostOpposedPair;
  const value = cosine[i]?.[j];
  if (value === undefined || Number.isNaN(value)) return null;
  const pairs = (rows * (rows - 1)) / 2;
  const chance = Math.min(1, pairs * normalTail((expectedCosine - value) / nullCosineDeviation));
  const judged = Number.isNaN(chance)
    ? ""
    : text.opposedJudged({ more: chance < 0.01, pairs: whole(pairs), p: significant(chance) });
  return text.opposed({ first: drawn?.[i] ?? i, second: drawn?.[j] ?? j, cosine: significant(value), judged });
}

function picture({ embedding }: GradientStatistics, text: ReadingText): string {
  const { perplexity, neighborsKept, neighbors } = embedding;
  if (Number.isNaN(perplexity)) return text.noPicture(embedding);
  const rounded = String(Number(perplexity.toPrecision(3)));
  return text.picture({ perplexity: rounded, kept: percent(neighborsKept), neighbors });
}
