import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DataError } from "../tensor/errors.ts";
import { SCHEMA_VERSION } from "./schema.ts";

/**
 * Replaces a file by write, fsync and rename, so that a reader or a crash sees the old contents or the new, never
 * half.
 */
export function writeAtomically(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, contents, { flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * A JSON document of a run, or null where the run has none yet.
 * Throws `DataError`, naming the file, for damaged JSON and for a schema version newer than this program.
 */
export function readDocument<T>(path: string, decode: (text: string) => unknown): T | null {
  if (!existsSync(path)) return null;
  const document = parse(path, decode);
  if (typeof document !== "object" || document === null)
    throw new DataError(`${path}: expected a JSON object, got ${document}; restore the file or delete it`);
  if ("schemaVersion" in document && Number(document.schemaVersion) > SCHEMA_VERSION)
    throw new DataError(
      `${path}: expected schema version ${SCHEMA_VERSION} or older, got ${document.schemaVersion}; update batchscope`,
    );
  return document as T;
}

function parse(path: string, decode: (text: string) => unknown): unknown {
  try {
    return decode(readFileSync(path, "utf8"));
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new DataError(`${path}: expected a JSON object, got: ${got}; restore the file or delete it`);
  }
}
