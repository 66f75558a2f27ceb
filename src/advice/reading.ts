import { normalTail } from "../statistics/normal.ts";
import type { GradientStatistics, NoiseScale } from "../statistics/types.ts";
import type { AnalysisFile, CheckpointAnalysis } from "../store/schema.ts";
import { intervalText, percent, significant, whole } from "./format.ts";

/**
 * What an analysis says, in sentences a practitioner can act on; every claim carries its numbers. Sources: the noise
 * scale and its use are McCandlish et al. 2018 (arXiv:1812.06162) eq. 2.4–2.9 and App. A.1; what a claim would need is
 * checked against the intervals, so that noise is not read as a trend. Unresolved values are said to be unresolved.
 * The last checkpoint is read in detail, because advice is for the training that goes on from there.
 */
export function reading(analysis: AnalysisFile): string[] {
  const last = analysis.checkpoints.at(-1);
  if (!last)
    return ["This analysis holds no checkpoint, so there is nothing to read; save checkpoints and analyze them."];
  if (last.statistics.traceCovariance === 0) return [noNoise(last)];
  return [
    meaning(analysis, last),
    unresolvedNeed(last),
    batchAdvice(last.statistics),
    datasetForm(last.statistics),
    trend(analysis.checkpoints),
    plateau(analysis.checkpoints),
    noiseRatio(last.statistics),
    untrained(analysis.checkpoints),
    meanCosine(last),
    negativePairs(last.statistics),
    opposedPair(last.statistics),
    picture(last.statistics),
  ].filter((sentence) => sentence !== null);
}

function noNoise({ epoch, statistics: { rows } }: CheckpointAnalysis): string {
  return (
    `All ${rows} batches of epoch ${epoch} gave the same gradient (tr Σ = 0), so no batch size is better than another; ` +
    "if that surprises, check that the batches do not hold the same examples."
  );
}

function meaning(analysis: AnalysisFile, { epoch, statistics }: CheckpointAnalysis): string {
  const { noiseScale, rows, batchSize } = statistics;
  const value = noiseScale.resolved
    ? `is ${significant(noiseScale.value)} examples (95 % interval ${range(noiseScale)})`
    : `is not resolved: it is at least ${significant(noiseScale.lower)} examples, and nothing bounds it from above`;
  return (
    `The noise scale is the batch size at which the noise in a gradient is as large as the gradient itself; at epoch ` +
    `${epoch} it ${value}, measured on ${rows} batches of ${whole(batchSize)} examples in ${analysis.mode}.`
  );
}

const range = ({ lower, upper }: NoiseScale) => `${significant(lower)}–${significant(upper)}`;

/**
 * The width of the interval of 1/noiseScale shrinks at best as 1/n in the number of examples n, so its lower end
 * leaves zero after about n · (value/lower − 1) examples; without a value, noise alone needs
 * n = 1.96 · scale · √(2/d_eff) (SD of |G|² over trΣ). Both say "at least": the true scale may be larger.
 */
function unresolvedNeed({ statistics }: CheckpointAnalysis): string | null {
  const { noiseScale, rows, batchSize, datasetSize, effectiveDimension } = statistics;
  if (noiseScale.resolved) return null;
  const seen = rows * batchSize;
  const scale = noiseScale.value > 0 && Number.isFinite(noiseScale.value) ? noiseScale.value : noiseScale.lower;
  const byNoise = 1.96 * scale * Math.sqrt(2 / effectiveDimension);
  const needed = Math.max(2 * seen, seen * (scale / noiseScale.lower - 1), byNoise);
  if (!Number.isFinite(needed))
    return `These ${rows} rows are too few to say how many examples would resolve it; measure on more.`;
  const tooFew = datasetSize !== null && needed > datasetSize;
  return (
    `To bound it from above, measure on about ${significant(needed)} examples or more instead of ${whole(seen)}` +
    (tooFew
      ? `; the data set has only ${whole(datasetSize)}, so the noise scale of fresh data may not be resolvable here, ` +
        "and the noise scale of this data set is the quantity to use."
      : ".")
  );
}

/** One step gains ΔL_max / (1 + noiseScale/B) (eq. 2.7), so doubling B gains (1 + s/B) / (1 + s/2B) per step. */
function batchAdvice({ noiseScale, batchSize: B }: GradientStatistics): string {
  const gain = (scale: number) => (1 + scale / B) / (1 + scale / (2 * B));
  const share = (scale: number) => percent(1 / (1 + scale / B));
  const scale = noiseScale.resolved ? noiseScale.value : noiseScale.lower;
  const atLeast = noiseScale.resolved ? "" : "at least ";
  const atMost = noiseScale.resolved ? "about" : "at most";
  const progress =
    `an update on B = ${whole(B)} examples makes ${atMost} ${share(scale)} of the progress of a noise-free one, and ` +
    `doubling B makes each update worth ${atLeast}${gain(scale).toFixed(2)} times as much`;
  const hedge = "(quadratic theory, with the learning rate tuned again)";
  if (B < noiseScale.lower / 4)
    return `B is far below the noise scale, so averaging more examples pays nearly linearly: ${progress} ${hedge}.`;
  if (B < noiseScale.lower)
    return `B is below the noise scale, so averaging more examples still pays, less than linearly: ${progress} ${hedge}.`;
  if (B <= noiseScale.upper && !noiseScale.resolved)
    return `B is above the lower limit and nothing bounds the noise scale from above, so these rows cannot say whether a batch larger than ${whole(B)} pays.`;
  if (B <= noiseScale.upper)
    return (
      `B lies inside the interval of the noise scale, where the exchange turns: ${progress} ${hedge}; larger batches ` +
      "save updates but cost more examples."
    );
  return `B is above the noise scale, so larger batches bring diminishing returns: ${progress} ${hedge}.`;
}

