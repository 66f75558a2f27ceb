import type { AnalysisFile, CheckpointAnalysis } from "../../store/schema.ts";
import { type PageText, pageEnglish } from "../../text/en/page.ts";
import { expectedCosineOf, intervalText, percentOrDash, significant, whole } from "../../text/format.ts";
import { alignedLines } from "./aligned.ts";
import { fits, foldedLines } from "./folded.ts";

export interface Column {
  readonly name: string;
  readonly unit: string;
  readonly cell: (checkpoint: CheckpointAnalysis) => string;
}

/** The columns of every table of checkpoints, on the terminal and in HTML. Three significant digits. */
export function checkpointColumns({ checkpoints }: AnalysisFile, { columns: text }: PageText = pageEnglish): Column[] {
  // Losses of numbers have no accuracy.
  const ofClasses = !checkpoints.some(({ metrics }) => metrics && metrics.trainAccuracy === undefined);
  const batches = [...new Set(checkpoints.map(({ statistics }) => whole(statistics.noiseRatio.batchSize)))];
  return [
    { name: text.epoch, unit: "", cell: ({ epoch, insideEpoch }) => (insideEpoch ? "–" : String(epoch)) },
    { name: text.step, unit: "", cell: ({ step }) => whole(step) },
    {
      name: text.validation,
      unit: ofClasses ? text.accuracy : text.loss,
      cell: ({ metrics }) =>
        ofClasses ? percentOrDash(metrics?.validationAccuracy) : metrics ? significant(metrics.validationLoss) : "–",
    },
    { name: text.noiseScale, unit: text.examples, cell: ({ statistics }) => intervalText(statistics.noiseScale) },
    ...ofOptimizers(checkpoints).map((name) => ({
      name: text.ofOptimizer(name),
      unit: text.examples,
      cell: ({ optimizerNoise: own }: CheckpointAnalysis) => (own?.noiseScale ? intervalText(own.noiseScale) : "–"),
    })),
    { name: text.noiseRatio, unit: text.atBatch(batches.join("/")), cell: ratio },
    { name: "|G|²", unit: "", cell: ({ statistics }) => significant(statistics.squaredGradientNorm) },
    { name: "tr Σ", unit: text.perExample, cell: ({ statistics }) => significant(statistics.traceCovariance) },
    { name: text.meanCosine, unit: text.expected, cell: cosines },
  ];
}

/** Of a step along the gradient there is no more to say than the noise scale. */
function ofOptimizers(checkpoints: readonly CheckpointAnalysis[]): string[] {
  const own = checkpoints.flatMap(({ optimizerNoise: one }) =>
    one?.noiseScale && one.kind !== "plain" ? [one.optimizer] : [],
  );
  return [...new Set(own)];
}

/**
 * The checkpoints of an analysis as lines of monospaced text: a header of two lines (name, unit), then one line a
 * checkpoint. A noise scale of which only a lower limit is known is "≥ 860".
 */
export function checkpointTable(analysis: AnalysisFile, text: PageText = pageEnglish, width?: number): string {
  if (analysis.checkpoints.length === 0) return text.columns.none;
  const columns = checkpointColumns(analysis, text);
  const rows = [
    columns.map(({ name }) => name),
    columns.map(({ unit }) => unit),
    ...analysis.checkpoints.map((checkpoint) => columns.map(({ cell }) => cell(checkpoint))),
  ];
  if (!fits(rows, width)) return foldedLines(named(columns, rows), width).join("\n");
  return alignedLines(rows, () => false).join("\n");
}

/** One head with the units, and rows that begin with what they are of. */
function named(columns: readonly Column[], [, , ...rows]: readonly (readonly string[])[]): string[][] {
  const [epoch, ...others] = columns.map(({ name, unit }) => (unit === "" ? name : `${name}, ${unit}`));
  return [
    [epoch!, ...others],
    ...rows.map(([at, ...cells]) => [at === "–" ? `${others[0]} ${cells[0]}` : `${epoch} ${at}`, ...cells]),
  ];
}

function ratio({ statistics: { noiseRatio, noiseScale } }: CheckpointAnalysis): string {
  if (noiseScale.resolved) return significant(noiseRatio.population);
  return `≥ ${significant(noiseScale.lower / noiseRatio.batchSize)}`;
}

function cosines({ statistics }: CheckpointAnalysis): string {
  return `${significant(statistics.meanCosine)} / ${expectedCosineOf(statistics).text}`;
}
