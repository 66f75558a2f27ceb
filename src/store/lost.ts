import { hostname } from "node:os";
import { join } from "node:path";
import { writeAtomically } from "./document.ts";
import { lockRun } from "./lock.ts";
import { listRuns, type Run, readRun } from "./runs.ts";

/** Why a run ended: what its record says, and of a lost one what can be known. Null while it runs, and where there is nothing to say. */
export function endOf({ status, record }: Run): string | null {
  if (status !== "lost") return record.exitReason;
  return record.host === hostname()
    ? "its process ended without a word: killed, out of memory, or a fault of the native library; see log.txt"
    : `no sign of life from ${record.host} since ${record.heartbeatAt}; see log.txt`;
}

/**
 * Writes down that the run of a process of this machine has failed, and why, by who saw that process end. Nothing is changed where the
 * process wrote its run's end itself, had none in this store, or another went on with it.
 */
export function recordDeath(directory: string, pid: number | undefined, reason: string): void {
  const found = listRuns(directory).runs.find(({ status, record }) => status === "lost" && isOf(record, pid));
  const lock = found ? lockRun(found) : null;
  if (!found || lock === null) return;
  try {
    const now = readRun(found.path);
    if (now?.record.status !== "running" || !isOf(now.record, pid)) return;
    const end = { status: "failed", exitReason: reason, finishedAt: new Date().toISOString() };
    writeAtomically(join(found.path, "run.json"), JSON.stringify({ ...now.record, ...end }, null, 2));
  } finally {
    lock.release();
  }
}

const isOf = (record: Run["record"], pid: number | undefined) => record.host === hostname() && record.pid === pid;
