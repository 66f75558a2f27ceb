import type { AnalysisFile } from "../store/schema.ts";
import { cosineHeatmap } from "./cosineHeatmap.ts";
import { directionsTsne } from "./directionsTsne.ts";
import { noiseTrend } from "./noiseTrend.ts";
import { chartPng } from "./png.ts";

/**
 * The pictures of an analysis as PNG files, in order: two of each checkpoint, then, if there is more than one
 * checkpoint, the trend. The names are `gradient_directions_tsne_epoch_{epoch}.png`,
 * `gradient_similarities_epoch_{epoch}.png` and `gns_vs_epoch_{name}.png`. The caller writes them.
 */
export async function plotFiles(analysis: AnalysisFile): Promise<{ name: string; bytes: Uint8Array }[]> {
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const { epoch, statistics } of analysis.checkpoints) {
    const directions = await chartPng(directionsTsne(statistics, epoch));
    files.push({ name: `gradient_directions_tsne_epoch_${epoch}.png`, bytes: directions });
    const similarities = await chartPng(cosineHeatmap(statistics, epoch));
    files.push({ name: `gradient_similarities_epoch_${epoch}.png`, bytes: similarities });
  }
  if (analysis.checkpoints.length > 1)
    files.push({ name: `gns_vs_epoch_${fileName(analysis.name)}.png`, bytes: await chartPng(noiseTrend(analysis)) });
  return files;
}

/** What may stand in a file name everywhere: letters and digits of any script, `-`, `_`, `.` not in front. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^\.+/, "_");
}
