import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DataError, NotFoundError, option } from "../tensor/errors.ts";
import { readDocument } from "./document.ts";
import { readRegularFile } from "./file.ts";
import { runSummary } from "./runRecords.ts";
import { AVERAGE_FILE } from "./saveAverage.ts";
import { openSeal, requireWholeIfOurs } from "./seal.ts";

/** The average of a run's weights, and the files of weights that others begin with. */

/**
 * The average of a run's weights. Throws `NotFoundError` where the run has none, `DataError` where it is not what was
 * written.
 */
export function readAverage(run: { readonly path: string }): { readonly bytes: Uint8Array; readonly path: string } {
  const path = join(run.path, AVERAGE_FILE);
  const bytes = readRegularFile(path);
  if (bytes === null)
    throw new NotFoundError(
      `${path}: expected an average of weights, got none; train with ${option("swaStart")} or ${option("swapWorkers")}`,
    );
  requireWholeAverage(run, bytes, path);
  return { bytes, path };
}

/**
 * Throws `DataError` for weights that are ours and not as they were written: a checkpoint, or an average, which in a
 * run of before averages had checksums has none.
 */
export function requireWholeWeights(bytes: Uint8Array, file: string): void {
  const folder = dirname(resolve(file));
  if (basename(file) === AVERAGE_FILE && existsSync(join(folder, "run.json")))
    requireWholeAverage({ path: folder }, bytes, file);
  else requireWholeIfOurs(bytes, file);
}

function requireWholeAverage(run: { readonly path: string }, bytes: Uint8Array, path: string): void {
  if (!isOfBefore(bytes)) openSeal(bytes, path);
  else if (readDocument(join(run.path, "summary.json"), runSummary)?.averaged?.sha256 !== undefined)
    throw new DataError(`${path}: expected the checksum that summary.json says it has, got none; the file is damaged`);
}

/**
 * All notes that an average had before there were checksums: one of today that is damaged still has more of its own.
 */
const BEFORE = '{"__metadata__":{"format":"pt"}';

function isOfBefore(bytes: Uint8Array): boolean {
  const start = 8;
  return new TextDecoder("latin1").decode(bytes.subarray(start, start + BEFORE.length)) === BEFORE;
}
