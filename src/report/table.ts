import { intervalText, percentOrDash, significant, whole } from "../advice/format.ts";
import type { AnalysisFile, CheckpointAnalysis } from "../store/schema.ts";

export interface Column {
  readonly name: string;
  readonly unit: string;
  readonly cell: (checkpoint: CheckpointAnalysis) => string;
}

/** The columns of every table of checkpoints, on the terminal and in HTML. Three significant digits. */
export function checkpointColumns({ checkpoints }: AnalysisFile): Column[] {
  // Losses of numbers have no accuracy.
  const ofClasses = !checkpoints.some(({ metrics }) => metrics && metrics.trainAccuracy === undefined);
  const batches = [...new Set(checkpoints.map(({ statistics }) => whole(statistics.noiseRatio.batchSize)))];
  return [
    { name: "epoch", unit: "", cell: ({ epoch }) => String(epoch) },
    { name: "step", unit: "", cell: ({ step }) => whole(step) },
    {
      name: "validation",
      unit: ofClasses ? "accuracy" : "loss",
      cell: ({ metrics }) =>
        ofClasses ? percentOrDash(metrics?.validationAccuracy) : metrics ? significant(metrics.validationLoss) : "–",
    },
    { name: "noise scale [95 %]", unit: "examples", cell: ({ statistics }) => intervalText(statistics.noiseScale) },
    { name: "noise ratio", unit: `at B = ${batches.join("/")}`, cell: ratio },
    { name: "|G|²", unit: "", cell: ({ statistics }) => significant(statistics.squaredGradientNorm) },
    { name: "tr Σ", unit: "per example", cell: ({ statistics }) => significant(statistics.traceCovariance) },
    { name: "mean cosine", unit: "expected", cell: cosines },
  ];
}

/**
 * The checkpoints of an analysis as lines of monospaced text: a header of two lines (name, unit), then one line a
 * checkpoint. A noise scale of which only a lower limit is known is "≥ 860".
 */
export function checkpointTable(analysis: AnalysisFile): string {
  if (analysis.checkpoints.length === 0) return "This analysis has no checkpoints.";
  const columns = checkpointColumns(analysis);
  const rows = [
    columns.map(({ name }) => name),
    columns.map(({ unit }) => unit),
    ...analysis.checkpoints.map((checkpoint) => columns.map(({ cell }) => cell(checkpoint))),
  ];
  const widths = columns.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => cell.padStart(widths[c]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function ratio({ statistics: { noiseRatio, noiseScale } }: CheckpointAnalysis): string {
  if (noiseScale.resolved) return significant(noiseRatio.population);
  return `≥ ${significant(noiseScale.lower / noiseRatio.batchSize)}`;
}

function cosines({ statistics: { meanCosine, expectedCosine } }: CheckpointAnalysis): string {
  return `${significant(meanCosine)} / ${significant(expectedCosine)}`;
}
