import { statSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../data/files/folders.ts";
import { NotFoundError } from "../tensor/errors.ts";
import { analysisFile } from "./analysisRecords.ts";
import { ABANDONED_MILLISECONDS, readDocument, writeAtomically } from "./document.ts";
import { encodeJson } from "./json.ts";
import { lockRun, type RunLock } from "./lock.ts";
import { placeName } from "./place.ts";
import { listRunFiles, removeRunFiles } from "./runFiles.ts";
import type { AnalysisFile } from "./schema.ts";

/**
 * Writes `analysis.json`, the whole, and each checkpoint's part: `analysis/epoch_<epoch>/statistics.json`, inside an
 * epoch `analysis/step_<step>/statistics.json`.
 */
export function writeAnalysis(run: { readonly path: string }, analysis: AnalysisFile): void {
  for (const checkpoint of analysis.checkpoints)
    writeAtomically(join(run.path, "analysis", placeName(checkpoint), "statistics.json"), encodeJson(checkpoint));
  writeAtomically(join(run.path, "analysis.json"), encodeJson(analysis));
}

/** Removes what an earlier analysis wrote and this one does not: parts of other checkpoints, and pictures. */
export function removeStale(run: { readonly path: string }, analysis: AnalysisFile, plots: readonly string[]): void {
  const parts = analysis.checkpoints.map((one) => `analysis/${placeName(one)}/statistics.json`);
  const current = new Set([...parts, ...plots.map((name) => `plots/${name}`)]);
  const { own, folders } = listRunFiles(run);
  const isOfAnalysis = (path: string) => /^(plots\/(?!loss_)|analysis\/(epoch|step)_\d+\/)/.test(path);
  const stale = own.filter((path) => isOfAnalysis(path) && !current.has(path));
  removeRunFiles(run, { own: stale, folders: folders.filter((path) => /^analysis\/(epoch|step)_/.test(path)) });
}

/** Null where there is none. Throws `DataError` naming a damaged file. */
export function analysisIn(run: { readonly path: string }): AnalysisFile | null {
  return readDocument(join(run.path, "analysis.json"), analysisFile);
}

/** Throws `NotFoundError` with the command that makes the analysis, `DataError` naming a damaged file. */
export function readAnalysis(run: { readonly path: string }): AnalysisFile {
  const analysis = analysisIn(run);
  if (analysis !== null) return analysis;
  const path = join(run.path, "analysis.json");
  throw new NotFoundError(`${path}: expected an analysis, got none; run: \`batchscope analyze ${run.path}\``);
}

const UNFINISHED = "unfinished-";

/** Where an analysis that is not done keeps its parts. */
export function unfinishedFolder(run: { readonly path: string }, fingerprint: string): string {
  return join(run.path, "analysis", UNFINISHED + fingerprint);
}

/**
 * Makes the folder where there is none, and holds it for this process, so that nobody clears it away. Null where
 * another does so.
 */
export function holdUnfinished(path: string): RunLock | null {
  makeFolder(path);
  return lockRun({ path });
}

/**
 * Removes what analyses that ended before they were done have left; those that a process is making stay, and what is
 * not theirs.
 */
export function removeUnfinished(run: { readonly path: string }): {
  readonly analyses: number;
  readonly bytes: number;
} {
  const removed = listRunFiles(run)
    .folders.filter((folder) => folder.startsWith(`analysis/${UNFINISHED}`))
    .flatMap((folder) => {
      const path = join(run.path, folder);
      const lock = holdUnfinished(path);
      if (lock === null) return [];
      if (!lock.held && !isAbandoned(path)) return [];
      const own = listRunFiles(run).own.filter((file) => file.startsWith(`${folder}/`));
      // Windows removes no file that is open.
      lock.release();
      return [removeRunFiles(run, { own, folders: [folder] })];
    });
  return { analyses: removed.length, bytes: removed.reduce((sum, bytes) => sum + bytes, 0) };
}

/** Without locks, whether nothing was added for ten minutes. */
function isAbandoned(path: string): boolean {
  return Date.now() - statSync(path).mtimeMs > ABANDONED_MILLISECONDS;
}
