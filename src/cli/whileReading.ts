import { existsSync } from "node:fs";
import { join } from "node:path";
import { lockRun, type RunLock } from "../store/lock.ts";
import { namingLatest } from "../store/namingLatest.ts";
import type { Run } from "../store/runs.ts";
import { DataError, NotFoundError } from "../tensor/errors.ts";

/**
 * Keeps others from removing or tidying the run while `work` reads it; training and other readers go on beside it.
 * Where nothing can be held, as in a folder that may only be read, it does without. `reference` is what the run was
 * called by. Throws `NotFoundError` where the run is being removed.
 */
export async function whileReading<T>(run: Run, reference: string, work: () => Promise<T>): Promise<T> {
  const lock = readLock(run);
  if (lock === null) throw removed(run);
  try {
    return await namingLatest(reference, run, work);
  } finally {
    lock.release();
  }
}

/** Throws `NotFoundError` where the run is no longer there, which writing into it would make anew. */
export function requirePresent(run: Run): void {
  if (!existsSync(join(run.path, "run.json"))) throw removed(run);
}

function readLock(run: Run): RunLock | null {
  try {
    return lockRun(run, "read");
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { held: false, release() {} };
  }
}

function removed({ path }: Run): NotFoundError {
  return new NotFoundError(`${path}: expected a run that stays, got one that is being removed; choose another`);
}
