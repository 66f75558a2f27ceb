import { existsSync, statSync, truncateSync } from "node:fs";
import { DataError } from "../../tensor/errors.ts";
import { appendWhole } from "../appendWhole.ts";
import { isDiskFull } from "../document.ts";
import { readRecordText } from "../file.ts";
import { parseRecord } from "../parseRecord.ts";
import type { Schema } from "../records.ts";

/** Files to which a study only appends, a line of JSON each. */

/**
 * The lines of a file; none where it is not there. A last line without its end was being written and is left out.
 * Throws `DataError` with file and line for a damaged one before it.
 */
export function readLines<T>(path: string, schema: Schema<T>): T[] {
  const lines = (readRecordText(path) ?? "").split("\n").slice(0, -1);
  return lines.map((line, i) => lineOf(line, `${path}:${i + 1}`, schema));
}

function lineOf<T>(line: string, place: string, schema: Schema<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new DataError(
      `${place}: expected a line of JSON, got ${JSON.stringify(line.slice(0, 60))}; restore the file`,
    );
  }
  return parseRecord(place, schema, value);
}

/** Takes back a line that was cut off in the middle, so that the next begins a line; for who holds the study's lock. */
export function mendLines(path: string): void {
  if (!existsSync(path)) return;
  const whole = readRecordText(path) ?? "";
  const end = new TextEncoder().encode(whole.slice(0, whole.lastIndexOf("\n") + 1)).length;
  if (end < statSync(path).size) truncateSync(path, end);
}

/** Appends a line; on disk when it returns. Throws an `Error` of one line, naming `folder`, where it cannot be. */
export function appendLine(path: string, folder: string, value: unknown): void {
  try {
    appendWhole(path, `${JSON.stringify(value)}\n`, { sync: true });
  } catch (error) {
    throw noRoom(folder, error, (error as Error).message);
  }
}

/** Does what writes into a study's folder. Throws an `Error` of one line, naming it, where the disk is full. */
export async function withRoom<T>(folder: string, write: () => T | Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw isDiskFull(error) ? noRoom(folder, error) : error;
  }
}

function noRoom(folder: string, cause: unknown, other = ""): Error {
  const got = isDiskFull(cause) ? "a full disk" : other;
  return new Error(
    `${folder}: expected room for the study's files, got ${got} (all trials that have ended are safe); ` +
      "make room and give the same command again",
    { cause },
  );
}
