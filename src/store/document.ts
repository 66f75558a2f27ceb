import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../data/files/folders.ts";
import { DataError } from "../tensor/errors.ts";
import { readRecordText } from "./file.ts";
import { decodeJson } from "./json.ts";
import { parseRecord, type Reader, showValue } from "./parseRecord.ts";
import { bytesOf, listRunFiles } from "./runFiles.ts";
import { SCHEMA_VERSION } from "./schema.ts";
import { finalName, isLeftBehind, temporaryPath } from "./temporary.ts";

/** One call writes at most 2 GiB. */
const PIECE = 2 ** 26;

/** What is written into a file: a text, bytes, or pieces of bytes one after the other. */
export type Contents = string | Uint8Array | Iterable<Uint8Array>;

/**
 * Replaces a file by write, fsync and rename, so that a reader or a crash sees the old contents or the new, never
 * half. When it returns, the new contents survive a power cut.
 */
export function writeAtomically(path: string, contents: Contents): void {
  makeFolder(dirname(path));
  const temporary = temporaryPath(path);
  try {
    writeWhole(temporary, contents);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function arraysOf(contents: Contents): Iterable<Uint8Array> {
  if (typeof contents === "string") return [new TextEncoder().encode(contents)];
  return contents instanceof Uint8Array ? [contents] : contents;
}

/** Removes what a process that was killed left half written of a run. Only for who holds the run's lock. */
export function removeTemporaries(run: { readonly path: string }): void {
  for (const path of listRunFiles(run).own)
    if (finalName(path).temporary && !ofReaders.test(path)) rmSync(join(run.path, path), { force: true });
}

/** What other processes write beside the one that trains. */
const ofReaders =
  /^(analysis|plots|copies|tensorboard|(analysis|landscape)\.json|report\.html|model\.onnx|metrics\.(csv|parquet))\b/;

/** A write takes seconds: what was not added to for so long belongs to nobody, whatever process has the number now. */
export const ABANDONED_MILLISECONDS = 10 * 60_000;

/** Removes what no process is writing any more of a run's files. */
export function removeAbandoned(run: { readonly path: string }): { readonly files: number; readonly bytes: number } {
  const abandoned = listRunFiles(run).own.filter((path) => {
    if (!finalName(path).temporary) return false;
    const status = statSync(join(run.path, path), { throwIfNoEntry: false });
    return isLeftBehind(path) || (status !== undefined && Date.now() - status.mtimeMs > ABANDONED_MILLISECONDS);
  });
  const bytes = bytesOf(run, abandoned);
  for (const path of abandoned) rmSync(join(run.path, path), { force: true });
  return { files: abandoned.length, bytes };
}

/** Writes a file under its own name and through to the disk: for one whose folder nobody looks into yet. */
export function writeWhole(path: string, contents: Contents): void {
  const file = openSync(path, "w");
  try {
    for (const array of arraysOf(contents))
      for (let at = 0; at < array.length; ) at += writeSync(file, array, at, Math.min(PIECE, array.length - at));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a rename survive a power cut. Windows can neither do this nor needs it. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Whether an operation failed for want of space, quota included. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/**
 * A JSON document of a run, parsed by its schema, or null where the run has none yet. Throws `DataError`, naming the
 * file and the field, for damaged JSON, for what is not as its schema says, and for a schema version newer than this
 * program.
 */
export function readDocument<T>(path: string, schema: Reader<T>): T | null {
  const text = readRecordText(path);
  if (text === null) return null;
  const document = decode(path, text);
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw new DataError(`${path}: expected a JSON object, got ${showValue(document)}; restore the file or delete it`);
  if ("schemaVersion" in document && Number(document.schemaVersion) > SCHEMA_VERSION)
    throw new DataError(
      `${path}: expected schema version ${SCHEMA_VERSION} or older, got ${document.schemaVersion}; update batchscope`,
    );
  return parseRecord(path, schema, document);
}

function decode(path: string, text: string): unknown {
  try {
    return decodeJson(text);
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new DataError(`${path}: expected a JSON object, got: ${got}; restore the file or delete it`);
  }
}
