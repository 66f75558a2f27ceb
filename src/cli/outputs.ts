import { dirname, resolve } from "node:path";
import { isFolder, requireWritableFolder } from "../data/folders.ts";
import { UsageError } from "../tensor/errors.ts";

/**
 * Throws, before anything is computed, where the file that `flag` asks for could not be written: `UsageError` for a folder, else an `Error`
 * with what the system says. Nothing is asked where `path` is undefined.
 */
export function requireOutputFile(flag: string, path: string | undefined): void {
  if (path === undefined) return;
  refusing(flag, path, () => {
    if (isFolder(path))
      throw new UsageError(`${flag}: expected the name of a file, got the folder ${path}; add a name to it`);
    requireWritableFolder(dirname(resolve(path)));
  });
}

/** As `requireOutputFile` for a folder. */
export function requireOutputFolder(flag: string, path: string | undefined): void {
  if (path !== undefined) refusing(flag, path, () => requireWritableFolder(path));
}

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