function datasetForm({ datasetNoiseScale: scale, noiseScale, datasetSize }: GradientStatistics): string | null {
  if (scale === null || datasetSize === null) return null;
  return (
    `Taking the ${whole(datasetSize)} examples of the data set as the whole truth gives ${intervalText(scale)} examples, ` +
    `against ${intervalText(noiseScale)} for fresh data: the first says how well a batch stands for this data set, the ` +
    "second which batch size fits the task; they part late in training, when the gradient of the data set is itself noise."
  );
}

function trend(checkpoints: readonly CheckpointAnalysis[]): string | null {
  const resolved = checkpoints.filter(({ statistics }) => statistics.noiseScale.resolved);
  const [first, last] = [resolved[0], resolved.at(-1)];
  if (checkpoints.length < 2) return "One checkpoint shows no trend; analyze several to see one.";
  if (!first || !last || first === last)
    return `Only ${resolved.length} of ${checkpoints.length} checkpoints have a resolved noise scale, too few for a trend.`;
  const [a, b] = [first.statistics, last.statistics];
  const from = `from ${intervalText(a.noiseScale)} examples at epoch ${first.epoch} to ${intervalText(b.noiseScale)} at epoch ${last.epoch}`;
  const parts =
    `|G|² changed ${factor(b.squaredGradientNorm / a.squaredGradientNorm)} and tr Σ ` +
    `${factor(b.traceCovariance / a.traceCovariance)}`;
  if (b.noiseScale.lower > a.noiseScale.upper)
    return `The noise scale rose ${from} (${parts}); a rise is expected as the loss falls and the gradient shrinks, and is no fault.`;
  if (b.noiseScale.upper < a.noiseScale.lower)
    return (
      `The noise scale fell ${from} (${parts}); that is not by itself a sign of health: it also falls when the learning ` +
      "rate rises or the batch shrinks, so read it beside the loss."
    );
  return `The noise scale went ${from}; the intervals overlap, so no trend can be claimed.`;
}

const factor = (ratio: number) => `by a factor of ${significant(ratio)}`;

/** Three or more last resolved checkpoints that agree, after a rise that did not. */
function plateau(checkpoints: readonly CheckpointAnalysis[]): string | null {
  const resolved = checkpoints.filter(({ statistics }) => statistics.noiseScale.resolved);
  let start = resolved.length;
  let [lower, upper] = [0, Number.POSITIVE_INFINITY];
  while (start > 0) {
    const scale = resolved[start - 1]!.statistics.noiseScale;
    if (Math.max(lower, scale.lower) > Math.min(upper, scale.upper)) break;
    [lower, upper] = [Math.max(lower, scale.lower), Math.min(upper, scale.upper)];
    start--;
  }
  const [before, flat] = [resolved[start - 1], resolved.slice(start)];
  if (!before || flat.length < 3 || before.statistics.noiseScale.value >= lower) return null;
  return (
    `From epoch ${flat[0]!.epoch} to ${flat.at(-1)!.epoch} the noise scale stays where all ${flat.length} intervals agree ` +
    `(${significant(lower)}–${significant(upper)} examples) after an earlier rise; such a plateau may be a noise floor, ` +
    "for example of wrong labels, which is worth a look at the data if the validation loss has stalled too."
  );
}

function noiseRatio({ noiseRatio: ratio, noiseScale }: GradientStatistics): string {
  const B = ratio.batchSize;
  const scale = noiseScale.resolved ? noiseScale.value : noiseScale.lower;
  const sign = noiseScale.resolved ? "" : "at least ";
  const finite = Number.isNaN(ratio.finitePopulation)
    ? ""
    : ` (${significant(ratio.finitePopulation)} against this data set)`;
  return (
    `The noise ratio E‖g_B − g‖²/‖g‖² is ${sign}${significant(scale / B)} at B = ${whole(B)}${finite}; the plug-in ` +
    `estimate, biased low, says ${significant(ratio.plugIn)}. At B = ${whole(10 * B)} the same model would have ` +
    `${sign}${significant(scale / B / 10)}, so a ratio without its batch size means nothing, and limits such as 0.01 and ` +
    `0.1 are not absolute: a ratio of 0.1 takes a batch of ${sign}${significant(scale / 0.1)} examples here, and 0.01 one ` +
    `of ${sign}${significant(scale / 0.01)}.`
  );
}

