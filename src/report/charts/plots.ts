import type { AnalysisFile, StepRecord } from "../../store/schema.ts";
import { type Text, textIn } from "../../text/text.ts";
import { chartPng } from "../png.ts";
import { figures, type NamedFigure, namedFigures } from "./figures.ts";

/**
 * The figures of an analysis in order: those of each checkpoint; then, if there is more than one, those over all of
 * them.
 */
export function analysisPlots(
  analysis: AnalysisFile,
  steps: readonly StepRecord[] = [],
  text: Text = textIn("en"),
): NamedFigure[] {
  const ofCheckpoints = analysis.checkpoints.flatMap((checkpoint) =>
    namedFigures(figures.checkpoint, checkpoint, text),
  );
  if (analysis.checkpoints.length < 2) return ofCheckpoints;
  return [...ofCheckpoints, ...namedFigures(figures.analysis, { analysis, steps }, text)];
}

/** The same as PNG files. The caller writes them. */
export async function plotFiles(
  ...plots: Parameters<typeof analysisPlots>
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const { name, chart } of analysisPlots(...plots))
    files.push({ name: `${name}.png`, bytes: await chartPng(chart) });
  return files;
}
