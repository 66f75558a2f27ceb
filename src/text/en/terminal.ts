import type { RareClassesTried } from "../../store/verdicts.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";
import { rareRemedies } from "./rareClasses.ts";

/** What is odd about gradients of other programs. */
export type GradientRemark =
  | { readonly kind: "zeroGradients"; readonly rows: number }
  | { readonly kind: "equalGradients"; readonly rows: number }
  | { readonly kind: "moreRowsThanParameters"; readonly rows: number; readonly parameters: number };

const gradientRemarks: Words<GradientRemark> = {
  zeroGradients: ({ rows }) =>
    `all ${rows} gradients are zero, so there is nothing to measure: check that they were saved after the backward pass and before they were cleared`,
  equalGradients: ({ rows }) =>
    `all ${rows} rows are the same gradient (tr Σ = 0), so no batch size is better than another; check that they do not come from the same examples`,
  moreRowsThanParameters: ({ rows, parameters }) =>
    `${rows} gradients of ${parameters} parameters: a row is one gradient, [K, P]; if the file has a column for each, save G.T`,
};

/** The words of the tables and lines that commands print, in English. Numbers come in as text, already rounded. */
export const terminalEnglish = {
  layers: {
    layer: "layer",
    parameters: "parameters",
    share: "share",
    noiseScale: "noise scale [95 %]",
  },
  banner: {
    none: (batchSize: number) => `No gradient accumulation: batch size ${batchSize}`,
    steps: (steps: number) => `🔄 Gradient accumulation: one update every ${steps} micro-batches`,
    actual: (batchSize: number) => `actual batch size: ${batchSize}`,
    effective: (batchSize: number) => `effective batch size: ${batchSize}`,
  },
  stiffness: "mean cosine",
  plots: "plots",
  numbers: "numbers",
  report: "report",
  figures: "figures",
  files: (count: number, folder: string) => `${counted(count, "file")} in ${folder}`,
  gradients: {
    head: ({ rows, batchSize, datasetSize }: { rows: number; batchSize: string; datasetSize: string | null }) =>
      `${rows} gradients of ${batchSize} examples${datasetSize === null ? "" : ` from ${datasetSize}`}`,
    noiseScale: "noise scale",
    datasetNoiseScale: "noise scale, data set",
    examples: (range: string) => `${range} examples (95 % interval)`,
    noiseRatio: (batchSize: string) => `noise ratio at batch ${batchSize}`,
    ratios: (plugIn: string, unbiased: string) => `${plugIn} plug-in (biased low), ${unbiased} from unbiased parts`,
    signalToNoise: (batchSize: string) => `|G|² over tr Σ/B at batch ${batchSize}`,
    noise: "tr Σ of one example",
    signals: (unbiased: string, ofMean: string) => `${unbiased} unbiased, ${ofMean} of the mean row`,
    meanCosine: "mean cosine",
    cosines: (mean: string, expected: string) => `${mean}, expected ${expected}`,
    opposed: "most opposed rows",
    pair: (first: number, second: number) => `${first} and ${second}`,
    sketch: "sketch",
    sketched: (numbers: string, error: string) =>
      `${numbers} numbers for a row: lengths are exact, a cosine is off by at most ${error} with 95 % probability`,
    remarks: gradientRemarks,
  },
  evaluation: {
    class: "class",
    precision: "precision",
    recall: "recall",
    labels: "labels",
    range: (low: string, high: string) => `${low} to ${high}`,
    errors: ({ rSquared, rmse, mae }: Record<"rSquared" | "rmse" | "mae", string>) =>
      `R² ${rSquared}, RMSE ${rmse}, MAE ${mae} (in the unit of the target)`,
    averages: ({
      macro,
      weighted,
      balanced,
      accuracy,
    }: Record<"macro" | "weighted" | "balanced" | "accuracy", string>) =>
      `macro F1 ${macro}, weighted F1 ${weighted}, balanced accuracy ${balanced}, accuracy ${accuracy}`,
    areas: (rocAuc: string, average: string) => `ROC AUC ${rocAuc}, average precision ${average}`,
    rare: (name: string, share: string, f1: string) => `"${name}" (${share}, F1 ${f1})`,
    misleads: ({ common, share, accuracy, rare, more, tried }: Misleading) =>
      `accuracy misleads: always answering "${common}" gives ${share}, the model ${accuracy}; ` +
      `rare: ${rare.join(", ")}${more > 0 ? ` and ${more} more` : ""}; judge by macro F1, and ${rareRemedies[tried]}`,
  },
  progress: {
    epoch: (epoch: number, of: string) => `Epoch ${epoch}${of}`,
    loss: "Loss",
    accuracy: "Acc",
  },
  training: {
    validation: (epoch: number, scores: string) => `validation at epoch ${epoch}: ${scores}`,
    validationAt: (step: number, scores: string) => `validation at step ${step}: ${scores}`,
    scores: ({ loss, perplexity, accuracy, rSquared, rmse }: Scores) =>
      [
        `loss ${loss}`,
        ...(perplexity === undefined ? [] : [`perplexity ${perplexity}`]),
        ...(accuracy === undefined ? [] : [`accuracy ${accuracy}`]),
        ...(rSquared === undefined || rmse === undefined ? [] : [`R² ${rSquared}`, `RMSE ${rmse}`]),
      ].join(", "),
    trained: (loss: string, whole: boolean) =>
      `training: loss ${loss}, the mean of ${whole ? "the last epoch" : "the epoch so far"}`,
    best: (last: string, place: string, best: string) => `validation: ${last}; best ${place}: ${best}`,
    epoch: (epoch: number) => `epoch ${epoch}`,
    step: (step: number) => `at step ${step}`,
    accumulation: ({ steps, examples, noiseScale }: { steps: number; examples: number; noiseScale: string | null }) =>
      `accumulation: ${steps} micro-batches, ${counted(examples, "example")} an update` +
      `${noiseScale === null ? "" : ` for a noise scale of ${noiseScale} examples`}`,
    average: (epochs: number, scores: string) =>
      `average of the weights of ${counted(epochs, "epoch")}: validation ${scores}`,
    averageOfCopies: (copies: number, scores: string) =>
      `average of the weights of ${copies} copies: validation ${scores}`,
    unwatched: (operator: string | null) =>
      `noise scale not measured while training: ${operator ?? "a layer"} mixes the examples of a micro-batch; ` +
      "`--gradient-accumulation-steps 2` compares micro-batches instead, and `analyze` measures it at each checkpoint",
    noiseUnknown: "noise scale while training: not to be told from so few steps",
    noise: (value: string, bounded: boolean) =>
      `noise scale while training: ${value} examples${bounded ? "" : "; too few measured steps for so much noise, so that nothing bounds it above"}`,
    skipped: (steps: number) => `${counted(steps, "step")} skipped because float16 gradients overflowed`,
    speed: (microBatches: string, took: string) => `${microBatches} micro-batches per second; the run took ${took}`,
    memory: (mebibytes: string) => `peak memory ${mebibytes} MiB`,
    run: (path: string) => `run ${path}`,
    goOn: (command: string) => `resume with: ${command}`,
    next: (command: string) => `next: ${command}`,
  },
};

export type TerminalText = typeof terminalEnglish;

interface Scores extends Partial<Record<"perplexity" | "accuracy" | "rSquared" | "rmse", string | undefined>> {
  readonly loss: string;
}

interface Misleading extends Record<"common" | "share" | "accuracy", string> {
  readonly rare: readonly string[];
  readonly more: number;
  readonly tried: RareClassesTried;
}
