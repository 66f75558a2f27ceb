import { hostname } from "node:os";
import { join } from "node:path";
import { DataError } from "../tensor/errors.ts";
import { writeAtomically } from "./document.ts";
import type { RunLoss } from "./findings.ts";
import { lockRun, type RunLock } from "./lock.ts";
import { listRuns, type Run, readRun } from "./runs.ts";
import type { JudgedRecord } from "./schema.ts";

/**
 * Why a run ended, in English as records hold it: what its record says, and of a lost one what can be known. Null while
 * it runs, and where there is nothing to say.
 */
export function endOf({ status, record }: Run): string | null {
  if (status !== "lost") return record.exitReason;
  const loss = lossOf({ record });
  return loss.kind === "died"
    ? "its process ended without a word: killed, out of memory, or a fault of the native library; see log.txt"
    : `no sign of life from ${loss.host} since ${loss.since}; see log.txt`;
}

/** What can be known of the end of a lost run. */
export function lossOf({ record: { host, heartbeatAt } }: Pick<Run, "record">): RunLoss {
  return host === hostname() ? { kind: "died" } : { kind: "silent", host, since: heartbeatAt };
}

/** The record with what is judged of the run in place of what it says of itself. */
export function judgedRecord(run: Run): JudgedRecord {
  return { ...run.record, status: run.status, exitReason: endOf(run) };
}

/**
 * Writes down that a lost run of this machine has failed, with what can be known, for who holds its lock. Nothing is
 * changed of a run that is not lost, of one of another host, which may only be silent, and where the record cannot be
 * written.
 */
export function recordLoss({ path }: { readonly path: string }): void {
  // While the lock is held for it, a record that says "running" looks as if it were.
  const record = readRun(path)?.record;
  if (record?.status !== "running" || record.host !== hostname()) return;
  const exitReason = endOf({ path, record, status: "lost" });
  try {
    writeRecord(path, { ...record, status: "failed", exitReason, finishedAt: record.heartbeatAt });
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
  }
}

/** `recordLoss` of all lost runs that no other process holds. */
export function recordLosses(directory: string): void {
  for (const run of listRuns(directory).runs) {
    if (run.status !== "lost") continue;
    const lock = takenLock(run);
    if (lock?.held) recordLoss(run);
    lock?.release();
  }
}

/** Null where it cannot be had. */
function takenLock(run: Run): RunLock | null {
  try {
    return lockRun(run);
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

function writeRecord(path: string, record: Run["record"]): void {
  writeAtomically(join(path, "run.json"), JSON.stringify(record, null, 2));
}

/**
 * Writes down that the run of a process of this machine has failed, and why, by who saw that process end. Nothing is
 * changed where the process wrote its run's end itself, had none in this store, or another went on with it.
 */
export function recordDeath(directory: string, pid: number | undefined, reason: string): void {
  const found = listRuns(directory).runs.find(({ status, record }) => status === "lost" && isOf(record, pid));
  const lock = found ? lockRun(found) : null;
  if (!found || lock === null) return;
  try {
    const now = readRun(found.path);
    if (now?.record.status !== "running" || !isOf(now.record, pid)) return;
    const finishedAt = new Date().toISOString();
    writeRecord(found.path, { ...now.record, status: "failed", exitReason: reason, finishedAt });
  } finally {
    lock.release();
  }
}

const isOf = (record: Run["record"], pid: number | undefined) => record.host === hostname() && record.pid === pid;
