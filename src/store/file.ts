import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, type Stats, statSync } from "node:fs";
import { DataError } from "../tensor/errors.ts";

/** One call reads at most 2 GiB. */
const PIECE = 2 ** 26;

/** What a record of a run may have at most, in bytes: far more than any has, and less than a string can hold. */
export const RECORD_BYTES = 2 ** 28;

/** Codes of the system that say that nothing has this name. */
const absent = ["ENOENT", "ENOTDIR", "ENAMETOOLONG"];

/**
 * Calls `use` with a file of a run opened for reading; null where there is none. What is no regular file is refused
 * before it is opened, as opening a pipe that nobody writes to waits without end. Throws `DataError` naming the file
 * for that, and for one that the system does not let be read.
 */
export function withRegularFile<T>(path: string, use: (file: number, size: number) => T): T | null {
  const before = attempt(path, () => statSync(path));
  if (before === null) return null;
  requireRegular(path, before);
  // The name may be of another file by now: this way even a pipe opens at once.
  const file = attempt(path, () => openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
  if (file === null) return null;
  try {
    const stats = fstatSync(file);
    requireRegular(path, stats);
    return use(file, stats.size);
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of a file of a run; null where there is none. Throws `DataError` as `withRegularFile`, and beyond `most`
 * bytes.
 */
export function readRegularFile(path: string, most = Number.POSITIVE_INFINITY): Uint8Array | null {
  return withRegularFile(path, (file, size) => {
    if (size > most)
      throw new DataError(`${path}: expected at most ${most} bytes, got ${size}; restore the file or delete it`);
    const bytes = allocate(path, size);
    for (let at = 0; at < size; ) {
      const read = readSync(file, bytes, at, Math.min(PIECE, size - at), at);
      if (read === 0) throw new DataError(`${path}: expected ${size} bytes, got ${at}; the file is being changed`);
      at += read;
    }
    return bytes;
  });
}

function allocate(path: string, size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch {
    throw new DataError(`${path}: expected a file that fits into memory, got ${size} bytes; restore the file`);
  }
}

/** The text of a record of a run; null where there is none. Throws `DataError` as `readRegularFile`. */
export function readRecordText(path: string, most = RECORD_BYTES): string | null {
  const bytes = readRegularFile(path, most);
  return bytes && new TextDecoder().decode(bytes);
}

/** Whether there is a file of a run. Throws `DataError` where something else has its name. */
export function isRegularFile(path: string): boolean {
  const stats = attempt(path, () => statSync(path));
  if (stats !== null) requireRegular(path, stats);
  return stats !== null;
}

/**
 * The names in a folder of a store, in their order; none where there is no folder. Throws `DataError` naming what else
 * has its name, and a folder that the system does not let be read.
 */
export function namesIn(path: string): string[] {
  const stats = attempt(path, () => statSync(path));
  if (stats === null) return [];
  if (!stats.isDirectory())
    throw new DataError(
      `${path}: expected a folder, got a ${kindOf(stats)}; restore the folder or remove what has its name`,
    );
  return attempt(path, () => readdirSync(path), "a folder")?.sort() ?? [];
}

function requireRegular(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  throw new DataError(`${path}: expected a file, got a ${kindOf(stats)}; restore the file or remove what has its name`);
}

function kindOf(stats: Stats): string {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "folder" : stats.isFIFO() ? "pipe" : stats.isSocket() ? "socket" : "device";
}

function attempt<T>(path: string, act: () => T, kind = "a file"): T | null {
  try {
    return act();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined && absent.includes(code)) return null;
    throw new DataError(`${path}: expected ${kind} that can be read, got ${message}; restore it or its permissions`);
  }
}
