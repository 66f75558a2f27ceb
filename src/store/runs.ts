import { basename, dirname, join, resolve } from "node:path";
import { is, requireArguments } from "../tensor/arguments.ts";
import { DataError, NotFoundError, option, UsageError } from "../tensor/errors.ts";
import { readPointer } from "./checkpoints.ts";
import { readDocument } from "./document.ts";
import { readEnvironment } from "./environment.ts";
import { namesIn, readRecordText } from "./file.ts";
import { parseRecord, showValue } from "./parseRecord.ts";
import { parseYaml } from "./parseYaml.ts";
import { runRecord, runSummary, type StoredConfig, storedConfig } from "./runRecords.ts";
import type { RunRecord, RunStatus, RunSummary } from "./schema.ts";
import { isGone } from "./signsOfLife.ts";

/** A run as a reader sees it. */
export interface Run {
  readonly path: string;
  /** Its id is the name of the folder, by which every command finds the run, where that lies in a folder `runs`. */
  readonly record: RunRecord;
  /** "lost" where the record says "running" and the process is gone. */
  readonly status: RunStatus | "lost";
  /** The id in `run.json` where that is another, as in a folder that was copied or renamed. */
  readonly otherId?: string;
}

/**
 * All runs, newest first; and an error for each run whose record cannot be read, so that one damaged file hides no
 * other run.
 */
export function listRuns(directory: string): { runs: Run[]; damaged: DataError[] } {
  requireArguments("listRuns", { directory }, { directory: is.text });
  const { runs, damaged } = readRuns(directory);
  return { runs, damaged: damaged.map(({ error }) => error) };
}

function readRuns(directory: string): { runs: Run[]; damaged: { id: string; error: DataError }[] } {
  const runs: Run[] = [];
  const damaged: { id: string; error: DataError }[] = [];
  for (const id of listIds(directory)) {
    try {
      const run = readRun(join(directory, "runs", id));
      if (run !== null) runs.push(run);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      damaged.push({ id, error });
    }
  }
  return { runs: runs.sort(newestFirst), damaged };
}

/**
 * The run meant by `reference`: "latest", an id, the path of a run directory, or the beginning of exactly one id. The
 * latest is the newest that is no trial of a study and whose records can be read; `passOver` is told of newer ones that
 * cannot. Throws `NotFoundError` naming the directory and the newest runs there, `UsageError` for an empty reference
 * and for a beginning that several ids share, `DataError` for a run that cannot be read.
 */
export function openRun(directory: string, reference: string, passOver: (damage: Error) => void = () => {}): Run {
  requireArguments("openRun", { directory, reference }, { directory: is.text, reference: is.text });
  requireReference(reference);
  if (reference === "latest") return latestRun(directory, passOver);
  const ids = listIds(directory);
  const exact = ids.includes(reference) ? readRun(join(directory, "runs", reference)) : readRun(resolve(reference));
  if (exact !== null) return exact;
  const id = beginning(ids, reference);
  const run = id === undefined ? null : readRun(join(directory, "runs", id));
  if (run === null) throw notFound(directory, reference, ids);
  return run;
}

/** The one id that begins so. Throws `UsageError` where there are several. */
export function beginning(ids: readonly string[], reference: string): string | undefined {
  const matching = ids.filter((id) => id.startsWith(reference));
  if (matching.length > 1)
    throw new UsageError(
      `openRun: expected the beginning of one run, got "${reference}" of ${matching.join(", ")}; write more of the id`,
    );
  return matching[0];
}

/** Throws `UsageError` for what would name no run but the current folder. */
export function requireReference(reference: string): void {
  if (reference.trim() !== "" && !reference.includes("\0")) return;
  throw new UsageError(
    `openRun: expected the name of a run, got ${JSON.stringify(reference)}; write an id, the beginning of one, a path or latest`,
  );
}

function latestRun(directory: string, passOver: (damage: Error) => void): Run {
  const { runs, damaged } = readRuns(directory);
  const passed: Error[] = [];
  for (const run of runs) {
    const damage = damageOf(run);
    if (damage === null) {
      // Lists hide the trials of a study: none of them is what "latest" means to whoever reads one.
      if (readConfig(run).trialOf !== undefined) continue;
      // An id begins with the time, unless a folder was renamed.
      for (const { id, error } of damaged) if (id > (run.otherId ?? run.record.id)) passed.push(error);
      passed.forEach(passOver);
      return run;
    }
    passed.push(damage);
  }
  throw passed[0] ?? damaged.at(-1)?.error ?? notFound(directory, "latest", []);
}

