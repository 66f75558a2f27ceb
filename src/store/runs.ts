import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";
import { DataError, NotFoundError, UsageError } from "../tensor/errors.ts";
import { readDocument } from "./document.ts";
import { decodeJson } from "./json.ts";
import type { RunRecord, RunStatus, RunSummary } from "./schema.ts";
import { isGone } from "./signsOfLife.ts";

/** A run as a reader sees it. */
export interface Run {
  readonly path: string;
  readonly record: RunRecord;
  /** "lost" where the record says "running" and the process is gone. */
  readonly status: RunStatus | "lost";
}

/** Where runs are kept: the flag `--dir`, else `$BATCHSCOPE_DIR`, else `./batchscope`; absolute. */
export function storeDirectory(flag?: string): string {
  return resolve(flag ?? (process.env.BATCHSCOPE_DIR || "batchscope"));
}

/**
 * All runs, newest first; and an error for each run whose record cannot be read, so that one damaged file hides no
 * other run.
 */
export function listRuns(directory: string): { runs: Run[]; damaged: DataError[] } {
  const runs: Run[] = [];
  const damaged: DataError[] = [];
  for (const id of listIds(directory)) {
    try {
      const run = readRun(join(directory, "runs", id));
      if (run !== null) runs.push(run);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      damaged.push(error);
    }
  }
  return { runs: runs.sort(newestFirst), damaged };
}

/**
 * The run meant by `reference`: "latest", an id, the path of a run directory, or the beginning of exactly one id.
 * Throws `NotFoundError` naming the directory and the newest runs there, `UsageError` for a beginning that several ids
 * share.
 */
export function openRun(directory: string, reference: string): Run {
  if (reference === "latest") {
    const [newest] = listRuns(directory).runs;
    if (newest !== undefined) return newest;
    throw notFound(directory, reference, []);
  }
  const ids = listIds(directory);
  const exact = ids.includes(reference) ? readRun(join(directory, "runs", reference)) : readRun(resolve(reference));
  if (exact !== null) return exact;
  const matching = reference === "" ? [] : ids.filter((id) => id.startsWith(reference));
  if (matching.length > 1)
    throw new UsageError(
      `openRun: expected the beginning of one run, got "${reference}" of ${matching.join(", ")}; write more of the id`,
    );
  const run = matching.length === 1 ? readRun(join(directory, "runs", matching[0]!)) : null;
  if (run === null) throw notFound(directory, reference, ids);
  return run;
}

/** The resolved configuration that the run was started with. Throws `NotFoundError` or `DataError` naming the file. */
export function readConfig(run: { readonly path: string }): Record<string, unknown> {
  const path = join(run.path, "config.yaml");
  if (!existsSync(path)) throw new NotFoundError(`${path}: expected the run's configuration, got no file; restore it`);
  const config = parseYaml(path);
  if (typeof config === "object" && config !== null && !Array.isArray(config)) return config as Record<string, unknown>;
  throw new DataError(`${path}: expected a mapping, got ${JSON.stringify(config)}; restore the file`);
}

/** Last and best values; null while the run has none. Throws `DataError` naming the file. */
export function readSummary(run: { readonly path: string }): RunSummary | null {
  return readDocument<RunSummary>(join(run.path, "summary.json"), decodeJson);
}

function parseYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    const [got] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new DataError(`${path}: expected YAML, got: ${got}; restore the file`);
  }
}

function listIds(directory: string): string[] {
  const folder = join(directory, "runs");
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Null where `path` is no run, or one that is only being created. */
export function readRun(path: string): Run | null {
  const record = readDocument<RunRecord>(join(path, "run.json"), JSON.parse);
  if (record === null) return null;
  return { path, record, status: record.status === "running" && isGone(path, record) ? "lost" : record.status };
}

function newestFirst(a: Run, b: Run): number {
  const [x, y] = [a, b].map(({ record }) => `${record.startedAt} ${record.id}`);
  return x! < y! ? 1 : -1;
}

function notFound(directory: string, reference: string, ids: readonly string[]): NotFoundError {
  const folder = join(resolve(directory), "runs");
  const newest = ids.slice(-5).reverse();
  if (newest.length === 0)
    return new NotFoundError(
      `${folder}: expected the run "${reference}", got no runs at all; start one with batchscope train, or pass --dir`,
    );
  const others = ids.length > newest.length ? ` and ${ids.length - newest.length} older` : "";
  return new NotFoundError(
    `${folder}: expected the run "${basename(reference)}", got ${newest.join(", ")}${others}; ` +
      `choose one of them, or "latest"`,
  );
}
