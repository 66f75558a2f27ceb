import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { DataError } from "../tensor/errors.ts";
import { isRegularFile } from "./file.ts";

/** Read at once; and the longest line, many times longer than any that is written. */
const PIECE = 2 ** 20;

export const NEWLINE = 10;

/** Whole lines of a file one after the other. */
export interface Lines {
  readonly bytes: Uint8Array;
  /** Of the first of them in the file, from 1. */
  readonly number: number;
  /** Where they begin in the file. */
  readonly start: number;
}

/**
 * The whole lines of a file in blocks, read piece by piece so that it may be of any size; none where there is no file.
 * A last line without its end is left out. `from` is where an earlier reading ended: after so many bytes and lines.
 * Throws `DataError` for a line longer than a mebibyte.
 */
export function* wholeLines(path: string, from = { bytes: 0, lines: 0 }): Generator<Lines> {
  if (!isRegularFile(path)) return;
  // Should the name have become that of a pipe, opening it does not wait for a writer.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(file);
    if (!found.isFile()) return;
    // Most files are small, and a study has a thousand: room for the end of the file to be seen.
    let piece = new Uint8Array(Math.min(2 * PIECE, found.size + 1));
    for (let [start, number, rest] = [from.bytes, from.lines + 1, 0]; ; ) {
      // It grew meanwhile.
      if (rest === piece.length) piece = enlarged(piece);
      const read = readSync(file, piece, rest, Math.min(PIECE, piece.length - rest), start + rest);
      if (read === 0) return;
      const end = piece.subarray(0, rest + read).lastIndexOf(NEWLINE) + 1;
      const bytes = piece.subarray(0, end);
      if (end === 0 && rest + read > PIECE) throw tooLong(path, number);
      if (end > 0) yield { bytes, number, start };
      number += count(bytes);
      rest += read - end;
      piece.copyWithin(0, end, end + rest);
      start += end;
    }
  } finally {
    closeSync(file);
  }
}

function enlarged(piece: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * PIECE);
  larger.set(piece);
  return larger;
}

function count(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

function tooLong(path: string, number: number): DataError {
  return new DataError(
    `${path}:${number}: expected a line of at most ${PIECE} bytes, got a longer one; restore the file`,
  );
}

/** Without their ends. Throws `DataError` with file and line for bytes that are no UTF-8. */
export function linesOf(bytes: Uint8Array, path: string, number: number): string[] {
  try {
    return decode(bytes).split("\n").slice(0, -1);
  } catch {
    for (let at = 0; ; number++) {
      const end = bytes.indexOf(NEWLINE, at);
      try {
        decode(bytes.subarray(at, end));
      } catch {
        throw new DataError(`${path}:${number}: expected UTF-8, got bytes that are none; restore the file`);
      }
      at = end + 1;
    }
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
