import { randomUUID } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DataError, option } from "../../tensor/errors.ts";
import { makeFolder } from "./folders.ts";
import { describe, fileAccess, type OpenFile } from "./randomAccess.ts";

/** Node writes at most 2 GiB at once. */
const CHUNK = 2 ** 30;

/** A file without a name, for what does not fit into memory: it is gone when the process ends, however it ends. */
export interface Spill {
  /** Throws `DataError` where there is no room for so many bytes more. */
  reserve(bytes: number): void;
  /** Throws `DataError` where there is no room left. */
  append(bytes: Uint8Array): void;
  /** What was appended, which is closed from then on by itself. Nothing can be appended afterwards. */
  finish(): OpenFile;
  /** Instead of `finish`, where what was appended is of no use. */
  close(): void;
}

/**
 * A file in the first of the folders that can be written and has room for `bytes`: the cache, or where the system keeps
 * temporary files. Throws `DataError`, naming what a user can set, where there is none.
 */
export function createSpill(bytes = 0, folders: readonly string[] = [cacheFolder(), tmpdir()]): Spill {
  const { path, file } = openSpill(bytes, folders);
  // Where a file that is open cannot be removed (Windows), it stays until the process ends.
  try {
    rmSync(path);
  } catch {
    process.once("exit", () => rmSync(path, { force: true }));
  }
  return {
    reserve(more) {
      const lacks = lackOf(more, dirname(path));
      if (lacks !== undefined) throw noRoom(dirname(path), lacks);
    },
    append(part) {
      try {
        for (let done = 0; done < part.length; )
          done += writeSync(file, part, done, Math.min(CHUNK, part.length - done));
      } catch (error) {
        throw noRoom(dirname(path), describe(error));
      }
    },
    finish: () => fileAccess(path, file),
    close: () => closeSync(file),
  };
}

function openSpill(bytes: number, folders: readonly string[]): { path: string; file: number } {
  const reasons: string[] = [];
  for (const folder of folders) {
    const path = join(folder, `spill-${randomUUID()}`);
    try {
      makeFolder(folder);
      const lacks = lackOf(bytes, folder);
      if (lacks === undefined) return { path, file: openSync(path, "wx+", 0o600) };
      reasons.push(lacks);
    } catch (error) {
      reasons.push(describe(error));
    }
  }
  throw noRoom(folders.join(" or "), reasons.join("; "));
}

function lackOf(bytes: number, folder: string): string | undefined {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= bytes ? undefined : `${bavail * bsize} bytes free of ${bytes} in ${folder}`;
}

function noRoom(folder: string, got: string): DataError {
  return new DataError(
    `${folder}: expected to write what does not fit into memory, got: ${got}; ` +
      `set XDG_CACHE_HOME to a folder with room, or raise ${option("dataMemory")}`,
  );
}

/** Where what can be made again is kept: `$XDG_CACHE_HOME/batchscope`, by default `~/.cache/batchscope`. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "batchscope");
}

/**
 * Puts a file into the cache, whole or not at all: of processes that write it at the same time the last one wins. A
 * cache that cannot be written is no reason to fail, since its contents are made again.
 */
export function writeCacheFile(name: string, bytes: Uint8Array, folder: string = cacheFolder()): void {
  const temporary = join(folder, `${name}.${randomUUID()}`);
  try {
    makeFolder(folder);
  } catch {
    return;
  }
  try {
    writeFileSync(temporary, bytes, { flush: true });
    renameSync(temporary, join(folder, name));
  } catch {
    rmSync(temporary, { force: true });
  }
}
