import { join } from "node:path";
import { NotFoundError } from "../tensor/errors.ts";
import { readDocument, writeAtomically } from "./document.ts";
import { decodeJson, encodeJson } from "./json.ts";
import type { AnalysisFile } from "./schema.ts";

/** Writes `analysis.json`, the whole, and `analysis/epoch_<epoch>/statistics.json`, each checkpoint's part of it. */
export function writeAnalysis(run: { readonly path: string }, analysis: AnalysisFile): void {
  for (const checkpoint of analysis.checkpoints)
    writeAtomically(join(run.path, "analysis", `epoch_${checkpoint.epoch}`, "statistics.json"), encodeJson(checkpoint));
  writeAtomically(join(run.path, "analysis.json"), encodeJson(analysis));
}

/** Throws `NotFoundError` with the command that makes the analysis, `DataError` naming a damaged file. */
export function readAnalysis(run: { readonly path: string }): AnalysisFile {
  const path = join(run.path, "analysis.json");
  const analysis = readDocument<AnalysisFile>(path, decodeJson);
  if (analysis === null)
    throw new NotFoundError(`${path}: expected an analysis, got none; run: batchscope analyze ${run.path}`);
  return analysis;
}

/** Where an analysis that is not done keeps its parts. */
export function unfinishedFolder(run: { readonly path: string }, fingerprint: string): string {
  return join(run.path, "analysis", `unfinished-${fingerprint}`);
}

/** Where pictures of a run go, under the names by which their readers know them. */
export const plotPaths = {
  directions: (run: { readonly path: string }, epoch: number) =>
    join(run.path, "plots", `gradient_directions_tsne_epoch_${epoch}.png`),
  similarities: (run: { readonly path: string }, epoch: number) =>
    join(run.path, "plots", `gradient_similarities_epoch_${epoch}.png`),
  noiseScale: (run: { readonly path: string }, name: string) => join(run.path, "plots", `gns_vs_epoch_${name}.png`),
};