/**
 * What a list shows of a run's records; all of them are read. An analysis is no part of them: it can be made again.
 * Throws `NotFoundError` or `DataError` naming the file.
 */
export function readRunRecords(run: { readonly path: string }) {
  const records = { config: readConfig(run), summary: readSummary(run) };
  readEnvironment(run);
  for (const name of ["best", "last"] as const) readPointer(run, name);
  return records;
}

/** What of a run's records cannot be read; null where all can. */
export function damageOf(run: { readonly path: string }): DataError | NotFoundError | null {
  try {
    readRunRecords(run);
    return null;
  } catch (error) {
    if (error instanceof DataError || error instanceof NotFoundError) return error;
    throw error;
  }
}

/** More than any configuration needs, and soon read. */
const CONFIG_BYTES = 2 ** 22;

/**
 * The text of the resolved configuration that the run was started with. Throws `NotFoundError` or `DataError` naming
 * the file.
 */
export function readConfigText(run: { readonly path: string }): string {
  const path = join(run.path, "config.yaml");
  const text = readRecordText(path, CONFIG_BYTES);
  if (text === null) throw new NotFoundError(`${path}: expected the run's configuration, got no file; restore it`);
  return text;
}

/** The configuration itself, as `readConfigText`. */
export function readConfig(run: { readonly path: string }): Record<string, unknown> & StoredConfig {
  const path = join(run.path, "config.yaml");
  const config = parseYaml(path, readConfigText(run));
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new DataError(`${path}: expected a mapping, got ${showValue(config)}; restore the file`);
  return parseRecord(path, storedConfig, config) as Record<string, unknown> & StoredConfig;
}

/** Last and best values; null while the run has none. Throws `DataError` naming the file. */
export function readSummary(run: { readonly path: string }): RunSummary | null {
  return readDocument(join(run.path, "summary.json"), runSummary);
}

/** The names of the folders in `runs/`, in their order. */
export function listIds(directory: string): string[] {
  return namesIn(join(directory, "runs"));
}

/**
 * Null where `path` is no run, or one that is only being created. Throws `DataError` for a record that cannot be read.
 */
export function readRun(path: string): Run | null {
  const written = readDocument(join(path, "run.json"), runRecord);
  if (written === null) return null;
  const id = nameInStore(path) ?? written.id;
  const status = written.status === "running" && isGone(path, written) ? "lost" : written.status;
  return { path, record: { ...written, id }, status, ...(id !== written.id && { otherId: written.id }) };
}

/** The name of a folder that lies in one called `runs`; null for any other. */
function nameInStore(path: string): string | null {
  const whole = resolve(path);
  return basename(dirname(whole)) === "runs" ? basename(whole) : null;
}

function newestFirst(a: Run, b: Run): number {
  const [x, y] = [a, b].map(({ record }) => `${record.startedAt} ${record.id}`);
  return x! < y! ? 1 : -1;
}

/** The newest ids, without trials of studies as in lists, where there is any other run. */
function newestOwn(directory: string, ids: readonly string[], most: number): string[] {
  const own: string[] = [];
  for (const id of ids.toReversed()) {
    if (own.length < most && !isTrial(join(directory, "runs", id))) own.push(id);
  }
  return own.length > 0 ? own : ids.slice(-most).reverse();
}

/** What cannot be read is taken for none. */
function isTrial(path: string): boolean {
  try {
    return readConfig({ path }).trialOf !== undefined;
  } catch {
    return false;
  }
}

/** That the store has no such run, and which it has. */
export function notFound(directory: string, reference: string, ids: readonly string[]): NotFoundError {
  const folder = join(resolve(directory), "runs");
  const newest = newestOwn(directory, ids, 5);
  if (newest.length === 0)
    return new NotFoundError(
      `${folder}: expected the run "${reference}", got no runs at all; start one with \`batchscope train\`, or pass ${option("dir")}`,
    );
  const others = ids.length > newest.length ? ` and ${ids.length - newest.length} others` : "";
  return new NotFoundError(
    `${folder}: expected "latest", ${newest.join(", ")}${others}, got "${reference}"; choose one of them`,
  );
}
