import { appendFileSync, closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { appendFinding } from "./appendFinding.ts";
import { type Checkpoint, readPointer, saveCheckpoint, settleCheckpoint } from "./checkpoints.ts";
import { isDiskFull, writeAtomically } from "./document.ts";
import { encodeJson } from "./json.ts";
import type { RunLock } from "./lock.ts";
import { metricsWriter } from "./metrics.ts";
import { saveAverage } from "./saveAverage.ts";
import type { EvaluationFile, MetricRecord, RunRecord, RunStatus, RunSummary } from "./schema.ts";
import type { TrainingFinding } from "./trainingFindings.ts";

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

/**
 * The one writer of a run directory. Where the system refuses to write, as on a full disk, each of its functions throws
 * an `Error` on one line that says what is safe and how to go on.
 */
export interface RunWriter {
  readonly id: string;
  readonly path: string;
  /** False on a file system without locks, where only the signs of life that it gives keep other processes out. */
  readonly locked: boolean;
  /** On disk within a second or so, and before the next checkpoint. */
  appendMetric(metric: MetricRecord): void;
  /** At once on disk, in findings.jsonl. */
  appendFinding(finding: TrainingFinding): void;
  /** Adds a line with the time to log.txt. */
  log(line: string): void;
  /** Does a writing of the caller's into the run's folder, whose failure is told as those of the others. */
  writing<T>(write: () => T): T;
  /** Says that the run is alive. Cheap; `appendMetric` calls it, so only long silent work needs to. */
  heartbeat(): void;
  /** All of it or nothing: the checkpoints before it are untouched where it cannot be written. */
  saveCheckpoint(checkpoint: CheckpointToSave): Checkpoint;
  /** `evaluation/<name>.json`, whole or not at all. */
  writeEvaluation(name: string, evaluation: EvaluationFile): void;
  writeSummary(summary: RunSummary): void;
  /** `averaged.safetensors`: a model that is the mean of several epochs' weights. Gives its checksum. */
  saveAverage(bytes: Uint8Array): string;
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
  // First, since a record that says "running" needs one who can say more.
  const reserve = openReserve(path);
  let last = readPointer(run, "last");
  const record = openRecord(path, initial);
  const writing = <T>(write: () => T) => explained(run, () => last, write);
  const heartbeat = () => {
    if (!record.isDue()) return;
    writing(() => {
      metrics.flush();
      record.update({});
    });
  };
  return {
    id: run.id,
    path,
    locked: lock.held,
    writing,
    heartbeat,
    appendMetric: (metric) => {
      writing(() => metrics.append(metric));
      heartbeat();
    },
    appendFinding: (finding) => writing(() => appendFinding(run, finding)),
    log: (line) => writing(() => appendFileSync(join(path, "log.txt"), `${new Date().toISOString()} ${line}\n`)),
    saveCheckpoint: (checkpoint) =>
      writing(() => {
        metrics.sync();
        last = saveCheckpoint(run, { ...checkpoint, metrics: metrics.lines() });
        // Only now: at every moment the pointers name files that are whole.
        settleCheckpoint(run, { ...last, best: checkpoint.best }, keepCheckpoints);
        return last;
      }),
    writeEvaluation: (name, evaluation) =>
      writing(() => writeAtomically(join(path, "evaluation", `${name}.json`), encodeJson(evaluation))),
    saveAverage: (bytes) => writing(() => saveAverage(run, bytes)),
    writeSummary: (summary) => writing(() => writeAtomically(join(path, "summary.json"), encodeJson(summary, 2))),
    finish: (status, exitReason) => {
      reserve.release();
      closing(lock, () =>
        writing(() => {
          // The record first: on a full disk it matters more than the last metrics.
          record.update({ status, exitReason, finishedAt: new Date().toISOString() });
          metrics.flush();
        }),
      );
    },
  };
}

/**
 * What a run sets aside, so that it can say why it failed where there is no room on the disk or no file can be opened
 * any more.
 */
function openReserve(path: string): { release(): void } {
  const file = join(path, "reserve");
  writeFileSync(file, new Uint8Array(RESERVE));
  const descriptor = openSync(file, "r");
  return {
    release() {
      closeSync(descriptor);
      rmSync(file, { force: true });
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

/** Says of what the system refuses what is safe and how to go on, where the system's message says neither. */
function explained<T>(
  run: { readonly id: string; readonly path: string },
  last: () => Checkpoint | null,
  write: () => T,
): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    const saved = last();
    const safe = saved === null ? "no checkpoint was saved yet" : `the checkpoint of step ${saved.step} is whole`;
    const [expected, got, remedy] = isDiskFull(error)
      ? ["room for the run's files", "a full disk", "free some"]
      : ["to write the run's files", error.message, "mend that"];
    throw new Error(
      `${run.path}: expected ${expected}, got ${got} (${safe}); ${remedy} and go on with: \`batchscope train --resume ${run.id}\``,
      { cause: error },
    );
  }
}
