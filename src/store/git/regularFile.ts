import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";

// Windows has neither, nor what they guard against.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * At most `most` bytes of a regular file from `position` on; null where it is none. Nothing else is opened: a pipe or a
 * device may never answer, or do something. Throws the system's error where the file cannot be read.
 */
export function readSome(path: string | Buffer, most: number, position = 0): Buffer | null {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return null;
  const file = openSync(path, FLAGS);
  try {
    // What has the name may be another by now.
    const now = fstatSync(file);
    if (!now.isFile()) return null;
    const bytes = Buffer.alloc(Math.max(0, Math.min(most, now.size - position)));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, position + length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/**
 * All of a regular file; null where it is none, or larger than `most`. Throws the system's error where it cannot be
 * read.
 */
export function readWhole(path: string | Buffer, most: number): Buffer | null {
  const bytes = readSome(path, most + 1);
  return bytes === null || bytes.length > most ? null : bytes;
}
