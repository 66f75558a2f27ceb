import type { AnalysisFile, StepRecord } from "../../store/schema.ts";
import { type Text, textIn } from "../../text/text.ts";
import { chartPng } from "../png.ts";
import type { Chart } from "./chart.ts";
import { checkpointFigures } from "./figures.ts";
import { noiseTrend } from "./noiseTrend.ts";
import { phasePlot } from "./phasePlot.ts";

/** A figure and the name of its file without an ending. */
export interface NamedFigure {
  readonly name: string;
  readonly chart: Chart;
}

const names: Readonly<Record<string, string>> = {
  directions: "gradient_directions_tsne",
  similarities: "gradient_similarities",
  clustered: "gradient_similarities_clustered",
  compared: "gradient_directions_compared",
  layers: "noise_scale_by_layer",
  groups: "gradient_groups",
};

/**
 * The figures of an analysis in order: those of each checkpoint, `gradient_directions_tsne_epoch_{epoch}`,
 * `gradient_similarities_epoch_{epoch}` and more where the analysis holds more; then, if there is more than one checkpoint, the trend
 * `gns_vs_epoch_{name}` and the phase plot `gns_phase_{name}`.
 */
export function analysisPlots(
  analysis: AnalysisFile,
  steps: readonly StepRecord[] = [],
  text: Text = textIn("en"),
): NamedFigure[] {
  const ofCheckpoints = analysis.checkpoints.flatMap((checkpoint) => {
    const figures = checkpointFigures(checkpoint, text);
    return Object.entries(names).flatMap(([id, name]) => {
      const chart = figures[id];
      return chart ? [{ name: `${name}_epoch_${checkpoint.epoch}`, chart }] : [];
    });
  });
  if (analysis.checkpoints.length < 2) return ofCheckpoints;
  const name = fileName(analysis.name);
  return [
    ...ofCheckpoints,
    { name: `gns_vs_epoch_${name}`, chart: noiseTrend(analysis, text.charts) },
    { name: `gns_phase_${name}`, chart: phasePlot(analysis, steps, text.charts) },
  ];
}

/** The same as PNG files. The caller writes them. */
export async function plotFiles(
  ...figures: Parameters<typeof analysisPlots>
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const { name, chart } of analysisPlots(...figures))
    files.push({ name: `${name}.png`, bytes: await chartPng(chart) });
  return files;
}

/** What may stand in a file name everywhere: letters and digits of any script, `-`, `_`, `.` not in front. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^\.+/, "_");
}
