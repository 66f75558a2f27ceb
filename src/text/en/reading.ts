import type { NoiseScale } from "../../statistics/types.ts";
import type { ReadingFinding } from "../../store/analysisFindings.ts";
import { isEvaluationMode } from "../earlierFiles.ts";
import { expectedCosineOf, intervalText, percent, range, significant, threeDigits, whole } from "../format.ts";
import { pictureNote } from "../pictureNote.ts";
import type { Found, Words } from "../words.ts";
import { counted } from "./counted.ts";
import { notesEnglish } from "./notes.ts";
import { at, from } from "./place.ts";

/** The sentences of an analysis in English. They round numbers and decide nothing. */
export const readingEnglish: Words<ReadingFinding> = {
  noCheckpoint: () =>
    "This analysis holds no checkpoint, so there is nothing to read; save checkpoints and analyze them.",
  noNoise: ({ rows, ...place }) =>
    `All ${rows} batches of ${at(place)} gave the same gradient (tr Σ = 0), so no batch size is better than another; ` +
    "`inspect-data` tells whether the examples are all equal.",
  noiseScale: ({ noiseScale, rows, batchSize, mode, ...place }) =>
    `The noise scale is the batch size at which the noise in a gradient is as large as the gradient itself; at ` +
    `${at(place)} it ${scaleWords(noiseScale)}, measured on ${rows} batches of ${counted(batchSize, "example")}${modeWords(mode)}.`,
  optimizerNoise: ({ optimizer, way, own, noiseScale, unknown, frozen, ...place }) =>
    `For the update of ${optimizer} itself, which goes ${way === "sign" ? "along the sign of the gradient" : "by the second moments it has kept"}, the noise scale at ` +
    `${at(place)} is ${intervalText(own)} examples; for a step along the gradient it is ${intervalText(noiseScale)}.` +
    (unknown > 0 ? ` ${counted(unknown, "number")} without a gradient so far take no part.` : "") +
    (frozen > 0 ? ` ${counted(frozen, "frozen number")} take no part.` : ""),
  optimizerNoiseUnknown: ({ optimizer, way }) =>
    `Of the update of ${optimizer} itself no noise scale can be given: ` +
    {
      norms: "how far a layer moves follows from the norm of its own gradient.",
      noState: "the checkpoint keeps nothing of the optimizer.",
      notBegun: "it keeps nothing before its first step.",
    }[way],
  rounding: ({ noiseToGradient, limit }) =>
    `The noise of a batch is ${significant(noiseToGradient)} of the length of its gradient: below ${significant(limit)} ` +
    "rounding is a part of it, of float32 gradients and of inner products in float64, so neither tr Σ nor the noise scale is known well.",
  unseenKinds: ({ examples, share }) =>
    `The interval speaks for what ${whole(examples)} examples show: a kind of examples that fewer than ${percent(share)} are of may ` +
    "be missing from them, and were its gradients much longer, the noise scale would be larger.",
  fewRows: ({ rows }) => `These ${rows} rows are too few to say how many examples would resolve it; measure on more.`,
  examplesToBound: ({ examples, seen, datasetSize }) =>
    `To bound it from above, measure on about ${significant(examples)} examples or more instead of ${whole(seen)}` +
    (datasetSize === null
      ? "."
      : `; the data set has only ${whole(datasetSize)}, so the noise scale of fresh data may not be resolvable here, and the ` +
        "noise scale of this data set is the quantity to use."),
  examplesToResolve: ({ tolerance, examples, batchSize, seen }) =>
    `Knowing it to ± ${whole(100 * tolerance)} % takes about ${significant(examples.value)} examples (95 % interval ` +
    `${range(examples)}) in batches of ${whole(batchSize)}; these are ${whole(seen)}.`,
  batchSignal: ({ batchSize, signalToNoise }) =>
    signalToNoise.value <= 0
      ? `In one batch of ${counted(batchSize, "example")} the gradient is lost in its noise.`
      : `In one batch of ${counted(batchSize, "example")} the squared length of the gradient is ${significant(signalToNoise.value)} ` +
        `times that of its noise (|G|² over tr Σ/B, 95 % interval ${range({ ...signalToNoise, lower: Math.max(0, signalToNoise.lower) })}).`,
  coordinateSignal: ({ mean, plugIn, examples, coordinates, silent, evidenceToStop }) =>
    `Coordinate by coordinate, the squared mean of the gradient is on average ${significant(mean)} times the variance of one ` +
    `example's (GSNR, Liu et al. 2020, without the bias that ${whole(examples)} examples leave; as published ` +
    `${significant(plugIn)}; from ${whole(coordinates)} coordinates, of which ${percent(silent)} never vary and take no part). ` +
    `The evidence-based rule to stop (Mahsereci et al. 2017) gives ${significant(evidenceToStop)}: ` +
    (evidenceToStop > 0
      ? "above zero, so the mean of these examples is no larger than its noise."
      : "not above zero, so the mean of these examples is larger than its noise."),
  oneBatch: ({ examples, norm, innerProduct, orthogonality, threshold, examplesToThreshold }) =>
    `Taken as one batch, these ${whole(examples)} examples have a norm test of ${significant(norm)}, an inner-product test of ` +
    `${significant(innerProduct)} and an orthogonality test of ${significant(orthogonality)} (Byrd et al. 2012, Bollapragada ` +
    `et al. 2018; small is a direction to trust); a norm test of ${threshold.value} takes about ` +
    `${significant(examplesToThreshold)} examples, at this point of training only.`,
  batchFarBelow: (found) =>
    `B is far below the noise scale, so an update gains nearly in proportion to its examples and the same loss costs hardly more of them: ${progress(found)}.`,
  batchBelow: (found) =>
    `B is below the noise scale, so larger batches save updates and cost more examples: ${progress(found)}.`,
  batchInside: (found) =>
    `B lies inside the interval of the noise scale, where the exchange turns: ${progress(found)}; larger batches save updates ` +
    "but cost more examples.",
  batchUnbounded: ({ batchSize }) =>
    "B is above the lower limit and nothing bounds the noise scale from above, so these rows cannot say whether a batch " +
    `larger than ${whole(batchSize)} pays.`,
  batchAbove: (found) => `B is above the noise scale, so larger batches bring diminishing returns: ${progress(found)}.`,
  batchLearned: ({ noiseScale, trainLoss, trainAccuracy }) =>
    `The training data are learned (training loss ${significant(trainLoss)}` +
    `${trainAccuracy === undefined ? "" : `, ${percent(trainAccuracy)} right`}), so the gradient vanishes and the noise scale, ` +
    `${intervalText(noiseScale)} examples, grows whatever the batch: a larger batch would gain nothing here. Choose a batch by an ` +
    "earlier epoch.",
  datasetNoiseScale: ({ datasetSize, datasetNoiseScale, noiseScale }) =>
    `Taking the ${whole(datasetSize)} examples of the data set as the whole truth gives ${intervalText(datasetNoiseScale)} ` +
    `examples, against ${intervalText(noiseScale)} for fresh data: the first says how well a batch stands for this data set, ` +
    "the second which batch size fits the task; they part late in training, when the gradient of the data set is itself noise.",
  oneCheckpoint: () => "One checkpoint shows no trend; analyze several to see one.",
  fewResolved: ({ resolved, checkpoints }) =>
    `Only ${resolved} of ${checkpoints} checkpoints have a resolved noise scale, too few for a trend.`,
  noiseRose: (found) =>
    `The noise scale rose ${fromTo(found)} (${factors(found)}); a rise is expected as the loss falls and the gradient shrinks, ` +
    `and is no fault.${paired(found)}`,
  noiseFell: (found) =>
    `The noise scale fell ${fromTo(found)} (${factors(found)}); that is not by itself a sign of health: it also falls when the ` +
    `learning rate rises or the batch shrinks, so read it beside the loss.${paired(found)}`,
  noTrend: (found) =>
    found.pairedP === undefined
      ? `The noise scale went ${fromTo(found)}; the intervals overlap, so no trend can be claimed.`
      : `The noise scale went ${fromTo(found)}; paired over the mini-batches, which all checkpoints share, ` +
        `p = ${significant(found.pairedP)}: no trend can be claimed.`,
  averages: ({ checkpoints, ratioOfMeans, ofRatios, meanOfRatios }) =>
    `Averaged over the ${checkpoints} checkpoints, the ratio of means (mean tr Σ over mean |G|²) is ` +
    `${significant(ratioOfMeans)} examples and the mean of ratios, of the ${ofRatios} with |G|² above zero, ` +
    `${significant(meanOfRatios)}. They differ because the first weighs each ` +
    "checkpoint by its |G|², which is largest early on, and the second counts all alike, so that one whose |G|² is just " +
    "above zero decides it; for one state of training only the first is nearly free of bias, and neither is the value at the end.",
  plateau: (found) =>
    `From ${from(found)} the noise scale stays where all ${found.checkpoints} intervals agree ` +
    `(${range(found)} examples) after ` +
    "an earlier rise; such a plateau may be a noise floor, for example of wrong labels, which is worth a look at the " +
    "data if the validation loss has stalled too.",
  noiseRatio: (found) => {
    const { noiseScale, batchSize, finitePopulation, plugIn } = found;
    const sign = noiseScale.resolved ? "" : "at least ";
    const finite = Number.isNaN(finitePopulation) ? "" : ` (${significant(finitePopulation)} against this data set)`;
    return (
      `The noise ratio E‖g_B − g‖²/‖g‖² is ${sign}${significant(found.ratio)} at B = ${whole(batchSize)}${finite}; the plug-in ` +
      `estimate, biased low, says ${significant(plugIn)}. At B = ${whole(10 * batchSize)} the same model would have ` +
      `${sign}${significant(found.ratioAtTenfoldBatch)}, so a ratio without its batch size ` +
      `means nothing, and limits such as 0.01 and 0.1 are not absolute: a ratio of 0.1 takes a batch of ` +
      `${sign}${significant(found.batchSizeForTenth)} examples here, and 0.01 one of ` +
      `${sign}${significant(found.batchSizeForHundredth)}.`
    );
  },
  untrained: ({ noiseScale }) =>
    `The value of the untrained model, ${intervalText(noiseScale)} examples before the first update, says nothing about the quality of the ` +
    "data; judge data after some epochs of training.",
  cosineDwarfed: (found) =>
    `${cosines(found)} if all gradients were equally long, but the longest is ${significant(found.longestToMedian)} times the ` +
    "median: a few batches make nearly all of the noise scale while all count the same in the mean cosine, so the two say " +
    "nothing of each other.",
  cosineUnequal: (found) =>
    `${cosines(found)} (${spread(found)}) if all gradients were equally long; here the longest is ` +
    `${significant(found.longestToMedian)} times the median, and long ` +
    "ones make the noise scale while all count the same in the mean cosine. Allowing for that it predicts " +
    `${significant(found.allowedCosine)}: nothing unusual.`,
  cosineHigh: (found) =>
    `${cosines(found)} (${spread(found)}): the batches agree more than the ` +
    "noise scale predicts. " +
    (found.tries?.some(({ kind }) => kind === "checkSharedExamples")
      ? "Check that no two of them hold the same examples; else gradients of unequal length, or a noise scale whose interval is " +
        "too narrow, explain it."
      : "They were drawn without repetition, so that gradients of unequal length, or a noise scale whose interval " +
        "is too narrow, explain it rather than shared examples."),
  cosineLow: (found) =>
    `${cosines(found)} (${spread(found)}): the batches agree less than independent ones would; check that all are drawn from ` +
    "one mix.",
  cosineUnknown: (found) => `${cosines(found)}; the rows are too few to tell whether the two differ.`,
  cosineUsual: (found) =>
    `${cosines(found)} (${spread(found)}): nothing unusual; a low mean cosine is the mark of a small batch, not of an illness.`,
  negativeUnknown: (found) => `${negative(found)}; the rows are too few to say how many chance would give.`,
  negativeBeyondChance: (found) =>
    `${chance(found)}, at most ${percent(found.limit)}: more than noise explains, so some batches do pull apart; look for fixed ` +
    "groups in the data.",
  negativeByChance: (found) =>
    `${chance(found)}: negative cosines are normal where B is small against the noise scale, and no sign of a conflict in the data.`,
  opposedRows: ({ rows, found, batches, cosine, p }) =>
    `${found} of the ${batches} batches oppose the rest beyond chance (${found > rows.length ? "among them " : ""}` +
    `${rows.join(", ")}; mean cosine with the others ${significant(cosine)}, p ≈ ${significant(p)}): a step ` +
    "that helps these costs those. Examples of a rare class can do that. To see which, form fixed groups by class, source, " +
    "annotator or file; of a run, `analyze --by class` does it.",
  opposedPair: (found) =>
    `The most opposed pair is batches ${found.first} and ${found.second} with cosine ${significant(found.cosine)}` +
    `${judged(found)}; batches drawn by shuffling ` +
    "all hold the same mix, so neither can be blamed on bad data: only fixed groups (a class, a source, an annotator, a " +
    "file) can.",
  noPicture: ({ notes, note }) =>
    `The picture of the directions is no t-SNE: ${pictureNote({ notes, note }, notesEnglish) || "The rows are too few."}`,
  picture: ({ perplexity, neighborsKept, neighbors }) =>
    `The t-SNE picture (perplexity ${threeDigits(perplexity)}) keeps ${percent(neighborsKept)} of the ${neighbors} nearest ` +
    "neighbours of each batch; it is a picture only, and compact, scattered or separate clusters in it say neither healthy nor ill.",
};

