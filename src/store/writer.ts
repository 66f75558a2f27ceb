import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Checkpoint,
  type NewCheckpoint,
  readPointer,
  saveAverage,
  saveCheckpoint,
  settleCheckpoint,
} from "./checkpoints.ts";
import { isDiskFull, writeAtomically } from "./document.ts";
import { encodeJson } from "./json.ts";
import type { RunLock } from "./lock.ts";
import { metricsWriter } from "./metrics.ts";
import type { EvaluationFile, MetricRecord, RunRecord, RunStatus, RunSummary } from "./schema.ts";

/** A sign of life is written at most this often. */
const HEARTBEAT_MILLISECONDS = 5000;

/** Bytes set aside, so that a run can say why it failed on a disk that is full. */
const RESERVE = 16_384;

export interface CheckpointToSave {
  readonly epoch: number;
  readonly step: number;
  /** A .safetensors file. */
  readonly bytes: Uint8Array;
  /** The best so far: `best.json` names it from now on. */
  readonly best?: boolean;
  /** Here as the best or to go on from, and removed once it is neither. */
  readonly passing?: boolean;
}

/** The one writer of a run directory. */
export interface RunWriter {
  readonly id: string;
  readonly path: string;
  /** False on a file system without locks, where only the signs of life that it gives keep other processes out. */
  readonly locked: boolean;
  /** On disk within a second or so, and before the next checkpoint. */
  appendMetric(metric: MetricRecord): void;
  /** Adds a line with the time to log.txt. */
  log(line: string): void;
  /** Says that the run is alive. Cheap; `appendMetric` calls it, so only long silent work needs to. */
  heartbeat(): void;
  /**
   * Throws an `Error` on one line where it cannot be written, as on a full disk; the checkpoints before it are untouched.
   */
  saveCheckpoint(checkpoint: CheckpointToSave): Checkpoint;
  /** `evaluation/<name>.json`, whole or not at all. */
  writeEvaluation(name: string, evaluation: EvaluationFile): void;
  writeSummary(summary: RunSummary): void;
  /** `averaged.safetensors`: a model that is the mean of several epochs' weights. */
  saveAverage(bytes: Uint8Array): void;
  /** Writes what is left and closes the run, for good or until it is resumed. */
  finish(status: Exclude<RunStatus, "running">, reason: string | null): void;
}

export interface WriterOptions {
  readonly record: RunRecord;
  readonly lock: RunLock;
  /** Lines of metrics.jsonl that are there already. */
  readonly metrics: number;
  /** Checkpoints to keep beside the best and the last; all where undefined. */
  readonly keepCheckpoints?: number | undefined;
}

/** Opens the run for writing, until `finish`. */
export function openWriter(path: string, options: WriterOptions): RunWriter {
  const { record: initial, lock, metrics: count, keepCheckpoints } = options;
  const run = { path, id: initial.id };
  const metrics = metricsWriter(run, count);
  const reserve = join(path, "reserve");
  writeFileSync(reserve, new Uint8Array(RESERVE));
  const record = openRecord(path, initial);
  const heartbeat = () => {
    if (!record.isDue()) return;
    explainFullDisk(run, () => {
      metrics.flush();
      record.update({});
    });
  };
  return {
    id: run.id,
    path,
    locked: lock.held,
    heartbeat,
    appendMetric: (metric) => {
      explainFullDisk(run, () => metrics.append(metric));
      heartbeat();
    },
    log: (line) => appendFileSync(join(path, "log.txt"), `${new Date().toISOString()} ${line}\n`),
    saveCheckpoint: (checkpoint) =>
      explainFullDisk(run, () => {
        metrics.sync();
        return saveAndSettle(run, { ...checkpoint, metrics: metrics.lines() }, keepCheckpoints);
      }),
    writeEvaluation: (name, evaluation) =>
      explainFullDisk(run, () => writeAtomically(join(path, "evaluation", `${name}.json`), encodeJson(evaluation))),
    saveAverage: (bytes) => explainFullDisk(run, () => saveAverage(run, bytes)),
    writeSummary: (summary) => writeAtomically(join(path, "summary.json"), encodeJson(summary, 2)),
    finish: (status, exitReason) => {
      rmSync(reserve, { force: true });
      closing(lock, () => {
        // The record first: on a full disk it matters more than the last metrics.
        record.update({ status, exitReason, finishedAt: new Date().toISOString() });
        metrics.flush();
      });
    },
  };
}

/** Lets the run go, whatever happens to its last writing. */
function closing(lock: RunLock, write: () => void): void {
  try {
    write();
  } finally {
    lock.release();
  }
}

function saveAndSettle(
  run: { readonly path: string },
  checkpoint: NewCheckpoint,
  keep: number | undefined,
): Checkpoint {
  const saved = saveCheckpoint(run, checkpoint);
  // Only now: at every moment the pointers name files that are whole.
  settleCheckpoint(run, { ...saved, best: checkpoint.best }, keep);
  return saved;
}

/** run.json, written at once and anew with every change, each of which is a sign of life. */
function openRecord(path: string, initial: RunRecord) {
  let record = initial;
  // Of a clock that nobody sets; the record has the time of day.
  let beatAt = 0;
  const update = (change: Partial<RunRecord>) => {
    beatAt = performance.now();
    record = { ...record, heartbeatAt: new Date().toISOString(), ...change };
    writeAtomically(join(path, "run.json"), JSON.stringify(record, null, 2));
  };
  update({});
  return { update, isDue: () => performance.now() - beatAt >= HEARTBEAT_MILLISECONDS };
}

/** Says of a full disk what is safe and how to go on, where the system's message says neither. */
function explainFullDisk<T>(run: { readonly id: string; readonly path: string }, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    const last = readPointer(run, "last");
    const safe = last === null ? "no checkpoint was saved yet" : `the checkpoint of step ${last.step} is whole`;
    throw new Error(
      `${run.path}: expected room for the run's files, got a full disk (${safe}); ` +
        `free some and go on with: batchscope train --resume ${run.id}`,
      { cause: error },
    );
  }
}
