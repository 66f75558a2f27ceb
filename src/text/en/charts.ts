import type { Place, Subject } from "../../store/place.ts";
import { type NotedPicture, pictureNote } from "../pictureNote.ts";
import { counted } from "./counted.ts";
import { notesEnglish } from "./notes.ts";
import { at } from "./place.ts";

/**
 * The words of the figures in English: titles, captions, axes and legends. Numbers come in as text, already rounded.
 */
export const chartsEnglish = {
  epoch: "epoch",
  step: "optimizer step",
  atPlace: (place: Place, value: string) => `${at(place)}: ${value}`,
  atStep: (step: number, value: string) => `step ${step}: ${value}`,
  examples: "examples",
  similarities: {
    title: (rows: number, place: Subject) => `Cosine similarity of ${rows} batch gradients, ${at(place)}`,
    clusteredTitle: (rows: number, place: Subject) =>
      `The same ${rows} gradients, alike ones side by side, ${at(place)}`,
    batch: "batch index",
    mean: "mean",
    expected: "expected",
    atLeast: (value: string) => `at least ${value}`,
    caption: ({
      mean,
      B,
      expected,
      scale,
      negative,
    }: Record<"mean" | "B" | "expected" | "scale" | "negative", string>) =>
      `Mean cosine of different batches ${mean}; independent batches of B = ${B} examples are expected to have ` +
      `1/(1 + noise scale/B) ${expected} (noise scale ${scale} examples). ${negative} of the pairs are negative, which ` +
      "is normal where B is far below the noise scale. Grey: the diagonal, which is 1 by definition, and batches without " +
      "a gradient.",
    clusteredCaption:
      "Rows and columns stand in the order of average-linkage clustering, so that alike batches touch. It makes blocks " +
      "visible and proves none: in pure noise, too, neighbours come out more alike than others.",
  },
  directions: {
    title: (rows: number, place: Subject) => `Directions of ${rows} batch gradients, ${at(place)}`,
    empty: "No picture: the analysis holds no t-SNE points",
    scaling: "Classical scaling of the cosine distances.",
    tsne: ({ perplexity, seed, iterations }: { perplexity: string; seed: number; iterations: number }) =>
      `t-SNE of cosine distances, perplexity ${perplexity}, seed ${seed}, ${iterations} iterations.`,
    kept: (kept: string, neighbors: number) =>
      ` ${kept} of each batch's ${neighbors} nearest neighbours are still its neighbours here.`,
    missing: (missing: number, shown: number) => ` Not in the picture: ${missing} of ${shown} batches.`,
    note: (picture: NotedPicture) => ` ${pictureNote(picture, notesEnglish)}`,
    meaning:
      " Numbered: the outermost batches and the most opposed pair. The axes have no unit; sizes of clusters, gaps between them and overall shape carry no meaning.",
    axis: (number: number) => `t-SNE ${number}`,
    batch: (row: number, norm: string) => `batch ${row}, norm ${norm}`,
    norm: (largest: string) => `gradient\nnorm\n${largest}`,
    opposed: "most opposed pair",
    opposedPair: (first: number, second: number, cosine: string) => `batches ${first} and ${second}, cosine ${cosine}`,
  },
  compared: {
    norm: (largest: string) => `gradient norm ${largest}`,
    title: (rows: number, place: Subject) => `The same ${rows} directions by other methods, ${at(place)}`,
    perplexity: (perplexity: string) => `t-SNE, perplexity ${perplexity}`,
    explained: (share: string) => `PCA, ${share} of variance`,
    kept: (kept: string) => `neighbours kept ${kept}`,
    trust: (trust: string) => `trustworthiness ${trust}`,
    caption: (neighbors: number) =>
      `What shows in one picture only is an artefact of it. Neighbours kept: the share of each batch's ${neighbors} nearest ` +
      "(by cosine) that are still nearest here. Trustworthiness (Venna and Kaski 2001): 1 where no stranger became a " +
      "neighbour, 0.5 by chance. Colour: gradient norm. Dashed: the most opposed pair. No axis has a unit, and no cluster " +
      "says healthy or ill.",
  },
  trend: {
    title: (model: string, name: string) => `Gradient noise over training: ${model} on ${name}`,
    empty: "No picture: the analysis holds no checkpoint",
    oneBatch: (B: string) => `B = ${B}`,
    ownBatch: "each checkpoint's own B",
    caption: (at: string) =>
      "Noise scale: the batch size at which noise and signal contribute equally to a gradient; it does not depend on " +
      "B. Bands are 95 % intervals; an arrow marks a checkpoint that gives a lower limit only. Noise ratio: " +
      `E‖g_B − g_D‖²/‖g_D‖² at ${at}; it means nothing without its batch size. A rise over training is expected.`,
    test: ({ direction, tau, p, count, paired }: TrendWords) =>
      ` ${paired ? "Paired" : "Mann–Kendall"} test on 1/noise scale of ${counted(count, "checkpoint")}: ` +
      `${{ rises: "it rises", falls: "it falls", unclear: "no trend is shown, which does not prove that there is none" }[direction]} ` +
      `(${tau === null ? "" : `τ = ${tau}, `}p = ${p}). ` +
      (paired
        ? "All checkpoints were measured on the same mini-batches, so that their errors go together; the test leaves one " +
          "mini-batch out of all checkpoints at a time (jackknife of the slope) and so allows for it. It speaks of these " +
          "checkpoints, not of another run."
        : "All checkpoints were measured on the same mini-batches, so that their errors go together, and this test takes " +
          "that for a trend too readily: p may be far too small. An analysis made again has a test that allows for it."),
    scale: "Noise scale (examples)",
    ratio: (at: string) => `Noise ratio at ${at} (no unit)`,
    fresh: "fresh data",
    dataset: "this data set",
    corrected: "corrected for bias",
    plugIn: "plug-in, biased low",
  },
  phase: {
    title: (model: string, name: string) => `Signal and noise over training: ${model} on ${name}`,
    empty: "No picture: no checkpoint has |G|² and tr Σ above zero",
    signal: "|G|², squared length of the true gradient",
    noise: "tr Σ, variance of one example's gradient",
    checkpoints: "checkpoints",
    training: "while training, smoothed",
    lines: "constant noise scale (examples)",
    point: (place: Place, scale: string) => `${at(place)}: noise scale ${scale}`,
    caption:
      "Both are unbiased estimates. Along a dotted line tr Σ/|G|² is constant: to its upper left " +
      "the noise scale is larger. A path to the left means that the gradient shrinks, a path up that the examples disagree " +
      "more; a noise scale that rises because |G|² falls is training that converges, not data that worsen.",
    trainingNote:
      " The thin path is measured in the training passes themselves, with dropout and batch statistics, where the model has them.",
    missing: (missing: number) =>
      ` Not in the picture: ${counted(missing, "checkpoint")} whose |G|² is not above zero.`,
  },
  layers: {
    title: (place: Subject) => `Noise scale of each layer, ${at(place)}`,
    scale: "noise scale (examples)",
    layer: "layer",
    whole: (value: string) => `all layers ${value}`,
    batch: (value: string) => `B = ${value}`,
    point: ({ name, value, share, parameters }: Record<"name" | "value" | "share" | "parameters", string>) =>
      `${name}: ${value} examples; ${share} of the noise; ${counted(parameters, "parameter")}`,
    caption:
      "Points with 95 % intervals, from the input (top) to the output; an open end means that nothing bounds the value. A " +
      "layer's noise scale is that of a step on this layer alone with all others held still, so the values do not add up to " +
      "the whole; intervals of different layers come from the same batches and are not independent.",
  },
  groups: {
    title: (by: string, place: Place) => `Do the groups agree? By ${by}, ${at(place)}`,
    axis: (by: string) => by,
    conflict: "opposed",
    pair: (first: string, second: string, cosine: string) => `${first} and ${second}: ${cosine}`,
    caption: ({ rows, batchSize, within, between, conflicts, pairs, limit }: GroupWords) =>
      `Mean cosine of gradients of mini-batches drawn inside each group (${rows} of ${batchSize} examples each); ${within} ` +
      `within groups, ${between} between them. Orange is positive, blue negative, full at ±${limit}. ${conflicts} of ${pairs} pairs are framed: the inner product of ` +
      "their mean gradients is below zero beyond chance (Student's t, Benjamini–Hochberg ≤ 0.05), and their cosine is " +
      "−0.1 or less. A small or negative cosine without a frame is no conflict.",
    classes: (usual: string) =>
      ` Classes oppose each other by construction, with a cosine of ${usual} on average before anything is learned.`,
  },
  training: {
    title: (parts: readonly string[]) => `${joined(parts)} over training`,
    loss: "Loss",
    accuracy: "accuracy",
    accuracyAxis: "Accuracy (%)",
    rateAxis: "Learning rate",
    rate: "learning rate",
    noiseAxis: "Noise scale while training (examples)",
    noise: "noise scale",
    measured: "noise scale, smoothed",
    batchAxis: "Effective batch size (examples)",
    batch: "effective batch size",
    smoothed: "smoothed",
    each: "recorded steps",
    validationLoss: "validation loss",
    trainingSet: "training",
    validation: "validation",
    empty: "No picture: the run recorded no finite loss",
    recorded: (steps: string) =>
      `The losses of the ${counted(steps, "optimizer step")} recorded, each of its mini-batch alone`,
    thin: (steps: string) => `Thin: the losses of the ${counted(steps, "optimizer step")} recorded`,
    thinned: (most: string) => `, thinned to ${most} points that keep minima and maxima`,
    stop: ".",
    average: (decay: number) =>
      `. Smoothed: exponential average with decay ${decay} per recorded step, corrected for its start.`,
    missing: (missing: string) => ` Left out: ${counted(missing, "step")} whose loss is not finite.`,
    gradientNormAxis: "Gradient norm of the mini-batch",
    gradientNormsAxis: "Gradient norm",
    gradientNorm: "gradient norm",
    fullGradient: "of many examples, at checkpoints",
    sharpnessAxis: "Sharpness (1/learning rate)",
    sharpness: "sharpness",
    criticalSharpness: "critical, λ_c, along the update",
    largestEigenvalue: "largest eigenvalue, λ_max",
    edge: "2/learning rate",
    sharpnessNote:
      " Below 2/learning rate the update lowers the loss of the examples that λ_c is measured on; at the line, the edge of stability, the loss " +
      "stays where it is: training bounces between the walls of a valley, and the gradient stays large. A loss that stands " +
      "still with a small gradient and λ_c far below the line is near a critical point or on a plateau. Steps along which " +
      "that loss does not fall at all have no λ_c.",
    largestNote: " Of gradient descent without momentum λ_max at the line is the edge of stability too.",
    noiseNote:
      " The noise scale is the ratio of running averages of tr Σ and |G|² with its 95 % interval; it lags behind, and while " +
      "|G|² falls it is too small, which no interval shows. Where the band reaches the top nothing bounds it.",
  },
  confusion: {
    title: (epoch: number) => `Confusion matrix of the validation data, epoch ${epoch}`,
    label: "label",
    prediction: "prediction",
    cell: ({ label, prediction, count, share }: Record<"label" | "prediction" | "count" | "share", string>) =>
      `label ${label}, predicted ${prediction}: ${count} (${share} of the label)`,
    caption: ({ labels, accuracy, common }: Record<"labels" | "accuracy" | "common", string>) =>
      `Rows are labels, columns predictions, over ${labels} examples; accuracy ${accuracy}. Colour: the share of the ` +
      `label's examples, so that the diagonal is each class's recall however rare it is. Always answering the commonest ` +
      `class would reach ${common}.`,
  },
  ranking: {
    title: (epoch: number) => `Precision and recall on the validation data, epoch ${epoch}`,
    recall: "recall",
    precision: "precision",
    curve: "model",
    chance: (share: string) => `chance ${share}`,
    point: (recall: string, precision: string) => `recall ${recall}, precision ${precision}`,
    caption: ({ positive, negative, average, share }: Record<"positive" | "negative" | "average" | "share", string>) =>
      `Class "${positive}" against class "${negative}", one point for each threshold. Average precision ${average}; the dashed line is the share of ` +
      `"${positive}", ${share}, which scores without meaning reach. A point on the curve is not the threshold that the model ` +
      "uses.",
  },
};

export type ChartText = typeof chartsEnglish;

type Direction = "rises" | "falls" | "unclear";

interface TrendWords {
  readonly direction: Direction;
  /** Null for two checkpoints. */
  readonly tau: string | null;
  readonly p: string;
  readonly count: number;
  readonly paired: boolean;
}

type GroupWords = Record<"rows" | "batchSize" | "within" | "between" | "conflicts" | "pairs" | "limit", string>;

/** "Loss", "Loss and accuracy", "Loss, accuracy and learning rate". */
function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