/** Nothing where nobody knows it. */
function modeWords(mode: string): string {
  if (!isEvaluationMode(mode)) return mode === "" ? "" : ` in ${mode}`;
  return " in evaluation mode (dropout, where there is any, off; batch normalisation, where there is any, by running statistics)";
}

function scaleWords(scale: NoiseScale): string {
  return scale.resolved
    ? `is ${significant(scale.value)} examples (95 % interval ${range(scale)})`
    : `is not resolved: it is at least ${significant(scale.lower)} examples, and nothing bounds it from above`;
}

function progress({ batchSize, noiseScale: { resolved }, progressShare, gainOfDoubling }: Progress): string {
  return (
    `an update on B = ${counted(batchSize, "example")} makes ${resolved ? "about" : "at most"} ${percent(progressShare)} of the ` +
    `progress of a noise-free one, and doubling B makes each update worth ${resolved ? "" : "at least "}` +
    `${gainOfDoubling.toFixed(2)} times as much (quadratic theory, with the learning rate tuned again)`
  );
}

function fromTo({ first, last }: Change): string {
  return (
    `from ${intervalText(first.noiseScale)} examples at ${at(first)} to ${intervalText(last.noiseScale)} ` +
    `at ${at(last)}`
  );
}

function factors({ signalFactor, noiseFactor }: Change): string {
  return `|G|² changed by a factor of ${significant(signalFactor)} and tr Σ by a factor of ${significant(noiseFactor)}`;
}

