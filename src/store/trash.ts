import { lstatSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../data/files/folders.ts";
import { DataError, NotFoundError, UsageError } from "../tensor/errors.ts";
import { lockRun, lockState, type RunLock } from "./lock.ts";
import { bytesOf, isThere, listRunFiles, removeIfEmpty, removeRunFiles } from "./runFiles.ts";
import { readRun, requireReference, unlessGone } from "./runs.ts";

/**
 * Runs that were removed lie in `trash/` of their store, each in a folder `ID~TIME` of its own. One renaming puts a run there with the
 * time, so that it is either listed or in the trash at every moment.
 */

/** A run in the trash. */
export interface TrashedRun {
  readonly id: string;
  readonly path: string;
  /** ISO 8601 in UTC. */
  readonly removedAt: string;
}

const NAME = /^(.+)~(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;

function trashFolder(directory: string): string {
  return join(directory, "trash");
}

/** The runs in a store's trash, those that were removed last first. What is not named as one is not ours. */
export function listTrash(directory: string): TrashedRun[] {
  const folder = trashFolder(directory);
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const [, id, year, month, day, hour, minute, second, part] = NAME.exec(entry.name) ?? [];
      if (id === undefined || !entry.isDirectory()) return [];
      const removedAt = `${year}-${month}-${day}T${hour}:${minute}:${second}.${part}Z`;
      return [{ id, path: join(folder, entry.name), removedAt }];
    })
    .sort((a, b) => (`${a.removedAt} ${a.id}` < `${b.removedAt} ${b.id}` ? 1 : -1));
}

/** What became of a run that was moved. */
export interface Moved {
  readonly bytes: number;
  /** What is not the run's, by path below its folder, and stays where it was. */
  readonly foreign: readonly string[];
}

/**
 * Moves the run `id` of a store to its trash, and leaves in its place what others have put into its folder. Throws `UsageError` while the
 * run is used, `DataError` where `trash` is no folder.
 */
export function moveToTrash(directory: string, id: string): Moved {
  const run = { path: join(directory, "runs", id) };
  const lock = unlessGone(run.path, () => holdAlone(run, id));
  try {
    const folder = trashFolder(directory);
    requireTrash(folder);
    const { own, foreign } = listRunFiles(run);
    const bytes = bytesOf(run, own);
    const target = freeName(folder, id);
    // Windows moves no folder with a file that is open.
    if (process.platform === "win32") lock.release();
    renameOnDisk(run.path, target);
    for (const path of foreign) move(join(target, path), join(run.path, path));
    return { bytes, foreign };
  } finally {
    lock.release();
  }
}

/** Makes the trash where there is none. */
function requireTrash(folder: string): void {
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (there && !there.isDirectory())
    throw new DataError(
      `${folder}: expected a folder, got a ${there.isSymbolicLink() ? "link" : "file"}; removed runs lie in a folder of their store`,
    );
  if (!there) makeFolder(folder);
}

/** A run is moved at once or not at all, which only a renaming does. */
function renameOnDisk(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    throw new DataError(
      `${dirname(to)}: expected the trash on the disk of the runs, got another; unmount it, or remove ${from} yourself`,
      { cause: error },
    );
  }
}

/** Holds the run and what trains below it, so that nobody uses it. */
function holdAlone(run: { readonly path: string }, id: string): RunLock {
  const locks: RunLock[] = [];
  const release = () => {
    for (const lock of locks.splice(0)) lock.release();
  };
  const copies = listRunFiles(run).folders.filter((folder) => /^copies\/\d+\/runs\/[^/]+$/.test(folder));
  for (const path of [run.path, ...copies.map((folder) => join(run.path, folder))]) {
    const running = readRun(path)?.status === "running";
    const lock = running ? null : lockRun({ path }, "alone");
    if (lock !== null) {
      locks.push(lock);
      continue;
    }
    release();
    const doing = lockState({ path }) === "held" || running ? "trained" : "analyzed, reported or exported";
    throw new UsageError(`runs rm: expected runs that nobody uses, got ${id}, which is being ${doing}; wait for it`);
  }
  return { held: true, release };
}

function freeName(folder: string, id: string): string {
  for (let now = Date.now(); ; now++) {
    const path = join(folder, `${id}~${new Date(now).toISOString().replaceAll(/[-:.]/g, "")}`);
    if (!isThere(path)) return path;
  }
}

function move(from: string, to: string): void {
  makeFolder(dirname(to));
  renameSync(from, to);
}

/**
 * Brings back the run that `reference` names, an id or the beginning of one, as it was removed last. Throws `NotFoundError` where the
 * trash has none, `UsageError` for a beginning that several ids share and where something has a name that the run needs.
 */
