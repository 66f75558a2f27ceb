import { closeSync, constants, fstatSync, openSync, readSync, truncateSync } from "node:fs";
import { DataError } from "../tensor/errors.ts";
import { isRegularFile } from "./file.ts";
import { checkMetric } from "./metricFields.ts";
import { metricsPath } from "./metrics.ts";
import type { MetricRecord } from "./schema.ts";

/** Read at once; and the longest line, many times longer than any that is written. */
const PIECE = 2 ** 20;

const NEWLINE = 10;

/** Whole lines of a file one after the other. */
interface Lines {
  readonly bytes: Uint8Array;
  /** Of the first of them in the file, from 1. */
  readonly number: number;
  /** Where they begin in the file. */
  readonly start: number;
}

/**
 * The metrics of a run in the order they were written, read piece by piece so that a file may be of any size; none
 * where the run has not written any. A last line without its end is one that is being written, or was when the process
 * was killed, and is left out. Throws `DataError` with file and line for a damaged one before it, and for what is no
 * file.
 */
export function* metricRecords(run: { readonly path: string }): Generator<MetricRecord> {
  const path = metricsPath(run);
  for (const { bytes, number } of wholeLines(path)) {
    const texts = linesOf(bytes, path, number);
    for (const [i, text] of texts.entries()) yield checkMetric(text, `${path}:${number + i}`);
  }
}

/** All of `metricRecords`, or those that `keep` wants. */
export function readMetrics(
  run: { readonly path: string },
  keep: (record: MetricRecord) => boolean = () => true,
): MetricRecord[] {
  const kept: MetricRecord[] = [];
  for (const record of metricRecords(run)) if (keep(record)) kept.push(record);
  return kept;
}

/**
 * What a run that goes on needs of its metrics in memory: all but the steps, of which there may be millions, and the
 * last.
 */
export function metricsToGoOn(run: { readonly path: string }): MetricRecord[] {
  const kept: MetricRecord[] = [];
  let last: MetricRecord | undefined;
  for (const record of metricRecords(run)) {
    last = record;
    if (record.kind !== "step") kept.push(record);
  }
  return last?.kind === "step" ? [...kept, last] : kept;
}

/** Keeps the first `count` lines of a run's metrics, bit for bit. Throws `DataError` where the file has fewer. */
export function rewindMetrics(run: { readonly path: string }, count: number): void {
  const path = metricsPath(run);
  let [lines, end] = [0, 0];
  for (const { bytes, number, start } of wholeLines(path)) {
    for (let at = 0; at < bytes.length && lines < count; lines++) {
      at = bytes.indexOf(NEWLINE, at) + 1;
      end = start + at;
    }
    if (lines === count && number > count) break;
  }
  if (lines < count)
    throw new DataError(
      `${path}: expected the ${count} lines that the checkpoint counts, got ${lines}; restore the file`,
    );
  if (isRegularFile(path)) truncateSync(path, end);
}

function* wholeLines(path: string): Generator<Lines> {
  if (!isRegularFile(path)) return;
  // Should the name have become that of a pipe, opening it does not wait for a writer.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(file);
    if (!found.isFile()) return;
    // Most files are small, and a study has a thousand: room for the end of the file to be seen.
    let piece = new Uint8Array(Math.min(2 * PIECE, found.size + 1));
    for (let [start, number, rest] = [0, 1, 0]; ; ) {
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

/** Without their ends. */
function linesOf(bytes: Uint8Array, path: string, number: number): string[] {
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
