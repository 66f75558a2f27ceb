import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, truncateSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { MetricRecord } from "../store/schema.ts";
import { isMetricEvent, metricEvent, restartEvent, versionEvent } from "./tensorboard.ts";
import { inPieces, readRecords } from "./tfrecord.ts";

/** Writes a run's metrics for TensorBoard while it trains. */
export interface EventWriter {
  append(record: MetricRecord): void;
  close(): void;
}

/** The event files of a folder in the order of their names, which is that of time. */
function listEventFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith("events.out.tfevents."))
    .map(({ name }) => join(folder, name))
    .sort();
}

/**
 * Opens `events.out.tfevents.<seconds>.<host>` in the run's directory. Of a run that is gone on with, `kept` gives the
 * metrics up to its checkpoint: events of later ones and a torn end are cut off the old files, and a new file begins
 * with TensorBoard's sign of a restart, so that one that is watching forgets them too. Events that the old files lack
 * are written again.
 */
export function openEvents(run: { readonly path: string }, kept: () => Iterable<MetricRecord>): EventWriter {
  const now = () => Date.now() / 1000;
  const old = listEventFiles(run.path);
  let [count, last, present] = [0, 0, 0];
  for (const { step } of kept()) [count, last] = [count + 1, step];
  for (const path of old) present += cut(path, count - present);
  const file = openSync(newPath(run.path), "wx");
  const write = (bytes: Uint8Array) => writeWhole(file, bytes);
  write(versionEvent(now()));
  if (old.length > 0) write(restartEvent(now(), last + 1));
  if (present < count) for (const piece of inPieces(eventsBeyond(present, kept()))) write(piece);
  return {
    append: (record) => write(metricEvent(record, now())),
    close: () => closeSync(file),
  };
}

function* eventsBeyond(present: number, kept: Iterable<MetricRecord>): Generator<Uint8Array> {
  let passed = 0;
  for (const record of kept) if (++passed > present) yield metricEvent(record, Date.now() / 1000);
}

/** Leaves at most `most` metrics in an event file, whole records only, and says how many are left. */
function cut(path: string, most: number): number {
  const file = openSync(path, "r");
  let [found, end, size] = [0, 0, 0];
  try {
    size = fstatSync(file).size;
    for (const record of readRecords((into, at) => readFully(file, into, at))) {
      if (isMetricEvent(record.data) && ++found > most) {
        found = most;
        break;
      }
      end = record.end;
    }
  } finally {
    closeSync(file);
  }
  if (end < size) truncateSync(path, end);
  return found;
}

function readFully(file: number, into: Uint8Array, at: number): number {
  let length = 0;
  for (let read = 1; read > 0 && length < into.length; length += read)
    read = readSync(file, into, length, into.length - length, at + length);
  return length;
}

function newPath(folder: string): string {
  for (let seconds = Math.floor(Date.now() / 1000); ; seconds++) {
    const path = join(folder, `events.out.tfevents.${seconds}.${hostname()}`);
    if (!existsSync(path)) return path;
  }
}

/** All of the record or nothing. */
function writeWhole(file: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at);
}
