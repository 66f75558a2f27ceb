import { accessSync, constants, lstatSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UsageError } from "../../tensor/errors.ts";

/**
 * Makes a folder and those above it that are missing. Throws the system's error, and `UsageError` for a name with a
 * NUL. `mkdirSync` with `recursive` does the same but never ends where the system says of a folder that its parent is
 * missing while the parent is there, as below /proc.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = placeOf(path); !isFolder(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!isCode(error, "EEXIST") || !isFolder(folder)) throw error;
    }
  }
}

/**
 * Throws the system's error where the folder could not be written, or could not be made where it is missing. Makes
 * nothing, so that it can be asked before there is anything to write, and promises nothing.
 */
export function requireWritableFolder(path: string): void {
  let at = placeOf(path);
  for (; !isFolder(at) && dirname(at) !== at; at = dirname(at))
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) throw notFolder(at);
  accessSync(at, constants.W_OK | constants.X_OK);
}

/** Throws `UsageError` for a name that no system takes. */
function placeOf(path: string): string {
  if (!path.includes("\0")) return resolve(path);
  throw new UsageError(`${JSON.stringify(path)}: expected the name of a folder, got one with a NUL; change it`);
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** As the system says it of a file that is taken for a folder. */
function notFolder(path: string): Error {
  const code = "ENOTDIR";
  return Object.assign(new Error(`${code}: not a directory, mkdir '${path}'`), { code, syscall: "mkdir", path });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
