import { basename } from "node:path";
import { findingsOf } from "../../advice/findings.ts";
import { gradientVerdicts } from "../../advice/gradientVerdicts.ts";
import { encodeNpy } from "../../data/files/npz.ts";
import { gradientsPage } from "../../report/page/gradientsPage.ts";
import { labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines, readingLines, readingOf } from "../../report/terminal/answerLines.ts";
import { gradientFacts, gradientHead } from "../../report/terminal/gradientFacts.ts";
import { layerTable } from "../../report/terminal/layerTable.ts";
import { formatCommand } from "../../session/command.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { describeGradients } from "../../statistics/describe.ts";
import { noiseScaleOfLayers } from "../../statistics/layers.ts";
import type { GradientStatistics } from "../../statistics/table.ts";
import type { AnalysisFinding } from "../../store/analysisFindings.ts";
import type { GradientVerdict } from "../../store/gradientVerdicts.ts";
import type { CheckpointAnalysis, LayerAnalysis, SketchBound } from "../../store/schema.ts";
import { UsageError } from "../../tensor/errors.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { GradientRemark } from "../../text/en/terminal.ts";
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
 * Statistics of gradients from any framework and what they say, printed, and as a page where `--out` names one: of a
 * matrix, of a folder of batches, or of a Gram that is ready.
 */
export async function analyzeGradients(flags: AnalyzeFlags): Promise<void> {
  const path = (flags.gradients ?? flags.gram)!;
  if (flags.out !== undefined) requireOut(flags.out, [flags.gradients, flags.gram]);
  const given = flags.batchSize === undefined ? null : wholeNumber("--batch-size", flags.batchSize, 1);
  const datasetSize = flags.datasetSize === undefined ? null : wholeNumber("--dataset-size", flags.datasetSize, 1);
  const seed = wholeNumber("--seed", flags.seed, 0);
  const asked = pictureOptions(flags);
  const gram = flags.gradients === undefined ? await readGram(path) : await stream(path, flags, seed, given);
  const counts = countsOf(gram, given, path);
  // Other pictures than the first take most of the time, and only the page and the document have them.
  const pictures = flags.json || isPage(flags.out) ? asked : { ...asked, methods: [] };
  const statistics = describeGradients({ products: gram.products, counts }, { ...pictures, seed, datasetSize });
  const file = basename(path);
  const analysis = analysisOf(file, withProseNotes(statistics), layersOf(gram, counts), gram.sketch);
  const found = { analysis, ...saidOf(analysis, remarksOn(gram, statistics)) };
  const text = textIn(languageOf(process.env));
  if (flags.out !== undefined) writeNewFile("--out", flags.out, outputOf(flags, gram, found, text));
  if (flags.json) printJson(documentOf(found));
  else print(...words(found, flags, text));
}

const isPage = (out: string | undefined) => out?.endsWith(".html") ?? false;

/** Whoever asks for a table by its ending gets none, instead of a NumPy file under that name. */
function requireOut(out: string, reads: readonly (string | undefined)[]): void {
  requireNewFile("--out", out, reads);
  if (!out.endsWith(".npy") && !isPage(out))
    throw new UsageError(
      `--out: expected a file .html for a page, or .npy for the inner products, got "${out}"; change its ending, or pass --json for numbers`,
    );
}

/** As one checkpoint, of which only the gradients are known. */
function analysisOf(
  file: string,
  statistics: GradientStatistics,
  layers: readonly LayerAnalysis[],
  sketch: SketchBound | null,
): CheckpointAnalysis {
  return {
    ...{ file, epoch: 0, step: 0, metrics: null, statistics },
    measurement: { way: "gradients of a file", passes: 1, sketch },
    ...(layers.length > 0 && { layers }),
  };
}

interface Found {
  readonly analysis: CheckpointAnalysis;
  readonly remarks: readonly GradientRemark[];
  readonly findings: readonly AnalysisFinding[];
  readonly answer: readonly GradientVerdict[];
}

/** Gradients of which something is odd, as a transposed file, say nothing else. */
function saidOf(analysis: CheckpointAnalysis, remarks: readonly GradientRemark[]): Omit<Found, "analysis"> {
  if (remarks.length > 0) return { remarks, findings: [], answer: [] };
  const findings = findingsOf({ mode: "", checkpoints: [analysis] });
  return { remarks, findings, answer: gradientVerdicts(analysis.statistics, findings) };
}

function outputOf(flags: AnalyzeFlags, gram: ReadGram, found: Found, text: Text): string | Uint8Array {
  if (!isPage(flags.out)) return encodeNpy(tensor("float64", [gram.rows, gram.rows], gram.products));
  const { analysis, answer, remarks, findings } = found;
  return gradientsPage(
    {
      file: analysis.file!,
      analysis,
      answer,
      remarks: remarks.map((remark) => said(remark, text.terminal.gradients.remarks)),
      reading: readingOf(findings, text),
      command: commandOf(flags, text.language),
    },
    text,
  );
}

/** What makes the same page again, without what is so anyway. */
function commandOf(flags: AnalyzeFlags, language: string): string {
  const { gradients, gram, batchSize, datasetSize, sketch, embedding, perplexity, memoryBudget, out, seed } = flags;
  const given = { gradients, gram, batchSize, datasetSize, sketch, embedding, perplexity, memoryBudget };
  return formatCommand("analyze", { ...given, ...(seed !== "0" && { seed }), out, lang: language });
}

function documentOf({ analysis, remarks, answer, findings }: Found) {
  const { statistics, layers, measurement } = analysis;
  const sketch = measurement?.sketch;
  return {
    ...statistics,
    ...(layers && { layers }),
    ...(sketch && { sketch }),
    ...(remarks.length > 0 && { remarks }),
    answer,
    findings,
  };
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

/** The answers, the numbers, what else they say, and where the page is. */
function words({ analysis, remarks, findings, answer }: Found, { out, verbose }: AnalyzeFlags, text: Text): string[] {
  const { terminal } = text;
  const { statistics, layers, measurement, file } = analysis;
  const sentences = remarks.map((remark) => said(remark, terminal.gradients.remarks));
  const page = isPage(out) ? labelledLines([[terminal.report, out!]]) : [];
  // Of vectors without a direction there is nothing to tell.
  if (remarks.some(({ kind }) => kind === "zeroGradients"))
    return separated([[`${file}: ${sentences.join(" ")}`], page]);
  return separated([
    answerLines(answer, text),
    [
      `${file}: ${gradientHead(statistics, terminal)}`,
      ...labelledLines(gradientFacts(statistics, measurement?.sketch ?? null, terminal)),
    ],
    layers ? layerTable(layers, terminal, columnsOf(process.stdout)) : [],
    [...sentences, ...readingLines(readingOf(findings, text), verbose ?? false, text)],
    page,
  ]);
}
