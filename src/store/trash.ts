import { lstatSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../data/files/folders.ts";
import { DataError, NotFoundError, UsageError } from "../tensor/errors.ts";
import { holdAlone } from "./holdAlone.ts";
import { lockRun } from "./lock.ts";
import { examineRun, isSign, unlessGone } from "./ownRuns.ts";
import { bytesOf, isThere, listRunFiles, removeIfEmpty, removeRunFiles } from "./runFiles.ts";
import { requireReference } from "./runs.ts";

/**
 * Runs that were removed lie in `trash/` of their store, each in a folder `ID~TIME` of its own. One renaming puts a run
 * there with the time, so that it is either listed or in the trash at every moment. A run whose `run.json` does not say
 * its id, as a damaged one, lies there as `ID~TIME~by-name`: that it is a run was found when it was removed, and
 * nothing has to be read of it again.
 */

/** A run in the trash. */
export interface TrashedRun {
  readonly id: string;
  readonly path: string;
  /** ISO 8601 in UTC. */
  readonly removedAt: string;
}

const NAME = /^(.+)~(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z(?:~by-name)?$/;
const BY_NAME = "~by-name";

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
 * Moves the run `id` of a store to its trash, and leaves in its place what others have put into its folder. Throws
 * `UsageError` while the run is used, `DataError` where `trash` is no folder and for a folder that is no run's.
 */
export function moveToTrash(directory: string, id: string): Moved {
  const run = { path: join(directory, "runs", id) };
  const lock = unlessGone(run.path, () => {
    // Before anything is made in a folder that may be another's.
    if (examineRun(run.path) === null) throw new NotFoundError(`${run.path}: expected a run, got none`);
    return holdAlone(run, id);
  });
  try {
    const folder = trashFolder(directory);
    requireTrash(folder);
    const { own, foreign } = listRunFiles(run);
    const bytes = bytesOf(run, own);
    const now = examineRun(run.path)?.run;
    const saysId = own.includes("run.json") && now != null && now.otherId === undefined;
    const target = freeName(folder, id, saysId ? "" : BY_NAME);
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

function freeName(folder: string, id: string, mark: string): string {
  for (let now = Date.now(); ; now++) {
    const path = join(folder, `${id}~${new Date(now).toISOString().replaceAll(/[-:.]/g, "")}${mark}`);
    if (!isThere(path)) return path;
  }
}

function move(from: string, to: string): void {
  makeFolder(dirname(to));
  renameSync(from, to);
}

/**
 * Brings back the run that `reference` names, an id or the beginning of one, as it was removed last. Throws
 * `NotFoundError` where the trash has none, `UsageError` for a beginning that several ids share and where something has
 * a name that the run needs.
 */
export function restoreRun(directory: string, reference: string): TrashedRun {
  requireReference(reference);
  const trashed = chosen(directory, reference);
  if (strangerIn(trashed) !== null)
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

const NOTHING = "nothing";

/**
 * What a folder of the trash has in place of the run that its name says: the id of another, or nothing that can be
 * brought back. Null where it has that run, damaged or not. Throws `DataError` where it has a `run.json` that is no
 * run's.
 */
function strangerIn(trashed: TrashedRun): string | null {
  if (trashed.path.endsWith(BY_NAME))
    return listRunFiles(trashed).own.every((name) => name === "lock") ? NOTHING : null;
  const folder = examineRun(trashed.path);
  if (folder === null) return NOTHING;
  return folder.run === null || folder.run.record.id === trashed.id ? null : folder.run.record.id;
}

/** Where others' files have stayed, file by file; `run.json` comes last, since a folder without it is no run. */
function merge(trashed: TrashedRun, path: string): void {
  const { own, folders, foreign } = listRunFiles(trashed);
  const names = [...foreign, ...lastOf(own, ["run.json"])];
  const taken = lstatSync(path).isDirectory() ? names.find((name) => isThere(join(path, name))) : "";
  if (taken !== undefined)
    throw new UsageError(
      `runs restore: expected no ${join(path, taken)}, got one; move it away, then restore ${trashed.id}`,
    );
  for (const name of names) move(join(trashed.path, name), join(path, name));
  for (const folder of folders.toReversed()) removeIfEmpty(join(trashed.path, folder));
  removeIfEmpty(trashed.path);
}

/** The names with some of them at the end, in the order of these. */
function lastOf(names: readonly string[], last: readonly string[]): string[] {
  return [...names.filter((name) => !last.includes(name)), ...last.filter((name) => names.includes(name))];
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
  const there = [...new Set(all.map(({ id }) => id))].slice(0, 5).join(", ");
  throw new NotFoundError(
    `${trashFolder(directory)}: expected ${there ? `one of ${there}, got "${reference}"` : `the run "${reference}", got nothing`}; see \`batchscope runs --trash\``,
  );
}

/** Of what stays in a trash. */
export type TrashRemark =
  /** In the words of the error. */
  | { readonly kind: "damaged"; readonly message: string }
  /** Files that are not of the run. */
  | { readonly kind: "foreign"; readonly path: string; readonly files: readonly string[] };

/** What became of a trash. */
export interface Emptied {
  readonly runs: number;
  readonly bytes: number;
  /** One for each run of which something stays. */
  readonly remarks: readonly TrashRemark[];
}

const DAY = 24 * 3600_000;

/**
 * Removes for good what has been in the trash for more than `days` days, all of it for 0. What is not a run's stays.
 */
export function emptyTrash(directory: string, days: number): Emptied {
  const remarks: TrashRemark[] = [];
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
      remarks.push({ kind: "damaged", message: error.message });
    }
  }
  return { runs, bytes, remarks };
}

/**
 * Null where there is nothing to remove. What the run is known by goes last, so that who is interrupted can be gone on
 * with.
 */
function destroy(trashed: TrashedRun, remarks: TrashRemark[]): number | null {
  const stranger = strangerIn(trashed);
  if (stranger === NOTHING) {
    const { own } = listRunFiles(trashed);
    if (own.every((name) => name === "lock")) removeRunFiles(trashed, { own, folders: [] });
    removeIfEmpty(trashed.path);
    return null;
  }
  if (stranger !== null)
    throw new DataError(`${trashed.path}: expected the run ${trashed.id}, got ${stranger}; it is left as it is`);
  const lock = lockRun(trashed, "alone");
  if (lock === null) return null;
  try {
    const { own, folders, foreign } = listRunFiles(trashed);
    const order = lastOf(own, [...own.filter(isSign), "run.json", "lock"]);
    if (process.platform === "win32") lock.release();
    const bytes = removeRunFiles(trashed, { own: order, folders });
    removeIfEmpty(trashed.path);
    if (foreign.length > 0) remarks.push({ kind: "foreign", path: trashed.path, files: foreign });
    return bytes;
  } finally {
    lock.release();
  }
}
