import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** SQLite's result code for a file that another connection holds. */
const SQLITE_BUSY = 5;

/** A run held for this process. */
export interface RunLock {
  release(): void;
}

/**
 * Holds a run for this process, or gives null where another holds it. The lock is the operating system's, on the file `lock`, taken
 * through SQLite because Node has no call for it: it ends with the process, however that ends, so that there is no stale lock to
 * judge and two who come at once never both get it.
 */
export function lockRun(run: { readonly path: string }): RunLock | null {
  const database = new DatabaseSync(join(run.path, "lock"), { timeout: 200 });
  try {
    // Nothing is ever written, so there is no need of a journal file.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE");
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

/** Whether a process holds the run. False, too, where that cannot be found out, as in a folder that may only be read. */
export function isLocked(run: { readonly path: string }): boolean {
  try {
    const lock = lockRun(run);
    lock?.release();
    return lock === null;
  } catch {
    return false;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
