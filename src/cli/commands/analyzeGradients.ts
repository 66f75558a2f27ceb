import { basename } from "node:path";
import { encodeNpy } from "../../data/files/npz.ts";
import { labelledLines } from "../../report/terminal/aligned.ts";
import { layerTable } from "../../report/terminal/layerTable.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { describeGradients } from "../../statistics/describe.ts";
import { noiseScaleOfLayers } from "../../statistics/layers.ts";
import type { GradientStatistics } from "../../statistics/table.ts";
import type { LayerAnalysis, SketchBound } from "../../store/schema.ts";
import { UsageError } from "../../tensor/errors.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { GradientAnswer, GradientRemark, TerminalText } from "../../text/en/terminal.ts";
import { expectedCosineOf, intervalText, significant, whole } from "../../text/format.ts";
import { withProseNotes } from "../../text/proseNotes.ts";
import { type Text, textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { requireNewFile, writeNewFile } from "../outputs.ts";
import { print, printJson } from "../terminal/print.ts";
import { columnsOf } from "../terminal/tableLines.ts";
import { type AnalyzeFlags, memoryBudget, pictureOptions } from "./analyzeOptions.ts";
import { type ReadGram, readGram, streamGradients } from "./gradientGrams.ts";

/**
 * Statistics of gradients from any framework, printed: of a matrix, of a folder of batches, or of a Gram that is ready.
 */
export async function analyzeGradients(flags: AnalyzeFlags): Promise<void> {
  const path = (flags.gradients ?? flags.gram)!;
  if (flags.out !== undefined) requireProductsFile(flags.out, [flags.gradients, flags.gram]);
  const given = flags.batchSize === undefined ? null : wholeNumber("--batch-size", flags.batchSize, 1);
  const datasetSize = flags.datasetSize === undefined ? null : wholeNumber("--dataset-size", flags.datasetSize, 1);
  const seed = wholeNumber("--seed", flags.seed, 0);
  const shown = { ...pictureOptions(flags), seed, datasetSize };
  const gram = flags.gradients === undefined ? await readGram(path) : await stream(path, flags, seed, given);
  const counts = countsOf(gram, given, path);
  const statistics = withProseNotes(describeGradients({ products: gram.products, counts }, shown));
  const layers = layersOf(gram, counts);
  if (flags.out !== undefined)
    writeNewFile("--out", flags.out, encodeNpy(tensor("float64", [gram.rows, gram.rows], gram.products)));
  const { sketch } = gram;
  const remarks = remarksOn(gram, statistics);
  const text = textIn(languageOf(process.env));
  const found = {
    ...statistics,
    ...(layers.length > 0 && { layers }),
    ...(sketch && { sketch }),
    ...(remarks.length > 0 && { remarks }),
  };
  if (flags.json) printJson(found);
  else print(...words(statistics, { file: basename(path), layers, sketch, remarks }, text));
}

/** Whoever asks for a page or a table by its ending gets neither, instead of a NumPy file under that name. */
function requireProductsFile(out: string, reads: readonly (string | undefined)[]): void {
  requireNewFile("--out", out, reads);
  if (!out.endsWith(".npy"))
    throw new UsageError(
      `--out: expected a file .npy for the inner products, got "${out}"; change its ending, or pass --json for numbers`,
    );
}

function stream(path: string, flags: AnalyzeFlags, seed: number, given: number | null): Promise<ReadGram> {
  if (flags.gram !== undefined)
    throw new UsageError("--gram: expected it alone, got --gradients too; the Gram is all that is read of gradients");
  if (flags.products === "sketch" && flags.sketch === undefined)
    throw new UsageError(
      "--products: expected --sketch beside it for a file of gradients, got none; pass --sketch 4096",
    );
  return streamGradients(path, {
    memoryBudget: memoryBudget(flags.memoryBudget),
    threads: wholeNumber("--threads", flags.threads, 1),
    sketch: flags.sketch === undefined ? null : wholeNumber("--sketch", flags.sketch, 1),
    seed,
    device: flags.device,
    beside: flags.out ?? path,
    check: (source) => countsOf(source, given, path),
  });
}

/** The examples behind each row, from the files or from the flag. */
function countsOf(
  { rows, counts }: { readonly rows: number; readonly counts: readonly number[] | null },
  given: number | null,
  path: string,
): readonly number[] {
  if (counts === null && given === null)
    throw new UsageError(
      "--batch-size: expected the examples behind each row of --gradients, got nothing; pass --batch-size",
    );
  if (counts !== null && given !== null && counts.some((count) => count !== given))
    throw new UsageError(
      `--batch-size: expected what ${path} says of each row, got ${given} where it says ${counts.find((count) => count !== given)}; leave it out`,
    );
  return counts ?? Array<number>(rows).fill(given!);
}

function layersOf({ layers }: ReadGram, counts: readonly number[]): LayerAnalysis[] {
  if (layers.size === 0) return [];
  const grams = new Map([...layers].map(([name, { products }]) => [name, { products, counts }]));
  return noiseScaleOfLayers(grams).layers.map((layer) => ({
    ...layer,
    parameters: layers.get(layer.name)!.parameters,
  }));
}

interface Shown {
  readonly file: string;
  readonly layers: readonly LayerAnalysis[];
  readonly sketch: SketchBound | null;
  readonly remarks: readonly GradientRemark[];
}

/** What is odd about the gradients themselves. */
function remarksOn(
  { rows, parameters, products }: ReadGram,
  { traceCovariance, squaredNormOfMean }: GradientStatistics,
): GradientRemark[] {
  const zero = products.every((product) => product === 0);
  const equal = !zero && traceCovariance <= Number.EPSILON * squaredNormOfMean;
  return [
    ...(zero ? [{ kind: "zeroGradients", rows } as const] : []),
    ...(equal ? [{ kind: "equalGradients", rows } as const] : []),
    ...(parameters !== null && rows > parameters
      ? [{ kind: "moreRowsThanParameters", rows, parameters } as const]
      : []),
  ];
}

/** Whether larger batches would pay, as `batchVerdict` tells it of a run; null where nothing is told. */
function answerTo({ noiseScale, batchSize, traceCovariance }: GradientStatistics): GradientAnswer | null {
  const { lower, upper, resolved, value } = noiseScale;
  if (traceCovariance === 0 || lower === Number.POSITIVE_INFINITY) return null;
  const found = { batchSize, noiseScale };
  const scale = resolved ? value : lower;
  if (batchSize < lower)
    return { kind: "below", ...found, gainOfDoubling: (1 + scale / batchSize) / (1 + scale / (2 * batchSize)) };
  if (!(batchSize <= upper)) return { kind: "above", ...found };
  return { kind: resolved ? "about" : "open", ...found };
}

function words(s: GradientStatistics, { remarks, ...shown }: Shown, { terminal, answers }: Text): string[] {
  const sentences = remarks.map((remark) => said(remark, terminal.gradients.remarks));
  const zero = remarks.some(({ kind }) => kind === "zeroGradients");
  // Of vectors without a direction there is nothing to tell.
  if (zero) return [`${shown.file}: ${sentences.join(" ")}`];
  // Gradients of which something is odd, as a transposed file, answer nothing.
  const answer = remarks.length > 0 ? null : answerTo(s);
  return [
    ...(answer === null ? [] : [answers.line(answers.topics.batch, said(answer, terminal.gradients.answers)), ""]),
    ...numbers(s, shown, terminal),
    ...sentences,
  ];
}

function numbers(
  s: GradientStatistics,
  { file, layers, sketch }: Omit<Shown, "remarks">,
  terminal: TerminalText,
): string[] {
  const { noiseRatio, noiseScale, datasetNoiseScale, batchSize, datasetSize } = s;
  const text = terminal.gradients;
  const unbiased = noiseScale.resolved
    ? significant(noiseRatio.population)
    : `≥ ${significant(noiseScale.lower / batchSize)}`;
  const size = datasetSize === null ? null : whole(datasetSize);
  return [
    `${file}: ${text.head({ rows: s.rows, batchSize: whole(batchSize), datasetSize: size })}`,
    ...labelledLines([
      [text.noiseScale, text.examples(intervalText(noiseScale))],
      ...(datasetNoiseScale
        ? ([[text.datasetNoiseScale, text.examples(intervalText(datasetNoiseScale))]] as const)
        : []),
      [text.noiseRatio(whole(noiseRatio.batchSize)), text.ratios(significant(noiseRatio.plugIn), unbiased)],
      ...signalLine(s, text),
      [text.noise, significant(s.traceCovariance)],
      ["|G|²", text.signals(significant(s.squaredGradientNorm), significant(s.squaredNormOfMean))],
      [text.meanCosine, text.cosines(significant(s.meanCosine), expectedCosineOf(s).text)],
      [text.opposed, text.pair(...s.mostOpposedPair)],
      ...(sketch
        ? ([[text.sketch, text.sketched(whole(sketch.dimensions), significant(sketch.cosineError))]] as const)
        : []),
    ]),
    ...(layers.length > 0 ? ["", ...layerTable(layers, terminal, columnsOf(process.stdout))] : []),
  ];
}

function signalLine({ batchSignalToNoise, batchSize }: GradientStatistics, text: TerminalText["gradients"]) {
  if (!batchSignalToNoise || !Number.isFinite(batchSignalToNoise.lower)) return [];
  const { value, lower, upper } = batchSignalToNoise;
  const range = `[${significant(lower)}, ${significant(upper)}]`;
  return [[text.signalToNoise(whole(batchSize)), `${significant(value)} ${range}`]] as const;
}
