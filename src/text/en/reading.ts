import { type NotedPicture, pictureNote } from "../pictureNote.ts";
import { notesEnglish } from "./notes.ts";

/** The sentences of `reading.ts` in English. Numbers come in as text, already rounded; no sentence decides anything. */
export const readingEnglish = {
  noCheckpoint: "This analysis holds no checkpoint, so there is nothing to read; save checkpoints and analyze them.",
  mode: (mode: string) => mode,
  noNoise: ({ rows, epoch }: { rows: number; epoch: number }) =>
    `All ${rows} batches of epoch ${epoch} gave the same gradient (tr Σ = 0), so no batch size is better than another; ` +
    "if that surprises, check that the batches do not hold the same examples.",
  known: ({ value, range }: { value: string; range: string }) => `is ${value} examples (95 % interval ${range})`,
  unknown: (lower: string) => `is not resolved: it is at least ${lower} examples, and nothing bounds it from above`,
  meaning: ({ epoch, value, rows, batchSize, mode }: Meaning) =>
    `The noise scale is the batch size at which the noise in a gradient is as large as the gradient itself; at epoch ` +
    `${epoch} it ${value}, measured on ${rows} batches of ${batchSize} examples in ${mode}.`,
  tooFewToSay: (rows: number) =>
    `These ${rows} rows are too few to say how many examples would resolve it; measure on more.`,
  needed: ({ needed, seen }: { needed: string; seen: string }) =>
    `To bound it from above, measure on about ${needed} examples or more instead of ${seen}`,
  enoughExist: ".",
  tooFewExist: (size: string) =>
    `; the data set has only ${size}, so the noise scale of fresh data may not be resolvable here, and the noise scale ` +
    "of this data set is the quantity to use.",
  precision: ({ needed, range, batchSize, seen }: Precision) =>
    `Knowing it to ± 20 % takes about ${needed} examples (95 % interval ${range}) in batches of ${batchSize}; these are ${seen}.`,
  oneBatch: ({ examples, norm, innerProduct, orthogonality, threshold, enough }: OneBatch) =>
    `Taken as one batch, these ${examples} examples have a norm test of ${norm}, an inner-product test of ${innerProduct} ` +
    `and an orthogonality test of ${orthogonality} (Byrd et al. 2012, Bollapragada et al. 2018; small is a direction to ` +
    `trust); a norm test of ${threshold} takes about ${enough} examples, at this point of training only.`,
  batchSignal: ({ B, value, range }: BatchSignal) =>
    `In one batch of ${B} examples the squared length of the gradient is ${value} times that of its noise ` +
    `(|G|² over tr Σ/B, 95 % interval ${range}).`,
  coordinateSignal: ({ mean, plugIn, examples, coordinates, silent, stop, stops }: CoordinateSignalWords) =>
    `Coordinate by coordinate, the squared mean of the gradient is on average ${mean} times the variance of one example's ` +
    `(GSNR, Liu et al. 2020, without the bias that ${examples} examples leave; as published ${plugIn}; from ${coordinates} ` +
    `coordinates, of which ${silent} never vary and take no part). The evidence-based rule to stop (Mahsereci et al. 2017) ` +
    `gives ${stop}: ${stops ? "above zero, so the mean of these examples is no larger than its noise" : "not above zero, so the mean of these examples is larger than its noise"}.`,
  progress: ({ B, share, gain, resolved }: { B: string; share: string; gain: string; resolved: boolean }) =>
    `an update on B = ${B} examples makes ${resolved ? "about" : "at most"} ${share} of the progress of a noise-free one, ` +
    `and doubling B makes each update worth ${resolved ? "" : "at least "}${gain} times as much (quadratic theory, with ` +
    "the learning rate tuned again)",
  farBelow: (progress: string) =>
    `B is far below the noise scale, so averaging more examples pays nearly linearly: ${progress}.`,
  below: (progress: string) =>
    `B is below the noise scale, so averaging more examples still pays, less than linearly: ${progress}.`,
  unbounded: (B: string) =>
    "B is above the lower limit and nothing bounds the noise scale from above, so these rows cannot say whether a batch " +
    `larger than ${B} pays.`,
  inside: (progress: string) =>
    `B lies inside the interval of the noise scale, where the exchange turns: ${progress}; larger batches save updates ` +
    "but cost more examples.",
  above: (progress: string) => `B is above the noise scale, so larger batches bring diminishing returns: ${progress}.`,
  datasetForm: ({ size, own, fresh }: { size: string; own: string; fresh: string }) =>
    `Taking the ${size} examples of the data set as the whole truth gives ${own} examples, against ${fresh} for fresh ` +
    "data: the first says how well a batch stands for this data set, the second which batch size fits the task; they " +
    "part late in training, when the gradient of the data set is itself noise.",
  oneCheckpoint: "One checkpoint shows no trend; analyze several to see one.",
  tooFewResolved: ({ resolved, all }: { resolved: number; all: number }) =>
    `Only ${resolved} of ${all} checkpoints have a resolved noise scale, too few for a trend.`,
  fromTo: ({ first, firstEpoch, last, lastEpoch }: FromTo) =>
    `from ${first} examples at epoch ${firstEpoch} to ${last} at epoch ${lastEpoch}`,
  parts: ({ signal, noise }: { signal: string; noise: string }) =>
    `|G|² changed by a factor of ${signal} and tr Σ by a factor of ${noise}`,
  rose: ({ from, parts }: Change) =>
    `The noise scale rose ${from} (${parts}); a rise is expected as the loss falls and the gradient shrinks, and is no fault.`,
  fell: ({ from, parts }: Change) =>
    `The noise scale fell ${from} (${parts}); that is not by itself a sign of health: it also falls when the learning ` +
    "rate rises or the batch shrinks, so read it beside the loss.",
  paired: (p: string) => ` Paired over the mini-batches, which all checkpoints share: p = ${p}.`,
  noPairedTrend: ({ from, p }: { from: string; p: string }) =>
    `The noise scale went ${from}; paired over the mini-batches, which all checkpoints share, p = ${p}: no trend can be claimed.`,
  averages: ({ count, ratioOfMeans, resolved, meanOfRatios }: Averages) =>
    `Averaged over the ${count} checkpoints, the ratio of means (mean tr Σ over mean |G|²) is ${ratioOfMeans} examples and the ` +
    `mean of ratios, of the ${resolved} with |G|² above zero, ${meanOfRatios}. They differ because the first weighs each ` +
    "checkpoint by its |G|², which is largest early on, and the second counts all alike, so that one whose |G|² is just " +
    "above zero decides it; for one state of training only the first is nearly free of bias, and neither is the value at the end.",
  noTrend: (from: string) => `The noise scale went ${from}; the intervals overlap, so no trend can be claimed.`,
  plateau: ({ first, last, count, range }: Plateau) =>
    `From epoch ${first} to ${last} the noise scale stays where all ${count} intervals agree (${range} examples) after ` +
    "an earlier rise; such a plateau may be a noise floor, for example of wrong labels, which is worth a look at the " +
    "data if the validation loss has stalled too.",
  againstDataset: (ratio: string) => ` (${ratio} against this data set)`,
  noiseRatio: ({ resolved, ratio, B, finite, plugIn, largerB, largerRatio, tenth, hundredth }: Ratio) => {
    const sign = resolved ? "" : "at least ";
    return (
      `The noise ratio E‖g_B − g‖²/‖g‖² is ${sign}${ratio} at B = ${B}${finite}; the plug-in estimate, biased low, says ` +
      `${plugIn}. At B = ${largerB} the same model would have ${sign}${largerRatio}, so a ratio without its batch size ` +
      `means nothing, and limits such as 0.01 and 0.1 are not absolute: a ratio of 0.1 takes a batch of ${sign}${tenth} ` +
      `examples here, and 0.01 one of ${sign}${hundredth}.`
    );
  },
  untrained: (scale: string) =>
    `The value of the untrained model, ${scale} examples at epoch 0, says nothing about the quality of the data; judge ` +
    "data after some epochs of training.",
  meanCosine: ({ mean, expected, B, scale }: { mean: string; expected: string; B: string; scale: string }) =>
    `The mean cosine of two batches is ${mean}; 1/(1 + noise scale/B) predicts ${expected} at B = ${B} and a noise scale ` +
    `of ${scale}`,
  spread: ({ low, high }: { low: string; high: string }) =>
    `${low} to ${high} with the interval and the spread of chance`,
  dwarfed: ({ numbers, longest }: { numbers: string; longest: string }) =>
    `${numbers} if all gradients were equally long, but the longest is ${longest} times the median: a few batches make ` +
    "nearly all of the noise scale while all count the same in the mean cosine, so the two say nothing of each other.",
  unequal: ({ numbers, spread, longest, allowed }: Unequal) =>
    `${numbers} (${spread}) if all gradients were equally long; here the longest is ${longest} times the median, and long ` +
    "ones make the noise scale while all count the same in the mean cosine. Allowing for that it predicts " +
    `${allowed}: nothing unusual.`,
  agreeMore: ({ numbers, spread }: Numbers) =>
    `${numbers} (${spread}): the batches agree more than independent ones would; check that they share no examples.`,
  agreeLess: ({ numbers, spread }: Numbers) =>
    `${numbers} (${spread}): the batches agree less than independent ones would; check that all are drawn from one mix.`,
  spreadUnknown: (numbers: string) => `${numbers}; the rows are too few to tell whether the two differ.`,
  usual: ({ numbers, spread }: Numbers) =>
    `${numbers} (${spread}): nothing unusual; a low mean cosine is the mark of a small batch, not of an illness.`,
  negative: ({ share, pairs }: { share: string; pairs: string }) =>
    `${share} of the ${pairs} pairs of batches have a negative cosine`,
  chanceUnknown: (negative: string) => `${negative}; the rows are too few to say how many chance would give.`,
  chance: ({ negative, share, B }: { negative: string; share: string; B: string }) =>
    `${negative}, where chance alone gives about ${share} at B = ${B}`,
  beyondChance: ({ chance, limit }: { chance: string; limit: string }) =>
    `${chance}, at most ${limit}: more than noise explains, so some batches do pull apart; look for fixed groups in the data.`,
  withinChance: (chance: string) =>
    `${chance}: negative cosines are normal where B is small against the noise scale, and no conflict in the data.`,
  opposedJudged: ({ more, pairs, p }: { more: boolean; pairs: string; p: string }) =>
    `, ${more ? "" : "no "}more than chance explains among ${pairs} pairs (p ≈ ${p}, normal theory)`,
  opposed: ({ first, second, cosine, judged }: Opposed) =>
    `The most opposed pair is batches ${first} and ${second} with cosine ${cosine}${judged}; batches drawn by shuffling ` +
    "all hold the same mix, so neither can be blamed on bad data: only fixed groups (a class, a source, an annotator, a " +
    "file) can.",
  noPicture: (picture: NotedPicture) =>
    `The picture of the directions is no t-SNE: ${pictureNote(picture, notesEnglish) || "The rows are too few."}`,
  picture: ({ perplexity, kept, neighbors }: { perplexity: string; kept: string; neighbors: number }) =>
    `The t-SNE picture (perplexity ${perplexity}) keeps ${kept} of the ${neighbors} nearest neighbours of each batch; it ` +
    "is a picture only, and compact, scattered or separate clusters in it say neither healthy nor ill.",
};

