import { randomUUID } from "node:crypto";
import {
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { isFolder, makeFolder, requireWritableFolder } from "../data/files/folders.ts";
import { type Contents, writeAtomically, writeWhole } from "../store/document.ts";
import { UsageError } from "../tensor/errors.ts";

/**
 * What every option that names a result keeps: nothing that exists is replaced, nothing is put where the command reads
 * or where a run keeps its records, and what appears is whole.
 */

/**
 * Throws `UsageError` unless `flag` names a file that can be new: not there under any kind (a folder, a link, a pipe,
 * /dev/stdout), and below a folder that is none of `reads` and no run's. `reads` are the paths that the command was
 * told to read. Throws an `Error` with what the system says where the place cannot be written.
 */
export function requireNewFile(flag: string, path: string, reads: readonly (string | undefined)[] = []): void {
  refusing(flag, path, () => {
    if (isFolder(path))
      throw new UsageError(`${flag}: expected the name of a file, got the folder ${path}; add a name to it`);
    if (path === "" || /[/\\]$/.test(path))
      throw new UsageError(`${flag}: expected the name of a new file, got "${path}"; write for example result.bin`);
    const there = statusOf(path);
    if (there) throw existing(flag, path, there, reads);
    requirePlace(flag, path, reads);
  });
}

/** The same for a folder, which may be there if it is empty. */
export function requireNewFolder(flag: string, path: string, reads: readonly (string | undefined)[] = []): void {
  refusing(flag, path, () => {
    if (path === "")
      throw new UsageError(`${flag}: expected the name of a new folder, got ""; write for example results`);
    const there = statusOf(path);
    const inside = there?.isDirectory() ? readdirSync(path) : [];
    if (there && (inside.length > 0 || !there.isDirectory()))
      throw new UsageError(
        `${flag}: expected a new or empty folder, got ${path} ${there.isDirectory() ? `with ${inside.slice(0, 3).join(", ")}` : kindOf(there)}; choose another or remove it`,
      );
    requirePlace(flag, path, reads);
    tryFolder(path);
  });
}

/** Not every place that may be written takes a folder, which is found out before anything is measured. */
function tryFolder(path: string): void {
  const place = besidePath(resolve(path));
  if (!existsSync(dirname(place))) return;
  makeFolder(place);
  rmdirSync(place);
}

/** What the system refuses is said of the flag. */
function refusing(flag: string, path: string, look: () => void): void {
  try {
    look();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new Error(`${flag}: expected a place that can be written, got ${path} (${error.message}); choose another`, {
      cause: error,
    });
  }
}

/**
 * Writes a file that `requireNewFile` has let pass, whole or not at all; throws as that does where one has come there
 * since.
 */
export function writeNewFile(flag: string, path: string, contents: Contents): void {
  const whole = besidePath(path);
  refusing(flag, path, () => writeAtomically(whole, contents));
  try {
    placeNew(whole, path);
  } catch (error) {
    const there = statusOf(path);
    throw there ? existing(flag, path, there, []) : error;
  } finally {
    rmSync(whole, { force: true });
  }
}

/**
 * Writes a folder of files, whole or not at all. Throws as the file system does where the folder is no longer new or
 * empty.
 */
export function writeNewFolder(path: string, files: ReadonlyMap<string, Contents>): void {
  const place = resolve(path);
  const whole = besidePath(place);
  makeFolder(whole);
  try {
    for (const [name, contents] of files) writeWhole(join(whole, name), contents);
    // An empty folder may be in the way; one that is no longer empty makes this fail, as it should.
    if (existsSync(place)) rmdirSync(place);
    renameSync(whole, place);
  } catch (error) {
    rmSync(whole, { recursive: true, force: true });
    throw error;
  }
}

function besidePath(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID().slice(0, 8)}.tmp`);
}

/** Gives a file its name without ever replacing another: a link is made only where nothing is. */
function placeNew(whole: string, path: string): void {
  try {
    linkSync(whole, path);
  } catch (error) {
    if (statusOf(path)) throw error;
    // Not every file system has links.
    renameSync(whole, path);
  }
}

function existing(flag: string, path: string, there: Stats, reads: readonly (string | undefined)[]): UsageError {
  const how = reads.some((read) => read !== undefined && isSame(read, path)) ? "which is read" : kindOf(there);
  return new UsageError(`${flag}: expected a new file, got ${path}, ${how}; choose another or remove it`);
}

/** Undefined where nothing is there; of a link itself. */
function statusOf(path: string, follow = false): Stats | undefined {
  try {
    return follow ? statSync(path) : lstatSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function kindOf(there: Stats): string {
  if (there.isFile()) return "which exists";
  return there.isSymbolicLink() ? "which is a link" : "which is a pipe or a device";
}

/** One file under two names, by links of either kind. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statusOf(path, true));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

function requirePlace(flag: string, path: string, reads: readonly (string | undefined)[]): void {
  let folder = dirname(resolve(path));
  requireWritableFolder(folder);
  while (!existsSync(folder)) folder = dirname(folder);
  const real = realpathSync(folder);
  for (const read of reads)
    if (read !== undefined && holds(read, real))
      throw new UsageError(`${flag}: expected a place outside of what is read, got ${path} in ${read}; choose another`);
  const run = runOf(real);
  if (run !== undefined)
    throw new UsageError(
      `${flag}: expected a place outside of runs, which keep their own records, got ${path} in ${run}; choose another`,
    );
}

/** Whether a path that is read is a folder that holds `place`, itself included. */
function holds(read: string, place: string): boolean {
  if (!statusOf(read, true)?.isDirectory()) return false;
  return `${place}${sep}`.startsWith(`${realpathSync(read).replace(/[/\\]$/, "")}${sep}`);
}

/** The folder of the run that holds a folder. */
function runOf(folder: string): string | undefined {
  if (basename(dirname(folder)) === "runs" && existsSync(join(folder, "run.json"))) return folder;
  return dirname(folder) === folder ? undefined : runOf(dirname(folder));
}
