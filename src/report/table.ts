import { intervalText, percent, significant, whole } from "../advice/format.ts";
import type { AnalysisFile, CheckpointAnalysis } from "../store/schema.ts";

/**
 * The checkpoints of an analysis as lines of monospaced text: a header of two lines (name, unit), then one line a
 * checkpoint. Numbers have three significant digits; a noise scale of which only a lower limit is known is "≥ 860".
 */
export function checkpointTable(analysis: AnalysisFile): string {
  if (analysis.checkpoints.length === 0) return "This analysis has no checkpoints.";
  const ratioAt = [...new Set(analysis.checkpoints.map(({ statistics }) => whole(statistics.noiseRatio.batchSize)))];
  const columns: readonly (readonly [string, string, (checkpoint: CheckpointAnalysis) => string])[] = [
    ["epoch", "", ({ epoch }) => String(epoch)],
    ["step", "", ({ step }) => whole(step)],
    ["validation", "accuracy", ({ metrics }) => (metrics ? percent(metrics.validationAccuracy) : "–")],
    ["noise scale [95 %]", "examples", ({ statistics }) => intervalText(statistics.noiseScale)],
    ["noise ratio", `at B = ${ratioAt.join("/")}`, ratio],
    ["|G|²", "one example", ({ statistics }) => significant(statistics.squaredGradientNorm)],
    ["tr Σ", "one example", ({ statistics }) => significant(statistics.traceCovariance)],
    ["mean cosine", "expected", cosines],
  ];
  const rows = [
    columns.map(([name]) => name),
    columns.map(([, unit]) => unit),
    ...analysis.checkpoints.map((checkpoint) => columns.map(([, , cell]) => cell(checkpoint))),
  ];
  const widths = columns.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) => row.map((cell, c) => cell.padStart(widths[c]!)).join("  ").trimEnd()).join("\n");
}

function ratio({ statistics: { noiseRatio, noiseScale } }: CheckpointAnalysis): string {
  if (noiseScale.resolved) return significant(noiseRatio.population);
  return `≥ ${significant(noiseScale.lower / noiseRatio.batchSize)}`;
}

function cosines({ statistics: { meanCosine, expectedCosine } }: CheckpointAnalysis): string {
  return `${significant(meanCosine)} / ${significant(expectedCosine)}`;
}