/** What every language has to say; a sentence that a language lacks is a type error there. */
export type ReadingText = typeof readingEnglish;

interface Meaning {
  epoch: number;
  value: string;
  rows: number;
  batchSize: string;
  mode: string;
}

interface Precision {
  readonly needed: string;
  readonly range: string;
  readonly batchSize: string;
  readonly seen: string;
}

interface Averages {
  readonly count: number;
  readonly ratioOfMeans: string;
  /** Checkpoints. */
  readonly resolved: number;
  readonly meanOfRatios: string;
}

interface BatchSignal {
  readonly B: string;
  readonly value: string;
  readonly range: string;
}

interface CoordinateSignalWords {
  readonly mean: string;
  readonly plugIn: string;
  readonly examples: string;
  readonly coordinates: string;
  readonly silent: string;
  readonly stop: string;
  readonly stops: boolean;
}

interface OneBatch {
  readonly examples: string;
  readonly norm: string;
  readonly innerProduct: string;
  readonly orthogonality: string;
  readonly threshold: string;
  readonly enough: string;
}

interface FromTo {
  first: string;
  firstEpoch: number;
  last: string;
  lastEpoch: number;
}

interface Change {
  from: string;
  parts: string;
}

interface Plateau {
  first: number;
  last: number;
  count: number;
  range: string;
}

interface Ratio {
  resolved: boolean;
  ratio: string;
  B: string;
  finite: string;
  plugIn: string;
  largerB: string;
  largerRatio: string;
  tenth: string;
  hundredth: string;
}

interface Numbers {
  numbers: string;
  spread: string;
}

interface Unequal extends Numbers {
  longest: string;
  allowed: string;
}

interface Opposed {
  first: number;
  second: number;
  cosine: string;
  judged: string;
}
