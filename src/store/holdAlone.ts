import { join } from "node:path";
import { DataError, UsageError } from "../tensor/errors.ts";
import { lockRun, lockState, type RunLock } from "./lock.ts";
import { listRunFiles } from "./runFiles.ts";
import { readRun } from "./runs.ts";

/**
 * Holds the run `id` and what trains below it, so that nobody uses it. Throws `UsageError` while somebody does, and
 * where nothing tells.
 */
export function holdAlone(run: { readonly path: string }, id: string): RunLock {
  const locks: RunLock[] = [];
  const release = () => {
    for (const lock of locks.splice(0)) lock.release();
  };
  const copies = listRunFiles(run).folders.filter((folder) => /^copies\/\d+\/runs\/[^/]+$/.test(folder));
  for (const path of [run.path, ...copies.map((folder) => join(run.path, folder))]) {
    const status = statusOf(path);
    const lock = status === "running" ? null : lockRun({ path }, "alone");
    if (lock !== null) locks.push(lock);
    if (lock !== null && (lock.held || status !== "unknown")) continue;
    release();
    throw new UsageError(`runs rm: expected runs that nobody uses, got ${id}, ${useOf(path, lock, status)}`);
  }
  return { held: true, release };
}

/** "unknown" where the record cannot be read, so that only a lock tells whether the run is used. */
function statusOf(path: string): string | undefined {
  try {
    return readRun(path)?.status;
  } catch (error) {
    if (error instanceof DataError) return "unknown";
    throw error;
  }
}

function useOf(path: string, lock: RunLock | null, status: string | undefined): string {
  if (lock !== null)
    return `of which neither its damaged ${join(path, "run.json")} nor a lock tells that; remove it yourself`;
  const isTrained = lockState({ path }) === "held" || status === "running";
  return `which is being ${isTrained ? "trained" : "analyzed, reported or exported"}; wait for it`;
}
