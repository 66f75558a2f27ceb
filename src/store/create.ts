import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { UsageError } from "../tensor/errors.ts";
import { type Checkpoint, saveCheckpoint } from "./checkpoints.ts";
import { writeAtomically } from "./document.ts";
import { describeEnvironment } from "./environment.ts";
import { encodeJson } from "./json.ts";
import { metricsWriter, rewindMetrics } from "./metrics.ts";
import type { Run } from "./runs.ts";
import { type MetricRecord, type RunRecord, type RunStatus, type RunSummary, SCHEMA_VERSION } from "./schema.ts";

/** A sign of life is written at most this often. */
const HEARTBEAT_MILLISECONDS = 5000;

export interface RunOptions {
  /** What is trained, for the id: a name or the path of a file. */
  readonly model: string;
  /** `{data}` or `{data}_{subset}`. */
  readonly name: string;
  readonly description: string;
  /** Everything that was decided, defaults included. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The command line that starts the same run again. */
  readonly command: string;
  readonly seeds: Readonly<Record<string, number>>;
}

/** The one writer of a run directory. */
export interface RunWriter {
  readonly id: string;
  readonly path: string;
  /**
   * On disk within a second or so. Append an epoch's metrics before saving its checkpoint, then a resumed run repeats
   * none.
   */
  appendMetric(metric: MetricRecord): void;
  /** Says that the run is alive. Cheap; `appendMetric` calls it, so only long silent work needs to. */
  heartbeat(): void;
  saveCheckpoint(epoch: number, step: number, bytes: Uint8Array): Checkpoint;
  writeSummary(summary: RunSummary): void;
  /** Writes what is left and closes the run, for good or until it is resumed. */
  finish(status: Exclude<RunStatus, "running">, reason: string | null): void;
}

/**
 * Makes `runs/<YYYYMMDD-HHMMSS>-<model>-<name>-<4 hex digits>/` (UTC) in the store `directory`, with run.json,
 * config.yaml, command.txt and environment.json. Throws an `Error` that names the directory where it cannot be
 * written.
 */
export function createRun(directory: string, options: RunOptions): RunWriter {
  try {
    const now = new Date();
    const { id, path } = makeDirectory(directory, `${timestamp(now)}-${slug(options)}`);
    writeAtomically(join(path, "config.yaml"), stringify(options.config));
    writeAtomically(join(path, "command.txt"), `${options.command}\n`);
    writeAtomically(join(path, "environment.json"), encodeJson(describeEnvironment(options.seeds), 2));
    const { name, description } = options;
    const startedAt = now.toISOString();
    // run.json comes last: a directory without it is no run yet.
    return openWriter(path, { schemaVersion: SCHEMA_VERSION, id, name, description, startedAt, ...alive() });
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new Error(
      `createRun: expected a directory that can be written, got ${directory} (${error.message}); ` +
        "pass --dir or set BATCHSCOPE_DIR",
      { cause: error },
    );
  }
}

/**
 * Goes on with a run that has ended or was lost, from its checkpoint of `step`: metrics recorded after it are taken
 * back.
 * Throws `UsageError` while the run is still running.
 */
export function resumeRun(run: Run, step: number): RunWriter {
  if (run.status === "running")
    throw new UsageError(
      `resumeRun: expected a run that has ended, got ${run.record.id}, ` +
        `running as process ${run.record.pid} on ${run.record.host}; stop it first`,
    );
  rewindMetrics(run, step);
  return openWriter(run.path, { ...run.record, ...alive() });
}

function openWriter(path: string, initial: RunRecord): RunWriter {
  let record = initial;
  let beatAt = 0;
  const metrics = metricsWriter({ path });
  const update = (change: Partial<RunRecord>) => {
    const now = new Date();
    beatAt = now.getTime();
    record = { ...record, heartbeatAt: now.toISOString(), ...change };
    writeAtomically(join(path, "run.json"), JSON.stringify(record, null, 2));
  };
  const heartbeat = () => {
    if (Date.now() - beatAt < HEARTBEAT_MILLISECONDS) return;
    metrics.flush();
    update({});
  };
  update({});
  return {
    id: record.id,
    path,
    heartbeat,
    appendMetric: (metric) => {
      metrics.append(metric);
      heartbeat();
    },
    saveCheckpoint: (epoch, step, bytes) => {
      metrics.flush();
      return saveCheckpoint({ path }, epoch, step, bytes);
    },
    writeSummary: (summary) => writeAtomically(join(path, "summary.json"), encodeJson(summary, 2)),
    finish: (status, exitReason) => {
      metrics.flush();
      update({ status, exitReason, finishedAt: new Date().toISOString() });
    },
  };
}

function alive() {
  const heartbeatAt = new Date().toISOString();
  return {
    status: "running",
    pid: process.pid,
    host: hostname(),
    heartbeatAt,
    finishedAt: null,
    exitReason: null,
  } as const;
}

function makeDirectory(directory: string, start: string): { id: string; path: string } {
  mkdirSync(join(directory, "runs"), { recursive: true });
  for (;;) {
    const id = `${start}-${randomBytes(2).toString("hex")}`;
    const path = join(directory, "runs", id);
    try {
      mkdirSync(path);
      return { id, path };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

/** 20261121-205900 */
function timestamp(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}

/** Model and data in at most 40 letters that every file system and shell takes as they are. */
function slug({ model, name }: RunOptions): string {
  const file = model
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.onnx$/, "");
  const words = `${file}-${name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return words.slice(0, 40).replaceAll(/^-|-$/g, "") || "run";
}
