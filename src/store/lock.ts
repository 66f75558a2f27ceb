import { lstatSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../tensor/errors.ts";
import { DatabaseSync } from "./sqlite.ts";
import { temporaryPath } from "./temporary.ts";

/**
 * What a run is held for: "write", which one process at a time may; "read", which any number may beside it; or "alone",
 * to remove it, which nobody may beside it.
 */
export type Purpose = "write" | "read" | "alone";

/** SQLite's locks. An empty file has no schema, yet to look at it takes the lock of a reader. */
const statements: Readonly<Record<Purpose, string>> = {
  write: "BEGIN IMMEDIATE",
  read: "BEGIN; SELECT count(*) FROM sqlite_schema",
  alone: "BEGIN EXCLUSIVE",
};

/** SQLite's result codes for a file that another connection holds, and for a request that the system refuses. */
const SQLITE_BUSY = 5;
const SQLITE_PERM = 3;
const SQLITE_IOERR = 10;

/** A run held for this process. */
export interface RunLock {
  /** False on a file system without locks, where nothing keeps others out but the signs of life that a run gives. */
  readonly held: boolean;
  release(): void;
}

/**
 * Holds a run for this process, or gives null where another holds it. The lock is the operating system's, on the file
 * `lock`, taken through SQLite because Node has no call for it: it ends with the process, however that ends, so that
 * there is no stale lock to judge and two who come at once never both get it. Throws `DataError` naming a `lock` that
 * is no empty file, or cannot be written.
 */
export function lockRun(run: { readonly path: string }, purpose: Purpose = "write"): RunLock | null {
  const path = join(run.path, "lock");
  requireEmptyFile(path);
  const outcome = hold(path, purpose);
  if (outcome instanceof DatabaseSync) return { held: true, release: () => outcome.close() };
  // Some systems without locks answer as if another held it.
  if (outcome === "busy" && hasLocks(path)) return null;
  return { held: false, release() {} };
}

/**
 * Whether a process writes the run; "unknown" where that cannot be found out, as without locks or in a folder that may
 * only be read.
 */
export function lockState(run: { readonly path: string }): "held" | "free" | "unknown" {
  try {
    const lock = lockRun(run);
    lock?.release();
    if (lock === null) return "held";
    return lock.held ? "free" : "unknown";
  } catch {
    return "unknown";
  }
}

/**
 * What is not ours is not opened: a pipe would never answer, a link leads to a file of others, and SQLite writes into
 * databases.
 */
function requireEmptyFile(path: string): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined || (status.isFile() && status.size === 0)) return;
  const got = status.isFile() ? `${status.size} bytes` : status.isDirectory() ? "a folder" : "no plain file";
  throw new DataError(`${path}: expected an empty file, got ${got}; remove it while nothing uses the run`);
}

function hold(path: string, purpose: Purpose): DatabaseSync | "busy" | "refused" {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 200 });
    // Nothing is ever written, so there is no need of a journal file.
    database.exec(`PRAGMA journal_mode = MEMORY; ${statements[purpose]}`);
    return database;
  } catch (error) {
    database?.close();
    // The last eight bits are the kind of what went wrong.
    const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 255 : undefined;
    if (code === SQLITE_BUSY) return "busy";
    if (code === SQLITE_PERM || code === SQLITE_IOERR) return "refused";
    throw new DataError(
      `${path}: expected a file that can be locked, got: ${(error as Error).message}; check the permissions of its folder`,
    );
  }
}

/** Whether a file beside `path` that nobody else knows can be held. */
function hasLocks(path: string): boolean {
  const probe = temporaryPath(path);
  try {
    const outcome = hold(probe, "write");
    if (!(outcome instanceof DatabaseSync)) return false;
    outcome.close();
    return true;
  } catch {
    // No file can be made here, which says nothing of locks.
    return true;
  } finally {
    rmSync(probe, { force: true });
  }
}