function paired({ pairedP }: Change): string {
  if (pairedP === undefined) return "";
  return ` Paired over the mini-batches, which all checkpoints share: p = ${significant(pairedP)}.`;
}

function cosines(found: Cosines): string {
  return (
    `The mean cosine of two batches is ${significant(found.meanCosine)}; 1/(1 + noise scale/B) predicts ` +
    `${expectedCosineOf(found).text} at B = ${whole(found.batchSize)} and a noise scale of ${intervalText(found.noiseScale)}`
  );
}

function spread({ low, high }: Cosines): string {
  return `${significant(low)} to ${significant(high)} with the interval and the spread of chance`;
}

function negative({ share, pairs }: Pick<Negative, "share" | "pairs">): string {
  return `${percent(share)} of the ${whole(pairs)} pairs of batches have a negative cosine`;
}

function chance(found: Negative): string {
  return `${negative(found)}, where chance alone gives about ${percent(found.expected)} at B = ${whole(found.batchSize)}`;
}

function judged({ strength, pairs, p }: Found<ReadingFinding, "opposedPair">): string {
  if (strength === "unknown") return "";
  const more = strength === "clear" ? "" : "no ";
  return `, ${more}more than chance explains among ${whole(pairs)} pairs (p ≈ ${significant(p)}, normal theory)`;
}

type Progress = Omit<Found<ReadingFinding, "batchInside">, "kind">;
type Change = Omit<Found<ReadingFinding, "noTrend">, "kind">;
type Cosines = Omit<Found<ReadingFinding, "cosineUsual">, "kind">;
type Negative = Omit<Found<ReadingFinding, "negativeByChance">, "kind">;
