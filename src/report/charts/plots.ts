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

/** A picture; without bytes where `isDrawn` says that it is there already. */
export interface PlotFile {
  readonly name: string;
  readonly bytes: Uint8Array | null;
}

/** The same as PNG files, one after the other. The caller writes them. */
export async function* plotFiles(
  analysis: AnalysisFile,
  {
    steps = [],
    text = textIn("en"),
    isDrawn = () => false,
  }: {
    readonly steps?: readonly StepRecord[];
    readonly text?: Text;
    readonly isDrawn?: (name: string) => boolean;
  } = {},
): AsyncGenerator<PlotFile> {
  for (const plot of analysisPlots(analysis, steps, text)) {
    const name = `${plot.name}.png`;
    yield { name, bytes: isDrawn(name) ? null : await chartPng(plot.chart) };
  }
}