function untrained(checkpoints: readonly CheckpointAnalysis[]): string | null {
  const start = checkpoints.find(({ epoch }) => epoch === 0);
  if (!start) return null;
  return (
    `The value of the untrained model, ${intervalText(start.statistics.noiseScale)} examples at epoch 0, says nothing ` +
    "about the quality of the data; judge data after some epochs of training."
  );
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
function meanCosine({ statistics }: CheckpointAnalysis): string | null {
  const { meanCosine: mean, expectedCosine, noiseScale, batchSize } = statistics;
  if (Number.isNaN(mean)) return null;
  const { low, high } = expectedRange(statistics);
  const numbers =
    `The mean cosine of two batches is ${significant(mean)}; 1/(1 + noise scale/B) predicts ${significant(expectedCosine)} ` +
    `at B = ${whole(batchSize)} and a noise scale of ${intervalText(noiseScale)}`;
  const spread = `${significant(low)} to ${significant(high)} with the interval and the spread of chance`;
  const inequality = inequalityOfLengths(statistics.norms);
  const longest = significant(Math.max(...statistics.norms) / median(statistics.norms));
  if (inequality > COMPARABLE_LENGTHS)
    return (
      `${numbers} if all gradients were equally long, but the longest is ${longest} times the median: a few batches make ` +
      "nearly all of the noise scale while all count the same in the mean cosine, so the two say nothing of each other."
    );
  if (mean > high && mean <= high * inequality)
    return (
      `${numbers} (${spread}) if all gradients were equally long; here the longest is ${longest} times the median, and long ` +
      `ones make the noise scale while all count the same in the mean cosine. Allowing for that it predicts ` +
      `${significant(expectedCosine * inequality)}: nothing unusual.`
    );
  if (mean > high)
    return `${numbers} (${spread}): the batches agree more than independent ones would; check that they share no examples.`;
  if (mean < low)
    return `${numbers} (${spread}): the batches agree less than independent ones would; check that all are drawn from one mix.`;
  if (Number.isNaN(low)) return `${numbers}; the rows are too few to tell whether the two differ.`;
  return `${numbers} (${spread}): nothing unusual; a low mean cosine is the mark of a small batch, not of an illness.`;
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
function negativePairs(statistics: GradientStatistics): string | null {
  const { cosine, expectedCosine, nullCosineDeviation: deviation, batchSize } = statistics;
  const pairs = cosine.flatMap((row, i) => row.slice(i + 1)).filter((value) => !Number.isNaN(value));
  if (pairs.length === 0) return null;
  const negative = pairs.filter((value) => value < 0).length / pairs.length;
  const share = `${percent(negative)} of the ${whole(pairs.length)} pairs of batches have a negative cosine`;
  if (Number.isNaN(deviation)) return `${share}; the rows are too few to say how many chance would give.`;
  const highest = normalTail(expectedRange(statistics).low / deviation);
  const limit = highest + 3 * Math.sqrt((highest * (1 - highest)) / pairs.length);
  const chance = `${share}, where chance alone gives about ${percent(normalTail(expectedCosine / deviation))} at B = ${whole(batchSize)}`;
  if (negative > limit)
    return `${chance}, at most ${percent(limit)}: more than noise explains, so some batches do pull apart; look for fixed groups in the data.`;
  return `${chance}: negative cosines are normal where B is small against the noise scale, and no conflict in the data.`;
}

/** The probability that some pair is so opposed by chance, by Bonferroni over all pairs, cosines taken as normal. */
function opposedPair(statistics: GradientStatistics): string | null {
  const { cosine, mostOpposedPair, expectedCosine, nullCosineDeviation, rows, drawn } = statistics;
  const [i, j] = mostOpposedPair;
  const value = cosine[i]?.[j];
  if (value === undefined || Number.isNaN(value)) return null;
  const pairs = (rows * (rows - 1)) / 2;
  const chance = Math.min(1, pairs * normalTail((expectedCosine - value) / nullCosineDeviation));
  const verdict = chance < 0.01 ? "more than chance explains" : "no more than chance explains";
  const judged = Number.isNaN(chance)
    ? ""
    : `, ${verdict} among ${whole(pairs)} pairs (p ≈ ${significant(chance)}, normal theory)`;
  return (
    `The most opposed pair is batches ${drawn?.[i] ?? i} and ${drawn?.[j] ?? j} with cosine ${significant(value)}${judged}; batches drawn by shuffling ` +
    "all hold the same mix, so neither can be blamed on bad data: only fixed groups (a class, a source, an annotator, a " +
    "file) can."
  );
}

function picture({ embedding }: GradientStatistics): string {
  if (Number.isNaN(embedding.perplexity))
    return `The picture of the directions is no t-SNE: ${embedding.note ?? "The rows are too few."}`;
  return (
    `The t-SNE picture (perplexity ${Number(embedding.perplexity.toPrecision(3))}) keeps ` +
    `${percent(embedding.neighborsKept)} of the ${embedding.neighbors} nearest neighbours of each batch; it is a picture ` +
    "only, and compact, scattered or separate clusters in it say neither healthy nor ill."
  );
}
