import { existsSync, lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DataError, NotFoundError, option, UsageError } from "../tensor/errors.ts";
import { listRunFiles } from "./runFiles.ts";
import {
  beginning,
  damageOf,
  listIds,
  notFound,
  openRun,
  type Run,
  readConfig,
  readRun,
  requireReference,
} from "./runs.ts";
import { isUnmade, unmadeError } from "./unmade.ts";

/**
 * Runs of a store's own: folders, and no links to one, directly in its `runs/`. For what changes more than a run's
 * contents.
 */

/**
 * The run of the store's own that `reference` means as in `openRun`, whose configuration can be read. Throws as
 * `openRun`, `UsageError` for a run of another place and `DataError` for a folder that is no such run.
 */
export function openOwnRun(directory: string, reference: string): Run {
  const path = ownFolder(directory, reference);
  const run = readRun(path);
  if (run === null) throw notFound(directory, basename(path), listIds(directory));
  unlessGone(path, () => readConfig(run));
  return run;
}

/** A folder that is a run's. */
export interface RunFolder {
  readonly path: string;
  /** Null where its record cannot be read. */
  readonly run: Run | null;
  /** What of the run is damaged. */
  readonly damage: DataError | null;
}

/**
 * The run of the store's own that `reference` means as in `openRun`, however damaged it is. Throws as `openOwnRun`, and
 * `UsageError` for the beginning of the name of one whose record cannot be read.
 */
export function openRemovable(directory: string, reference: string): RunFolder {
  const path = ownFolder(directory, reference);
  const id = basename(path);
  const folder = unlessGone(path, () => examineRun(path));
  if (folder === null) throw notFound(directory, id, listIds(directory));
  if (folder.run !== null) return { ...folder, damage: unlessGone(path, () => presentDamage(folder)) };
  if (reference === id || basename(resolve(reference)) === id) return folder;
  throw new UsageError(
    `openRun: expected the whole name of a run whose run.json is damaged, got its beginning "${reference}"; write ${id}`,
  );
}

/** Throws `NotFoundError` for a run without its configuration. */
function presentDamage(folder: RunFolder): DataError | null {
  const damage = damageOf(folder);
  if (damage instanceof NotFoundError) throw damage;
  return damage;
}

/**
 * The one rule by which a folder is a run's for what moves, brings back and removes runs: its `run.json` is a run's
 * record, or is damaged beside what no other program leaves there, or is missing where a run was only begun to be made.
 * Null for another folder without a `run.json`. Throws the `DataError` of one that nothing shows to be a run's.
 */
export function examineRun(path: string): RunFolder | null {
  try {
    const run = readRun(path);
    if (run === null && isUnmade(path)) return { path, run, damage: unmadeError(path) };
    return run && { path, run, damage: null };
  } catch (error) {
    if (!(error instanceof DataError) || !listRunFiles({ path }).own.some(isSign)) throw error;
    return { path, run: null, damage: error };
  }
}

/** Whether a file of a run shows that its folder is one: every run has had the first two before its `run.json`. */
export function isSign(name: string): boolean {
  return /^(command\.txt|environment\.json|checkpoints\/epoch=\d+-step=\d+\.safetensors)$/.test(name);
}

/**
 * What `act` gives of the run at `path`. Throws `NotFoundError` in place of its error where another process has removed
 * the run meanwhile.
 */
export function unlessGone<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (existsSync(join(path, "run.json")) || isUnmade(path)) throw error;
    throw new NotFoundError(
      `${path}: expected the run, got none; another process has removed it, see \`batchscope runs\``,
    );
  }
}

/** The path of a folder in `runs/`. */
function ownFolder(directory: string, reference: string): string {
  requireReference(reference);
  const path = join(directory, "runs", idOf(directory, listIds(directory), reference));
  if (lstatSync(path).isDirectory()) return path;
  throw new DataError(`${path}: expected a folder, got a link or a file; it is left as it is`);
}

function idOf(directory: string, ids: readonly string[], reference: string): string {
  if (reference === "latest") return basename(openRun(directory, reference).path);
  if (ids.includes(reference)) return reference;
  const path = resolve(reference);
  if (isSame(dirname(path), join(directory, "runs")) && ids.includes(basename(path))) return basename(path);
  if (existsSync(join(path, "run.json")))
    throw new UsageError(
      `openRun: expected a run of the store ${directory}, got ${path}; pass the ${option("dir")} in whose runs/ it lies, or remove it yourself`,
    );
  const id = beginning(ids, reference);
  if (id === undefined) throw notFound(directory, reference, ids);
  return id;
}

function isSame(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}
