import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { kindOfFile } from "../../data/locate.ts";
import { listSubsets } from "../../data/registry.ts";
import { DataError, NotFoundError, ShapeError, UnsupportedError, UsageError } from "../../tensor/errors.ts";

/** Files and folders of the current folder that are looked at: a home folder may hold thousands. */
const MOST_LOOKED_AT = 200;
/** Folders among them, each of which is listed. */
const MOST_FOLDERS = 30;

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

function entries(folder: string): Entry[] {
  const all = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !/^\.|^node_modules$/.test(name));
  return all
    .slice(0, MOST_LOOKED_AT)
    .map((entry) => ({ name: entry.name, isFolder: isFolder(folder, entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isFolder(folder: string, entry: { readonly name: string; isDirectory(): boolean; isSymbolicLink(): boolean }) {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Names of the files in a folder that `ending` fits. */
export function filesHere(folder: string, ending: RegExp): string[] {
  return entries(folder)
    .filter(({ name, isFolder }) => !isFolder && ending.test(name))
    .map(({ name }) => name);
}

/** What in a folder may be data, by name, folders with a slash behind; without the store of runs. */
export async function dataHere(folder: string, store: string): Promise<string[]> {
  const all = entries(folder);
  const files = all.filter(({ name, isFolder }) => !isFolder && kindOfFile(name) !== null && !name.endsWith(".npy"));
  const found = files.map(({ name }) => name);
  const folders = all.filter(({ name, isFolder }) => isFolder && resolve(folder, name) !== resolve(store));
  for (const { name } of folders.slice(0, MOST_FOLDERS)) if (await isData(join(folder, name))) found.push(`${name}/`);
  return found;
}

async function isData(path: string): Promise<boolean> {
  try {
    await listSubsets(path);
    return true;
  } catch (error) {
    // What cannot be read, or is nothing known, is not offered.
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** Whether an error says what is wrong with an answer, so that another can be given. */
export function isRefusal(error: unknown): error is Error {
  if ([UsageError, DataError, NotFoundError, ShapeError, UnsupportedError].some((kind) => error instanceof kind))
    return true;
  return error instanceof Error && "syscall" in error;
}

/** A path as it is typed: without quotes around it, and from one's home folder, which no shell has put in. */
export function typedPath(typed: string): string {
  const [, quoted] = /^(?:'(.*)'|"(.*)")$/.exec(typed) ? [typed, typed.slice(1, -1)] : [typed, typed];
  return quoted!.replace(/^~(?=\/|$)/, homedir());
}

/** A name that nothing has yet: `predictions.csv`, `predictions-2.csv`, … */
export function newName(stem: string, ending: string): string {
  for (let number = 1; ; number++) {
    const name = `${stem}${number === 1 ? "" : `-${number}`}${ending}`;
    if (!existsSync(name)) return name;
  }
}