export function restoreRun(directory: string, reference: string): TrashedRun {
  requireReference(reference);
  const trashed = chosen(directory, reference);
  if (readRun(trashed.path)?.record.id !== trashed.id)
    throw new DataError(`${trashed.path}: expected the run ${trashed.id}, got another folder; nothing is restored`);
  const path = join(directory, "runs", trashed.id);
  const lock = lockRun(trashed, "alone");
  if (lock === null)
    throw new UsageError(`runs restore: expected a run that nothing uses, got ${trashed.id}; try again`);
  try {
    if (process.platform === "win32") lock.release();
    makeFolder(dirname(path));
    if (isThere(path)) merge(trashed, path);
    else renameSync(trashed.path, path);
    return trashed;
  } finally {
    lock.release();
  }
}

/** Where others' files have stayed, file by file; `run.json` comes last, since a folder without it is no run. */
function merge(trashed: TrashedRun, path: string): void {
  const { own, folders, foreign } = listRunFiles(trashed);
  const names = [...foreign, ...own.filter((name) => name !== "run.json"), "run.json"];
  const taken = lstatSync(path).isDirectory() ? names.find((name) => isThere(join(path, name))) : "";
  if (taken !== undefined)
    throw new UsageError(
      `runs restore: expected no ${join(path, taken)}, got one; move it away, then restore ${trashed.id}`,
    );
  for (const name of names) move(join(trashed.path, name), join(path, name));
  for (const folder of folders.toReversed()) removeIfEmpty(join(trashed.path, folder));
  removeIfEmpty(trashed.path);
}

function chosen(directory: string, reference: string): TrashedRun {
  const all = listTrash(directory);
  const matching = all.filter(({ id }) => id === reference);
  if (matching.length === 0) matching.push(...all.filter(({ id }) => id.startsWith(reference)));
  const ids = [...new Set(matching.map(({ id }) => id))];
  if (ids.length > 1)
    throw new UsageError(
      `runs restore: expected the beginning of one run, got "${reference}" of ${ids.join(", ")}; write more of the id`,
    );
  if (matching.length > 0) return matching[0]!;
  const there = [...new Set(all.map(({ id }) => id))].slice(0, 5).join(", ") || "nothing";
  throw new NotFoundError(
    `${trashFolder(directory)}: expected the run "${reference}", got ${there}; see batchscope runs --trash`,
  );
}

/** What became of a trash. */
export interface Emptied {
  readonly runs: number;
  readonly bytes: number;
  /** A line for each run of which something stays. */
  readonly remarks: readonly string[];
}

const DAY = 24 * 3600_000;

/** Removes for good what has been in the trash for more than `days` days, all of it for 0. What is not a run's stays. */
export function emptyTrash(directory: string, days: number): Emptied {
  const remarks: string[] = [];
  let [runs, bytes] = [0, 0];
  for (const trashed of listTrash(directory)) {
    // What was put there by a clock that was ahead waits for this one.
    if (days > 0 && Date.now() - Date.parse(trashed.removedAt) <= days * DAY) continue;
    try {
      const freed = destroy(trashed, remarks);
      if (freed === null) continue;
      runs++;
      bytes += freed;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      remarks.push(error.message);
    }
  }
  return { runs, bytes, remarks };
}

/** Null where there is nothing to remove. `run.json`, by which the run is known, goes last, so that who is interrupted can be gone on with. */
function destroy(trashed: TrashedRun, remarks: string[]): number | null {
  const run = readRun(trashed.path);
  if (run === null) {
    const { own } = listRunFiles(trashed);
    if (own.every((name) => name === "lock")) removeRunFiles(trashed, { own, folders: [] });
    removeIfEmpty(trashed.path);
    return null;
  }
  if (run.record.id !== trashed.id)
    throw new DataError(`${trashed.path}: expected the run ${trashed.id}, got ${run.record.id}; it is left as it is`);
  const lock = lockRun(trashed, "alone");
  if (lock === null) return null;
  try {
    const { own, folders, foreign } = listRunFiles(trashed);
    const last = ["run.json", "lock"];
    const order = [...own.filter((name) => !last.includes(name)), ...last];
    if (process.platform === "win32") lock.release();
    const bytes = removeRunFiles(trashed, { own: order, folders });
    removeIfEmpty(trashed.path);
    if (foreign.length > 0) remarks.push(`${trashed.path}: not of the run, so that it stays: ${foreign.join(", ")}`);
    return bytes;
  } finally {
    lock.release();
  }
}
