import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { DataError, NotFoundError } from "../../tensor/errors.ts";
import { descriptors } from "./descriptors.ts";

/** Node reads at most 2 GiB at once. */
const CHUNK = 2 ** 30;

/** Bytes of which any can be read at any time. */
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

export interface OpenFile extends RandomAccess {
  /** Gives back what it holds of the system; without it, that happens when the object is garbage. */
  close(): void;
}

/** Closes what nobody can read any more. */
const garbage = new FinalizationRegistry<() => void>((close) => close());

/** How a file is opened to be read: without waiting for a writer, should it be a pipe. Windows has no such flag. */
export const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Throws `DataError` for what is no plain file: what is read of a pipe or a device may never come or never end, and
 * cannot be read twice.
 */
export function refuseOther(path: string, status: Stats): void {
  if (status.isFile()) return;
  if (status.isDirectory()) throw new DataError(`${path}: expected a file, got a folder; check the path`);
  const kind = status.isFIFO() ? "pipe" : status.isSocket() ? "socket" : "device";
  throw new DataError(`${path}: expected a file, got a ${kind}; save what it gives as a file and pass that`);
}

/**
 * The descriptor of a file to be read, which the caller closes. Throws `NotFoundError` where there is no file, and
 * `DataError` where it is none or cannot be read.
 */
export function openFile(path: string): number {
  return attempt(path, () => {
    // Before it is opened, since opening a device may do something, and after, since the path may lead elsewhere by
    // then.
    refuseOther(path, statSync(path));
    const file = openSync(path, READ);
    try {
      refuseOther(path, fstatSync(file));
      return file;
    } catch (error) {
      closeSync(file);
      throw error;
    }
  });
}

/**
 * Throws as `openFile`. Of many files only those read last are open; one that is opened again later must be the same,
 * or reading throws `DataError`.
 */
export function openRandomAccess(path: string): OpenFile {
  const file = {};
  const status = attempt(path, () => fstatSync(descriptors.of(file, () => openFile(path))));
  const again = () => openSame(path, status);
  const close = () => descriptors.close(file);
  const opened = {
    path,
    size: status.size,
    read: (into: Uint8Array, position: number) => readFully(path, descriptors.of(file, again), into, position),
    close,
  };
  garbage.register(opened, close);
  return opened;
}

function openSame(path: string, { dev, ino, size, mtimeMs }: Stats): number {
  const file = openFile(path);
  const now = fstatSync(file);
  if (now.dev === dev && now.ino === ino && now.size === size && now.mtimeMs === mtimeMs) return file;
  closeSync(file);
  throw new DataError(
    `${path}: expected the file that was opened, got another in its place; do not change files while they are read`,
  );
}

/** A file without a name, of the descriptor `file`: once closed it is gone. */
export function fileAccess(path: string, file: number): OpenFile {
  let open = true;
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  const opened = {
    path,
    size: attempt(path, () => fstatSync(file)).size,
    read(into: Uint8Array, position: number) {
      if (!open)
        throw new DataError(`${path}: expected a file that is open, got one that was closed; open the data again`);
      readFully(path, file, into, position);
    },
    close,
  };
  garbage.register(opened, close);
  return opened;
}

/** Bytes in memory, read as a file of the name `path` is. */
export function bytesAccess(bytes: Uint8Array, path: string): RandomAccess {
  return {
    path,
    size: bytes.length,
    read: (into, position) => into.set(bytes.subarray(position, position + into.length)),
  };
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
    if (error instanceof DataError || error instanceof NotFoundError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new NotFoundError(`${path}: expected a file, got nothing there; check the path`);
    throw new DataError(
      `${path}: expected a readable file, got: ${describe(error)}; check the path and its permissions`,
    );
  }
}

/** What an error says. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
