import { randomUUID } from "node:crypto";
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { DataError, NotFoundError } from "../tensor/errors.ts";

/** Node reads and writes at most 2 GiB at once. */
const CHUNK = 2 ** 30;

/** A file of which any bytes can be read at any time. It stays open until the object is garbage. */
export interface RandomAccess {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /**
   * Fills `into` with the bytes at `position`. It waits for the disk: what a data set reads often is in the system's
   * cache, where a read takes less time than handing it to another thread. Throws `DataError` where the file ends
   * before.
   */
  read(into: Uint8Array, position: number): void;
}

const garbage = new FinalizationRegistry<number>((file) => closeSync(file));

/** Throws `NotFoundError` where there is no file and `DataError` where it cannot be read. */
export function openRandomAccess(path: string): RandomAccess {
  return access(
    path,
    attempt(path, () => openSync(path, "r")),
  );
}

function access(path: string, file: number): RandomAccess {
  const status = attempt(path, () => fstatSync(file));
  if (!status.isFile()) {
    closeSync(file);
    throw new DataError(`${path}: expected a file, got a folder or a device; check the path`);
  }
  const opened = {
    path,
    size: status.size,
    read: (into: Uint8Array, position: number) => readFully(path, file, into, position),
  };
  garbage.register(opened, file);
  return opened;
}

/** A file without a name, for what does not fit into memory: it is gone when the process ends, however it ends. */
export interface Spill {
  append(bytes: Uint8Array): void;
  /** What was appended. Nothing can be appended afterwards. */
  finish(): RandomAccess;
}

/** Throws `DataError` where the cache folder cannot be written or is full. */
export function createSpill(folder: string = cacheFolder()): Spill {
  const path = join(folder, `spill-${randomUUID()}`);
  const file = attempt(path, () => {
    mkdirSync(folder, { recursive: true });
    return openSync(path, "wx+", 0o600);
  });
  // Where a file that is open cannot be removed (Windows), it stays until the process ends.
  try {
    rmSync(path);
  } catch {
    process.once("exit", () => rmSync(path, { force: true }));
  }
  return {
    append(bytes) {
      for (let done = 0; done < bytes.length; )
        done += attempt(path, () => writeSync(file, bytes, done, Math.min(CHUNK, bytes.length - done)));
    },
    finish: () => access(path, file),
  };
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
    mkdirSync(folder, { recursive: true });
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

/** Fills `into` from `position` on. Throws `DataError` where the file ends before. */
export function readFully(path: string, descriptor: number, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length; ) {
    const length = Math.min(CHUNK, into.length - done);
    const read = attempt(path, () => readSync(descriptor, into, done, length, position + done));
    if (read === 0)
      throw new DataError(
        `${path}: expected ${into.length} bytes at ${position}, got ${done}; was the file changed while it was read?`,
      );
    done += read;
  }
}

/** Throws `NotFoundError` where no file is there, `DataError` where it cannot be used. */
export function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new NotFoundError(`${path}: expected a file, got nothing there; check the path`);
    const got = error instanceof Error ? error.message : String(error);
    throw new DataError(
      `${path}: expected a file that can be read and written, got: ${got}; check path and permissions`,
    );
  }
}
